//! `asof drill`.

use std::path::PathBuf;

use super::args::recover::DrillArgs;
use super::context::Context;
use super::exit::Exit;
use super::recovery::{request, target_time};
use super::sweep;
use crate::engine::recover::{Drill, Notice, Rehearsed, Report, Source, Verdict};
use crate::error::{Error, ErrorKind, Result};
use crate::report::{EndedDrill, Output, RecoveryView, left_behind, output_file, recovered};

/// The report of a drill, and its copy in the state directory.
#[derive(Debug, Default)]
struct Told {
    report: Option<Report>,
    kept: Option<PathBuf>,
}

pub(super) async fn run(context: &Context, args: DrillArgs) -> Result<Exit> {
    let output = Output::from(args.carry.output.clone());
    if args.sweep {
        return sweep::run(context, output, args).await;
    }
    let source = args.carry.source(args.file.as_deref())?;
    let mut told = Told::default();
    let metrics = args.metrics.file.clone();
    let ended = Box::pin(rehearse(context, &source, args, &mut told)).await;
    // A success that the metrics will not tell must not be announced.
    let can_tell = output_file::can_write(metrics.as_deref());
    let ended = Exit::after(ended, can_tell.map_err(|e| Error::new(ErrorKind::Local, e.in_one_line())));
    let exit = Exit::of(&ended);
    let passed = exit == Exit::Done;
    let error = ended.as_ref().err();
    let summary = EndedDrill { name: &source.name(), passed, report: told.report.as_ref(), error }.summary();
    let verdict = Verdict { passed, exit_code: exit as u8, summary, report: told.kept };
    Exit::after(ended, verdict.tell(&source).await)
}

/// Runs the drill and shows its report.
async fn rehearse(context: &Context, source: &Source, args: DrillArgs, told: &mut Told) -> Result<Exit> {
    let output = Output::from(args.carry.output.clone());
    let DrillArgs { at, keep, report, carry, .. } = args;
    let target = target_time(&at, &carry.change.apply.state, source)?;
    let copies = report.copies()?;
    let (view, options) = (RecoveryView::new(output, source), carry.options()?);
    let on = |notice: &Notice<'_>| view.show(notice);
    let drill = Drill { request: request(context, source, &options, &on), target, keep };
    let result = match Box::pin(drill.run()).await? {
        Rehearsed::Ended(result) => *result,
        Rehearsed::LeftBehind(left) => {
            view.show(&Notice::LeftBehind(&left))?;
            context.metrics.take(left_behind(&left));
            let message = "the drill did not begin: copies of the one before could not be torn down";
            return Err(Error::new(ErrorKind::Local, message)
                .hint("remove them with the commands above, and run the drill again"));
        }
    };
    context.metrics.take(recovered(&result.report, &result.recovery.manifest().typed));
    let reported = copies.write(&view, &result);
    if !result.report.left.is_empty() {
        view.show(&Notice::LeftBehind(&result.report.left))?;
    }
    *told = Told { report: Some(result.report), kept: reported.kept };
    result.outcome.trouble.map_or(Ok(reported.conclusion.into()), Err)
}
