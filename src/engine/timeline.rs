//! A timeline: one listing, each entry told what it did.

use std::collections::HashMap;

use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::list::Lister;
use crate::model::Location;
use crate::s3::Client;
use crate::timeline::{Timeline, Trace};

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
            keys += u64::from(trace.push(&entry, |key, second, event| timeline.add(key, second, event)));
        }
        counters.keys.add(keys);
        counters.versions.add(piece.take.len() as u64);
        if piece.ended {
            trace.finish(|key, second, event| timeline.add(key, second, event));
            traces.remove(&piece.range);
        }
    }
}
