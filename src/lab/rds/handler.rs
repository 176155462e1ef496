//! The handlers of the actions.

use std::ops::Range;

use super::action::Action;
use super::catalogue;
use super::defaults::{Kind, make, modify};
use super::describe::{self, Element};
use super::engines;
use super::form::Form;
use super::password;
use super::remove;
use super::rename;
use super::store::{Database, Store, states};
use crate::model::Instant;

/// A refused request.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

pub(super) type Outcome<T> = Result<T, Refusal>;

impl Refusal {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self::with(400, code, message)
    }

    pub(super) fn with(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}

/// Handles an action at the clock's time.
pub(super) fn handle(store: &mut Store, now: i64, action: Action, form: &Form) -> Outcome<Vec<Element>> {
    rename::finish(store);
    match action {
        Action::AddTagsToResource => add_tags(store, form),
        Action::CreateDBCluster => create_cluster(store, now, form),
        Action::CreateDBInstance => create_instance(store, now, form),
        Action::DeleteDBCluster => remove::cluster(store, now, form),
        Action::DeleteDBInstance => remove::instance(store, now, form),
        Action::DescribeDBClusterAutomatedBackups => Ok(cluster_backups(store, form)),
        Action::DescribeDBClusters => describe_clusters(store, now, form),
        Action::DescribeDBInstanceAutomatedBackups => instance_backups(store, now, form),
        Action::DescribeDBInstances => describe_instances(store, now, form),
        Action::DescribeAccountAttributes
        | Action::DescribeBlueGreenDeployments
        | Action::DescribeDBClusterParameterGroups
        | Action::DescribeDBParameterGroups
        | Action::DescribeDBSubnetGroups
        | Action::DescribeOptionGroups
        | Action::DescribeOrderableDBInstanceOptions => catalogue::describe(store, action, form),
        Action::ListTagsForResource => Ok(vec![describe::tags(&resource(store, form)?.listed_tags())]),
        Action::ModifyDBCluster => modify_cluster(store, now, form),
        Action::ModifyDBInstance => modify_instance(store, now, form),
        Action::RestoreDBClusterToPointInTime => restore_cluster(store, now, form),
        Action::RestoreDBInstanceToPointInTime => restore_instance(store, now, form),
    }
}

fn create_instance(store: &mut Store, now: i64, form: &Form) -> Outcome<Vec<Element>> {
    let id = needed(form, "DBInstanceIdentifier")?;
    refuse_taken(store, id)?;
    password::check(form, false)?;
    let mut instance = make(Kind::Instance, form, None);
    check_storage(form, &instance)?;
    instance.cluster = form.get("DBClusterIdentifier").map(str::to_owned);
    if let Some(cluster) = &instance.cluster {
        let cluster = store.clusters.get(cluster).ok_or_else(|| no_cluster(cluster))?;
        engines::check_member(&cluster.engine, form)?;
        if cluster.state() != "available" {
            let message = format!("The cluster is in {} state", cluster.state());
            return Err(Refusal::new("InvalidDBClusterStateFault", message));
        }
        instance.states = states(&["creating", "configuring-enhanced-monitoring", "available"]);
    }
    needed(form, "Engine")?.clone_into(&mut instance.engine);
    Ok(vec![add_instance(store, now, id, instance)])
}

fn add_instance(store: &mut Store, now: i64, id: &str, mut instance: Database) -> Element {
    (instance.id, instance.created) = (id.to_owned(), now);
    instance.resource_id = store.resource_id("db");
    instance.hidden = store.hidden;
    let element = describe::instance(&instance, now);
    store.instances.insert(id.to_owned(), instance);
    element
}

fn create_cluster(store: &mut Store, now: i64, form: &Form) -> Outcome<Vec<Element>> {
    let id = needed(form, "DBClusterIdentifier")?;
    if store.clusters.contains_key(id) {
        return Err(Refusal::new("DBClusterAlreadyExistsFault", "DB Cluster already exists"));
    }
    let engine = needed(form, "Engine")?;
    engines::check_cluster(engine, form)?;
    if engines::is_multi_az(engine) {
        needed(form, "DBClusterInstanceClass")?;
    }
    let mut cluster = make(Kind::Cluster, form, None);
    engine.clone_into(&mut cluster.engine);
    Ok(vec![add_cluster(store, now, id, form, cluster)])
}

fn add_cluster(store: &mut Store, now: i64, id: &str, form: &Form, mut cluster: Database) -> Element {
    (cluster.id, cluster.created) = (id.to_owned(), now);
    cluster.resource_id = store.resource_id("cluster");
    cluster.hidden = store.hidden;
    if form.get("StorageType").is_none() && form.get("Iops").is_none() {
        cluster.set("StorageType", engines::storage(&cluster.engine));
    }
    engines::make_members(store, now, &cluster);
    let element = describe::cluster(store, &cluster, now);
    store.clusters.insert(id.to_owned(), cluster);
    element
}

fn restore_instance(store: &mut Store, now: i64, form: &Form) -> Outcome<Vec<Element>> {
    let target = needed(form, "TargetDBInstanceIdentifier")?;
    let (source, window) = match form.get("SourceDBInstanceIdentifier") {
        Some(id) => {
            let source = store.instances.get(id).ok_or_else(|| no_instance(id))?;
            if source.state() != "available" {
                return Err(busy(source));
            }
            (source.clone(), source.window(now))
        }
        None => backup_of(store, now, form)?,
    };
    refuse_taken(store, target)?;
    check_tags(form)?;
    check_time(form, "RestoreTime", window)?;
    catalogue::check_key(&source)?;
    let mut instance = make(Kind::Instance, form, Some(&source));
    check_storage(form, &instance)?;
    instance.engine.clone_from(&source.engine);
    instance.states.clone_from(&store.restoring);
    Ok(vec![add_instance(store, now, target, instance)])
}

fn restore_cluster(store: &mut Store, now: i64, form: &Form) -> Outcome<Vec<Element>> {
    let target = needed(form, "DBClusterIdentifier")?;
    let (source, until) = if let Some(id) = form.get("SourceDBClusterIdentifier") {
        (store.clusters.get(id).ok_or_else(|| no_cluster(id))?, now)
    } else {
        let id = needed(form, "SourceDbClusterResourceId")?;
        let (source, ended) = store.retained.get(id).ok_or_else(|| {
            Refusal::with(404, "DBClusterAutomatedBackupNotFoundFault", format!("{id} not found"))
        })?;
        (source, *ended)
    };
    let (source, window) = (source.clone(), source.window(until));
    if store.clusters.contains_key(target) {
        return Err(Refusal::new("DBClusterAlreadyExistsFault", "DB Cluster already exists"));
    }
    if form.get("RestoreType") == Some("copy-on-write") && form.get("RestoreToTime").is_some() {
        let message = "RestoreToTime cannot be used with copy-on-write";
        return Err(Refusal::new("InvalidParameterCombination", message));
    }
    check_tags(form)?;
    engines::check_restore(&source.engine, form)?;
    check_time(form, "RestoreToTime", window)?;
    catalogue::check_key(&source)?;
    let mut cluster = make(Kind::Cluster, form, Some(&source));
    cluster.engine.clone_from(&source.engine);
    cluster.states.clone_from(&store.restoring_cluster);
    Ok(vec![add_cluster(store, now, target, form, cluster)])
}

/// At most fifty (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html>).
fn check_tags(form: &Form) -> Outcome<()> {
    if form.tags().len() > 50 { Err(invalid("The number of tags exceeds the limit of 50.")) } else { Ok(()) }
}

/// Either a time or the latest one; within the window, and before its end.
fn check_time(form: &Form, parameter: &str, window: Option<Range<i64>>) -> Outcome<()> {
    let (latest, time) = (form.is("UseLatestRestorableTime"), form.get(parameter));
    let Some(window) = window else {
        return Err(Refusal::new("PointInTimeRestoreNotEnabled", "Point in time restore is not enabled"));
    };
    let Some(time) = time.filter(|_| !latest) else {
        let message = format!("Either {parameter} or UseLatestRestorableTime must be specified");
        return if latest && time.is_none() {
            Ok(())
        } else {
            Err(Refusal::new("InvalidParameterCombination", message))
        };
    };
    let within = Instant::parse_moment(time).is_some_and(|at| window.contains(&at.millis()));
    if within { Ok(()) } else { Err(invalid(&format!("{time} is not restorable"))) }
}

/// Small gp3 volumes accept no IOPS or throughput, not even the values they are described with.
fn check_storage(form: &Form, instance: &Database) -> Outcome<()> {
    let figures = form.get("Iops").is_some() || form.get("StorageThroughput").is_some();
    let (storage, size) = (form.get("StorageType"), instance.number("AllocatedStorage"));
    let small = storage == Some("gp3") && size < 400 && !instance.engine.contains("sqlserver");
    if figures && small {
        let message = "You can't specify IOPS or storage throughput for a storage size less than 400.";
        return Err(Refusal::new("InvalidParameterCombination", message));
    }
    Ok(())
}

/// Returns the database whose backups a request names, which may be deleted, and their time range.
fn backup_of(store: &Store, now: i64, form: &Form) -> Outcome<(Database, Option<Range<i64>>)> {
    let named = form.get("SourceDbiResourceId").or(form.get("SourceDBInstanceAutomatedBackupsArn"));
    let id = named.and_then(|named| named.rsplit(':').next()).unwrap_or_default();
    let live = store.instances.values().find(|instance| instance.resource_id == id);
    let found = live.map(|live| (live, now));
    let found = found.or(store.retained.get(id).map(|(gone, ended)| (gone, *ended)));
    let (source, until) = found
        .ok_or_else(|| Refusal::with(404, "DBInstanceAutomatedBackupNotFound", format!("{id} not found")))?;
    Ok((source.clone(), source.window(until)))
}

fn modify_instance(store: &mut Store, now: i64, form: &Form) -> Outcome<Vec<Element>> {
    let id = needed(form, "DBInstanceIdentifier")?;
    let name = rename::asked(form, "NewDBInstanceIdentifier", &store.instances, "DBInstanceAlreadyExists");
    let late = store.late;
    let instance = store.instances.get_mut(id).ok_or_else(|| no_instance(id))?;
    if instance.state() != "available" {
        return Err(busy(instance));
    }
    if form.get("MonitoringInterval").is_some_and(|interval| interval != "0")
        && form.get("MonitoringRoleArn").or(instance.get("MonitoringRoleArn")).is_none()
    {
        let message =
            "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.";
        return Err(Refusal::new("InvalidParameterCombination", message));
    }
    let name = name?;
    password::check(form, instance.is("ManageMasterUserPassword"))?;
    modify(Kind::Instance, instance, form);
    instance.states = states(&["modifying", "available"]);
    password::begin(instance, form);
    if let Some(name) = name {
        rename::begin(instance, name, late);
    }
    Ok(vec![describe::instance(instance, now)])
}

fn modify_cluster(store: &mut Store, now: i64, form: &Form) -> Outcome<Vec<Element>> {
    let id = needed(form, "DBClusterIdentifier")?;
    let name = rename::asked(form, "NewDBClusterIdentifier", &store.clusters, "DBClusterAlreadyExistsFault");
    let late = store.late;
    let cluster = store.clusters.get_mut(id).ok_or_else(|| no_cluster(id))?;
    if cluster.state() != "available" {
        let message = format!("The cluster is in {} state", cluster.state());
        return Err(Refusal::new("InvalidDBClusterStateFault", message));
    }
    let name = name?;
    engines::check_cluster(&cluster.engine, form)?;
    password::check(form, cluster.is("ManageMasterUserPassword"))?;
    modify(Kind::Cluster, cluster, form);
    password::begin(cluster, form);
    if let Some(name) = name {
        rename::begin(cluster, name, late);
    }
    let cluster = cluster.clone();
    Ok(vec![describe::cluster(store, &cluster, now)])
}

fn describe_instances(store: &mut Store, now: i64, form: &Form) -> Outcome<Vec<Element>> {
    let id = form.get("DBInstanceIdentifier");
    let cluster = form.get("Filters.Filter.1.Values.Value.1");
    let asked = |instance: &Database| match (id, cluster) {
        (Some(id), _) => rename::is_named(instance, id),
        (None, Some(cluster)) => instance.cluster.as_deref() == Some(cluster),
        (None, None) => true,
    };
    let (mut described, mut gone) = (Vec::new(), Vec::new());
    for instance in store.instances.values_mut().filter(|instance| asked(instance)) {
        if let Some(told) = instance.told() {
            if id.is_none_or(|id| told.id == id) {
                described.push(describe::instance(&told, now));
            }
        } else {
            continue;
        }
        if !instance.step() {
            gone.push(instance.id.clone());
        }
    }
    for id in &gone {
        store.instances.remove(id);
    }
    match id {
        Some(id) if described.is_empty() => Err(no_instance(id)),
        _ => Ok(vec![Element::list("DBInstances", described)]),
    }
}

fn describe_clusters(store: &mut Store, now: i64, form: &Form) -> Outcome<Vec<Element>> {
    let id = form.get("DBClusterIdentifier");
    let asked = store.clusters.values().filter(|one| id.is_none_or(|id| rename::is_named(one, id)));
    let asked: Vec<_> = asked.map(|one| one.id.clone()).collect();
    let mut described = Vec::new();
    for key in &asked {
        let Some(told) = store.clusters.get_mut(key).and_then(Database::told) else { continue };
        if id.is_none_or(|id| told.id == id) {
            described.push(describe::cluster(store, &told, now));
        }
        if store.clusters.get_mut(key).is_some_and(|cluster| !cluster.step()) {
            store.clusters.remove(key);
        }
    }
    match id {
        Some(id) if described.is_empty() => Err(no_cluster(id)),
        _ => Ok(vec![Element::list("DBClusters", described)]),
    }
}

fn instance_backups(store: &Store, now: i64, form: &Form) -> Outcome<Vec<Element>> {
    let wanted = form.get("DbiResourceId").or(form.get("DBInstanceAutomatedBackupsArn"));
    let wanted = wanted.and_then(|wanted| wanted.rsplit(':').next());
    let live = store.instances.values().map(|instance| (instance, now, "active"));
    let retained = store.retained.values().map(|(gone, ended)| (gone, *ended, "retained"));
    let asked = |database: &Database| wanted.is_none_or(|wanted| wanted == database.resource_id);
    let backups: Vec<_> = live
        .chain(retained)
        .filter(|(database, ..)| asked(database) && database.number("BackupRetentionPeriod") > 0)
        .map(|(database, until, status)| describe::backup(Kind::Instance, database, until, status))
        .collect();
    if backups.is_empty() && wanted.is_some() {
        return Err(Refusal::with(404, "DBInstanceAutomatedBackupNotFound", "no such backup"));
    }
    Ok(vec![Element::list("DBInstanceAutomatedBackups", backups)])
}

fn cluster_backups(store: &Store, form: &Form) -> Vec<Element> {
    let wanted = form.get("DbClusterResourceId");
    let asked = |database: &&(Database, i64)| wanted.is_none_or(|wanted| wanted == database.0.resource_id);
    let backup = |(gone, ended): &(Database, i64)| describe::backup(Kind::Cluster, gone, *ended, "retained");
    let backups = store.retained.values().filter(asked).map(backup).collect();
    vec![Element::list("DBClusterAutomatedBackups", backups)]
}

fn add_tags(store: &mut Store, form: &Form) -> Outcome<Vec<Element>> {
    let tags = form.tags();
    resource(store, form)?.tags.extend(tags);
    Ok(Vec::new())
}

/// Returns the resource of an ARN.
fn resource<'a>(store: &'a mut Store, form: &Form) -> Outcome<&'a mut Database> {
    let arn = needed(form, "ResourceName")?;
    let id = arn.rsplit(':').next().unwrap_or_default();
    let (instances, clusters) = (&mut store.instances, &mut store.clusters);
    let found = if arn.contains(":cluster:") { clusters.get_mut(id) } else { instances.get_mut(id) };
    found.ok_or_else(|| no_instance(id))
}

pub(super) fn needed<'a>(form: &'a Form, name: &str) -> Outcome<&'a str> {
    let missing = || Refusal::new("MissingParameter", format!("The parameter {name} is missing"));
    form.get(name).filter(|value| !value.is_empty()).ok_or_else(missing)
}

fn refuse_taken(store: &Store, id: &str) -> Outcome<()> {
    if store.instances.contains_key(id) {
        return Err(Refusal::new("DBInstanceAlreadyExists", "DB instance already exists"));
    }
    Ok(())
}

fn invalid(message: &str) -> Refusal {
    Refusal::new("InvalidParameterValue", message)
}

pub(super) fn busy(instance: &Database) -> Refusal {
    let message = format!("Instance {} is not in available state: {}", instance.id, instance.state());
    Refusal::new("InvalidDBInstanceState", message)
}

pub(super) fn no_instance(id: &str) -> Refusal {
    Refusal::with(404, "DBInstanceNotFound", format!("DBInstance {id} not found."))
}

pub(super) fn no_cluster(id: &str) -> Refusal {
    Refusal::with(404, "DBClusterNotFoundFault", format!("DBCluster {id} not found."))
}
