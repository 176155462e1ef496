//! Replies: the descriptions of databases.

use std::collections::BTreeMap;
use std::ops::Range;

use super::action::Action;
use super::defaults::Kind;
use super::handler::Refusal;
use super::store::{Database, Store};
use crate::endpoint::time::iso;
use crate::endpoint::xml::Document;

/// An element of a reply.
#[derive(Debug)]
pub(super) struct Element {
    name: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Text(String),
    Elements(Vec<Element>),
}

impl Element {
    pub(super) fn text(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), content: Content::Text(text.into()) }
    }

    pub(super) fn list(name: &str, elements: Vec<Element>) -> Self {
        Self { name: name.to_owned(), content: Content::Elements(elements) }
    }

    fn write(&self, document: &mut Document) {
        match &self.content {
            Content::Text(text) => drop(document.text(&self.name, text)),
            Content::Elements(elements) => {
                document.open(&self.name);
                for element in elements {
                    element.write(document);
                }
                document.close(&self.name);
            }
        }
    }
}

/// Returns the reply to an action.
pub(super) fn reply(action: Action, result: &[Element], request_id: &str) -> Document {
    let mut document = Document::bare(action.response());
    let name = format!("{}Result", action.name());
    document.open(&name);
    for element in result {
        element.write(&mut document);
    }
    document.close(&name).open("ResponseMetadata").text("RequestId", request_id).close("ResponseMetadata");
    document
}

/// Returns the reply to a refused request.
pub(super) fn refusal(refusal: &Refusal, request_id: &str) -> Document {
    let mut document = Document::bare("ErrorResponse");
    document.open("Error").text("Type", "Sender").text("Code", refusal.code);
    document.text("Message", &refusal.message).close("Error").text("RequestId", request_id);
    document
}

/// Parameters whose element has another name or parent.
const ELSEWHERE: &[&str] = &["Port", "DBSubnetGroupName", "DBParameterGroupName", "OptionGroupName"];

pub(super) fn instance(instance: &Database, now: i64) -> Element {
    let get = |name: &str| instance.get(name).unwrap_or_default().to_owned();
    let mut elements = vec![
        Element::text("DBInstanceIdentifier", &instance.id),
        Element::text("DbiResourceId", &instance.resource_id),
        Element::text("DBInstanceArn", format!("{ARN}:db:{}", instance.id)),
        Element::text("Engine", &instance.engine),
        Element::text("DBInstanceStatus", instance.state()),
        Element::list("DBSubnetGroup", vec![Element::text("DBSubnetGroupName", get("DBSubnetGroupName"))]),
        Element::list(
            "DBParameterGroups",
            vec![member(
                "DBParameterGroup",
                "DBParameterGroupName",
                "ParameterApplyStatus",
                &get("DBParameterGroupName"),
            )],
        ),
        Element::list(
            "OptionGroupMemberships",
            vec![member("OptionGroupMembership", "OptionGroupName", "Status", &get("OptionGroupName"))],
        ),
    ];
    if instance.state() == "creating" {
        elements.push(Element::text("PercentProgress", "37"));
    } else {
        elements.push(Element::text("InstanceCreateTime", iso(instance.created, true)));
        let address = Element::text("Address", format!("{}.lab.rds.example.com", instance.id));
        elements.push(Element::list("Endpoint", vec![address, Element::text("Port", get("Port"))]));
    }
    if let Some(cluster) = &instance.cluster {
        elements.push(Element::text("DBClusterIdentifier", cluster));
    }
    if let Some(Range { end: latest, .. }) = instance.window(now).filter(|_| instance.cluster.is_none()) {
        elements.push(Element::text("LatestRestorableTime", iso(latest, true)));
    }
    let replica = |id: &String| Element::text("ReadReplicaDBInstanceIdentifier", id);
    elements.push(Element::list(
        "ReadReplicaDBInstanceIdentifiers",
        instance.replicas.iter().map(replica).collect(),
    ));
    elements.push(roles("DBInstanceRole", instance));
    elements.extend(common(instance, "DBInstanceIdentifier"));
    Element::list("DBInstance", elements)
}

pub(super) fn cluster(store: &Store, cluster: &Database, now: i64) -> Element {
    let get = |name: &str| cluster.get(name).unwrap_or_default().to_owned();
    let members = store.members(&cluster.id).enumerate().map(|(n, member)| {
        Element::list(
            "DBClusterMember",
            vec![
                Element::text("DBInstanceIdentifier", &member.id),
                Element::text("IsClusterWriter", (n == 0).to_string()),
                Element::text("PromotionTier", member.get("PromotionTier").unwrap_or("1")),
            ],
        )
    });
    let mut elements = vec![
        Element::text("DBClusterIdentifier", &cluster.id),
        Element::text("DbClusterResourceId", &cluster.resource_id),
        Element::text("DBClusterArn", format!("{ARN}:cluster:{}", cluster.id)),
        Element::text("Engine", &cluster.engine),
        Element::text("Status", cluster.state()),
        Element::text("ClusterCreateTime", iso(cluster.created, true)),
        Element::text("Endpoint", format!("{}.cluster-lab.rds.example.com", cluster.id)),
        Element::text("ReaderEndpoint", format!("{}.cluster-ro-lab.rds.example.com", cluster.id)),
        Element::text("Port", get("Port")),
        Element::text("DBSubnetGroup", get("DBSubnetGroupName")),
        Element::text("DBClusterParameterGroup", get("DBClusterParameterGroupName")),
        Element::list("DBClusterMembers", members.collect()),
    ];
    // Both are missing until a restore is done.
    if let Some(Range { start: earliest, end: latest }) =
        cluster.window(now).filter(|_| cluster.state() != "creating")
    {
        elements.push(Element::text("EarliestRestorableTime", iso(earliest, true)));
        elements.push(Element::text("LatestRestorableTime", iso(latest, true)));
    }
    let (max, min) = (
        get("ServerlessV2ScalingConfiguration.MaxCapacity"),
        get("ServerlessV2ScalingConfiguration.MinCapacity"),
    );
    if !max.is_empty() {
        let mut range = vec![Element::text("MaxCapacity", max), Element::text("MinCapacity", min)];
        let pause = cluster.get("ServerlessV2ScalingConfiguration.SecondsUntilAutoPause");
        range.extend(pause.map(|seconds| Element::text("SecondsUntilAutoPause", seconds)));
        elements.push(Element::list("ServerlessV2ScalingConfiguration", range));
    }
    elements.push(roles("DBClusterRole", cluster));
    elements.extend(common(cluster, "DBClusterIdentifier"));
    Element::list("DBCluster", elements)
}

/// Returns the automated backups up to a time.
pub(super) fn backup(kind: Kind, database: &Database, until: i64, status: &str) -> Element {
    let (name, resource) = match kind {
        Kind::Instance => ("DBInstanceAutomatedBackup", "DbiResourceId"),
        Kind::Cluster => ("DBClusterAutomatedBackup", "DbClusterResourceId"),
    };
    let get = |name: &str| database.get(name).unwrap_or_default().to_owned();
    let Range { start: earliest, end: latest } = database.window(until).unwrap_or_default();
    let mut elements = vec![
        Element::text(resource, &database.resource_id),
        Element::text("Engine", &database.engine),
        Element::text("Status", status),
        Element::text("Port", get("Port")),
        Element::text("BackupRetentionPeriod", get("BackupRetentionPeriod")),
        Element::text("PreferredBackupWindow", get("PreferredBackupWindow")),
        Element::text("IAMDatabaseAuthenticationEnabled", get("EnableIAMDatabaseAuthentication")),
        Element::text("StorageType", get("StorageType")),
        Element::list(
            "RestoreWindow",
            vec![
                Element::text("EarliestTime", iso(earliest, true)),
                Element::text("LatestTime", iso(latest, true)),
            ],
        ),
        tags(&database.tags),
    ];
    if kind == Kind::Instance {
        let arn = format!("{ARN}:auto-backup:{}", database.resource_id);
        elements.push(Element::text("DBInstanceAutomatedBackupsArn", arn));
        elements.push(Element::text("OptionGroupName", get("OptionGroupName")));
    }
    Element::list(name, elements)
}

pub(super) fn tags(tags: &BTreeMap<String, String>) -> Element {
    let tag = |(key, value): (&String, &String)| {
        Element::list("Tag", vec![Element::text("Key", key), Element::text("Value", value)])
    };
    Element::list("TagList", tags.iter().map(tag).collect())
}

fn roles(name: &str, database: &Database) -> Element {
    let role = |(arn, feature): &(String, String)| {
        let feature = Element::text("FeatureName", feature);
        Element::list(name, vec![Element::text("RoleArn", arn), feature, Element::text("Status", "ACTIVE")])
    };
    Element::list("AssociatedRoles", database.roles.iter().map(role).collect())
}

/// Returns the elements that instances and clusters have in common. `identifier` is the name of the identifier element.
fn common(database: &Database, identifier: &str) -> Vec<Element> {
    let group = |id: &String| member("VpcSecurityGroupMembership", "VpcSecurityGroupId", "Status", id);
    let log = |name: &String| Element::text("member", name);
    let feature = |(name, value): (&String, &String)| {
        Element::list("ProcessorFeature", vec![Element::text("Name", name), Element::text("Value", value)])
    };
    let mut elements = vec![
        Element::list("VpcSecurityGroups", database.groups.iter().map(group).collect()),
        Element::list("EnabledCloudwatchLogsExports", database.logs.iter().map(log).collect()),
        Element::list("ProcessorFeatures", database.features.iter().map(feature).collect()),
        tags(&database.tags),
    ];
    let mut pending = Vec::new();
    pending.extend(database.pending_password.as_ref().map(|_| Element::text("MasterUserPassword", "****")));
    pending.extend(database.renamed_to.as_ref().map(|name| Element::text(identifier, name)));
    if !pending.is_empty() {
        elements.push(Element::list("PendingModifiedValues", pending));
    }
    if database.is("ManageMasterUserPassword") {
        let status = Element::text("SecretStatus", "active");
        let arn =
            format!("arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!{}", database.resource_id);
        elements.push(Element::list("MasterUserSecret", vec![Element::text("SecretArn", arn), status]));
    }
    for (name, value) in database.settings.iter().filter(|(name, _)| !ELSEWHERE.contains(&name.as_str())) {
        let element = match name.as_str() {
            "EnableIAMDatabaseAuthentication" => "IAMDatabaseAuthenticationEnabled",
            "EnablePerformanceInsights" => "PerformanceInsightsEnabled",
            name if name.contains('.') => continue,
            name => name,
        };
        elements.push(Element::text(element, value));
    }
    elements
}

/// The status is `in-sync` or `active`: all changes have been applied.
fn member(name: &str, key: &str, status: &str, value: &str) -> Element {
    let in_force = if name == "VpcSecurityGroupMembership" { "active" } else { "in-sync" };
    Element::list(name, vec![Element::text(key, value), Element::text(status, in_force)])
}

pub(super) const ARN: &str = "arn:aws:rds:us-east-1:123456789012";
