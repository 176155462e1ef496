//! Builds a timeline: one listing, in which each entry shows what it did.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::bucket::{bucket_state, require_history};
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::list::Lister;
use crate::model::{Instant, Location, TypedTime};
use crate::s3::{Client, ServerClock};
use crate::state::{Run, RunStatus, Worked};
use crate::timeline::{Found, OwnRun, Timeline, Trace, Window};

/// The parameters of a timeline.
#[derive(Debug)]
pub struct ShowTimeline {
    /// The bucket or prefix.
    pub location: Location,
    /// The first second, if limited.
    pub from: Option<TypedTime>,
    /// The last second, if limited.
    pub to: Option<TypedTime>,
    /// The length of a bar; if `None`, bars are merged until they can be shown.
    pub step: Option<Duration>,
    /// The directory with asof's own runs.
    pub state_dir: Option<PathBuf>,
}

/// A timeline of a bucket that is known to have a past.
#[derive(Debug)]
pub struct TimelineScan {
    options: ShowTimeline,
    window: Window,
    now: i64,
}

/// The activity in a bucket.
#[derive(Debug)]
pub struct Activity {
    /// The events.
    pub found: Found,
    /// The time span; it ends at the present at the latest.
    pub window: Window,
    /// True if a bar length was requested.
    pub has_step: bool,
    /// The error that kept asof's own runs from being marked; the timeline is useful without them.
    pub unmarked: Option<Error>,
}

impl ShowTimeline {
    /// Refuses bars of zero length.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) if `step` is zero.
    pub fn check(&self) -> Result<()> {
        if self.step.is_some_and(|step| step.as_secs() == 0) {
            return Err(
                Error::usage("--step must be greater than zero").hint("write it as 30s, 15m, 6h or 1d")
            );
        }
        Ok(())
    }

    /// Checks that the bucket has a past, and resolves the times.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for times that are not in the past or out of order;
    /// [`Refused`](crate::error::ErrorKind::Refused) for a bucket without a past.
    pub async fn inspect(self, client: &Client) -> Result<TimelineScan> {
        let bucket = &self.location.bucket;
        require_history(bucket, bucket_state(client, bucket).await?)?;
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
    /// Lists the bucket and collects its activity.
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

/// Lists every version under a location, and passes what each entry did to `timeline`.
///
/// Some servers lose a key's older versions at a page boundary. A diff reads such keys again; this does not: at most
/// one overwrite per page may be shown as a put, which affects no burst.
async fn trace(client: &Client, location: &Location, timeline: &mut Timeline, cancel: &Cancel) -> Result<()> {
    let Location { bucket, prefix } = location.clone();
    let mut lister = Lister::start(client.clone(), bucket, prefix);
    let counters = client.counters();
    // Keys come in order within a range, but ranges come in any order.
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

/// The runs in a state directory that changed keys under a location, in seconds of the server's clock. For a resumed
/// run, only the last execution: the end of earlier ones is unknown.
fn own_runs(state_dir: &Path, location: &Location, clock: &ServerClock) -> Result<Vec<OwnRun>> {
    // The skew is only known to the second.
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
