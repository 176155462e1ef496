//! `asof timeline`.

use super::args::look::TimelineArgs;
use super::context::Context;
use super::exit::Exit;
use super::kept::state_dir;
use super::page::page_file;
use super::suggest::suggest;
use super::time_arg;
use crate::engine::ShowTimeline;
use crate::error::Result;
use crate::report::TimelineView;

pub(super) async fn run(context: &Context, args: TimelineArgs) -> Result<Exit> {
    let TimelineArgs { location, from, to, step, html, state, server, output } = args;
    let mut context = context.shown(output);
    let read = |text: Option<String>| text.map(|text| time_arg::read(&text, &state, None)).transpose();
    let (from, to) = (read(from)?, read(to)?);
    let own_runs = match state.state_dir {
        None => state_dir(&state).ok(),
        Some(_) => Some(state_dir(&state)?),
    };
    let timeline = ShowTimeline { location: location.clone(), from, to, step, state_dir: own_runs };
    timeline.check()?;
    let page = page_file(html)?;
    let diff = suggest("diff").word(&location.to_string()).to_string();
    let client = context.client(server.settings(None)).await?;
    let scan = context.answered(&client, timeline.inspect(&client).await)?;
    let activity = context.surveying(scan.survey(&client, &context.cancel)).await?;
    if let Some(e) = &activity.unmarked {
        context.note(&format!("asof's own runs are not marked in the timeline: {e}"));
    }
    let format = context.output.format;
    let view = TimelineView::new(&location, activity, format, diff);
    view.show(format, &context.counters, context.elapsed())?;
    if let Some(page) = page {
        page.write(&view.page(&page.ran, client.clock().now()))?;
    }
    Ok(Exit::Done)
}
