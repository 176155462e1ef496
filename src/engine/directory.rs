//! A comparison of a local directory with a bucket's state at T.
//!
//! | at the key's path | result |
//! |---|---|
//! | nothing, or not a file | [`crate::plan::Action::Undelete`] |
//! | a file of another size | [`crate::plan::Action::Revert`] |
//! | a file of the same size and with the version's date: asof wrote it | already correct, without reading it |
//! | a file of the same size with another date, or if bytes are compared | decided by the checksum |

use futures::TryStreamExt;

use super::key_lookup::Scope;
use super::past::live_then;
use super::scope_keys::ScopeKeys;
use super::survey::Findings;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::model::Relocation;
use crate::plan::{Change, Sums};
use crate::resolve::{AsOfPair, Judge, Verdict};
use crate::s3::Client;
use crate::spill::Spool;
use crate::verify::{Files, Live, Stands};

/// Collects the changes found so far.
pub(super) struct FileChangeCollector<'a> {
    pub(super) client: &'a Client,
    pub(super) changes: Spool<Change>,
    pub(super) sums: Sums,
    /// The mapping of keys to paths in the directory to be changed; `None` if nothing is changed.
    relocation: Option<Relocation>,
}

impl FileChangeCollector<'_> {
    pub(super) fn new(client: &Client) -> Result<FileChangeCollector<'_>> {
        Ok(FileChangeCollector { client, changes: Spool::new()?, sums: Sums::default(), relocation: None })
    }

    /// Counts a key that needs no change.
    pub(super) fn settle(&mut self, live: &Live, count: impl FnOnce(&mut Sums) -> &mut u64) {
        *count(&mut self.sums) += 1;
        self.sums.add_uncertain(&live.key, &live.doubts, &live.cautions);
    }

    pub(super) fn enter(&mut self, segment: u64, change: &Change) -> Result<()> {
        self.client.counters().changes.add(1);
        match &self.relocation {
            None => self.sums.add(change),
            Some(relocation) => self.sums.add_there(change, relocation),
        }
        self.changes.push(segment, &change.key, change)
    }
}

/// Compares the state of `scope` at the judge's first cut with the directory. Calls `right` for each key whose file is
/// already correct. Read-only.
pub(super) async fn survey_directory(
    client: &Client,
    scope: Scope,
    judge: &Judge,
    files: Files<'_>,
    cancel: &Cancel,
    mut right: impl FnMut(&str),
) -> Result<Findings> {
    let mut collector = FileChangeCollector {
        relocation: Some(files.relocation.clone()),
        ..FileChangeCollector::new(client)?
    };
    let then = judge.as_of.then;
    let (bucket, as_of) = (scope.bucket.clone(), AsOfPair { then, now: then });
    let mut keys = ScopeKeys::start(client, scope, as_of, cancel);
    while let Some(batch) =
        keys.next(|state| live_then(&state, judge, client.clock(), &mut collector.sums)).await?
    {
        if batch.cut_before {
            collector.changes.cut(batch.segment)?;
        }
        enter_all(&mut collector, batch.segment, files, &bucket, batch.keys, &mut right).await?;
        if batch.last {
            collector.changes.cut(batch.segment)?;
        }
    }
    collector.sums.set_unknown(keys.unknown());
    Ok(Findings { changes: collector.changes, uncertain: None, sums: collector.sums })
}

async fn enter_all(
    collector: &mut FileChangeCollector<'_>,
    segment: u64,
    files: Files<'_>,
    bucket: &str,
    live: Vec<Live>,
    right: &mut impl FnMut(&str),
) -> Result<()> {
    let mut looks = std::pin::pin!(files.look_at_all(collector.client, bucket, live));
    while let Some((live, stands)) = looks.try_next().await? {
        collector.sums.existed += 1;
        let date = live.version.last_modified;
        match stands {
            Stands::AsPut => {
                collector.settle(&live, |sums| &mut sums.unchanged);
                right(&live.key);
            }
            // The date cannot be contradicted.
            Stands::File(now, Verdict::Proven | Verdict::Unverifiable) if now.last_modified == date => {
                collector.settle(&live, |sums| &mut sums.unchanged);
                right(&live.key);
            }
            Stands::File(_, Verdict::Proven) => {
                collector.settle(&live, |sums| &mut sums.same_content);
                right(&live.key);
            }
            Stands::Nothing => collector.enter(segment, &live.brought_over(None))?,
            Stands::File(now, verdict) => {
                collector.sums.unverifiable += u64::from(verdict == Verdict::Unverifiable);
                collector.enter(segment, &live.brought_over(Some(now)))?;
            }
        }
    }
    Ok(())
}
