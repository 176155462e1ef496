//! Access control lists: whether a bucket uses them, and those of its versions.

use aws_sdk_s3::types::{
    Grant, Grantee, ObjectOwnership, OwnershipControls, OwnershipControlsRule, Permission, Type,
};

use super::blank_key::{KeyInPath, for_sdk};
use super::client::Client;
use super::error::{Doing, explain, not_told};
use crate::error::Result;
use crate::model::{Known, is_access_point};

/// The grants of an object's ACL, as header values of a write. Empty for a private object, since copies are private by
/// default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    pub(super) full_control: Option<String>,
    pub(super) read: Option<String>,
    pub(super) read_acp: Option<String>,
    pub(super) write_acp: Option<String>,
}

impl Client {
    /// Returns whether the bucket's object ACLs are in effect. They are not if its owner owns every object, the
    /// default of new buckets (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>);
    /// older buckets have no ownership controls.
    pub async fn acls(&self, bucket: &str) -> Result<Known<bool>> {
        const PERMISSION: &str = "s3:GetBucketOwnershipControls";
        if is_access_point(bucket) {
            return Ok(Known::untold());
        }
        let ask = |sdk: aws_sdk_s3::Client| sdk.get_bucket_ownership_controls().bucket(bucket).send();
        let reply = self.find_and_ask(bucket, ask).await;
        let doing =
            Doing { what: "read the ownership controls of", bucket, key: None, permission: PERMISSION };
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(reply) => {
                let rules = reply.ownership_controls().map(OwnershipControls::rules).unwrap_or_default();
                let owned = |rule: &OwnershipControlsRule| {
                    *rule.object_ownership() == ObjectOwnership::BucketOwnerEnforced
                };
                Ok(Known::Is(!rules.iter().any(owned)))
            }
            Err(e) if e.code() == Some("OwnershipControlsNotFoundError") => Ok(Known::Is(true)),
            Err(e) => not_told(e, PERMISSION),
        }
    }

    /// Returns the same for a copy: `true` if the credentials may not read the setting, or the server lacks it (Ceph
    /// RGW).
    pub async fn has_acls(&self, bucket: &str) -> Result<bool> {
        match self.acls(bucket).await {
            Ok(acls) => Ok(acls.value().copied().unwrap_or(true)),
            Err(e) if e.is_retryable() || e.ends_the_run() => Err(e),
            Err(_) => Ok(true),
        }
    }

    /// Returns a version's ACL; `None` if the credentials may not read it.
    pub async fn grants(&self, bucket: &str, key: &str, version_id: &str) -> Result<Option<Grants>> {
        let call = self.sdk(bucket).get_object_acl().bucket(bucket).key(for_sdk(key)).version_id(version_id);
        let doing =
            Doing { what: "read the ACL of", bucket, key: Some(key), permission: "s3:GetObjectVersionAcl" };
        let reply = call.customize().interceptor(KeyInPath::new(key)).send().await;
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(reply) => {
                let owner = reply.owner().and_then(|owner| owner.id()).unwrap_or_default();
                Ok(Some(headers(owner, reply.grants())))
            }
            Err(e) if e.is_retryable() || e.ends_the_run() => Err(e),
            Err(_) => Ok(None),
        }
    }
}

fn headers(owner: &str, list: &[Grant]) -> Grants {
    let private = |grant: &Grant| {
        let grantee = grant.grantee().and_then(|grantee| grantee.id());
        grantee == Some(owner) && grant.permission() == Some(&Permission::FullControl)
    };
    if list.iter().all(private) {
        return Grants::default();
    }
    let header = |permission: &Permission| {
        let granted = list.iter().filter(|grant| grant.permission() == Some(permission));
        let names: Vec<_> = granted.filter_map(|grant| grantee(grant.grantee()?)).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    Grants {
        full_control: header(&Permission::FullControl),
        read: header(&Permission::Read),
        read_acp: header(&Permission::ReadAcp),
        write_acp: header(&Permission::WriteAcp),
    }
}

/// Formats a grantee for a header.
fn grantee(grantee: &Grantee) -> Option<String> {
    Some(match grantee.r#type() {
        Type::Group => format!("uri=\"{}\"", grantee.uri()?),
        Type::AmazonCustomerByEmail => format!("emailAddress=\"{}\"", grantee.email_address()?),
        _ => format!("id=\"{}\"", grantee.id()?),
    })
}

#[cfg(test)]
mod tests;
