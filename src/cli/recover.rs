//! `asof recover`.

use std::io::Write;
use std::path::Path;

use super::args::recover::RecoverArgs;
use super::confirm::{Asked, can_ask};
use super::context::{Context, Output};
use super::exit::{self, Exit};
use super::recovery::{View, options, request, source_of, target_time, typed};
use super::{abort, suggest};
use crate::engine::recover::{Begins, Notice, Recover, TEMPLATE};
use crate::error::{Error, Result};
use crate::report::{Ended, anew, recovery_words};

const RECOVER: Asked = (
    "put buckets and databases back",
    "look at each bucket with asof diff, and rehearse with asof drill, first",
);

pub(super) async fn run(context: &Context, args: RecoverArgs) -> Result<Exit> {
    let output = Output::from(args.carry.output.clone());
    let file = match (args.list, &args.file) {
        (true, file) => return abort::list(context, output, file.as_deref(), &args.carry.apply.state),
        (false, Some(file)) => file,
        // clap has asked for it.
        (false, None) => return Err(Error::usage("name a recovery file")),
    };
    if args.init {
        return write_template(output, file);
    }
    if args.abort {
        return abort::run(context, file, &args).await;
    }
    let RecoverArgs { at, wait, adopt, dry_run, yes, report, carry, .. } = &args;
    let source = source_of(file, carry)?;
    let target = at.as_ref().map(|at| target_time(at, &carry.apply.state, &source)).transpose()?;
    let begins = match target {
        target if *adopt => Begins::Adopted(target),
        Some(target) if *wait => Begins::Reached(target),
        Some(target) => Begins::At(target),
        // clap has asked for it.
        None => return Err(Error::usage("name a time: --at TIME")),
    };
    let (view, options) = (View::new(output, &source), options(carry)?);
    let on = |notice: &Notice<'_>| view.show(notice);
    let recover = Recover { request: request(context, &source, &options, &on), begins };
    if *dry_run {
        let command = Box::pin(recover.preview()).await?;
        output.note(&format!("nothing was changed; to carry out: {command}"));
        return Ok(Exit::Done);
    }
    report.can_write()?;
    can_ask(*yes, RECOVER)?;
    let prepared = Box::pin(recover.prepare()).await?;
    if !yes && let Some(name) = prepared.name_to_type()? {
        view.confirm(context, &name).await?;
    }
    let result = Box::pin(prepared.execute()).await?;
    let exit = view.report(&result, report);
    let state = result.recovery.state();
    let ended = Ended {
        path: &source.path,
        file: &source.file,
        at: result.recovery.manifest().at,
        state: &state,
        outcome: &result.outcome,
        follow_ups: &result.report.follow_ups,
    };
    for line in recovery_words(&ended, typed) {
        output.note(&line);
    }
    if let Some(e) = &result.outcome.trouble {
        exit::report(e, false, false);
    }
    if result.had_ended {
        output.note(&anew(&source.file, &state));
    }
    Ok(exit)
}

fn write_template(output: Output, path: &Path) -> Result<Exit> {
    let written = std::fs::File::options().write(true).create_new(true).open(path);
    written.and_then(|mut file| file.write_all(TEMPLATE.as_bytes())).map_err(|e| {
        let error = Error::usage(format!("cannot write {}: {e}", path.display()));
        match e.kind() {
            std::io::ErrorKind::AlreadyExists => error.hint("a file that is there is not overwritten"),
            _ => error,
        }
    })?;
    let recover = suggest::recover(path, "1h").flag("dry-run");
    output.note(&format!("written; fill it in, then see what it would do: {recover}"));
    Ok(Exit::Done)
}
