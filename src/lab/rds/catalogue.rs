//! The resources that RDS looks up before it creates a database: groups, classes, quotas, keys.
//!
//! Every named group exists, as if created before, and every class is available in three zones, unless a test has
//! removed it.

use std::collections::BTreeSet;

use super::action::Action;
use super::describe::{ARN, Element};
use super::form::Form;
use super::handler::{Outcome, Refusal, needed};
use super::store::{Database, Store};

/// The deviations from the default catalogue.
#[derive(Debug)]
pub(super) struct Catalogue {
    /// Groups that do not exist, and classes that are not available.
    pub(super) removed: BTreeSet<String>,
    /// The quota of instances.
    pub(super) instances: usize,
    /// Sources of blue/green deployments.
    pub(super) blue_green: BTreeSet<String>,
}

impl Default for Catalogue {
    fn default() -> Self {
        // AWS's default for a new account.
        Self { removed: BTreeSet::new(), instances: 40, blue_green: BTreeSet::new() }
    }
}

const ZONES: [&str; 3] = ["us-east-1a", "us-east-1b", "us-east-1c"];

pub(super) fn describe(store: &Store, action: Action, form: &Form) -> Outcome<Vec<Element>> {
    let one =
        |list: &str, name: &str, elements| vec![Element::list(list, vec![Element::list(name, elements)])];
    Ok(match action {
        Action::DescribeDBSubnetGroups => {
            let name = there(store, form, "DBSubnetGroupName", "DBSubnetGroupNotFoundFault")?;
            let subnet = |zone: &&str| {
                let zone = Element::list("SubnetAvailabilityZone", vec![Element::text("Name", *zone)]);
                Element::list("Subnet", vec![zone])
            };
            let subnets = Element::list("Subnets", ZONES.iter().map(subnet).collect());
            one("DBSubnetGroups", "DBSubnetGroup", vec![Element::text("DBSubnetGroupName", name), subnets])
        }
        Action::DescribeDBParameterGroups => {
            let name = there(store, form, "DBParameterGroupName", "DBParameterGroupNotFound")?;
            let family = family(store.instances.values(), "DBParameterGroupName", name);
            let group = vec![Element::text("DBParameterGroupName", name), family];
            one("DBParameterGroups", "DBParameterGroup", group)
        }
        Action::DescribeDBClusterParameterGroups => {
            let name = there(store, form, "DBClusterParameterGroupName", "DBParameterGroupNotFound")?;
            let family = family(store.clusters.values(), "DBClusterParameterGroupName", name);
            let group = vec![Element::text("DBClusterParameterGroupName", name), family];
            one("DBClusterParameterGroups", "DBClusterParameterGroup", group)
        }
        Action::DescribeOptionGroups => {
            let name = there(store, form, "OptionGroupName", "OptionGroupNotFoundFault")?;
            let engine =
                Element::text("EngineName", engine(store.instances.values(), "OptionGroupName", name));
            let major = Element::text("MajorEngineVersion", "16");
            one(
                "OptionGroupsList",
                "OptionGroup",
                vec![Element::text("OptionGroupName", name), engine, major],
            )
        }
        Action::DescribeOrderableDBInstanceOptions => orderable(store, form)?,
        Action::DescribeAccountAttributes => {
            let used = Element::text("Used", store.instances.len().to_string());
            let max = Element::text("Max", store.catalogue.instances.to_string());
            one(
                "AccountQuotas",
                "AccountQuota",
                vec![Element::text("AccountQuotaName", "DBInstances"), used, max],
            )
        }
        _ => {
            let deployment = |id: &String| {
                let text = |name: &str, text: String| Element::text(name, text);
                let source = text("Source", format!("{ARN}:db:{id}"));
                let status = text("Status", "SWITCHOVER_COMPLETED".to_owned());
                Element::list(
                    "member",
                    vec![text("BlueGreenDeploymentName", format!("{id}-upgrade")), source, status],
                )
            };
            let deployments = store.catalogue.blue_green.iter().map(deployment).collect();
            vec![Element::list("BlueGreenDeployments", deployments)]
        }
    })
}

fn there<'a>(store: &Store, form: &'a Form, parameter: &str, code: &'static str) -> Outcome<&'a str> {
    let name = needed(form, parameter)?;
    if store.catalogue.removed.contains(name) {
        return Err(Refusal::with(404, code, format!("{name} not found")));
    }
    Ok(name)
}

/// Returns the engine of the database that uses the group.
fn engine<'a>(mut databases: impl Iterator<Item = &'a Database>, parameter: &str, name: &str) -> String {
    let user = databases.find(|database| database.get(parameter) == Some(name));
    user.map_or_else(|| "postgres".to_owned(), |database| database.engine.clone())
}

fn family<'a>(databases: impl Iterator<Item = &'a Database>, parameter: &str, name: &str) -> Element {
    Element::text("DBParameterGroupFamily", format!("{}16", engine(databases, parameter, name)))
}

fn orderable(store: &Store, form: &Form) -> Outcome<Vec<Element>> {
    let engine = needed(form, "Engine")?;
    let class = form.get("DBInstanceClass").unwrap_or("db.t3.micro");
    let zone = |zone: &&str| Element::list("AvailabilityZone", vec![Element::text("Name", *zone)]);
    let option = |storage: &&str| {
        Element::list(
            "OrderableDBInstanceOption",
            vec![
                Element::text("Engine", engine),
                Element::text("DBInstanceClass", class),
                Element::text("MultiAZCapable", "true"),
                Element::text("StorageType", *storage),
                Element::list("AvailabilityZones", ZONES.iter().map(zone).collect()),
            ],
        )
    };
    let is_there = !store.catalogue.removed.contains(class);
    let options = ["gp2", "gp3", "io1", "io2"].iter().filter(|_| is_there).map(option).collect();
    Ok(vec![Element::list("OrderableDBInstanceOptions", options)])
}

/// A key whose ID says that it is disabled cannot be used.
pub(super) fn check_key(source: &Database) -> Outcome<()> {
    let key = source.get("KmsKeyId").unwrap_or_default();
    if key.contains("disabled") {
        let message = format!(
            "The specified KMS key [{key}] does not exist, is not enabled or you do not have permissions to access it."
        );
        return Err(Refusal::new("KMSKeyNotAccessibleFault", message));
    }
    Ok(())
}
