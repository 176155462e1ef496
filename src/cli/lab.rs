//! `asof demo`, `asof lab …`.

use std::ops::ControlFlow;

use super::args::lab::{LabCommand, ServeArgs, WallArgs};
use super::command::Command;
use super::exit::Exit;
use crate::error::{Error, ErrorKind, Result};
use crate::lab::{self, WallOptions};

/// Runs the command if it is one of the lab's; these handle Ctrl-C themselves.
pub(super) async fn run(command: Command) -> ControlFlow<Result<Exit>, Command> {
    let ended = match command {
        Command::Demo => demo().await,
        Command::Lab(LabCommand::Serve(args)) => serve(args).await,
        Command::Lab(LabCommand::Wall(args)) => wall(args).await,
        other => return ControlFlow::Continue(other),
    };
    ControlFlow::Break(ended)
}

async fn demo() -> Result<Exit> {
    let restored = lab::demo(&mut std::io::stdout()).await?;
    Ok(if restored { Exit::Done } else { Exit::Failed })
}

async fn serve(ServeArgs { listen, region }: ServeArgs) -> Result<Exit> {
    lab::serve(lab::Options { listen, region, ..lab::Options::default() }, &mut std::io::stdout()).await?;
    Ok(Exit::Done)
}

/// Serves a wall until Ctrl-C.
async fn wall(args: WallArgs) -> Result<Exit> {
    let threads = args.threads.into();
    let options = WallOptions::from(args);
    // On a runtime of its own, so that what it costs is what its threads cost.
    let serve = move || lab::serve_wall(options, threads, &mut std::io::stdout());
    let served = tokio::task::spawn_blocking(serve).await;
    served.map_err(|e| Error::new(ErrorKind::Local, "the wall fell down").because(e))??;
    Ok(Exit::Done)
}
