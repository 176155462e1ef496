//! `asof demo`, `asof lab …`.

use std::ops::ControlFlow;

use super::args::lab::{LabCommand, ServeArgs, SyntheticArgs};
use super::command::Command;
use super::exit::Exit;
use crate::error::Result;
use crate::lab;

/// Runs the command if it is one of the lab's; these handle Ctrl-C themselves.
pub(super) async fn run(command: Command) -> ControlFlow<Result<Exit>, Command> {
    let ended = match command {
        Command::Demo => demo().await,
        Command::Lab(LabCommand::Serve(args)) => serve(args).await,
        Command::Lab(LabCommand::Synthetic(args)) => synthetic(args).await,
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

async fn synthetic(args: SyntheticArgs) -> Result<Exit> {
    let threads = args.threads.into();
    lab::serve_synthetic(args.into(), threads).await?;
    Ok(Exit::Done)
}
