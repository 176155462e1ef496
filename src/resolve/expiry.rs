//! The entries that lifecycle rules may have removed from a key's history.
//!
//! P is the key's newest listed entry covered by T, S the oldest listed one that is not. E(t, N) is the instant at
//! which a rule of N days is due for an entry that became noncurrent at t: N days later, rounded up to midnight UTC.
//! An entry that was live at T can be missing between P and S only if (A) or (B) holds for a rule whose prefix the key
//! has:
//!
//! | | S | P | noncurrent entries above P | the rule | doubt |
//! |---|---|---|---|---|---|
//! | | none | any | none | any | no: the current version is never removed as noncurrent |
//! | A | listed | any | at least the rule's newer versions | E(S, N) has passed | yes |
//! | B | listed | none | any | E(T, N) came before S, and a rule removes expired delete markers | yes |
//! | | listed | any | fewer | E(S, N) has passed | no: the rule keeps the newest |
//! | | listed | any | any | none is due | no |
//!
//! A multipart upload is dated at its initiation, so as S it sets no bound. If a key's entries do not descend in time,
//! S is assumed to have been created just after T. `asof manual internals` has the proof under "Lifecycle proof", and
//! shows why a window is certain throughout if its beginning is.

use std::time::Duration;

use super::fold::Evidence;
use crate::model::{Instant, Lifecycle, NoncurrentExpiration};

/// One day in milliseconds.
pub(super) const DAY: i64 = 86_400_000;

/// The removals that a bucket's lifecycle rules may have made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expiries {
    noncurrent: Vec<Remover>,
    /// The rules that remove expired delete markers: prefix, and time until which the rule applied.
    markers: Vec<(String, Until)>,
    /// The reason the rules are unknown, if they are.
    pub unknown: Option<String>,
    /// True if they include replaced rule sets besides the current one.
    pub of_past: bool,
}

/// The last time a rule was applied; `None` if it still is.
type Until = Option<Instant>;

/// A rule that removes noncurrent versions.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Remover {
    prefix: String,
    expiration: NoncurrentExpiration,
    until: Until,
}

impl Remover {
    /// Returns whether it may have removed, by `by`, an entry that became noncurrent at `since`.
    fn was_due(&self, since: Instant, by: Instant) -> bool {
        due(since, self.expiration.days) <= earlier(self.until, by)
    }
}

impl Expiries {
    /// Collects the removers from all rule sets the bucket has had. If the current ones cannot be read, assumes the
    /// worst: all noncurrent entries are removed after one day. `lag` is the time for which a replaced rule set may
    /// still act.
    pub fn of(lifecycle: &Lifecycle, lag: Duration) -> Self {
        let of_past = lifecycle.eras.len() > 1;
        let mut expiries = Self { unknown: lifecycle.unknown.clone(), of_past, ..Self::default() };
        if lifecycle.unknown.is_some() {
            let expiration = NoncurrentExpiration { days: 1, newer: 0 };
            expiries.noncurrent.push(Remover { prefix: String::new(), expiration, until: None });
            expiries.markers.push((String::new(), None));
        }
        let lag = i64::try_from(lag.as_millis()).unwrap_or(i64::MAX);
        for era in &lifecycle.eras {
            let until = era.until.map(|t| Instant::from_millis(t.millis().saturating_add(lag)));
            for rule in era.rules.iter().filter(|rule| rule.enabled) {
                let prefix = &rule.filter.prefix;
                if let Some(expiration) = rule.noncurrent {
                    expiries.noncurrent.push(Remover { prefix: prefix.clone(), expiration, until });
                }
                if rule.expiration.is_some() {
                    expiries.markers.push((prefix.clone(), until));
                }
            }
        }
        expiries
    }

    /// Returns the instant from which the history of keys with `prefix` is complete, by the rules alone; `None` if
    /// they have never removed anything. Entries that became noncurrent later are not due yet.
    pub fn complete_from(&self, prefix: &str, now: Instant) -> Option<Instant> {
        let removers = self.noncurrent.iter().filter(|rule| overlap(&rule.prefix, prefix));
        let complete = removers.map(|rule| {
            let last = earlier(rule.until, now).millis();
            let days = i64::from(rule.expiration.days);
            // Nothing was stored before 1970, however many days a rule has.
            Instant::from_millis((last - last.rem_euclid(DAY)).saturating_sub(days * DAY).max(0))
        });
        complete.max()
    }

    /// Returns whether a key without any entry may have been removed entirely since `t`: the version live then expired
    /// below a delete marker, followed by the marker, the key's last entry. This is condition (B) with no later write.
    pub(super) fn may_have_removed_all(&self, key: &str, t: Instant, now: Instant) -> bool {
        let mut rules = self.noncurrent.iter().filter(|rule| key.starts_with(&*rule.prefix));
        rules.any(|rule| self.may_have_emptied(rule, key, after(t), now))
    }

    /// Returns whether a rule may have left only a delete marker of a key, which was removed too by `by`.
    fn may_have_emptied(&self, rule: &Remover, key: &str, since: Instant, by: Instant) -> bool {
        let mut markers = self.markers.iter().filter(|(prefix, _)| key.starts_with(&**prefix));
        markers.any(|(_, until)| rule.was_due(since, earlier(*until, by)))
    }

    /// Returns whether keys with `prefix` that existed at `t` may have vanished entirely: condition (B) for a key
    /// without entries. No listing shows them.
    pub fn may_have_removed_keys(&self, prefix: &str, t: Instant, now: Instant) -> bool {
        self.noncurrent.iter().filter(|rule| overlap(&rule.prefix, prefix)).any(|rule| {
            let mut markers = self.markers.iter();
            markers.any(|(of, until)| {
                overlap(of, prefix)
                    && overlap(of, &rule.prefix)
                    && rule.was_due(after(t), earlier(*until, now))
            })
        })
    }

    /// Returns whether the entry live at `t` may have been removed: condition (A) or (B).
    pub(super) fn may_have_removed(&self, key: &str, t: Instant, evidence: &Evidence, now: Instant) -> bool {
        let Some(nearest) = evidence.nearest else { return false };
        let newer = evidence.above - 1;
        let mut rules = self.noncurrent.iter().filter(|rule| key.starts_with(&*rule.prefix));
        if evidence.found.is_some() {
            return rules.any(|rule| rule.may_have_made_a_gap(nearest.made, newer, now));
        }
        // S did not exist yet when the key's last entry was removed.
        let since = after(t);
        let by = if nearest.multipart { now } else { nearest.made };
        rules.any(|rule| {
            rule.may_have_made_a_gap(nearest.made, newer, now) || self.may_have_emptied(rule, key, since, by)
        })
    }
}

impl Remover {
    /// Returns whether condition (A) holds.
    fn may_have_made_a_gap(&self, successor: Instant, newer: u64, now: Instant) -> bool {
        newer >= u64::from(self.expiration.newer) && self.was_due(successor, now)
    }
}

/// The earliest time at which the entry live at `t` can have become noncurrent.
pub(super) fn after(t: Instant) -> Instant {
    Instant::from_millis(t.millis().saturating_add(1))
}

/// Returns whether a key can have both prefixes.
fn overlap(a: &str, b: &str) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

/// Returns `days` after `since`, rounded up to midnight UTC.
fn due(since: Instant, days: u32) -> Instant {
    let due = since.millis() + i64::from(days) * DAY;
    Instant::from_millis(due + (-due).rem_euclid(DAY))
}

fn earlier(until: Until, by: Instant) -> Instant {
    until.map_or(by, |until| until.min(by))
}
