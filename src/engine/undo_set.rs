//! Undoes a plan set with a plan set: each of its shards undoes the run of the shard with the same index, and is applied
//! like any other shard.
//!
//! | the shard | its undo |
//! |---|---|
//! | has begun | undoes what its run has done so far |
//! | has not begun | is empty |
//! | is being applied | refused |
//!
//! A worker of the undo compares the run with its [fingerprint](crate::state::RunState::fingerprint) in the manifest: a
//! shard that was applied, or applied further, after its undo was planned is refused.

use super::bucket::{bucket_state, require_removable, require_versioning};
use super::set_place::{NewSet, SavedSet};
use super::undo::{Heals, changes_back, settle};
use super::work::Work;
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::model::Instant;
use crate::plan::file::{Header, Selected, Times};
use crate::plan::set::UndoSetWriter;
use crate::plan::{Only, Undelete};
use crate::s3::Client;
use crate::state::{Run, Server, StateHome};

/// A plan set to undo.
#[derive(Debug)]
pub struct UndoSet<'a> {
    /// The set to undo.
    pub set: &'a SavedSet,
    /// The place of the runs.
    pub home: &'a StateHome,
    /// The server.
    pub server: Server,
    /// The way to restore keys that the set deleted.
    pub undelete: Undelete,
    /// The place of the new set.
    pub out: &'a NewSet,
}

impl UndoSet<'_> {
    /// Writes the set that undoes the other; returns false, and writes none, if there is nothing to undo. Changes no key,
    /// but aborts multipart uploads left by the runs.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a directory that cannot be written or is not empty;
    /// [`Refused`](crate::error::ErrorKind::Refused) for a shard that is being applied, or whose run is not of this set.
    pub async fn plan(self, client: &Client, cancel: &Cancel) -> Result<bool> {
        let Self { set, home, server, undelete, out } = self;
        let bucket = &set.manifest.plan.bucket;
        require_versioning(bucket, bucket_state(client, bucket).await?)?;
        let now = client.clock().now().whole_second();
        let header = header(&set.manifest.plan, now);
        let mut writer = UndoSetWriter::create(out.dir(), header, server.clone(), set.id.clone())?;
        home.fetch_manifests().await?;
        let heals = Heals::read(home.dir(), &set.id)?;
        for index in 0..set.len() {
            let run = Work::new(set, index)?.find(home, &server).await?;
            let Some(run) = run.filter(Run::has_begun) else {
                writer.end_shard(None)?;
                continue;
            };
            settle(client, &run, now, cancel).await?;
            for change in changes_back(&run, run.open_plan()?.changes, &heals, undelete)? {
                writer.push(change?)?;
            }
            if cancel.is_stopped() {
                return Err(Error::interrupted());
            }
            writer.end_shard(Some(run.read_state()?.fingerprint()))?;
        }
        if writer.sums().to_remove_markers().keys > 0 {
            require_removable(client, bucket).await?;
        }
        let has_changes = writer.sums().changes() > 0;
        if has_changes {
            writer.finish()?;
            out.publish().await?;
        }
        Ok(has_changes)
    }
}

/// The header of the undo's plans. An undo makes changes of every kind, whatever kinds were selected for the restore.
fn header(undone: &Header, now: Instant) -> Header {
    let times = Times { at: undone.at, listed: now };
    let selection = Selected { only: Only::default(), ..undone.selection.clone() };
    Header::new(&undone.location(), times, undone.checks, selection)
}
