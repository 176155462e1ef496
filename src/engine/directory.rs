//! A survey of a local directory: what it lacks of a bucket's state at T.
//!
//! | what stands in the key's place | found |
//! |---|---|
//! | nothing, or what is no file | [`Action::Undelete`] |
//! | a file of another size | [`Action::Revert`] |
//! | a file of this size, dated as the version: we have put it there | right, without reading it |
//! | a file of this size with another date, or where bytes are asked for | what the checksum says |

use futures::{StreamExt, TryStreamExt, stream};

use super::compare::Compare;
use super::past::Live;
use super::survey::Findings;
use super::sweep::Sweep;
use super::walk::{Scope, Walk};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::local::{Directory, Found, check, read};
use crate::model::{Relocation, Version, printable};
use crate::plan::{Action, Change, Sums};
use crate::resolve::{Checker, Judge, Proof, Verdict};
use crate::s3::{Client, ObjectName};
use crate::spill::Spool;

/// A directory beside the bucket that it is compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Files<'a> {
    /// The directory; `None` if there is none yet.
    pub(super) directory: Option<&'a Directory>,
    /// How keys are named in it.
    pub(super) relocation: &'a Relocation,
    /// How bytes are compared.
    pub(super) compare: Compare,
    /// Compare them even where a file's date says that we have put it there.
    pub(super) bytes: bool,
}

/// The change that brings a key about, where this stands in its place.
pub(super) fn change(live: Live, now: Option<Version>) -> Change {
    let Live { key, version, cautions, doubts } = live;
    let action = if now.is_some() { Action::Revert } else { Action::Undelete };
    Change { cautions, doubts, ..Change::new(key, action, now, Some(version)) }
}

/// What stands in a key's place.
pub(super) enum Stands {
    /// Nothing that is a file.
    Nothing,
    /// A directory, as the key asks for, or a file that we have put there.
    AsPut,
    /// A file with this size and date, and what its bytes are.
    File(Version, Verdict),
}

/// What has been found so far.
pub(super) struct Ledger<'a> {
    pub(super) client: &'a Client,
    pub(super) changes: Spool<Change>,
    pub(super) sums: Sums,
    /// How keys are named in the directory that is changed; none where nothing is.
    relocation: Option<Relocation>,
}

impl Ledger<'_> {
    pub(super) fn new(client: &Client) -> Result<Ledger<'_>> {
        Ok(Ledger { client, changes: Spool::new()?, sums: Sums::default(), relocation: None })
    }

    /// Counts a key that nothing is done to.
    pub(super) fn settle(&mut self, live: &Live, count: impl FnOnce(&mut Sums) -> &mut u64) {
        *count(&mut self.sums) += 1;
        self.sums.add_unsure(&live.key, &live.doubts, &live.cautions);
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

/// Compares the state of `scope` at the judge's first cut with what the directory holds. Changes nothing. Tells `right` each key whose file
/// is right already.
pub(super) async fn survey_directory(
    client: &Client,
    (mut scope, judge): (Scope, &Judge),
    files: Files<'_>,
    cancel: &Cancel,
    mut right: impl FnMut(&str),
) -> Result<Findings> {
    let mut ledger = Ledger { relocation: Some(files.relocation.clone()), ..Ledger::new(client)? };
    let (bucket, cuts) = (scope.bucket.clone(), (judge.cuts.0, judge.cuts.0));
    if let Some(keys) = scope.keys.take() {
        let mut walk = Walk::start(client, (scope, keys), cuts, cancel);
        while let Some(live) =
            walk.next(|state| Live::then(&state, judge, client.clock(), &mut ledger.sums)).await?
        {
            enter_all(&mut ledger, 0, (files, &bucket), live, &mut right).await?;
        }
        ledger.sums.set_unknown(walk.unknown);
    } else {
        let mut sweep = Sweep::start(client, scope, cuts, cancel);
        while let Some(batch) =
            sweep.next(|state| Live::then(&state, judge, client.clock(), &mut ledger.sums)).await?
        {
            if batch.cut_before {
                ledger.changes.cut(batch.segment)?;
            }
            enter_all(&mut ledger, batch.segment, (files, &bucket), batch.keys, &mut right).await?;
            if batch.last {
                ledger.changes.cut(batch.segment)?;
            }
        }
    }
    Ok(Findings { changes: ledger.changes, unsure: None, sums: ledger.sums })
}

async fn enter_all(
    ledger: &mut Ledger<'_>,
    segment: u64,
    (files, bucket): (Files<'_>, &str),
    live: Vec<Live>,
    right: &mut impl FnMut(&str),
) -> Result<()> {
    let client = ledger.client;
    let looks = stream::iter(live).map(|live| async move {
        let stands = files.look(client, bucket, &live).await?;
        Ok::<_, Error>((live, stands))
    });
    let mut looks = std::pin::pin!(looks.buffered(limits::FILE_CHECKS));
    while let Some((live, stands)) = looks.try_next().await? {
        ledger.sums.existed += 1;
        let date = live.version.last_modified;
        match stands {
            Stands::AsPut => {
                ledger.settle(&live, |sums| &mut sums.unchanged);
                right(&live.key);
            }
            // Nothing can be held against the date.
            Stands::File(now, Verdict::Proven | Verdict::Unproven) if now.last_modified == date => {
                ledger.settle(&live, |sums| &mut sums.unchanged);
                right(&live.key);
            }
            Stands::File(_, Verdict::Proven) => {
                ledger.settle(&live, |sums| &mut sums.same_content);
                right(&live.key);
            }
            Stands::Nothing => ledger.enter(segment, &change(live, None))?,
            Stands::File(now, verdict) => {
                ledger.sums.unproven += u64::from(verdict == Verdict::Unproven);
                ledger.enter(segment, &change(live, Some(now)))?;
            }
        }
    }
    Ok(())
}

impl Files<'_> {
    /// What stands in the key's place.
    pub(super) async fn look(self, client: &Client, bucket: &str, live: &Live) -> Result<Stands> {
        let then = &live.version;
        let Some(directory) = self.directory else { return Ok(Stands::Nothing) };
        let Ok(path) = directory.path_of(&live.key, &self.relocation.there(&live.key)) else {
            return Ok(Stands::Nothing);
        };
        let (place, wanted) = (directory.clone(), path.clone());
        let found = tokio::task::spawn_blocking(move || place.find(&wanted)).await;
        let found = found.map_err(|e| Error::new(ErrorKind::Local, "looking at a file failed").because(e))?;
        let found = found.map_err(|e| {
            Error::new(ErrorKind::Local, format!("cannot look at {}: {e}", printable(path.text()))).because(e)
        })?;
        let (file, size, modified) = match found {
            Some(Found::Folder) if path.is_folder() => return Ok(Stands::AsPut),
            Some(Found::File { file, size, modified }) if !path.is_folder() => (file, size, modified),
            _ => return Ok(Stands::Nothing),
        };
        let now = Version { size, last_modified: modified, ..Version::default() };
        if size != then.size {
            return Ok(Stands::File(now, Verdict::Wrong));
        }
        if modified == then.last_modified && !self.bytes {
            return Ok(Stands::AsPut);
        }
        let object = ObjectName { bucket, key: &live.key, version_id: &then.version_id };
        Ok(Stands::File(now, self.compare_bytes(client, object, then, &file).await?))
    }

    /// Holds a file of the right size against what the listing says of a version, and against what HEAD says where the
    /// listing leaves it open.
    async fn compare_bytes(
        self,
        client: &Client,
        object: ObjectName<'_>,
        then: &Version,
        file: &std::fs::File,
    ) -> Result<Verdict> {
        let Compare { kms, trust_etag } = self.compare;
        let by_etag = Proof::of_etag(&then.etag).filter(|_| !kms || trust_etag);
        if let Some(proof) = by_etag.clone() {
            let verdict = read(file, Checker::new(then.size, proof, None)).await?;
            if verdict == Verdict::Proven || trust_etag {
                return Ok(verdict);
            }
        } else if trust_etag {
            return Ok(Verdict::Unproven);
        }
        let stored = match client.stored(object).await {
            Ok(Some(stored)) => stored,
            // Nothing more can be learnt of it.
            Ok(None) => return Ok(by_etag.map_or(Verdict::Unproven, |_| Verdict::Wrong)),
            Err(e) if e.is_silence() => return Ok(by_etag.map_or(Verdict::Unproven, |_| Verdict::Wrong)),
            Err(e) => return Err(e),
        };
        if by_etag.is_some_and(|proof| proof == Proof::of(&stored)) {
            return Ok(Verdict::Wrong);
        }
        check(client, object, &stored, file).await
    }
}
