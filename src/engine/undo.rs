//! Undoes a run, with a plan that gives each key it changed its previous contents.
//!
//! | the run | the key previously held | change |
//! |---|---|---|
//! | copied a version | another version W | `revert`: W is copied back |
//! | copied a version | nothing | `delete`: it gets a delete marker |
//! | created a delete marker | W | `undelete`: the marker is removed; or W is copied if the marker's ID is unknown, or a later run has healed the key, whose undo has created another marker above |
//! | removed delete markers | nothing | `delete`: it gets a delete marker |
//! | did nothing | | none |
//! | was stopped, and may have done one of these | | as if it had done it |
//!
//! Each change is conditional on the key still holding what the run put there. The plan is like any other: it is
//! applied by its own run, which can be resumed and undone.

use std::path::{Path, PathBuf};

use super::bucket::{bucket_state, require_removable, require_versioning};
use super::superseded::find_superseded;
use super::uploads::abandon_noted;
use crate::apply::Place;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::model::{Instant, Version};
use crate::plan::file::{ByKey, Changes, Header, PlanFile, Seen, Times, Writer};
use crate::plan::{Action, Change, Sums, Undelete};
use crate::s3::Client;
use crate::state::{Ending, Run, RunManifest, Server};

/// A run to undo.
#[derive(Debug)]
pub struct Undo<'a> {
    /// The run to undo.
    pub done: &'a Run,
    /// The server settings, to be stored in the undo run.
    pub server: Server,
    /// The way to restore keys that the run deleted.
    pub undelete: Undelete,
}

/// An undo run with its plan. Nothing has been changed yet.
#[derive(Debug)]
pub struct PreparedUndo {
    /// The undo run, to be executed or discarded.
    pub run: Run,
    /// The sums of its plan.
    pub sums: Sums,
}

impl Undo<'_> {
    /// Checks changes of the run with unknown outcome, and writes the plan of a run that undoes it; returns `None` if
    /// there is nothing to undo. Changes no key, but aborts multipart uploads left by the run, since it will not be
    /// resumed.
    ///
    /// # Errors
    /// [`Refused`](crate::error::ErrorKind::Refused) for a bucket that would not keep overwritten versions, or whose
    /// delete markers must not be removed.
    pub async fn prepare(self, client: &Client, cancel: &Cancel) -> Result<Option<PreparedUndo>> {
        let Self { done, server, undelete } = self;
        let manifest = done.manifest();
        let bucket = &manifest.changed().bucket;
        require_versioning(bucket, bucket_state(client, bucket).await?)?;
        let now = client.clock().now().whole_second();
        settle(client, done, now, cancel).await?;
        let state_dir = done.state_dir();
        let run = Run::create(state_dir, manifest.undo(done.id(), server, now))?;
        let planned = match plan_undo(done, &run, undelete, now) {
            Ok(sums) if sums.to_remove_markers().keys > 0 => {
                require_removable(client, bucket).await.map(|()| sums)
            }
            planned => planned,
        };
        match planned {
            Ok(sums) if sums.changes() > 0 => Ok(Some(PreparedUndo { run, sums })),
            planned => {
                run.discard()?;
                planned.map(|_| None)
            }
        }
    }
}

/// Prepares a run to be undone, since it will not be resumed: takes it over, aborts the multipart uploads that it left, and
/// finds out which changes with unknown outcome were made.
pub(super) async fn settle(client: &Client, done: &Run, now: Instant, cancel: &Cancel) -> Result<()> {
    if done.is_in_bucket() {
        done.take_over(PlanFile::open(&done.plan())?.changes.len(), now).await?;
    }
    abandon_noted(client, done).await?;
    find_superseded(client, done, now, cancel).await
}

/// Writes the plan of `undo`, which undoes `done`. Returns its sums.
fn plan_undo(done: &Run, undo: &Run, undelete: Undelete, now: Instant) -> Result<Sums> {
    if !done.has_begun() {
        return Ok(Sums::default());
    }
    let PlanFile { header, changes, .. } = done.open_plan()?;
    let times = Times { at: done.manifest().at, listed: now };
    let header = Header::new(&undo.manifest().location, times, header.checks, header.selection);
    let mut writer = Writer::create(&undo.plan(), &header)?;
    let mut sums = Sums::default();
    for change in changes_back(done, changes, &Heals::read(done.state_dir(), done.id())?, undelete)? {
        let change = change?;
        sums.add(&change);
        writer.push(&change)?;
    }
    writer.finish(&sums, Seen { keys: sums.changes(), versions: 0 })?;
    Ok(sums)
}

/// Returns the changes that undo those of a run that has begun, in key order.
pub(super) fn changes_back(
    done: &Run,
    changes: Changes,
    heals: &Heals,
    undelete: Undelete,
) -> Result<impl Iterator<Item = Result<Change>> + use<>> {
    let (mut results, state) = done.read_results()?;
    let place = Place::of(done.manifest());
    let mut heals = heals.after(done)?;
    let mut undone = move |n: u64, change: Change| {
        let Some(ending) = results.heard(n, &state)?.map(|ending| as_if_made(&change, ending)) else {
            return Ok(None);
        };
        let key = place.relocation.there(&change.key);
        let mut undelete = undelete;
        for heal in &mut heals {
            if heal.get(&key)?.is_some() {
                undelete = Undelete::Copy;
            }
        }
        Ok(back(key, change, ending, undelete))
    };
    Ok(changes.filter_map(move |change| change.and_then(|(n, change)| undone(n, change)).transpose()))
}

/// The runs of a state directory that restored late uploads.
#[derive(Debug)]
pub(super) struct Heals {
    runs: Vec<HealRun>,
}

#[derive(Debug)]
struct HealRun {
    plan: PathBuf,
    manifest: RunManifest,
}

impl Heals {
    /// Finds the heals that may be later than the run `id`.
    pub(super) fn read(state_dir: &Path, id: &str) -> Result<Self> {
        // An ID begins with the second of its run, or of its plan set.
        let second = |id: &str| id.split('-').next().map(str::to_owned);
        let mut runs = Vec::new();
        for (other, manifest) in Run::begun(state_dir)? {
            let manifest = match manifest {
                Err(_) if second(&other) < second(id) => continue,
                manifest => manifest?,
            };
            if manifest.heals {
                runs.push(HealRun { plan: Run::plan_of(state_dir, &other), manifest });
            }
        }
        Ok(Self { runs })
    }

    /// The plans of those after `done`, in the same location.
    fn after(&self, done: &Run) -> Result<Vec<ByKey>> {
        let manifest = done.manifest();
        // Only runs in place create delete markers, so only there can one lie above another.
        let in_place = |run: &RunManifest| run.to.is_none() && run.location.overlaps(&manifest.location);
        let is_later = |run: &RunManifest| run.began >= manifest.began && in_place(manifest) && in_place(run);
        let later = self.runs.iter().filter(|heal| is_later(&heal.manifest));
        later.map(|heal| Ok(PlanFile::open(&heal.plan)?.changes.by_key())).collect()
    }
}

/// Treats a failed change as made, since it may have been. It has no version ID, so the key is recognized by its
/// content. If it was not made after all, the key is already correct.
fn as_if_made(change: &Change, ending: Ending) -> Ending {
    let Ending::Failed { over, .. } = ending else { return ending };
    match change.action {
        Action::Delete => Ending::Deleted { version_id: None, over },
        _ if !change.markers.is_empty() => Ending::MarkersRemoved,
        Action::Undelete | Action::Revert => Ending::Copied { version_id: None, etag: None, over },
    }
}

/// The change that undoes another, by the table above.
fn back(key: String, change: Change, ending: Ending, undelete: Undelete) -> Option<Change> {
    match ending {
        Ending::Copied { version_id, etag, over } => {
            let before = over.map_or(change.now, |over| over.version);
            // If the server did not return the ETag, assumes that of the source, which a copy in one part keeps.
            let then = change.then?;
            let etag = etag.unwrap_or(then.etag);
            let ours = Version { version_id: version_id.unwrap_or_default(), etag, ..then };
            let action = if before.is_some() { Action::Revert } else { Action::Delete };
            Some(Change::new(key, action, Some(ours), before))
        }
        Ending::Deleted { version_id, over } => {
            let before = over.map_or(change.now, |over| over.version)?;
            let marker = version_id.filter(|_| undelete == Undelete::RemoveMarker);
            let markers = marker.into_iter().collect();
            Some(Change { markers, ..Change::new(key, Action::Undelete, None, Some(before)) })
        }
        Ending::MarkersRemoved => Some(Change::new(key, Action::Delete, change.then, None)),
        Ending::Skipped | Ending::Conflict | Ending::Archived | Ending::Failed { .. } => None,
    }
}

#[cfg(test)]
mod tests;
