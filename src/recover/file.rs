//! The recovery file: the buckets, databases and stores that belong together, the hooks, and the command that lists referenced
//! keys.

mod references;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::database::DatabaseKind;
use super::entry::Entry;
use super::places;
use super::steps::{Order, Shape};
use super::store::StoreEntry;
use crate::db::rds;
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Account, Instant, Location, RequestPayer, printable};
use crate::program::Program;

pub(crate) use references::{ComparedWith, Comparison, KeyList, References};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RecoveryFile {
    pub name: String,
    pub buckets: Vec<Bucket>,
    /// The databases, and after them the stores.
    pub databases: Vec<DatabaseKind>,
    /// The check command of each database and store.
    pub checks: Vec<Option<Program>>,
    /// The place of each database and store in the order of steps.
    pub orders: Vec<Order>,
    /// The hooks.
    pub hooks: Hooks,
    /// The time at which the application is quiesced.
    pub quiesce: QuiesceTime,
    /// The settings for reading the keys that the restored rows name.
    pub references: References,
    pub mark: Mark,
    pub drill: Drill,
    /// The longest duration of a recovery or a drill, if set.
    pub deadline: Option<Duration>,
}

/// A bucket, or a prefix in it, and its target.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Bucket {
    /// The location whose past state is restored.
    pub source: Location,
    pub target: Target,
    /// The server's address, if it is not AWS.
    pub endpoint_url: Option<String>,
    pub region: Option<String>,
    pub profile: Option<String>,
    /// True if requests name the bucket in the path instead of the host name.
    #[serde(default)]
    pub path_style: bool,
    /// The account that must own the bucket and its target.
    pub expected_bucket_owner: Option<Account>,
    /// The payer of requests, if this is a Requester Pays bucket.
    pub request_payer: Option<RequestPayer>,
    /// True to restore in place even if that deletes more than half of the keys.
    #[serde(default)]
    pub allow_mass_delete: bool,
    /// True if it may have been empty at the target time: a drill that compares nothing then does not fail.
    #[serde(default)]
    pub allow_empty: bool,
}

/// The target of a bucket's restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    InPlace,
    Elsewhere(Location),
    /// Nothing is copied: the state at T is read through a view. Drills only.
    View,
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "in-place" {
            return Ok(Target::InPlace);
        }
        if text == "view" {
            return Ok(Target::View);
        }
        let location: Result<Location> = text.parse();
        location.map(Target::Elsewhere).map_err(|e| {
            serde::de::Error::custom(format!(
                "{e}; a target is \"in-place\", \"s3://BUCKET/PREFIX\" or, in a drill, \"view\""
            ))
        })
    }
}

impl Target {
    /// The location of the copy, if there is one.
    pub(crate) fn elsewhere(&self) -> Option<&Location> {
        match self {
            Target::Elsewhere(location) => Some(location),
            Target::InPlace | Target::View => None,
        }
    }
}

/// The time at which the application is quiesced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum QuiesceTime {
    /// Before anything is restored.
    Early,
    /// Once all databases that are restored beside the ones in use are available.
    #[default]
    Late,
}

/// The hooks of a recovery file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Hooks {
    /// Stops the writers to the buckets and the databases.
    pub quiesce: Option<Program>,
    pub resume: Option<Program>,
    /// Prepares the restored databases, before the references are read.
    pub after_database: Option<Program>,
    /// The timeout of the quiesce and the resume hook.
    #[serde(default, deserialize_with = "length")]
    pub deadline: Option<Duration>,
}

impl Hooks {
    /// Returns true if the application is quiesced by a hook and has to be resumed by hand.
    pub(crate) fn stop_for_good(&self) -> bool {
        self.quiesce.is_some() && self.resume.is_none()
    }

    /// The timeout of the quiesce and the resume hook.
    pub(crate) fn deadline(&self) -> Duration {
        self.deadline.unwrap_or(limits::HOOK_DEADLINE)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Mark {
    pub dump: Option<Program>,
    /// The application is resumed after this at the latest.
    #[serde(default, deserialize_with = "length")]
    pub deadline: Option<Duration>,
}

/// The settings of a drill.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Drill {
    /// Tests the application on the restored databases and, through a view, on the buckets at T.
    pub check: Option<Program>,
    /// Runs after a drill that passed.
    pub on_success: Option<Program>,
    /// Runs after a drill that did not pass.
    pub on_failure: Option<Program>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    bucket: Vec<Spanned<Bucket>>,
    #[serde(default)]
    database: Vec<Spanned<Entry>>,
    #[serde(default)]
    store: Vec<Spanned<StoreEntry>>,
    #[serde(default)]
    quiesce: QuiesceTime,
    #[serde(default)]
    hooks: Hooks,
    references: Option<Spanned<references::Written>>,
    #[serde(default)]
    mark: Mark,
    #[serde(default)]
    drill: Drill,
    #[serde(default, deserialize_with = "length")]
    deadline: Option<Duration>,
}

fn length<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let length = Instant::parse_length(&text);
    length.map(Some).ok_or_else(|| serde::de::Error::custom("write a duration as 30s, 5m or 2h"))
}

/// The databases and stores of a file, as far as they are read.
#[derive(Default)]
struct Parts {
    databases: Vec<DatabaseKind>,
    checks: Vec<Option<Program>>,
    orders: Vec<Order>,
    targets: BTreeSet<String>,
}

impl Parts {
    /// Adds a database or a store, unless it has the name or the target of another one.
    fn add(
        &mut self,
        database: DatabaseKind,
        check: Option<Program>,
        order: Order,
    ) -> std::result::Result<(), String> {
        let (name, variable) = (database.name(), database.endpoint_variable());
        if let Some(other) = self.databases.iter().find(|other| other.endpoint_variable() == variable) {
            let (noun, title) = (database.noun(), other.title());
            return Err(match other.name() == name {
                true if other.noun() == noun => format!("two {noun}s have the name {name}"),
                true => format!("the {title} and a {noun} have the same name"),
                false if other.noun() == noun => {
                    format!("the {noun}s {} and {name} would both set {variable} for the hooks", other.name())
                }
                false => format!("the {title} and the {noun} {name} would both set {variable} for the hooks"),
            });
        }
        let own = [database.places().1.filter(|_| database.is_of_rds()), database.swaps_with()];
        if let Some(target) = own.into_iter().flatten().find(|name| !self.targets.insert((*name).to_owned()))
        {
            return Err(format!("two databases have the target {target}"));
        }
        self.databases.push(database);
        self.checks.push(check);
        self.orders.push(order);
        Ok(())
    }
}

impl RecoveryFile {
    /// Parses the text of the file `name`. An error gives the line and column if it has them.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self> {
        let written: Written = toml::from_str(text).map_err(|e| {
            let place = e.span().map(|span| format!(", {}", place(text, span.start)));
            let message = e.message().trim().replace('\n', "; ");
            Error::usage(format!("{name}{}: {}", place.unwrap_or_default(), printable(&message)))
                .hint("asof recover --init writes a template with every setting")
        })?;
        let wrong = |at: usize, why: String| Error::usage(format!("{name}, {}: {why}", place(text, at)));
        if written.bucket.is_empty() && written.database.is_empty() && written.store.is_empty() {
            return Err(Error::usage(format!("{name} has no bucket, no database and no store"))
                .hint("asof recover --init writes a template"));
        }
        places::check(&written.bucket).map_err(|(at, why)| wrong(at, why))?;
        let references =
            References::of(written.references, &written.bucket).map_err(|e| wrong(e.at, e.why))?;
        let mut parts = Parts::default();
        for (n, entry) in written.database.into_iter().enumerate() {
            let at = entry.span().start;
            let mut entry = entry.into_inner();
            let check = entry.check.take();
            let database = entry.check(n);
            let added = database.and_then(|database| parts.add(database, check, Order::default()));
            added.map_err(|why| wrong(at, why))?;
        }
        for entry in written.store {
            let at = entry.span().start;
            let mut entry = entry.into_inner();
            let (check, order) = (entry.check.take(), entry.order);
            let added = entry.check().and_then(|store| parts.add(store, check, order));
            added.map_err(|why| wrong(at, why))?;
        }
        let Parts { databases, checks, orders, .. } = parts;
        Ok(Self {
            name: name.to_owned(),
            buckets: written.bucket.into_iter().map(Spanned::into_inner).collect(),
            databases,
            checks,
            orders,
            hooks: written.hooks,
            quiesce: written.quiesce,
            references,
            mark: written.mark,
            drill: written.drill,
            deadline: written.deadline,
        })
    }

    /// The time that buckets are restored to if databases are restored to `at`: one millisecond earlier, which excludes
    /// objects dated T.
    ///
    /// A database restored to T contains the commits up to the beginning of that second. S3 dates have whole seconds:
    /// an object dated T may have been written up to a second later, and an object deleted in that second would be
    /// missing while its row exists. If the server truncates dates, an object dated before T was written before T. (AWS
    /// does not document this. If it rounds, objects of the last half second come late and can be healed.)
    pub(crate) fn buckets_at(&self, at: Instant) -> Instant {
        if self.databases.is_empty() { at } else { Instant::from_millis(at.millis() - 1) }
    }

    pub(crate) fn shape(&self) -> Shape {
        Shape {
            quiesce: self.hooks.quiesce.is_some(),
            resume: self.hooks.resume.is_some(),
            after_database: self.hooks.after_database.is_some(),
            references: !self.references.is_empty(),
            comparisons: self.references.labels(),
            checks: self.checks.iter().map(Option::is_some).collect(),
            swaps: self.databases.iter().map(|database| database.swaps_with().is_some()).collect(),
            orders: self.orders.clone(),
            verify: false,
            databases: self.databases.len(),
            beside: match self.quiesce {
                QuiesceTime::Early => Vec::new(),
                QuiesceTime::Late => self.databases.iter().map(DatabaseKind::is_restored_beside).collect(),
            },
            views: self.buckets.iter().map(|bucket| bucket.target == Target::View).collect(),
            drill_check: false,
            in_place: self.buckets.iter().map(|bucket| bucket.target == Target::InPlace).collect(),
        }
    }

    /// Sets the working directory of all commands: a cron job or a pod starts in another than the author of the file.
    pub(crate) fn run_in(&mut self, dir: &Path) {
        let Hooks { quiesce, resume, after_database, deadline: _ } = &mut self.hooks;
        let Drill { check, on_success, on_failure } = &mut self.drill;
        let of_drill = [check, on_success, on_failure];
        let of_file = [quiesce, resume, after_database, &mut self.mark.dump];
        let of_file = of_file.into_iter().chain(of_drill).flatten();
        let of_rows = self.references.lists.iter_mut().map(|list| &mut list.command);
        let of_databases = self.databases.iter_mut().flat_map(|database| match database {
            DatabaseKind::Command(settings) => settings.programs(),
            DatabaseKind::Rds(settings) | DatabaseKind::Aurora(settings) => match &mut settings.password {
                Some(rds::PasswordFrom::Command(program)) => vec![program],
                Some(rds::PasswordFrom::Variable(_)) | None => Vec::new(),
            },
        });
        let of_checks = self.checks.iter_mut().flatten();
        of_file.chain(of_rows).chain(of_databases).chain(of_checks).for_each(|program| program.run_in(dir));
    }

    pub(crate) fn targets(&self) -> Vec<String> {
        let buckets = self.buckets.iter().filter_map(|bucket| match &bucket.target {
            Target::InPlace => Some(bucket.source.to_string()),
            Target::Elsewhere(location) => Some(location.to_string()),
            Target::View => None,
        });
        let databases = self.databases.iter().filter_map(|database| database.places().1.map(str::to_owned));
        buckets.chain(databases).collect()
    }

    /// The buckets, databases and stores it is about: a recovery begun for others is not resumed.
    pub(crate) fn about(&self) -> Vec<String> {
        let buckets = self.buckets.iter().map(|bucket| match &bucket.target {
            Target::InPlace => format!("bucket {}", bucket.source),
            Target::Elsewhere(target) => format!("bucket {} into {target}", bucket.source),
            Target::View => format!("bucket {} as a view", bucket.source),
        });
        buckets.chain(self.databases.iter().map(DatabaseKind::title)).collect()
    }
}

impl Mark {
    /// The application is resumed after this at the latest.
    pub(crate) fn deadline(&self) -> Duration {
        self.deadline.unwrap_or(limits::MARK_DEADLINE)
    }
}

/// Line and column of a byte offset, from 1.
fn place(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}")
}

#[cfg(test)]
mod tests;
