//! Surveys a bucket: determines the changes to make, in key order.

use futures::{StreamExt, TryStreamExt, stream};

use super::past::doubts;
use super::scope_keys::{Listing, ScopeKeys};
use crate::apply::Place;
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::limits;
use crate::model::KeyShapes;
use crate::plan::file::Seen;
use crate::plan::{Action, Change, Only, Sums, UncertainKey, Undelete, decide};
use crate::resolve::{Caution, Doubt, Judge, KeyState, Likeness};
use crate::s3::Client;
use crate::spill::Spool;
use crate::verify::{Compare, Compared, VersionOf};

/// The number of keys and versions seen by a survey so far.
pub fn seen(client: &Client) -> Seen {
    let counters = client.counters();
    Seen { keys: counters.keys.get(), versions: counters.versions.get() }
}

/// The result of a survey: the changes on disk in key order, and their sums.
#[derive(Debug)]
pub struct Findings {
    /// The changes.
    pub changes: Spool<Change>,
    /// The uncertain keys that are not among the changes, if buckets are compared.
    pub uncertain: Option<Spool<UncertainKey>>,
    /// The sums of the changes.
    pub sums: Sums,
}

/// The policy for keys in the target that the past state lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extras {
    /// They are differences: [`Action::Delete`].
    Differ,
    /// They are counted, but not changed.
    LeaveAlone,
}

/// Compares a bucket's states at the judge's two cuts. Read-only.
pub(super) async fn survey(
    client: &Client,
    listing: Listing,
    judge: &Judge,
    compare: Compare,
    undelete: Undelete,
    cancel: &Cancel,
) -> Result<Findings> {
    let scope = listing.scope();
    let place = Place::in_place(&scope.bucket);
    let collector = ChangeCollector::new(client, &place, compare)?;
    let only = scope.only.clone();
    let mut collector = ChangeCollector { undelete, only, ..collector.with_uncertain()? };
    let mut keys = ScopeKeys::of(client, listing, judge.as_of, cancel);
    while let Some(batch) = keys.next(|state| collector.change_of(&state, judge)).await? {
        if batch.cut_before {
            collector.cut(batch.segment)?;
        }
        collector.enter(batch.segment, batch.keys).await?;
        if batch.last {
            collector.cut(batch.segment)?;
        }
    }
    collector.close(keys.unknown()).await
}

/// Collects the results of a survey.
pub(super) struct ChangeCollector<'a> {
    client: &'a Client,
    place: &'a Place,
    compare: Compare,
    extras: Extras,
    undelete: Undelete,
    pub(super) only: Only,
    changes: Spool<Change>,
    uncertain: Option<Spool<UncertainKey>>,
    /// Uncertain keys not written to disk yet: a batch finds them in two passes, so they have to be sorted.
    unwritten: Vec<UncertainKey>,
    pub(super) sums: Sums,
    /// True if the server refused a request about some version.
    silent: bool,
}

impl<'a> ChangeCollector<'a> {
    /// Creates an empty collector for changes to be made in `place`.
    pub(super) fn new(client: &'a Client, place: &'a Place, compare: Compare) -> Result<Self> {
        Ok(Self {
            client,
            place,
            compare,
            extras: Extras::Differ,
            undelete: Undelete::Copy,
            only: Only::default(),
            changes: Spool::new()?,
            uncertain: None,
            unwritten: Vec::new(),
            sums: Sums::default(),
            silent: false,
        })
    }

    /// Sets how to handle keys in the target that the past state lacks.
    pub(super) fn with_extras(self, extras: Extras) -> Self {
        Self { extras, ..self }
    }

    /// Also lists unchanged keys whose state at T is uncertain.
    pub(super) fn with_uncertain(self) -> Result<Self> {
        Ok(Self { uncertain: Some(Spool::new()?), ..self })
    }

    /// The change that a key needs, if any; counts the key.
    fn change_of(&mut self, state: &KeyState<'_>, judge: &Judge) -> Option<Change> {
        self.sums.existed += u64::from(state.then.is_some());
        self.sums.present += u64::from(state.now.is_some());
        self.sums.see(state.oldest);
        let doubts = doubts(judge, state, self.client.clock());
        if decide(state.then, state.now).is_none() {
            self.sums.unchanged += 1;
            self.leave(state.key, doubts, judge.straddling(state).into_iter().collect());
            return None;
        }
        Change::of(state, judge, doubts)
    }

    /// Resolves what the listing left open about these changes, and adds those that remain, in order.
    pub(super) async fn enter(&mut self, segment: u64, mut found: Vec<Change>) -> Result<()> {
        let all = found.len();
        // Before the comparison, so that excluded changes cost no HEAD requests.
        found.retain(|change| self.only.has(change.action));
        self.sums.excluded += (all - found.len()) as u64;
        let (client, place, compare) = (self.client, self.place, self.compare);
        let compared = stream::iter(found).map(|change| async move {
            let compared = match (&change.then, &change.now) {
                (Some(then), Some(now)) => {
                    let there = place.relocation.there(&change.key);
                    let then = VersionOf { bucket: &place.source_bucket, key: &change.key, version: then };
                    let now = VersionOf { bucket: &place.bucket, key: &there, version: now };
                    compare.compare(client, then, now).await?
                }
                _ => Compared::unasked(Likeness::Different),
            };
            Ok::<_, Error>((change, compared))
        });
        let mut compared = std::pin::pin!(compared.buffered(limits::CONTENT_CHECKS));
        while let Some((mut change, Compared { likeness, replica, silent })) = compared.try_next().await? {
            self.silent |= silent;
            if likeness == Likeness::Same {
                self.sums.same_content += 1;
                self.leave(&change.key, change.doubts, change.cautions);
                continue;
            }
            self.sums.unverifiable += u64::from(likeness == Likeness::Unverifiable);
            change.cautions.extend(replica.then_some(Caution::Replica));
            client.counters().changes.add(1);
            self.sums.could_remove_markers.add(&change);
            if self.undelete == Undelete::Copy {
                change.markers.clear();
            } else if !change.markers.is_empty() {
                // Nothing is copied, so it does not matter if the version is archived.
                change.doubts.retain(|doubt| *doubt != Doubt::Archived);
            }
            match self.extras {
                Extras::Differ => self.sums.add(&change),
                Extras::LeaveAlone => self.sums.add_there(&change, &place.relocation),
            }
            if change.action != Action::Delete || self.extras == Extras::Differ {
                self.changes.push(segment, &change.key, &change)?;
            }
        }
        self.unwritten.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        for uncertain in self.unwritten.drain(..) {
            if let Some(spool) = &mut self.uncertain {
                spool.push(segment, &uncertain.key, &uncertain)?;
            }
        }
        Ok(())
    }

    /// Counts an unchanged key if its state at T is uncertain.
    fn leave(&mut self, key: &str, mut doubts: Vec<Doubt>, mut cautions: Vec<Caution>) {
        self.sums.add_uncertain(key, &doubts, &cautions);
        doubts.retain(|doubt| doubt.is_of_answer());
        // The other cautions concern a change, and there is none.
        cautions.retain(|caution| *caution == Caution::Multipart);
        if self.uncertain.is_some() && !(doubts.is_empty() && cautions.is_empty()) {
            self.unwritten.push(UncertainKey { key: key.to_owned(), doubts, cautions });
        }
    }

    /// Ends a segment's block: see [`Spool::cut`].
    fn cut(&mut self, segment: u64) -> Result<()> {
        self.changes.cut(segment)?;
        self.uncertain.as_mut().map_or(Ok(()), |uncertain| uncertain.cut(segment))
    }

    /// Returns the results. A refused HEAD does not tell whether a permission is missing or the credentials have
    /// expired; in the latter case everything since would look different. So this sends a request that does tell.
    pub(super) async fn close(mut self, unknown: KeyShapes) -> Result<Findings> {
        if self.silent {
            self.client.versioning_status(&self.place.bucket).await?;
        }
        self.sums.set_unknown(unknown);
        Ok(Findings { changes: self.changes, uncertain: self.uncertain, sums: self.sums })
    }
}
