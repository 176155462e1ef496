//! The state of RDS: instances, clusters, and retained backups of deleted ones.

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
    /// The states, the present one first; each description advances by one. A deleted database is removed at the end.
    pub(super) states: VecDeque<String>,
    /// The settings, by the parameter that sets them.
    pub(super) settings: BTreeMap<String, String>,
    pub(super) groups: Vec<String>,
    pub(super) logs: Vec<String>,
    pub(super) features: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    /// The cluster of an instance.
    pub(super) cluster: Option<String>,
    /// IAM roles, each with the feature that uses it.
    pub(super) roles: Vec<(String, String)>,
    pub(super) replicas: Vec<String>,
    /// The master user's password.
    pub(super) password: Option<String>,
    /// The password being set.
    pub(super) pending_password: Option<String>,
    /// The new name while it is being renamed.
    pub(super) renamed_to: Option<String>,
    /// The number of descriptions that do not show that name yet.
    pub(super) untold: usize,
    /// The previous name.
    pub(super) former: Option<String>,
    /// The properties still hidden.
    pub(super) hidden: Hidden,
}

/// The number of replies that do not show a new database yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hidden {
    /// Descriptions without the database.
    pub descriptions: usize,
    /// Descriptions of the database without its tags.
    pub tags: usize,
    /// Empty lists of its tags.
    pub listed: usize,
}

/// The number of replies that still show a database being renamed as available.
#[derive(Clone, Copy, Debug, Default)]
pub struct Late {
    /// Descriptions without the new name.
    pub untold: usize,
    /// Descriptions after those, with the new name pending.
    pub pending: usize,
}

/// The state of RDS.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) instances: BTreeMap<String, Database>,
    pub(super) clusters: BTreeMap<String, Database>,
    /// The retained backups of deleted instances and clusters, with the time of their end, by resource ID.
    pub(super) retained: BTreeMap<String, (Database, i64)>,
    /// The states of an instance being restored.
    pub(super) restoring: VecDeque<String>,
    /// The states of a cluster being restored.
    pub(super) restoring_cluster: VecDeque<String>,
    pub(super) catalogue: Catalogue,
    /// The properties of new databases that are hidden at first.
    pub(super) hidden: Hidden,
    /// The delay before renamings are shown.
    pub(super) late: Late,
    /// Instances moved to another security group.
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
    /// Returns a unique resource ID.
    pub(super) fn resource_id(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}-LAB{:08}", self.made)
    }

    /// Returns the instances of a cluster.
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

    /// Returns the database as described; `None` while it is hidden.
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

    /// Returns the tags as listed.
    pub(super) fn listed_tags(&mut self) -> BTreeMap<String, String> {
        if counts_down(&mut self.hidden.listed) { BTreeMap::new() } else { self.tags.clone() }
    }

    /// Advances to the next state. Returns false if there is none because the database has been deleted.
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

    /// Returns the earliest and latest restorable time; `None` without backups.
    pub(super) fn window(&self, now: i64) -> Option<Range<i64>> {
        let days = self.number("BackupRetentionPeriod");
        let earliest = self.created.max(now - days * DAY_MILLIS);
        (days > 0).then(|| earliest..now - LAG_MILLIS)
    }
}

/// The state in which a password is being set.
pub(super) const RESETTING: &str = "resetting-master-credentials";

fn counts_down(left: &mut usize) -> bool {
    let hidden = *left > 0;
    *left = left.saturating_sub(1);
    hidden
}

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// Transaction logs are uploaded every five minutes
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html>).
const LAG_MILLIS: i64 = 5 * 60 * 1000;

pub(super) fn states(states: &[&str]) -> VecDeque<String> {
    states.iter().map(|&state| state.to_owned()).collect()
}
