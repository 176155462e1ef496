//! Verifies a local directory against a bucket's state at T, byte by byte, and finds extra files.
//!
//! Two sorted sequences are merged: the keys that are live at T, and the files.

use futures::TryStreamExt;
use tokio::sync::mpsc;

use super::directory::FileChangeCollector;
use super::key_lookup::Scope;
use super::past::{KeysAt, keys_at, live_then};
use super::scope_keys::Listing;
use super::survey::Findings;
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::local::{Directory, Leaf, leaves};
use crate::model::{Relocation, Version};
use crate::plan::{Action, Change};
use crate::resolve::{Judge, KeyState, Verdict};
use crate::s3::Client;
use crate::verify::{Files, Stands};

/// Compares the files with the state of `scope` at the judge's first cut. A file whose bytes cannot be verified is
/// judged by its size and also counted as unverifiable. Extra files are returned as [`Action::Delete`].
pub(super) async fn verify_directory(
    client: &Client,
    scope: Scope,
    judge: &Judge,
    files: Files<'_>,
    cancel: &Cancel,
) -> Result<Findings> {
    let mut collector = FileChangeCollector::new(client)?;
    let bucket = scope.bucket.clone();
    let mut extras = files.directory.map(|directory| Extras::new(directory, files.relocation, &scope));
    let then = |state: &KeyState<'_>| live_then(state, judge, client.clock(), &mut collector.sums);
    let listing = Listing::start(client, scope);
    let KeysAt { found: live, unknown } = keys_at(client, listing, judge.as_of.then, cancel, then).await?;
    let mut live = live.into_changes()?;
    loop {
        let live: Vec<_> = live.by_ref().take(limits::JOINED).collect::<Result<_>>()?;
        if live.is_empty() {
            break;
        }
        if cancel.is_stopped() {
            return Err(Error::interrupted());
        }
        let mut looks = std::pin::pin!(files.look_at_all(client, &bucket, live));
        while let Some((live, stands)) = looks.try_next().await? {
            if let Some(extras) = &mut extras {
                extras.enter_before(Some(&live.key), &mut collector).await?;
            }
            collector.sums.existed += 1;
            match stands {
                Stands::AsPut | Stands::File(_, Verdict::Proven) => {
                    collector.settle(&live, |sums| &mut sums.unchanged);
                }
                Stands::File(_, Verdict::Unverifiable) => {
                    collector.settle(&live, |sums| &mut sums.unchanged);
                    collector.sums.unverifiable += 1;
                }
                Stands::Nothing => collector.enter(0, &live.brought_over(None))?,
                Stands::File(now, Verdict::Wrong) => collector.enter(0, &live.brought_over(Some(now)))?,
            }
        }
    }
    if let Some(extras) = &mut extras {
        extras.enter_before(None, &mut collector).await?;
    }
    collector.sums.set_unknown(unknown);
    Ok(Findings { changes: collector.changes, uncertain: None, sums: collector.sums })
}

/// The files of the directory within a scope, in key order.
struct Extras<'a> {
    leaves: mpsc::Receiver<std::io::Result<Leaf>>,
    ahead: Option<(String, Leaf)>,
    relocation: &'a Relocation,
    scope: Scope,
}

impl<'a> Extras<'a> {
    fn new(directory: &Directory, relocation: &'a Relocation, scope: &Scope) -> Self {
        Self { leaves: leaves(directory), ahead: None, relocation, scope: scope.clone() }
    }

    /// Adds the files before this key as extra, and skips the key's own.
    async fn enter_before(
        &mut self,
        key: Option<&str>,
        collector: &mut FileChangeCollector<'_>,
    ) -> Result<()> {
        loop {
            if self.ahead.is_none() {
                self.ahead = self.next().await?;
            }
            let Some((found, leaf)) = self.ahead.take_if(|(found, _)| key.is_none_or(|key| &**found <= key))
            else {
                return Ok(());
            };
            if key != Some(&*found) {
                let Leaf { size, modified, .. } = leaf;
                let now = Some(Version { size, last_modified: modified, ..Version::default() });
                let extra = Change::new(found, Action::Delete, now, None);
                collector.enter(0, &extra)?;
            }
        }
    }

    async fn next(&mut self) -> Result<Option<(String, Leaf)>> {
        let Scope { prefix, keys, selection, .. } = &self.scope;
        while let Some(leaf) = self.leaves.recv().await {
            let leaf = leaf.map_err(|e| {
                Error::new(ErrorKind::Local, format!("cannot list the directory: {e}")).because(e)
            })?;
            let key = self.relocation.here(&leaf.path);
            let asked_for = keys.as_ref().is_none_or(|keys| keys.binary_search(&key).is_ok());
            if key.starts_with(prefix) && selection.selects(&key) && asked_for {
                return Ok(Some((key, leaf)));
            }
        }
        Ok(None)
    }
}
