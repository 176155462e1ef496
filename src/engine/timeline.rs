//! A timeline: one listing, each entry told what it did.

use std::collections::HashMap;
use std::path::Path;

use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::list::Lister;
use crate::model::{Instant, Location};
use crate::s3::{Client, ServerClock};
use crate::state::{Run, RunStatus, Worked};
use crate::timeline::{OwnRun, Timeline, Trace};

/// Lists every version under a location, and hands what each entry did to `timeline`.
///
/// Servers that lose a key's older versions at the border of two pages, and are read again key by key for a diff, are taken
/// at their word here: one overwrite in a page may pass for a put, which changes no burst.
pub async fn trace(
    client: &Client,
    location: &Location,
    timeline: &mut Timeline,
    cancel: &Cancel,
) -> Result<()> {
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
pub fn own_runs(state_dir: &Path, location: &Location, clock: &ServerClock) -> Result<Vec<OwnRun>> {
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
