//! `asof history`.

use super::args::look::HistoryArgs;
use super::context::Context;
use super::exit::Exit;
use super::time_arg;
use crate::engine::{Detail, History};
use crate::error::Result;
use crate::report::HistoryView;

pub(super) async fn run(context: &Context, args: HistoryArgs) -> Result<Exit> {
    let HistoryArgs { location, at, changes, state, server, output } = args;
    let mut context = context.shown(output);
    let at = at.map(|text| time_arg::read(&text, &state, None)).transpose()?;
    let detail = if changes { Detail::Changes } else { Detail::Listed };
    let history = History::new(location, at, detail)?;
    let client = context.client(server.settings(None)).await?;
    let history = context.answered(&client, history.inspect(&client).await)?;
    let mut view = HistoryView::new(context.output.format, &history)?;
    let entries = history.read(&client, &context.cancel, |past| view.entry(&past)).await?;
    view.finish(entries)?;
    history.require_any(entries)?;
    Ok(Exit::Done)
}
