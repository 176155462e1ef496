//! What must be known of a bucket before anything is planned for it.

use crate::apply::OnConflict;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{BucketSettings, Encryption, Known, Location, Lock, Rule, Versioning, is_access_point};
use crate::plan::{Action, Sums};
use crate::s3::Client;

/// A bucket's settings, as far as a plan rests on them.
#[derive(Debug, Clone, Copy)]
pub struct BucketState {
    /// Whether it keeps versions.
    pub versioning: Versioning,
    /// Whether its objects' ETags may not be MD5s, because a KMS key encrypts them. So too where we may not know.
    pub kms: bool,
}

impl From<&BucketSettings> for BucketState {
    fn from(settings: &BucketSettings) -> Self {
        Self { versioning: settings.versioning(), kms: settings.kms() }
    }
}

/// Asks the server for what a plan rests on.
pub async fn standing(client: &Client, bucket: &str) -> Result<BucketState> {
    let versioning_status = client.versioning_status(bucket).await?;
    let encryption = needed(client.encryption(bucket).await)?;
    let versioning = versioning_status
        .value()
        .map_or(Versioning::Unknown, |versioning_status| versioning_status.versioning);
    let kms = encryption.value().is_none_or(|encryption| *encryption == Encryption::Kms);
    Ok(BucketState { versioning, kms })
}

/// Asks the server for all of a bucket's settings that bear on a restore: at once, as each answer takes its time. Where the
/// first cannot be had, the server or the bucket is not there, and the others are not waited for.
pub async fn inspect(client: &Client, bucket: &str) -> Result<BucketSettings> {
    // Six requests at once are much for the stack.
    let others = async || {
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
    let asked_in = client.region(bucket);
    let (versioning_status, mut told) = tokio::try_join!(client.versioning_status(bucket), others())?;
    if client.region(bucket) != asked_in {
        // They were sent while the first found that the bucket is in another region.
        told = others().await?;
    }
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

/// Asks the server for a bucket's lifecycle rules.
pub async fn rules(client: &Client, bucket: &str) -> Result<Known<Vec<Rule>>> {
    needed(client.lifecycle(bucket).await)
}

/// What the answers rest on: a server that fails now may tell later.
fn needed<T>(told: Result<Known<T>>) -> Result<Known<T>> {
    match told {
        Err(e) if e.is_retryable() || e.ends_the_run() => Err(e),
        told => Ok(wanted(told)),
    }
}

/// What only informs.
fn wanted<T>(told: Result<Known<T>>) -> Known<T> {
    told.unwrap_or_else(|e| Known::Unclear(e.to_string()))
}

/// Refuses a bucket that has no past to look at.
pub fn require_history(bucket: &str, standing: BucketState) -> Result<()> {
    match standing.versioning {
        // Where it is not known, what the listing shows is judged for what it is.
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

/// Refuses to change, in place, a bucket that would not keep what is overwritten.
pub fn require_versioning(bucket: &str, standing: BucketState) -> Result<()> {
    require_history(bucket, standing)?;
    match standing.versioning {
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

/// Refuses to overwrite objects in another place that would not keep them: those that the plan has, and, where a writer does
/// not win, any.
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

/// Refuses to remove delete markers from a bucket that guards against it.
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
        // A server that does not know of it has none.
        Known::Is(Lock::Off) | Known::NotOffered => Ok(()),
        Known::Is(Lock::On(_)) => refuse("Object Lock is enabled, and its history should be kept"),
        Known::Denied(_) | Known::Unclear(_) => {
            refuse("it is unknown whether Object Lock is enabled (s3:GetBucketObjectLockConfiguration)")
        }
    }
}
