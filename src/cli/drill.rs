//! `asof drill`.

use super::args::recover::DrillArgs;
use super::context::Context;
use super::exit::Exit;
use super::recovery::{request, target_time};
use super::sweep;
use crate::engine::recover::{Drill, Notice};
use crate::error::Result;
use crate::report::{Output, RecoveryView, recovered};

pub(super) async fn run(context: &Context, args: DrillArgs) -> Result<Exit> {
    let output = Output::from(args.carry.output.clone());
    if args.sweep {
        return sweep::run(context, output, args).await;
    }
    let DrillArgs { file, at, keep, report, carry, .. } = args;
    let source = carry.source(file.as_deref())?;
    let target = target_time(&at, &carry.change.apply.state, &source)?;
    let copies = report.copies()?;
    let (view, options) = (RecoveryView::new(output, &source), carry.options()?);
    let on = |notice: &Notice<'_>| view.show(notice);
    let drill = Drill { request: request(context, &source, &options, &on), target, keep };
    let Some(result) = Box::pin(drill.run()).await? else { return Ok(Exit::Failed) };
    context.metrics.take(recovered(&result.report));
    let exit = copies.write(&view, &result);
    if !result.report.left.is_empty() {
        view.show(&Notice::LeftBehind(&result.report.left))?;
    }
    result.outcome.trouble.map_or(Ok(exit), Err)
}
