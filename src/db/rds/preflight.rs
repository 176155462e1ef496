//! Interprets RDS's answers before a restore is requested. Pure.
//!
//! | query | answer | |
//! |---|---|---|
//! | a subnet, parameter or option group | does not exist | failed |
//! | a parameter or option group | is for another engine | failed |
//! | | is for another major version than the source's current one | warned: the source may have had that version at T |
//! | a class | not offered for the engine | failed |
//! | | not offered for the source's version | warned, for the same reason |
//! | | in no zone of the subnet group, or not in the requested zone | failed |
//! | | Multi-AZ is wanted, but the class is offered in fewer than two of the zones, or only without Multi-AZ | failed |
//! | | not offered with the wanted storage type | failed |
//! | quotas | used plus needed exceeds the quota | failed |
//! | blue/green deployments | one involves the source | warned: the name may have belonged to another database at T |
//! | | the source is a replica | warned: at T it held only the data replicated by then |
//! | | the source is not a replica now | unknown: it may have been one at T |
//! | | the source was created after T | warned: at T no such database existed, or another had its name |
//! | any | no answer | unknown, with the permission |
//!
//! Security groups, free addresses in subnets, and KMS keys belong to EC2 and KMS, which asof does not query: they are
//! reported as not checked. Passed checks are not reported.

use std::collections::BTreeSet;

use super::captured::Facts;
use crate::db::preflight::PreflightFinding;
use crate::model::{Instant, Verdict};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) engine: Option<String>,
    pub(super) version: Option<String>,
    pub(super) is_cluster: bool,
    /// The names and classes of the instances to create.
    pub(super) instances: Vec<(String, Option<String>)>,
    pub(super) multi_az: bool,
    pub(super) zone: Option<String>,
    /// The storage type of an instance or a Multi-AZ DB cluster; in other clusters it does not depend on the class.
    pub(super) storage_type: Option<String>,
    /// In GiB.
    pub(super) storage: Option<i32>,
    pub(super) subnet_group: Option<String>,
    pub(super) parameter_groups: Vec<(Family, String)>,
    pub(super) option_group: Option<String>,
    pub(super) security_groups: Vec<String>,
    pub(super) kms_key: Option<String>,
    pub(super) replica_of: Option<String>,
    /// The source's creation time, if after the target time.
    pub(super) created_after: Option<Instant>,
}

impl Wanted {
    /// Starts from the source's facts; the settings may differ.
    pub(super) fn of_source(source: &Facts, at: Instant) -> Self {
        Self {
            engine: source.engine.clone(),
            version: source.engine_version.clone(),
            kms_key: source.kms_key_id.clone(),
            replica_of: source.replica_of.clone(),
            created_after: source.created.filter(|created| *created > at),
            ..Self::default()
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Instance,
    Cluster,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer<T> {
    Told(T),
    /// The named resource does not exist.
    Missing,
    /// No answer: the permission that the query needs, and the cause.
    Unknown(&'static str, String),
}

/// The availability of a class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Offer {
    /// Offered for the source's version; otherwise only for some other version.
    pub(super) of_version: bool,
    pub(super) zones: BTreeSet<String>,
    pub(super) multi_az: bool,
    pub(super) storage_types: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answers {
    /// The zones of its subnets.
    pub(super) subnet_group: Option<Answer<BTreeSet<String>>>,
    /// The families of the parameter groups, in order.
    pub(super) families: Vec<Answer<String>>,
    /// The engine and major version of the option group.
    pub(super) option_group: Option<Answer<(String, String)>>,
    /// Each wanted class, once.
    pub(super) classes: Vec<(String, Answer<Offer>)>,
    /// The name of each quota, its usage and its limit.
    pub(super) quotas: Answer<Vec<(String, i64, i64)>>,
    /// The name and status of each deployment that involves the source.
    pub(super) blue_green: Answer<Vec<(String, String)>>,
}

pub(super) fn judge(wanted: &Wanted, answers: &Answers) -> Vec<PreflightFinding> {
    let mut all = Vec::new();
    let find = &mut all;
    let zones = subnet_group(wanted, answers, find);
    parameter_groups(wanted, answers, find);
    option_group(wanted, answers, find);
    for (class, answer) in &answers.classes {
        orderable(wanted, class, answer, zones, find);
    }
    quotas(wanted, &answers.quotas, find);
    history(wanted, &answers.blue_green, find);
    if wanted.replica_of.is_none() && wanted.created_after.is_none() {
        all.push(promoted());
    }
    all.push(not_checked(wanted));
    all
}

type Found = Vec<PreflightFinding>;

fn note(found: &mut Found, verdict: Verdict, words: String) {
    found.push(PreflightFinding { verdict, words });
}

fn unknown(found: &mut Found, what: &str, permission: &str, why: &str) {
    note(found, Verdict::Unknown, format!("unknown: {what} ({permission}: {why})"));
}

/// Returns the answer, or records a finding: `missing`, or that `whether` is unknown.
fn told<'a, T>(answer: &'a Answer<T>, missing: String, whether: &str, found: &mut Found) -> Option<&'a T> {
    match answer {
        Answer::Told(told) => return Some(told),
        Answer::Missing => note(found, Verdict::Failed, missing),
        Answer::Unknown(permission, why) => unknown(found, whether, permission, why),
    }
    None
}

fn group<'a, T>(answer: &'a Answer<T>, what: &str, found: &mut Found) -> Option<&'a T> {
    told(answer, format!("the {what} does not exist"), &format!("whether the {what} exists"), found)
}

/// Returns the zones of the subnet group, if known.
fn subnet_group<'a>(
    wanted: &Wanted,
    answers: &'a Answers,
    found: &mut Found,
) -> Option<&'a BTreeSet<String>> {
    let what = format!("subnet group {}", wanted.subnet_group.as_deref().unwrap_or_default());
    group(answers.subnet_group.as_ref()?, &what, found).filter(|zones| !zones.is_empty())
}

fn parameter_groups(wanted: &Wanted, answers: &Answers, found: &mut Found) {
    for ((kind, name), answer) in wanted.parameter_groups.iter().zip(&answers.families) {
        let what = match kind {
            Family::Instance => format!("parameter group {name}"),
            Family::Cluster => format!("cluster parameter group {name}"),
        };
        let (Some(family), Some(engine)) = (group(answer, &what, found), &wanted.engine) else { continue };
        if let Some(major) = family.strip_prefix(&**engine) {
            version(wanted, &what, major.trim_start_matches('-'), found);
        } else {
            let words = format!("the {what} is for {family}, but the database is {engine}");
            note(found, Verdict::Failed, words);
        }
    }
}

fn option_group(wanted: &Wanted, answers: &Answers, found: &mut Found) {
    let what = format!("option group {}", wanted.option_group.as_deref().unwrap_or_default());
    let answer = answers.option_group.as_ref().and_then(|answer| group(answer, &what, found));
    let Some((engine, major)) = answer else { return };
    match &wanted.engine {
        Some(wanted) if wanted != engine => {
            let words = format!("the {what} is for {engine}, but the database is {wanted}");
            note(found, Verdict::Failed, words);
        }
        _ => version(wanted, &what, major, found),
    }
}

/// Compares a major version with the source's.
fn version(wanted: &Wanted, what: &str, major: &str, found: &mut Found) {
    let Some(now) = &wanted.version else { return };
    let rest = now.strip_prefix(major);
    if !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) {
        let words = format!(
            "the {what} is for version {major}, but the source is now {now}: RDS accepts it only if the source had that version at T"
        );
        note(found, Verdict::Warned, words);
    }
}

fn orderable(
    wanted: &Wanted,
    class: &str,
    answer: &Answer<Offer>,
    zones: Option<&BTreeSet<String>>,
    found: &mut Found,
) {
    let engine = wanted.engine.as_deref().unwrap_or("its engine");
    let missing = format!("the class {class} is not available for {engine} here");
    let whether = format!("whether the class {class} is available");
    let Some(offer) = told(answer, missing, &whether, found) else { return };
    let mut fail = |words: String| note(found, Verdict::Failed, words);
    let here = zones.map_or(offer.zones.len(), |zones| zones.intersection(&offer.zones).count());
    if !offer.zones.is_empty() {
        if let Some(zone) = wanted.zone.as_ref().filter(|zone| !offer.zones.contains(*zone)) {
            fail(format!("the class {class} is not available in {zone}"));
        } else if here == 0 {
            fail(format!("the class {class} is not available in any zone of the subnet group"));
        } else if wanted.multi_az && here < 2 {
            fail(format!(
                "Multi-AZ needs the class {class} in two zones of the subnet group, but it is available in one"
            ));
        }
    }
    if wanted.multi_az && !offer.multi_az {
        fail(format!("the class {class} is not available with Multi-AZ"));
    }
    let storage = wanted.storage_type.as_ref().filter(|_| !offer.storage_types.is_empty());
    if let Some(storage) = storage.filter(|storage| !offer.storage_types.contains(*storage)) {
        fail(format!("the class {class} is not available with storage type {storage}"));
    }
    if let Some(version) = wanted.version.as_ref().filter(|_| !offer.of_version) {
        let words = format!(
            "the class {class} is not available for {engine} {version}, the source's current version"
        );
        note(found, Verdict::Warned, words);
    }
}

fn quotas(wanted: &Wanted, answer: &Answer<Vec<(String, i64, i64)>>, found: &mut Found) {
    let quotas = match answer {
        Answer::Told(quotas) => quotas,
        Answer::Missing => return,
        Answer::Unknown(permission, why) => {
            return unknown(found, "whether the quotas are sufficient", permission, why);
        }
    };
    let needed = |name: &str| match name {
        "DBInstances" => i64::try_from(wanted.instances.len()).unwrap_or(i64::MAX),
        "DBClusters" => i64::from(wanted.is_cluster),
        "AllocatedStorage" => i64::from(wanted.storage.unwrap_or_default()),
        _ => 0,
    };
    for (name, used, max) in quotas {
        let needed = needed(name);
        if needed > 0 && used.saturating_add(needed) > *max {
            let words = format!(
                "the quota {name} is too small: {used} of {max} are used and {needed} more are needed"
            );
            note(found, Verdict::Failed, words);
        }
    }
}

fn history(wanted: &Wanted, answer: &Answer<Vec<(String, String)>>, found: &mut Found) {
    match answer {
        Answer::Told(deployments) => {
            for (name, status) in deployments {
                let words = format!(
                    "the source is part of the blue/green deployment {name} ({status}): at T its name may have belonged to another database"
                );
                note(found, Verdict::Warned, words);
            }
        }
        Answer::Missing => {}
        Answer::Unknown(permission, why) => {
            unknown(found, "whether a blue/green deployment changed the source", permission, why);
        }
    }
    if let Some(created) = &wanted.created_after {
        let words = format!(
            "the source was created at {}, after the target time: at T it did not exist, or another database had its name (before a restore, promotion or switchover)",
            created.human()
        );
        note(found, Verdict::Warned, words);
    }
    if let Some(primary) = &wanted.replica_of {
        let words =
            format!("the source is a replica of {primary}: at T it held only the data replicated by then");
        note(found, Verdict::Warned, words);
    }
}

fn not_checked(wanted: &Wanted) -> PreflightFinding {
    let mut what = Vec::new();
    if !wanted.security_groups.is_empty() {
        what.push(format!("whether the security groups {} exist", wanted.security_groups.join(", ")));
    }
    what.push("whether the subnets have free addresses".to_owned());
    what.extend(wanted.kms_key.as_ref().map(|key| format!("whether the KMS key {key} can be used")));
    let words = format!("not checked: {} (asof does not query EC2 and KMS)", what.join("; "));
    PreflightFinding { verdict: Verdict::Unknown, words }
}

/// A description keeps a replica's creation time and does not mention its promotion.
fn promoted() -> PreflightFinding {
    let words = "unknown: whether the source was a read replica at T and promoted since (aws rds describe-events shows it for 14 days): a replica held only the data replicated by then";
    PreflightFinding { verdict: Verdict::Unknown, words: words.to_owned() }
}

pub(super) fn outline(database: &str, target: &str, wanted: &Wanted) -> Vec<String> {
    let or_default = |text: &Option<String>| text.clone().unwrap_or_else(|| "RDS's default".to_owned());
    let engine =
        [&wanted.engine, &wanted.version].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let class = |class: &Option<String>| class.clone().unwrap_or_else(|| "the source's class".to_owned());
    let mut what = vec![engine];
    if wanted.is_cluster {
        let member = |(name, of): &(String, Option<String>)| format!("{name} ({})", class(of));
        let members: Vec<_> = wanted.instances.iter().map(member).collect();
        what.push(if members.is_empty() { "no instances".to_owned() } else { members.join(", ") });
    } else {
        what.extend(wanted.instances.iter().map(|(_, of)| class(of)));
        what.push(if wanted.multi_az { "Multi-AZ" } else { "one zone" }.to_owned());
    }
    let size = wanted.storage.map(|size| format!("{size} GiB"));
    let storage: Vec<_> = wanted.storage_type.iter().cloned().chain(size).collect();
    if !storage.is_empty() {
        what.push(format!("storage {}", storage.join(" ")));
    }
    what.push(wanted.kms_key.as_ref().map_or("not encrypted".to_owned(), |key| format!("KMS key {key}")));
    what.retain(|text| !text.is_empty());
    let groups = |names: &[String]| if names.is_empty() { or_default(&None) } else { names.join(", ") };
    let parameters: Vec<_> = wanted.parameter_groups.iter().map(|(_, name)| name.clone()).collect();
    let mut network = vec![
        format!("subnet group {}", or_default(&wanted.subnet_group)),
        format!("security groups {}", groups(&wanted.security_groups)),
        format!("parameter group {}", groups(&parameters)),
    ];
    if !wanted.is_cluster {
        network.push(format!("option group {}", or_default(&wanted.option_group)));
    }
    vec![
        format!("database {database} into {target}: {}", what.join(", ")),
        format!("  {}", network.join(", ")),
    ]
}

#[cfg(test)]
mod tests;
