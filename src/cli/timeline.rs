//! `asof timeline`.

use std::io::{BufWriter, IsTerminal, Write};
use std::time::Instant as Clock;

use super::args::apply::StateArgs;
use super::args::timeline::TimelineArgs;
use super::carry::state_dir;
use super::context::{Context, Output};
use super::exit::Exit;
use super::suggest::suggest;
use super::{output_file, time_arg};
use crate::engine::{own_runs, require_history, standing, trace};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Instant, Location, TypedTime};
use crate::report::{Format, JsonLines, Phase, Progress, TimelineView, bars_for};
use crate::s3::ServerClock;
use crate::timeline::{OwnRun, Timeline, Window};

pub(super) async fn run(context: &Context, args: TimelineArgs) -> Result<Exit> {
    let TimelineArgs { location, from, to, step, html, state, server, output } = args;
    let began = Clock::now();
    let output = Output::from(output);
    let read = |text: Option<String>| text.map(|text| time_arg::read(&text, &state)).transpose();
    let (from, to) = (read(from)?, read(to)?);
    let step = step.map(|step| i64::try_from(step.as_secs()).unwrap_or(i64::MAX));
    if step == Some(0) {
        return Err(Error::usage("a bar of --step 0s has no length").hint("write it as 30s, 15m, 6h or 1d"));
    }
    output_file::can_write(html.as_deref())?;
    let diff = suggest("diff").word(&location.to_string()).to_string();
    let client = context.client(server, None).await?;
    require_history(&location.bucket, standing(&client, &location.bucket).await?)?;
    let context = &context.by_clock_of(&client, output);
    let second = |typed: Option<TypedTime>| {
        typed.map(|typed| typed.past(context.now).map(Instant::second)).transpose()
    };
    let window = Window { from: second(from)?, to: second(to)? };
    if matches!((window.from, window.to), (Some(from), Some(to)) if to < from) {
        return Err(Error::usage("--to lies before --from").hint("swap them: --from is the earlier time"));
    }

    let mut timeline = Timeline::new(location.folder(), window, step);
    let progress = Progress::start(output.display, Phase::Surveying, &context.counters);
    let traced = trace(&client, &location, &mut timeline, &context.cancel).await;
    drop(progress);
    traced?;
    let mut found = timeline.finish(&runs(output, &state, &location, client.clock()));
    if let Some(from) = window.from {
        found.bins.cover(from);
        found.bins.cover(window.to.unwrap_or_else(|| context.now.second()));
    }
    let (columns, rows) = screen();
    let mut fine = found.bins.clone();
    if step.is_none() {
        fine = fine.within(limits::PAGE_BARS);
        found.bins = found.bins.within(match output.format {
            Format::Table => bars_for(rows),
            Format::Json | Format::Csv => limits::DATA_BARS,
        });
    }
    let window = Window { to: window.to.or(Some(context.now.second())), ..window };
    let view = TimelineView { location: &location, found: &found, window, diff, columns };
    let mut out = BufWriter::new(std::io::stdout());
    match output.format {
        Format::Table => view.table(&mut out)?,
        Format::Json => view.json(&mut JsonLines::new(&mut out), &context.counters, began.elapsed())?,
        Format::Csv => view.csv(&mut out)?,
    }
    out.flush()?;
    if let Some(path) = html {
        output_file::write(&path, "the page", view.page(&fine, client.clock().now()))?;
    }
    Ok(Exit::Done)
}

/// The runs of asof that changed the place, as far as they are known here. A timeline without them is worth showing too.
fn runs(output: Output, state: &StateArgs, location: &Location, clock: &ServerClock) -> Vec<OwnRun> {
    let Ok(dir) = state_dir(state) else { return Vec::new() };
    own_runs(&dir, location, clock).unwrap_or_else(|e| {
        output.note(&format!("asof's own runs are not marked in the timeline: {e}"));
        Vec::new()
    })
}

/// Columns and rows of the terminal; those of a common one where stdout is none.
fn screen() -> (usize, usize) {
    let out = std::io::stdout();
    let size = out.is_terminal().then(|| rustix::termios::tcgetwinsize(&out).ok()).flatten();
    size.map_or((100, 36), |size| (usize::from(size.ws_col), usize::from(size.ws_row)))
}
