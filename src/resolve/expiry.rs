//! The entries that lifecycle rules may have removed from a key's history.
//!
//! P is the key's newest listed entry that T covers, S the oldest listed one that it does not. E(t, N) is the instant at
//! which a rule of N days is due for an entry that became noncurrent at t: N days later, rounded up to midnight UTC. An
//! entry that was live at T can be missing between P and S only where (A) or (B) holds for a rule whose prefix the key has:
//!
//! | | S | P | noncurrent entries above P | the rule | doubt |
//! |---|---|---|---|---|---|
//! | | none | any | none | any | no: the current version is never removed as noncurrent |
//! | A | listed | any | at least the rule's newer versions | E(S, N) has come | yes |
//! | B | listed | none | any | E(T, N) came before S, and a rule removes markers with nothing below | yes |
//! | | listed | any | fewer | E(S, N) has come | no: the rule keeps the newest |
//! | | listed | any | any | none is due | no |
//!
//! A multipart upload is dated at its initiation, so as S it sets no bound. If a key's entries do not descend in time, S is
//! taken to have been made just after T. The proof, and why all of a window is certain if its beginning is, are in
//! `asof manual internals` under "Lifecycle proof".

use std::time::Duration;

use super::fold::Evidence;
use crate::model::{Instant, Lifecycle, NoncurrentExpiration};

/// Milliseconds.
pub(super) const DAY: i64 = 86_400_000;

/// What lifecycle rules may have removed from a bucket's history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expiries {
    noncurrent: Vec<Remover>,
    /// Which removers also find markers with nothing below them removed; by prefix, and until when.
    markers: Vec<(String, Until)>,
    /// Why the rules are not known, if they are not.
    pub unknown: Option<String>,
    /// Whether they are more than those that hold now.
    pub of_past: bool,
}

/// When a rule was last carried out; `None` if it still is.
type Until = Option<Instant>;

/// A rule that removes what is noncurrent.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Remover {
    prefix: String,
    expiration: NoncurrentExpiration,
    until: Until,
}

impl Remover {
    /// Whether it may have removed, by `by`, what became noncurrent at `since`.
    fn was_due(&self, since: Instant, by: Instant) -> bool {
        due(since, self.expiration.days) <= earlier(self.until, by)
    }
}

impl Expiries {
    /// Of the rules that a bucket has had. Where the present ones cannot be read, the worst that there could be is assumed:
    /// all noncurrent entries after a day. `lag` is how long a rule may act after another set has taken its place.
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

    /// The instant from which on the history of keys with `prefix` is complete, by the rules alone; `None` if they have
    /// removed nothing ever. What became noncurrent later than that is not due yet.
    pub fn complete_from(&self, prefix: &str, now: Instant) -> Option<Instant> {
        let removers = self.noncurrent.iter().filter(|rule| overlap(&rule.prefix, prefix));
        let complete = removers.map(|rule| {
            let last = earlier(rule.until, now).millis();
            let days = i64::from(rule.expiration.days);
            // Nothing was kept before 1970, however many days a rule has.
            Instant::from_millis((last - last.rem_euclid(DAY)).saturating_sub(days * DAY).max(0))
        });
        complete.max()
    }

    /// Whether all of a key of which no entry is left may have been removed since `t`: what was live then expired below a
    /// delete marker, and the marker, the last of the key, after it. This is condition (B) where nothing was written since.
    pub(super) fn may_have_removed_all(&self, key: &str, t: Instant, now: Instant) -> bool {
        let mut rules = self.noncurrent.iter().filter(|rule| key.starts_with(&*rule.prefix));
        rules.any(|rule| self.may_have_emptied(rule, key, after(t), now))
    }

    /// Whether a rule may have left nothing of a key but a marker, and that was removed too by `by`.
    fn may_have_emptied(&self, rule: &Remover, key: &str, since: Instant, by: Instant) -> bool {
        let mut markers = self.markers.iter().filter(|(prefix, _)| key.starts_with(&**prefix));
        markers.any(|(_, until)| rule.was_due(since, earlier(*until, by)))
    }

    /// Whether there may have been keys with `prefix` at `t` of which nothing is left: condition (B) of a key that has no
    /// entry. No listing names them.
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

    /// Whether what was live at `t` may have been removed: condition (A) or (B).
    pub(super) fn may_have_removed(&self, key: &str, t: Instant, evidence: &Evidence, now: Instant) -> bool {
        let Some(nearest) = evidence.nearest else { return false };
        let newer = evidence.above - 1;
        let mut rules = self.noncurrent.iter().filter(|rule| key.starts_with(&*rule.prefix));
        if evidence.found.is_some() {
            return rules.any(|rule| rule.may_have_made_a_gap(nearest.made, newer, now));
        }
        // S was not there yet when the last of the key went.
        let since = after(t);
        let by = if nearest.multipart { now } else { nearest.made };
        rules.any(|rule| {
            rule.may_have_made_a_gap(nearest.made, newer, now) || self.may_have_emptied(rule, key, since, by)
        })
    }
}

impl Remover {
    /// Condition (A).
    fn may_have_made_a_gap(&self, successor: Instant, newer: u64, now: Instant) -> bool {
        newer >= u64::from(self.expiration.newer) && self.was_due(successor, now)
    }
}

/// What was live at `t` became noncurrent then at the earliest.
pub(super) fn after(t: Instant) -> Instant {
    Instant::from_millis(t.millis().saturating_add(1))
}

/// Whether there can be a key with both prefixes.
fn overlap(a: &str, b: &str) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

/// `days` after `since`, rounded up to midnight UTC.
fn due(since: Instant, days: u32) -> Instant {
    let due = since.millis() + i64::from(days) * DAY;
    Instant::from_millis(due + (-due).rem_euclid(DAY))
}

fn earlier(until: Until, by: Instant) -> Instant {
    until.map_or(by, |until| until.min(by))
}
