//! The state of a bucket that must be known before a plan is made.

use crate::apply::OnConflict;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{BucketSettings, Encryption, Known, Location, Lock, Rule, Versioning, is_access_point};
use crate::plan::{Action, Sums};
use crate::s3::Client;

/// The settings of a bucket that a plan depends on.
#[derive(Debug, Clone, Copy)]
pub struct BucketState {
    /// The versioning state of the bucket.
    pub versioning: Versioning,
    /// True if ETags may not be MD5s because a KMS key encrypts the objects, or because that is unknown.
    pub kms: bool,
}

impl From<&BucketSettings> for BucketState {
    fn from(settings: &BucketSettings) -> Self {
        Self { versioning: settings.versioning(), kms: settings.kms() }
    }
}

/// Requests the settings that a plan depends on.
pub async fn bucket_state(client: &Client, bucket: &str) -> Result<BucketState> {
    let encryption = async { Ok(client.encryption(bucket).await) };
    let (versioning_status, encryption) = tokio::try_join!(client.versioning_status(bucket), encryption)?;
    let encryption = needed(encryption)?;
    let versioning = versioning_status
        .value()
        .map_or(Versioning::Unknown, |versioning_status| versioning_status.versioning);
    let kms = encryption.value().is_none_or(|encryption| *encryption == Encryption::Kms);
    Ok(BucketState { versioning, kms })
}

/// Requests all settings that affect a restore, concurrently, since each request is slow. If the versioning status
/// cannot be read, the server or the bucket is missing, and the others are not awaited.
pub async fn inspect(client: &Client, bucket: &str) -> Result<BucketSettings> {
    // Boxed: six requests at once need too much stack.
    let others = async {
        Ok(tokio::join!(
            Box::pin(client.lifecycle(bucket)),
            Box::pin(client.object_lock(bucket)),
            Box::pin(client.replicas(bucket)),
            Box::pin(client.acls(bucket)),
            Box::pin(client.encryption(bucket)),
            Box::pin(client.demands_conditions(bucket)),
        ))
    };
    tracing::info!(bucket, "reading the settings");
    let (versioning_status, told) = tokio::try_join!(client.versioning_status(bucket), others)?;
    let (rules, lock, replicas, acls, encryption, conditions) = told;
    Ok(BucketSettings {
        versioning_status,
        rules: needed(rules)?,
        lock: wanted(lock),
        replicas: wanted(replicas),
        acls: wanted(acls),
        encryption: needed(encryption)?,
        conditions: wanted(conditions),
    })
}

/// Requests a bucket's lifecycle rules.
pub async fn rules(client: &Client, bucket: &str) -> Result<Known<Vec<Rule>>> {
    needed(client.lifecycle(bucket).await)
}

/// A setting that the answer depends on: a transient failure is returned as an error, since a retry may succeed.
fn needed<T>(told: Result<Known<T>>) -> Result<Known<T>> {
    match told {
        Err(e) if e.is_retryable() || e.ends_the_run() => Err(e),
        told => Ok(wanted(told)),
    }
}

/// A setting that is only informative.
fn wanted<T>(told: Result<Known<T>>) -> Known<T> {
    told.unwrap_or_else(|e| Known::Unclear(e.to_string()))
}

/// Refuses a bucket that was never versioned and so has no past states.
pub fn require_history(bucket: &str, state: BucketState) -> Result<()> {
    match state.versioning {
        // If it is unknown, the listing is judged on its own.
        Versioning::Enabled | Versioning::Suspended | Versioning::Unknown => Ok(()),
        Versioning::Never => Err(Error::new(
            ErrorKind::Refused,
            format!("versioning was never enabled on {bucket}, so it has no past states: overwritten and deleted objects are gone"),
        )
        .hint(format!(
            "enable it for the future: aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled"
        ))),
    }
}

/// Refuses to restore a bucket in place if it would not keep overwritten versions.
pub fn require_versioning(bucket: &str, state: BucketState) -> Result<()> {
    require_history(bucket, state)?;
    match state.versioning {
        Versioning::Suspended => Err(Error::new(
            ErrorKind::Refused,
            format!("cannot restore {bucket} in place: versioning is suspended, and a restore would permanently overwrite null versions"),
        )
        .hint(format!(
            "enable it first: aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled"
        ))
        .hint("or restore elsewhere with --to s3://OTHER")),
        Versioning::Unknown => Err(Error::new(
            ErrorKind::Refused,
            format!("cannot restore {bucket} in place: it is unknown whether versioning is enabled; without it a restore would permanently overwrite objects"),
        )
        .hint(if is_access_point(bucket) {
            "an access point does not report it: use the bucket name instead"
        } else {
            "the credentials need s3:GetBucketVersioning, and no policy may deny it"
        })
        .hint("or restore elsewhere with --to s3://OTHER")),
        Versioning::Enabled | Versioning::Never => Ok(()),
    }
}

/// Refuses to overwrite objects in a target that would not keep them: the planned ones and, with `--on-conflict
/// overwrite`, any.
pub fn require_room(to: &Location, target: BucketState, sums: &Sums, on_conflict: OnConflict) -> Result<()> {
    if target.versioning == Versioning::Enabled {
        return Ok(());
    }
    let overwritten = sums.of(Action::Revert).keys;
    let what = match on_conflict {
        _ if overwritten == 1 => "1 object".to_owned(),
        _ if overwritten > 0 => format!("{overwritten} objects"),
        OnConflict::Overwrite => "objects written meanwhile".to_owned(),
        OnConflict::Skip => return Ok(()),
    };
    let keeps = match target.versioning {
        Versioning::Unknown if is_access_point(&to.bucket) => {
            "may not keep versions (an access point does not report it)"
        }
        Versioning::Unknown => "may not keep versions (no permission to check: s3:GetBucketVersioning)",
        _ => "does not keep versions",
    };
    let message = format!("{what} in {to} would be overwritten, and {} {keeps}", to.bucket);
    let refused = Error::new(ErrorKind::Refused, message)
        .hint("restore to an empty prefix, or enable versioning on that bucket");
    Err(match on_conflict {
        OnConflict::Overwrite if overwritten == 0 => {
            refused.hint("leave out --on-conflict overwrite to keep objects written there meanwhile")
        }
        _ => refused,
    })
}

/// Refuses to remove delete markers from a bucket that protects them.
pub async fn require_removable(client: &Client, bucket: &str) -> Result<()> {
    let refuse = |why: &str| {
        Err(Error::new(
            ErrorKind::Refused,
            format!("cannot remove delete markers of {bucket} by version ID: {why}"),
        )
        .hint("--undelete copy restores keys by copying their version"))
    };
    match client.versioning_status(bucket).await?.value() {
        Some(versioning_status) if versioning_status.mfa_delete => {
            return refuse("MFA delete is enabled, so each removal needs a code from the root user's device");
        }
        Some(_) => {}
        None => return refuse("it is unknown whether MFA delete is enabled (s3:GetBucketVersioning)"),
    }
    match client.object_lock(bucket).await? {
        // A server that does not support Object Lock has none.
        Known::Is(Lock::Off) | Known::NotOffered => Ok(()),
        Known::Is(Lock::On(_)) => refuse("Object Lock is enabled, and its history should be kept"),
        Known::Denied(_) | Known::Unclear(_) => {
            refuse("it is unknown whether Object Lock is enabled (s3:GetBucketObjectLockConfiguration)")
        }
    }
}
