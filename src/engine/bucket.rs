//! What must be known of a bucket before anything is planned for it.

use crate::error::{Error, ErrorKind, Result};
use crate::model::Versioning;
use crate::s3::Client;

/// A bucket's settings, as far as a plan rests on them.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Whether it keeps versions.
    pub versioning: Versioning,
    /// Whether its objects' ETags may not be MD5s, because a KMS key encrypts them. So too where we may not know.
    pub kms: bool,
}

/// Asks the server for a bucket's settings.
pub async fn standing(client: &Client, bucket: &str) -> Result<Standing> {
    let versioning = client.versioning(bucket).await?;
    let kms = client.encrypts_with_kms(bucket).await?.unwrap_or(true);
    Ok(Standing { versioning, kms })
}

/// Refuses a bucket that has no past to look at.
pub fn require_history(bucket: &str, standing: Standing) -> Result<()> {
    match standing.versioning {
        Versioning::Enabled | Versioning::Suspended => Ok(()),
        Versioning::Never => Err(Error::new(
            ErrorKind::Refused,
            format!("{bucket} has never had versioning enabled, so it has no past states: what was overwritten or deleted is gone"),
        )
        .hint(format!(
            "enable it for the future: aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled"
        ))),
    }
}

/// Refuses to change, in place, a bucket that would not keep what is overwritten.
pub fn require_keeping(bucket: &str, standing: Standing) -> Result<()> {
    require_history(bucket, standing)?;
    match standing.versioning {
        Versioning::Suspended => Err(Error::new(
            ErrorKind::Refused,
            format!("cannot restore {bucket} in place: versioning is suspended, and a restore would overwrite null versions for good"),
        )
        .hint(format!(
            "enable it first: aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled"
        ))
        .hint("or restore elsewhere with --to s3://OTHER")),
        _ => Ok(()),
    }
}

/// Refuses to remove delete markers from a bucket that guards against it.
pub async fn require_removable(client: &Client, bucket: &str) -> Result<()> {
    let refuse = |why: &str| {
        Err(Error::new(
            ErrorKind::Refused,
            format!("delete markers of {bucket} are not removed by their version ids: {why}"),
        )
        .hint("with --undelete copy, keys come back by a copy of their version"))
    };
    if client.mfa_delete(bucket).await? {
        return refuse("MFA delete is enabled, so each removal needs a code of the root user's device");
    }
    match client.object_lock(bucket).await? {
        Some(false) => Ok(()),
        Some(true) => refuse("Object Lock is enabled, and what its history holds should stay"),
        None => refuse("whether Object Lock is enabled is not known (s3:GetBucketObjectLockConfiguration)"),
    }
}
