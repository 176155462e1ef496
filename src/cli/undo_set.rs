//! `asof undo` of a plan set.

use std::path::{Path, PathBuf};

use super::args::restore::UndoArgs;
use super::context::Context;
use super::exit::Exit;
use super::kept::{home, new_set, open_set};
use super::set::{self, Shown};
use super::suggest;
use crate::engine::{Server, UndoSet};
use crate::error::{Error, Result};
use crate::report::{Command, Done};

pub(super) async fn run(context: &Context, args: UndoArgs, out: Option<PathBuf>) -> Result<Exit> {
    let UndoArgs { run: set, undelete, apply, server, output, .. } = args;
    let mut context = context.shown(output);
    let path = Path::new(&set);
    let typed = server.settings(None);
    let set = open_set(path, &apply.state, typed.clone()).await?;
    let Some(out) = out else {
        return Err(Error::usage("the undo of a plan set is a plan set: it needs --out DIR")
            .hint(format!("plan it: {}; then apply it with asof work", suggest::undo_set(path))));
    };
    let home = home(&apply.state, typed.clone()).await?;
    let location = set.manifest.plan.location();
    home.require_apart(&location)?;
    let settings = set.manifest.server.clone().unless(typed.clone());
    let client = context.client(settings.clone()).await?;
    let server = Server::of(&settings, &client);
    let place = new_set(&out, &apply.state, typed.clone(), &location).await?;
    let undo = UndoSet { set: &set, home: &home, server, undelete, out: &place };
    let planned = undo.plan(&client, &context.cancel).await;
    if !context.answered(&client, planned)? {
        context.note(&format!("nothing to undo: the plan set {} has changed nothing", set.id));
        return Ok(Exit::Done);
    }
    let undo = open_set(&out, &apply.state, typed).await?;
    let command = Command::Undo(Done::of_set(&undo.id, &context.counters));
    set::show(&context, Shown { set: &undo, path: &out, all: false, prices: None, command }).await
}
