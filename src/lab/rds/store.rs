//! What there is: instances, clusters, and the backups that are left of deleted ones.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use super::catalogue::Catalogue;

/// An instance or a cluster.
#[derive(Clone, Debug, Default)]
pub(super) struct Database {
    pub(super) id: String,
    pub(super) resource_id: String,
    pub(super) engine: String,
    pub(super) created: i64,
    /// The present one first; one further with each description. One that has been deleted is gone at the end.
    pub(super) states: VecDeque<String>,
    /// By the parameter that sets it.
    pub(super) settings: BTreeMap<String, String>,
    pub(super) groups: Vec<String>,
    pub(super) logs: Vec<String>,
    pub(super) features: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    /// The cluster that an instance belongs to.
    pub(super) cluster: Option<String>,
    /// IAM roles, each with the feature that uses it.
    pub(super) roles: Vec<(String, String)>,
    pub(super) replicas: Vec<String>,
    /// The master user's.
    pub(super) password: Option<String>,
    /// The one that is being set.
    pub(super) pending_password: Option<String>,
    /// The name that it is being given.
    pub(super) renamed_to: Option<String>,
    /// Descriptions that do not tell of that name yet.
    pub(super) untold: usize,
    /// The name that it had last.
    pub(super) former: Option<String>,
    /// What of it is not told yet.
    pub(super) hidden: Hidden,
}

/// How many answers do not know yet of what was made a moment ago.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hidden {
    /// Descriptions in which it is missing.
    pub descriptions: usize,
    /// Descriptions that know it, without its tags.
    pub tags: usize,
    /// Lists of its tags that are empty.
    pub listed: usize,
}

/// How many answers show a database that is being renamed as available still.
#[derive(Clone, Copy, Debug, Default)]
pub struct Late {
    /// Descriptions that tell nothing of its new name.
    pub untold: usize,
    /// Descriptions after those, in which its new name is pending.
    pub pending: usize,
}

/// Everything there is.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) instances: BTreeMap<String, Database>,
    pub(super) clusters: BTreeMap<String, Database>,
    /// What is retained of deleted instances and clusters, with the time of their end, by resource id.
    pub(super) retained: BTreeMap<String, (Database, i64)>,
    /// The states of an instance that is being restored.
    pub(super) restoring: VecDeque<String>,
    /// The same of a cluster.
    pub(super) restoring_cluster: VecDeque<String>,
    pub(super) catalogue: Catalogue,
    /// What is not told at first of what is made.
    pub(super) hidden: Hidden,
    /// How late renaming is told.
    pub(super) late: Late,
    /// Instances that were put into another security group.
    pub(super) moved: BTreeSet<String>,
    made: u32,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            instances: BTreeMap::new(),
            clusters: BTreeMap::new(),
            retained: BTreeMap::new(),
            restoring: states(&["creating", "backing-up", "modifying", "available"]),
            restoring_cluster: states(&["creating", "creating", "available"]),
            catalogue: Catalogue::default(),
            hidden: Hidden::default(),
            late: Late::default(),
            moved: BTreeSet::new(),
            made: 0,
        }
    }
}

impl Store {
    /// A resource id that no other database has or had.
    pub(super) fn resource_id(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}-LAB{:08}", self.made)
    }

    /// The instances of a cluster.
    pub(super) fn members<'a>(&'a self, cluster: &'a str) -> impl Iterator<Item = &'a Database> {
        self.instances.values().filter(move |instance| instance.cluster.as_deref() == Some(cluster))
    }
}

impl Database {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str)
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.settings.insert(name.to_owned(), value.into());
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    pub(super) fn number(&self, name: &str) -> i64 {
        self.get(name).and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    pub(super) fn state(&self) -> &str {
        self.states.front().map_or("available", String::as_str)
    }

    /// It as a description tells it; none while that does not know of it.
    pub(super) fn told(&mut self) -> Option<Self> {
        if counts_down(&mut self.hidden.descriptions) {
            return None;
        }
        let mut told = self.clone();
        if counts_down(&mut self.hidden.tags) {
            told.tags.clear();
        }
        if counts_down(&mut self.untold) {
            told.renamed_to = None;
        }
        Some(told)
    }

    /// Its tags as a list of them tells them.
    pub(super) fn listed_tags(&mut self) -> BTreeMap<String, String> {
        if counts_down(&mut self.hidden.listed) { BTreeMap::new() } else { self.tags.clone() }
    }

    /// Goes on to the next state. False when there is none, and it was being deleted.
    pub(super) fn step(&mut self) -> bool {
        if self.renamed_to.is_some() {
            self.states.pop_front();
            return true;
        }
        if self.states.len() > 1 {
            if self.states.pop_front().as_deref() == Some(RESETTING) {
                self.password = self.pending_password.take().or(self.password.take());
            }
            return true;
        }
        self.state() != "deleting"
    }

    /// The first and the last time to which it can be restored; none without backups.
    pub(super) fn window(&self, now: i64) -> Option<Range<i64>> {
        let days = self.number("BackupRetentionPeriod");
        let earliest = self.created.max(now - days * DAY_MILLIS);
        (days > 0).then(|| earliest..now - LAG_MILLIS)
    }
}

/// The state in which a password is set.
pub(super) const RESETTING: &str = "resetting-master-credentials";

fn counts_down(left: &mut usize) -> bool {
    let hidden = *left > 0;
    *left = left.saturating_sub(1);
    hidden
}

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// Logs are shipped every five minutes
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html>).
const LAG_MILLIS: i64 = 5 * 60 * 1000;

pub(super) fn states(states: &[&str]) -> VecDeque<String> {
    states.iter().map(|&state| state.to_owned()).collect()
}
