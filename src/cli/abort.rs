//! `asof recover FILE --abort` and `asof recover --list`.

use super::args::recover::RecoverArgs;
use super::context::Context;
use super::exit::Exit;
use super::kept::state_dir;
use super::recovery::{request, source};
use super::suggest::typed;
use crate::engine::recover::{Abort, Notice, RecoveryOptions, open_recoveries};
use crate::error::Result;
use crate::report::{Asked, Format, JsonLines, Output, RecoveryView, abort_words, can_ask, show_recoveries};

const ABORT: Asked = Asked {
    does: "undo a recovery's runs and remove the databases it restored",
    first: "review it with --dry-run first",
};

/// Undoes what the recovery of a file has done, and closes it.
pub(super) async fn run(context: &Context, output: Output, args: RecoverArgs) -> Result<Exit> {
    let RecoverArgs { file, dry_run, yes, after_resume, carry, .. } = args;
    let source = source(file.as_deref())?;
    if !dry_run {
        can_ask(yes, ABORT)?;
    }
    let options = RecoveryOptions { settings_from: Vec::new(), ..carry.options()? };
    let view = RecoveryView::new(output, &source);
    let on = |notice: &Notice<'_>| view.show(notice);
    let abort = Abort { request: request(context, &source, &options, &on), after_resume, dry_run };
    let prepared = Box::pin(abort.prepare()).await?;
    if dry_run {
        output.note(&format!("nothing was changed; abort it: {}", prepared.command));
        return Ok(Exit::Done);
    }
    if !yes {
        view.confirm(context.prompt(), &source.name()).await?;
    }
    let result = Box::pin(prepared.execute()).await?;
    if output.format == Format::Json {
        JsonLines::new(std::io::stdout()).aborted_recovery(&result.told)?;
    }
    for line in abort_words(&result) {
        output.note(&line);
    }
    Ok(result.conclusion.into())
}

/// Lists the recoveries that are not finished, or those of one file.
pub(super) fn list(context: &Context, output: Output, args: &RecoverArgs) -> Result<Exit> {
    let dir = state_dir(&args.carry.change.apply.state)?;
    let recoveries = open_recoveries(&dir, args.file.as_deref(), context.now, typed)?;
    show_recoveries(output, &recoveries, &dir, context.now)?;
    Ok(if recoveries.unreadable.is_empty() { Exit::Done } else { Exit::Refused })
}
