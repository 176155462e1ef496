//! `asof recover FILE --abort` and `asof recover --list`.

use std::io::Write;
use std::path::Path;

use super::args::apply::StateArgs;
use super::args::recover::RecoverArgs;
use super::confirm::{Asked, can_ask};
use super::context::{Context, Output};
use super::exit::Exit;
use super::kept::state_dir;
use super::recovery::{View, exit, options, request, source, typed};
use crate::engine::recover::{Abort, Notice, OpenRecoveries, RecoveryOptions, open_recoveries};
use crate::error::Result;
use crate::report::{Format, JsonLines, abort_words, recoveries_table};

const ABORT: Asked = (
    "undo a recovery's runs, and remove the databases that it restored",
    "look at what it would do with --dry-run first",
);

/// Undoes what the recovery of a file has done, and closes it.
pub(super) async fn run(context: &Context, file: &Path, args: &RecoverArgs) -> Result<Exit> {
    let RecoverArgs { dry_run, yes, after_resume, carry, .. } = args;
    let (dry_run, after_resume) = (*dry_run, *after_resume);
    let output = Output::from(carry.output.clone());
    let source = source(file)?;
    if !dry_run {
        can_ask(*yes, ABORT)?;
    }
    let options = RecoveryOptions { settings_from: Vec::new(), ..options(carry)? };
    let view = View::new(output, &source);
    let on = |notice: &Notice<'_>| view.show(notice);
    let abort = Abort { request: request(context, &source, &options, &on), after_resume, dry_run };
    let prepared = Box::pin(abort.prepare()).await?;
    if dry_run {
        output.note(&format!("nothing was changed; to abort it: {}", prepared.command));
        return Ok(Exit::Done);
    }
    if !yes {
        view.confirm(context, &source.name()).await?;
    }
    let result = Box::pin(prepared.execute()).await?;
    if output.format == Format::Json {
        JsonLines::new(std::io::stdout()).aborted_recovery(&result.told)?;
    }
    for line in abort_words(&result) {
        output.note(&line);
    }
    Ok(exit(result.conclusion))
}

/// Lists the recoveries that are not finished, or those of one file.
pub(super) fn list(
    context: &Context,
    output: Output,
    file: Option<&Path>,
    state: &StateArgs,
) -> Result<Exit> {
    let dir = state_dir(state)?;
    let OpenRecoveries { open, unreadable } = open_recoveries(&dir, file, context.now, typed)?;
    let mut out = std::io::stdout();
    if output.format == Format::Json {
        let mut lines = JsonLines::new(&mut out);
        open.iter().try_for_each(|recovery| lines.open_recovery(recovery))?;
    } else {
        out.write_all(recoveries_table(&open, context.now).as_bytes())?;
    }
    for one in &unreadable {
        let (id, dir, why) = (&one.id, one.dir.display(), one.why.in_one_line());
        output.note(&format!("unreadable: the recovery {id} in {dir}: {why}"));
    }
    if !unreadable.is_empty() {
        return Ok(Exit::Refused);
    }
    if open.is_empty() {
        output.note(&format!("every recovery in {} is finished", dir.display()));
    }
    Ok(Exit::Done)
}
