//! A timeline: one listing, each entry told what it did.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::bucket::{require_history, standing};
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::list::Lister;
use crate::model::{Instant, Location, TypedTime};
use crate::s3::{Client, ServerClock};
use crate::state::{Run, RunStatus, Worked};
use crate::timeline::{Found, OwnRun, Timeline, Trace, Window};

/// The time of a place that is looked at.
#[derive(Debug)]
pub struct ShowTimeline {
    /// The bucket or prefix.
    pub location: Location,
    /// The first second.
    pub from: Option<TypedTime>,
    /// The last second.
    pub to: Option<TypedTime>,
    /// The length of a bar; without it, bars are joined until they can be shown.
    pub step: Option<Duration>,
    /// Where asof's own runs are kept.
    pub state_dir: Option<PathBuf>,
}

/// A timeline of a bucket that is known to have a past.
#[derive(Debug)]
pub struct TimelineScan {
    options: ShowTimeline,
    window: Window,
    now: i64,
}

/// What happened.
#[derive(Debug)]
pub struct Activity {
    /// The events.
    pub found: Found,
    /// The time looked at; its end is the present at the latest.
    pub window: Window,
    /// The length of a bar was asked for.
    pub has_step: bool,
    /// Why asof's own runs are not marked, if they could not be read. A timeline without them is worth showing too.
    pub unmarked: Option<Error>,
}

impl ShowTimeline {
    /// Refuses bars without length.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) then.
    pub fn check(&self) -> Result<()> {
        if self.step.is_some_and(|step| step.as_secs() == 0) {
            return Err(
                Error::usage("--step must be greater than zero").hint("write it as 30s, 15m, 6h or 1d")
            );
        }
        Ok(())
    }

    /// Finds out whether the bucket has a past, and which times are meant.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for times that are not past or not in order;
    /// [`Refused`](crate::error::ErrorKind::Refused) for a bucket without a past.
    pub async fn inspect(self, client: &Client) -> Result<TimelineScan> {
        let bucket = &self.location.bucket;
        require_history(bucket, standing(client, bucket).await?)?;
        let now = client.clock().now().whole_second();
        let second =
            |typed: Option<TypedTime>| typed.map(|typed| typed.past(now).map(Instant::second)).transpose();
        let window = Window { from: second(self.from)?, to: second(self.to)? };
        if matches!((window.from, window.to), (Some(from), Some(to)) if to < from) {
            return Err(
                Error::usage("--to is earlier than --from").hint("swap them: --from is the earlier time")
            );
        }
        Ok(TimelineScan { options: self, window, now: now.second() })
    }
}

impl TimelineScan {
    /// Lists the bucket, and finds what happened.
    pub async fn survey(self, client: &Client, cancel: &Cancel) -> Result<Activity> {
        let Self { options: ShowTimeline { location, step, state_dir, .. }, window, now } = self;
        let step = step.map(|step| i64::try_from(step.as_secs()).unwrap_or(i64::MAX));
        let mut timeline = Timeline::new(location.folder(), window, step);
        trace(client, &location, &mut timeline, cancel).await?;
        let runs = state_dir.map_or(Ok(Vec::new()), |dir| own_runs(&dir, &location, client.clock()));
        let (runs, unmarked) = runs.map_or_else(|e| (Vec::new(), Some(e)), |runs| (runs, None));
        let mut found = timeline.finish(&runs);
        if let Some(from) = window.from {
            found.bins.cover(from);
            found.bins.cover(window.to.unwrap_or(now));
        }
        let window = Window { to: window.to.or(Some(now)), ..window };
        Ok(Activity { found, window, has_step: step.is_some(), unmarked })
    }
}

/// Lists every version under a location, and hands what each entry did to `timeline`.
///
/// Servers that lose a key's older versions at the border of two pages, and are read again key by key for a diff, are taken
/// at their word here: one overwrite in a page may pass for a put, which changes no burst.
async fn trace(client: &Client, location: &Location, timeline: &mut Timeline, cancel: &Cancel) -> Result<()> {
    let Location { bucket, prefix } = location.clone();
    let mut lister = Lister::start(client.clone(), bucket, prefix);
    let counters = client.counters();
    // Keys of one range come in order; ranges come in any.
    let mut traces = HashMap::<u64, Trace>::new();
    loop {
        if cancel.is_stopped() {
            return Err(Error::interrupted());
        }
        let piece = tokio::select! {
            piece = lister.next() => piece?,
            () = cancel.stopped() => return Err(Error::interrupted()),
        };
        let Some(piece) = piece else { return Ok(()) };
        let trace = traces.entry(piece.range).or_default();
        let mut keys = 0;
        for entry in piece.take.clone().filter_map(|at| piece.page.entry_at(at)) {
            keys += u64::from(trace.push(&entry, |told| timeline.take(told)));
        }
        counters.keys.add(keys);
        counters.versions.add(piece.take.len() as u64);
        if piece.ended {
            trace.finish(|told| timeline.take(told));
            traces.remove(&piece.range);
        }
    }
}

/// The runs kept in a state directory that changed something under a location, in the seconds of the server's clock. Of a run
/// that was resumed it is the last time: when it ended before is not known.
fn own_runs(state_dir: &Path, location: &Location, clock: &ServerClock) -> Result<Vec<OwnRun>> {
    // The skew is known to the second.
    let (skew, known_to) = (clock.skew().unwrap_or_default(), 1);
    let on_server = |here: Instant| here.millis().saturating_sub(skew).div_euclid(1000);
    let runs = Run::list(state_dir)?.into_iter().filter_map(|RunStatus { id, manifest, state, .. }| {
        let (_, state) = (manifest.filter(|manifest| manifest.changed().overlaps(location))?, state?);
        let Worked { planned, until } = Run::worked(state_dir, &id)?;
        let from = state.resumed().map_or_else(|| on_server(planned) - known_to, Instant::second);
        Some(OwnRun { id, from, to: on_server(until) + known_to, changes: state.changes() })
    });
    Ok(runs.collect())
}
