//! `asof demo`, `asof lab …`.

use std::ops::ControlFlow;

use super::args::{LabCommand, ServeArgs};
use super::command::Command;
use super::exit::Exit;
use crate::error::Result;
use crate::lab;

/// Runs the command if it is one of the lab's; these handle Ctrl-C themselves.
pub(super) async fn run(command: Command) -> ControlFlow<Result<Exit>, Command> {
    match command {
        Command::Demo => ControlFlow::Break(demo().await),
        Command::Lab(LabCommand::Serve(args)) => ControlFlow::Break(serve(args).await),
        Command::Lab(LabCommand::Wall(args)) => ControlFlow::Break(super::wall::run(args).await),
        other => ControlFlow::Continue(other),
    }
}

async fn demo() -> Result<Exit> {
    let restored = lab::demo(&mut std::io::stdout()).await?;
    Ok(if restored { Exit::Done } else { Exit::Failed })
}

async fn serve(args: ServeArgs) -> Result<Exit> {
    let ServeArgs { listen, region } = args;
    lab::serve(lab::Options { listen, region, ..lab::Options::default() }, &mut std::io::stdout()).await?;
    Ok(Exit::Done)
}
