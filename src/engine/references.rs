//! Compares the keys that a database's rows name with the keys of a bucket.
//!
//! The bucket is listed in many ranges at once. Each range reads the rows' keys from its own start, so that both
//! sequences have the same order; keys between the ranges, in none of them, are handled at the end.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::time::Duration;

use super::bucket_scan::{BucketScan, Found};
use super::key_lookup::Scope;
use super::past::{doubts, doubts_of_unlisted};
use super::survey::{ChangeCollector, Findings};
use crate::apply::Place;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::limits;
use crate::model::{Instant, KeyShapes, Relocation};
use crate::recover::{Dangling, Existed, Moment, Orphan, ReferenceSums, dangling, heal};
use crate::resolve::{AsOf, Judge, KeyState};
use crate::s3::{Client, ServerClock};
use crate::spill::{Cursor, SortedKeys, SortedWriter, Spool};
use crate::verify::Compare;

/// The objects that the rows' keys are compared with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Held<'a> {
    /// The bucket's objects at the judge's first cut.
    Then,
    /// The bucket's objects now.
    Now,
    /// The objects now in another location, to which the bucket was restored.
    There(&'a Place),
}

/// The result of a comparison: dangling references and orphans, both on disk in key order.
#[derive(Debug)]
pub struct References {
    /// Keys that rows name and that do not exist.
    pub dangling: Spool<Dangling>,
    /// Objects that no row names, if requested.
    pub orphans: Spool<Orphan>,
    /// The numbers of both.
    pub sums: ReferenceSums,
}

impl References {
    /// Passes the findings to `on`. Returns the keys whose first version came `within` this time after `at`, if given.
    pub(crate) fn late(
        self,
        at: Instant,
        within: Option<Duration>,
        mut on: impl FnMut(ReferenceFinding<'_>) -> Result<()>,
    ) -> Result<Spool<Dangling>> {
        let mut late = Spool::new()?;
        for dangling in self.dangling.into_changes()? {
            let dangling = dangling?;
            on(ReferenceFinding::Dangling(&dangling))?;
            if within.is_some_and(|within| dangling.came_within(at, within)) {
                late.push(0, &dangling.key, &dangling)?;
            }
        }
        self.orphans.into_changes()?.try_for_each(|orphan| on(ReferenceFinding::Orphan(&orphan?)))?;
        Ok(late)
    }
}

/// A key on which rows and bucket disagree.
#[derive(Debug)]
pub(crate) enum ReferenceFinding<'a> {
    /// Rows name it, and it does not exist.
    Dangling(&'a Dangling),
    /// It exists, and no row names it.
    Orphan(&'a Orphan),
}

/// The parameters of a comparison. Read-only.
#[derive(Debug)]
pub(super) struct Search<'a> {
    pub(super) scope: Scope,
    /// The judge of the bucket's past. When a missing key existed follows from its history around the first cut.
    pub(super) judge: &'a Judge,
    /// The objects to compare with.
    pub(super) held: Held<'a>,
    /// The keys that rows name, as keys of the scope's bucket.
    pub(super) keys: &'a SortedKeys,
    /// True to find objects that no row names.
    pub(super) orphans: bool,
}

impl Search<'_> {
    /// Looks up the keys, and finds objects that no row names.
    pub(super) async fn run(self, client: &Client, cancel: &Cancel) -> Result<References> {
        let Self { scope, judge, held, keys, orphans } = self;
        let place = match held {
            Held::Then => {
                return Join::new(keys, judge, Moment::Then, orphans)?.run(client, scope, cancel).await;
            }
            Held::Now => {
                return Join::new(keys, judge, Moment::Now, orphans)?.run(client, scope, cancel).await;
            }
            Held::There(place) => place,
        };
        let there = Scope {
            bucket: place.bucket.clone(),
            prefix: place.relocation.there(&scope.prefix),
            ..Scope::default()
        };
        let current = Judge::of_cuts(AsOf::Latest, AsOf::Latest);
        let mut join = Join::new(keys, &current, Moment::Now, orphans)?;
        join.relocation = Some(&place.relocation);
        let found = join.run(client, there, cancel).await?;
        if found.dangling.is_empty() {
            return Ok(found);
        }
        // The source's history explains why they are missing.
        let mut missing = SortedWriter::new()?;
        for dangling in found.dangling.into_changes()? {
            missing.push(&dangling?.key)?;
        }
        let missing = missing.finish()?;
        let told = Join::new(&missing, judge, Moment::Then, false)?.run(client, scope, cancel).await?;
        let mut sums = ReferenceSums::of_keys(keys.len());
        sums.orphans = found.sums.orphans;
        explain(&missing, told, References { dangling: Spool::new()?, orphans: found.orphans, sums })
    }
}

/// Adds the source's history to each missing key; a key that existed there at T is missing from the target.
fn explain(missing: &SortedKeys, told: References, mut found: References) -> Result<References> {
    let mut told = told.dangling.into_changes()?.peekable();
    let mut cursor = missing.nth(0)?;
    while let Some(key) = cursor.text()? {
        let of_key = told.next_if(|told| told.as_ref().is_ok_and(|told| told.key == key));
        let dangling = match of_key.transpose()? {
            Some(told) => Dangling { now: None, ..told },
            None => Dangling::bare(key, Existed::Then),
        };
        found.add(0, &dangling)?;
        cursor.advance()?;
    }
    told.next().transpose()?;
    Ok(found)
}

/// The changes that make keys hold their first version after `at`, if that came `within` this time. Keys that already
/// hold it are counted as unchanged.
pub(super) async fn heal_changes(
    client: &Client,
    place: &Place,
    dangling: impl Iterator<Item = Result<Dangling>>,
    at: Instant,
    within: std::time::Duration,
    compare: Compare,
) -> Result<Findings> {
    let mut collector = ChangeCollector::new(client, place, compare)?;
    let mut chunk = Vec::new();
    for dangling in dangling {
        let dangling = dangling?;
        match heal(&dangling, at, within) {
            Some(change) => chunk.push(change),
            None if dangling.came_within(at, within) => collector.sums.unchanged += 1,
            None => {}
        }
        if chunk.len() >= limits::CONTENT_CHECKS {
            collector.enter(0, std::mem::take(&mut chunk)).await?;
        }
    }
    collector.enter(0, chunk).await?;
    collector.close(KeyShapes::default()).await
}

impl References {
    fn add(&mut self, segment: u64, dangling: &Dangling) -> Result<()> {
        self.sums.add(dangling);
        self.dangling.push(segment, &dangling.key, dangling)
    }
}

/// A merge of two key sequences, in parallel for each range of the listing.
struct Join<'a> {
    keys: &'a SortedKeys,
    judge: &'a Judge,
    moment: Moment,
    orphans: bool,
    /// The mapping of the keys to those of another location, if that is compared.
    relocation: Option<&'a Relocation>,
    /// The position of each segment among the rows' keys.
    open: HashMap<u64, Open>,
    /// The ranges of rows' keys, by number, that segments have passed.
    passed: Vec<Range<u64>>,
    found: References,
    /// The clock of the bucket's server.
    clock: ServerClock,
}

/// A segment's position among the rows' keys.
struct Open {
    /// The number of the key that the segment began at.
    from: u64,
    cursor: Cursor,
}

impl<'a> Join<'a> {
    fn new(keys: &'a SortedKeys, judge: &'a Judge, moment: Moment, orphans: bool) -> Result<Self> {
        let sums = ReferenceSums::of_keys(keys.len());
        let found = References { dangling: Spool::new()?, orphans: Spool::new()?, sums };
        let (open, passed) = (HashMap::new(), Vec::new());
        let clock = ServerClock::default();
        Ok(Self { keys, judge, moment, orphans, relocation: None, open, passed, found, clock })
    }

    async fn run(mut self, client: &Client, scope: Scope, cancel: &Cancel) -> Result<References> {
        self.clock = client.clock().clone();
        let mut sweep = BucketScan::start(client, scope, self.judge.as_of, cancel).with_later();
        while let Some(batch) = sweep.next_found(|at, state| self.enter(at, &state).err()).await? {
            if let Some(e) = batch.keys.into_iter().next() {
                return Err(e);
            }
            if batch.last {
                self.end(batch.segment)?;
            }
        }
        self.close()
    }

    /// Processes the segment's next key of the bucket.
    fn enter(&mut self, at: Found, state: &KeyState<'_>) -> Result<()> {
        if at.cut_before {
            self.end(at.segment)?;
        }
        let here = self.relocation.map(|relocation| relocation.here(state.key));
        let key = here.as_deref().unwrap_or(state.key);
        let Open { cursor, .. } = match self.open.entry(at.segment) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(open) => {
                let cursor = self.keys.from(key)?;
                open.insert(Open { from: cursor.number(), cursor })
            }
        };
        while cursor.key().is_some_and(|named| named < key.as_bytes()) {
            unlisted(&mut self.found, at.segment, cursor, self.judge, &self.clock)?;
        }
        if cursor.key() == Some(key.as_bytes()) {
            cursor.advance()?;
            self.enter_named(at.segment, key, state)
        } else {
            self.enter_unnamed(at.segment, key, state)
        }
    }

    /// Processes a key that a row names and that has entries in the bucket.
    fn enter_named(&mut self, segment: u64, key: &str, state: &KeyState<'_>) -> Result<()> {
        let Some(mut dangling) = dangling(state, self.moment) else { return Ok(()) };
        key.clone_into(&mut dangling.key);
        // That the key is missing now is certain; why it was missing at T may not be.
        if self.moment == Moment::Then || dangling.existed != Existed::Then {
            dangling.doubts = doubts(self.judge, state, &self.clock);
        }
        self.found.add(segment, &dangling)
    }

    /// Processes a key of the bucket that no row names.
    fn enter_unnamed(&mut self, segment: u64, key: &str, state: &KeyState<'_>) -> Result<()> {
        let Some(version) = self.moment.live(state).filter(|_| self.orphans) else { return Ok(()) };
        let orphan = Orphan { key: key.to_owned(), version: version.clone() };
        self.found.sums.add_orphan(version);
        self.found.orphans.push(segment, key, &orphan)
    }

    /// Ends a segment: rows' keys after its last key do not belong to it.
    fn end(&mut self, segment: u64) -> Result<()> {
        if let Some(Open { from, cursor }) = self.open.remove(&segment) {
            self.passed.push(from..cursor.number());
        }
        self.found.dangling.cut(segment)?;
        self.found.orphans.cut(segment)
    }

    /// Handles the keys that no segment has passed: they lie between the ranges and have no entries.
    fn close(mut self) -> Result<References> {
        let open: Vec<_> = self.open.keys().copied().collect();
        for segment in open {
            self.end(segment)?;
        }
        for gap in gaps(self.passed, self.keys.len()) {
            let mut cursor = self.keys.nth(gap.start)?;
            while cursor.number() < gap.end {
                unlisted(&mut self.found, 0, &mut cursor, self.judge, &self.clock)?;
            }
            self.found.dangling.cut(0)?;
        }
        Ok(self.found)
    }
}

/// The numbers below `len` in none of the ranges, in order.
fn gaps(mut passed: Vec<Range<u64>>, len: u64) -> impl Iterator<Item = Range<u64>> {
    passed.sort_unstable_by_key(|passed| passed.start);
    let end = std::iter::once(len..len);
    let mut next = 0;
    passed.into_iter().chain(end).filter_map(move |passed| {
        let gap = next..passed.start;
        next = next.max(passed.end);
        (!gap.is_empty()).then_some(gap)
    })
}

/// Adds the key at the cursor as one without entries, and advances.
fn unlisted(
    found: &mut References,
    segment: u64,
    cursor: &mut Cursor,
    judge: &Judge,
    clock: &ServerClock,
) -> Result<()> {
    if let Some(key) = cursor.text()? {
        let doubts = doubts_of_unlisted(judge, key, clock);
        found.add(segment, &Dangling { doubts, ..Dangling::bare(key, Existed::Never) })?;
    }
    cursor.advance()
}

#[cfg(test)]
mod tests;
