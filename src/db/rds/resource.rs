//! An instance or a cluster, as described by RDS.

use aws_sdk_rds::types::{DbCluster, DbInstance, Tag};

use super::client::{Client, explain, if_there};
use super::states;
use crate::db::RestoreProgress;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Instant;

pub(crate) trait Resource: Clone {
    /// `instance` or `cluster`.
    const KIND: &str;
    /// Returns the first resource the server describes for this identifier. `doing` is for messages.
    async fn first(sdk: &aws_sdk_rds::Client, id: &str, doing: &str) -> Result<Option<Self>>;
    async fn rename(sdk: &aws_sdk_rds::Client, id: &str, to: &str) -> Result<()>;
    fn identifier(&self) -> &str;
    /// The resource id, which unlike the identifier is never reused.
    fn resource_id(&self) -> Option<&str>;
    fn arn(&self) -> Option<&str>;
    fn engine(&self) -> Option<&str>;
    fn tags(&self) -> &[Tag];
    /// IAM roles, each with the feature that uses it.
    fn roles(&self) -> Vec<(String, Option<String>)>;
    /// The replicas; those of a cluster are clusters.
    fn replicas(&self) -> &[String];
    fn created(&self) -> Option<Instant>;
    fn status(&self) -> Option<&str>;
    fn percent(&self) -> Option<&str>;
    /// The host and port.
    fn address(&self) -> Option<String>;
    fn is_protected(&self) -> bool;
    /// The name that RDS is about to assign; until then the resource may still be shown as available.
    fn pending_name(&self) -> Option<&str>;
    fn is_password_pending(&self) -> bool;
    /// Returns whether Secrets Manager manages the master password.
    fn has_secret(&self) -> bool;

    /// Returns whether it belongs to another database, which is the one that applications use.
    fn is_member(&self) -> bool {
        false
    }

    fn named(&self) -> String {
        format!("{} {}", Self::KIND, self.identifier())
    }

    fn how_far(&self) -> RestoreProgress {
        states::progress(self.status().unwrap_or("creating"), self.percent(), self.address())
    }

    async fn describe(sdk: &aws_sdk_rds::Client, id: &str) -> Result<Self> {
        let doing = format!("describe the {} {id}", Self::KIND);
        let described = Self::first(sdk, id, &doing).await?;
        described.ok_or_else(|| Error::new(ErrorKind::Missing, format!("cannot {doing}: it does not exist")))
    }
}

/// Returns the resource with this name, whoever owns it.
pub(super) async fn named<T: Resource>(client: &Client, id: &str) -> Result<Option<T>> {
    if_there(client.insist(async |sdk| T::describe(&sdk, id).await).await)
}

pub(super) fn instant(time: &aws_sdk_rds::primitives::DateTime) -> Option<Instant> {
    time.to_millis().ok().map(Instant::from_millis)
}

/// Implements the accessors that both SDK types have under the same names.
macro_rules! alike {
    () => {
        fn engine(&self) -> Option<&str> {
            self.engine()
        }

        fn tags(&self) -> &[Tag] {
            self.tag_list()
        }

        fn roles(&self) -> Vec<(String, Option<String>)> {
            let roles = self.associated_roles().iter();
            roles
                .filter_map(|role| {
                    Some((role.role_arn()?.to_owned(), role.feature_name().map(str::to_owned)))
                })
                .collect()
        }

        fn percent(&self) -> Option<&str> {
            self.percent_progress()
        }

        fn is_protected(&self) -> bool {
            self.deletion_protection() == Some(true)
        }

        fn is_password_pending(&self) -> bool {
            self.pending_modified_values().is_some_and(|pending| pending.master_user_password().is_some())
        }

        fn has_secret(&self) -> bool {
            self.master_user_secret().is_some()
        }
    };
}

impl Resource for DbInstance {
    const KIND: &str = "instance";

    async fn first(sdk: &aws_sdk_rds::Client, id: &str, doing: &str) -> Result<Option<Self>> {
        let described = sdk.describe_db_instances().db_instance_identifier(id).send().await;
        Ok(described.map_err(|e| explain(doing, &e))?.db_instances().first().cloned())
    }

    async fn rename(sdk: &aws_sdk_rds::Client, id: &str, to: &str) -> Result<()> {
        let request = sdk.modify_db_instance().db_instance_identifier(id).new_db_instance_identifier(to);
        let renamed = request.apply_immediately(true).send().await;
        renamed.map(drop).map_err(|e| explain(&format!("rename the instance {id} to {to}"), &e))
    }

    fn identifier(&self) -> &str {
        self.db_instance_identifier().unwrap_or_default()
    }

    fn resource_id(&self) -> Option<&str> {
        self.dbi_resource_id()
    }

    fn arn(&self) -> Option<&str> {
        self.db_instance_arn()
    }

    fn replicas(&self) -> &[String] {
        self.read_replica_db_instance_identifiers()
    }

    fn created(&self) -> Option<Instant> {
        self.instance_create_time().and_then(instant)
    }

    fn status(&self) -> Option<&str> {
        self.db_instance_status()
    }

    fn address(&self) -> Option<String> {
        let endpoint = self.endpoint()?;
        Some(format!("{}:{}", endpoint.address()?, endpoint.port()?))
    }

    fn pending_name(&self) -> Option<&str> {
        self.pending_modified_values()?.db_instance_identifier()
    }

    fn is_member(&self) -> bool {
        self.db_cluster_identifier().is_some()
    }

    alike!();
}

impl Resource for DbCluster {
    const KIND: &str = "cluster";

    async fn first(sdk: &aws_sdk_rds::Client, id: &str, doing: &str) -> Result<Option<Self>> {
        let described = sdk.describe_db_clusters().db_cluster_identifier(id).send().await;
        Ok(described.map_err(|e| explain(doing, &e))?.db_clusters().first().cloned())
    }

    async fn rename(sdk: &aws_sdk_rds::Client, id: &str, to: &str) -> Result<()> {
        let request = sdk.modify_db_cluster().db_cluster_identifier(id).new_db_cluster_identifier(to);
        let renamed = request.apply_immediately(true).send().await;
        renamed.map(drop).map_err(|e| explain(&format!("rename the cluster {id} to {to}"), &e))
    }

    fn identifier(&self) -> &str {
        self.db_cluster_identifier().unwrap_or_default()
    }

    fn resource_id(&self) -> Option<&str> {
        self.db_cluster_resource_id()
    }

    fn arn(&self) -> Option<&str> {
        self.db_cluster_arn()
    }

    fn replicas(&self) -> &[String] {
        self.read_replica_identifiers()
    }

    fn created(&self) -> Option<Instant> {
        self.cluster_create_time().and_then(instant)
    }

    fn status(&self) -> Option<&str> {
        self.status()
    }

    fn address(&self) -> Option<String> {
        Some(format!("{}:{}", self.endpoint()?, self.port()?))
    }

    fn pending_name(&self) -> Option<&str> {
        self.pending_modified_values()?.db_cluster_identifier()
    }

    alike!();
}
