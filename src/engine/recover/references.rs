//! Compares the keys that the references' commands print with the restored buckets, and with each other.

use std::io::BufReader;
use std::sync::Arc;

use super::bucket::BucketPart;
use super::environment::environment;
use super::step::StepContext;
use crate::apply::Outcome;
use crate::engine::heal::Heal;
use crate::engine::options::{OnDoubt, RestoreOptions};
use crate::engine::query::reading;
use crate::engine::references::{Held, References, Search};
use crate::engine::restore::{Begun, BucketStates, bucket_states};
use crate::engine::rows::read_keys;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::list::{KeyFormat, Terminator};
use crate::model::Location;
use crate::plan::Change;
use crate::program::RunLimits;
use crate::recover::{
    self, Compared, ComparedWith, Comparison, Dangling, Finding, KeyList, Record, StepResult, Target, counts,
};
use crate::resolve::Doubt;
use crate::spill::{OnlyIn, SortedKeys, differences};
use crate::state::Recovery;

/// A comparison and the keys of its list.
struct Asked<'a> {
    comparison: &'a Comparison,
    list: &'a KeyList,
    keys: &'a Arc<SortedKeys>,
}

/// The differences of two lists: their numbers, and the first of each.
#[derive(Debug, Default)]
struct Differences {
    dangling: u64,
    orphans: u64,
    first_dangling: Vec<String>,
    first_orphans: Vec<String>,
}

/// The counts of a comparison.
struct Counted {
    dangling: u64,
    healed: u64,
    orphans: u64,
}

impl StepContext<'_> {
    /// Makes all comparisons, after all commands have printed their keys: healing must not change a list.
    pub(super) async fn compare_references(&self, recovery: &Recovery) -> Result<StepResult> {
        let recover::References { lists, comparisons } = &self.file.references;
        let mut read = Vec::new();
        for list in lists {
            read.push(Arc::new(self.read_references(recovery, list).await?));
        }
        let of = |n: usize| {
            let found = lists.get(n).zip(read.get(n));
            found.ok_or_else(|| Error::internal(format!("the recovery file has no key list {}", n + 1)))
        };
        let mut result = StepResult::default();
        for comparison in comparisons {
            let (list, keys) = of(comparison.list)?;
            let asked = Asked { comparison, list, keys };
            let (with, found) = match &comparison.with {
                ComparedWith::Bucket { location, heal } => {
                    (location.to_string(), self.compare_with_bucket(recovery, &asked, location, *heal).await?)
                }
                ComparedWith::List(n) => {
                    let (other, others) = of(*n)?;
                    let with = other.name.clone().unwrap_or_default();
                    (with, self.compare_lists(&asked, other, others).await?)
                }
            };
            let Counted { dangling, healed, orphans } = found;
            let mut counts = counts([
                ("keys", keys.len()),
                ("dangling", dangling),
                ("healed", healed),
                ("orphans", orphans),
            ]);
            if keys.is_empty() && !comparison.allow_empty {
                self.find(Finding::nothing_compared(&with, &list.label()).of_references(comparison));
                counts.insert("nothing_compared".to_owned(), 1);
            }
            result.add(comparison.name.as_deref().map(|name| Compared::new(name, &with, &counts)), &counts);
        }
        Ok(result)
    }

    /// Reads the keys while the command prints them.
    async fn read_references(&self, recovery: &Recovery, list: &KeyList) -> Result<SortedKeys> {
        let terminator = if list.null { Terminator::Null } else { Terminator::Line };
        let (strip_prefix, location) = (list.strip_prefix.clone(), list.bucket.clone());
        let format = KeyFormat { terminator, strip_prefix, location };
        let (what, name) = (list.label(), list.label());
        let read = move |output: std::fs::File| read_keys(BufReader::new(output), &format, &name);
        let run_limits = RunLimits { cancel: Some(self.cancel), deadline: None };
        let environment = environment(recovery, &self.file.databases);
        list.command.pipe(&what, &environment, run_limits, read).await
    }

    /// Finds the keys of a list that another does not have, and the reverse.
    async fn compare_lists(
        &self,
        asked: &Asked<'_>,
        other: &KeyList,
        others: &Arc<SortedKeys>,
    ) -> Result<Counted> {
        let (keys, others) = (Arc::clone(asked.keys), Arc::clone(others));
        let Differences { dangling, orphans, first_dangling, first_orphans } =
            reading(self.cancel, move || Differences::between(&keys, &others)).await?;
        let name = |list: &KeyList| list.name.clone().unwrap_or_default();
        let (names, has) = (name(asked.list), name(other));
        for key in &first_dangling {
            self.find(Finding::absent(&has, key).of_references(asked.comparison));
        }
        if !asked.comparison.orphans {
            return Ok(Counted { dangling, healed: 0, orphans: 0 });
        }
        for key in &first_orphans {
            self.find(Finding::unnamed(&has, key, &names).of_references(asked.comparison));
        }
        Ok(Counted { dangling, healed: 0, orphans })
    }

    /// Compares the keys of a list with a bucket's present contents.
    async fn compare_with_bucket(
        &self,
        recovery: &Recovery,
        asked: &Asked<'_>,
        location: &Location,
        heal: Option<std::time::Duration>,
    ) -> Result<Counted> {
        let Asked { comparison, keys, .. } = asked;
        let n = self.file.buckets.iter().position(|bucket| bucket.source == *location);
        let n = n.ok_or_else(|| Error::internal(format!("{location} is not among the buckets")))?;
        let part = self.bucket(n)?;
        let judge = part.judge(self.file.buckets_at(recovery.manifest().at), &self.terms).await?;
        let place = part.place();
        let held = match part.target {
            Target::InPlace => Held::Now,
            Target::Elsewhere(_) => Held::There(&place),
            Target::View => Held::Then,
        };
        let search = Search { scope: part.scope(), judge: &judge, held, keys, orphans: comparison.orphans };
        let References { dangling, orphans, sums } = search.run(&part.client, self.cancel).await?;
        let (at, named) = (recovery.manifest().at, part.target.elsewhere().unwrap_or(&part.location));
        let is_late = |dangling: &Dangling| {
            let acted_on = dangling.doubts.is_empty() || self.trusts();
            heal.is_some_and(|within| dangling.came_within(at, within) && acted_on)
        };
        let dangling = dangling.into_changes()?.inspect(|dangling| {
            if let Ok(dangling) = dangling
                && !is_late(dangling)
            {
                self.find(Finding::dangling(named, dangling, at).of_references(comparison));
            }
        });
        let healed = match heal {
            Some(within) => self.heal(recovery, n, dangling, within, comparison).await?,
            None => dangling.take(limits::FINDINGS).map(|found| found.map(|_| 0)).sum::<Result<u64>>()?,
        };
        for orphan in orphans.into_changes()?.take(limits::FINDINGS) {
            self.find(Finding::orphan(named, &orphan?).of_references(comparison));
        }
        Ok(Counted { dangling: sums.dangling().saturating_sub(healed), healed, orphans: sums.orphans.keys })
    }

    /// Returns true if the listing is trusted about uncertain keys.
    pub(super) fn trusts(&self) -> bool {
        self.terms.options.on_doubt == OnDoubt::Trust
    }

    /// Restores objects that arrived `within` this time after T. Returns their number.
    async fn heal(
        &self,
        recovery: &Recovery,
        n: usize,
        dangling: impl Iterator<Item = Result<Dangling>>,
        within: std::time::Duration,
        comparison: &Comparison,
    ) -> Result<u64> {
        let part = self.bucket(n)?;
        let BucketPart { client, location, .. } = part;
        let to = part.target.elsewhere();
        let BucketStates { here, there, .. } = bucket_states(client, location, to).await?;
        let (location, to, at) = (location.clone(), to.cloned(), recovery.manifest().at);
        let heal = Heal { location, at, to, within, here, there };
        let prepared = heal.prepare(client, dangling).await?;
        if prepared.len == 0 {
            return Ok(0);
        }
        let named = prepared.changed().clone();
        // All changes left out here were reported as dangling, except those that are only archived.
        let left_out = |change: &Change| {
            if change.doubts == [Doubt::Archived] {
                self.find(Finding::unhealed(&named, &change.key, ARCHIVED).of_references(comparison));
            }
        };
        let on_doubt = if self.trusts() { OnDoubt::Trust } else { OnDoubt::Skip };
        let options = RestoreOptions { on_doubt, ..self.terms.options };
        let begun =
            Begun { state_dir: &self.terms.state_dir, server: part.server.clone(), now: self.terms.now };
        let run = prepared.begin_telling(&options, begun, left_out)?;
        // Recorded so that an abort undoes it, and a teardown aborts its uploads.
        recovery.note(|_| Record::Healing { bucket: n, run: run.id().to_owned() })?;
        let copied = client.counters().copied.get();
        let on = |change: &Change, outcome: &Outcome| {
            if let Some(why) = why_not(outcome) {
                self.find(Finding::unhealed(&named, &change.key, &why).of_references(comparison));
            }
            Ok(())
        };
        if !run.execute(client, self.terms.options.apply, self.cancel, on).await?.finished {
            let message = format!("interrupted while restoring late objects, in run {}", run.id());
            return Err(Error::new(ErrorKind::Interrupted, message));
        }
        Ok(client.counters().copied.get() - copied)
    }
}

impl Differences {
    fn between(keys: &SortedKeys, others: &SortedKeys) -> Result<Self> {
        let mut found = Self::default();
        differences(keys, others, |side, key| {
            let (n, first) = match side {
                OnlyIn::First => (&mut found.dangling, &mut found.first_dangling),
                OnlyIn::Second => (&mut found.orphans, &mut found.first_orphans),
            };
            *n += 1;
            if first.len() < limits::FINDINGS {
                first.push(key.to_owned());
            }
        })?;
        Ok(found)
    }
}

const ARCHIVED: &str = "it is archived";

/// The reason for not making a change; `None` if it was made or not needed.
fn why_not(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Copied(_) | Outcome::Deleted(_) | Outcome::MarkersRemoved | Outcome::Skipped => None,
        Outcome::Conflict => Some("the key was changed meanwhile".to_owned()),
        Outcome::Superseded { .. } => Some("an unseen write was superseded".to_owned()),
        Outcome::Archived { .. } => Some(ARCHIVED.to_owned()),
        Outcome::Failed(e) => Some(e.to_string()),
    }
}
