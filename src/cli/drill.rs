//! `asof drill`.

use super::args::recover::DrillArgs;
use super::context::{Context, Output};
use super::exit::Exit;
use super::recovery::{View, options, request, source_of, target_time};
use crate::engine::recover::{Drill, Notice};
use crate::error::{Error, Result};

pub(super) async fn run(context: &Context, args: DrillArgs) -> Result<Exit> {
    let DrillArgs { file, sweep, yes, at, keep, report, carry } = args;
    let output = Output::from(carry.output.clone());
    let file = match (sweep, file) {
        (true, file) => return super::sweep::run(context, output, file.as_deref(), yes, carry.server).await,
        (false, Some(file)) => file,
        // clap has asked for it.
        (false, None) => return Err(Error::usage("name a recovery file")),
    };
    let source = source_of(&file, &carry)?;
    let target = target_time(&at, &carry.apply.state, &source)?;
    report.can_write()?;
    let (view, options) = (View::new(output, &source), options(&carry)?);
    let on = |notice: &Notice<'_>| view.show(notice);
    let drill = Drill { request: request(context, &source, &options, &on), target, keep };
    let Some(result) = Box::pin(drill.run()).await? else { return Ok(Exit::Failed) };
    let exit = view.report(&result, &report);
    if !result.report.left.is_empty() {
        view.show(&Notice::LeftBehind(&result.report.left))?;
    }
    result.outcome.trouble.map_or(Ok(exit), Err)
}
