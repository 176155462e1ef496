//! Judges a bucket's settings for a restore to T.
//!
//! | setting | passed | warned | failed |
//! |---|---|---|---|
//! | versioning | enabled | | suspended, never enabled |
//! | lifecycle | nothing that T needs can have been removed | something can | |
//! | MFA delete | off | on | |
//! | Object Lock | off, or without a default retention | with one | |
//! | replication | no enabled rule | at least one | |
//! | ownership | the bucket's owner owns every object | ACLs are in effect | |
//! | default encryption | any | | |
//! | policy | does not require conditional writes | requires them | |
//!
//! | reason a setting is unknown | verdict |
//! |---|---|
//! | a permission is missing | unknown, naming the permission |
//! | the answer makes no sense | unknown |
//! | the server does not support the request | warned: it lacks the feature; for versioning unknown, as everything depends on it |
//!
//! No setting of a bucket shows that it is a replication destination. Its replicas do, by HEAD, and carry the caution
//! `replica`.
//!
//! Unknown lifecycle rules are assumed to be the worst possible, see [`Expiries`], and still reported as unknown.

use super::expiry::Expiries;
use crate::model::{
    BucketSettings, Check, Encryption, Instant, Known, Lock, Rule, Subject, Verdict, Versioning,
    VersioningStatus,
};

/// Checks a bucket for keys with `prefix`, at T if given. `now` is the current time.
pub fn checks(
    settings: &BucketSettings,
    expiries: &Expiries,
    prefix: &str,
    at: Option<Instant>,
    now: Instant,
) -> Vec<Check> {
    let BucketSettings { versioning_status, rules, lock, replicas, acls, encryption, conditions } = settings;
    vec![
        versioning(versioning_status.clone().map(|versioning_status| versioning_status.versioning)),
        history_check(rules, expiries, prefix, at, now),
        judged(Subject::MfaDelete, "MFA delete", versioning_status, |versioning_status| {
            match versioning_status {
                VersioningStatus { mfa_delete: false, .. } => passed("no MFA delete"),
                VersioningStatus { mfa_delete: true, .. } => warned(
                    "MFA delete is enabled: delete markers cannot be removed by version ID, as undo does",
                ),
            }
        }),
        judged(Subject::ObjectLock, "Object Lock", lock, object_lock),
        judged(Subject::Replication, "replication", replicas, |to| match to.as_slice() {
            [] => passed("no replication from here"),
            to => warned(format!("replicated to {}: restored objects are replicated too", to.join(", "))),
        }),
        judged(Subject::Ownership, "object ownership", acls, |acls| match acls {
            false => passed("no ACLs"),
            true => warned(
                "objects may have ACLs: to keep them, a restore needs s3:GetObjectVersionAcl and s3:PutObjectAcl",
            ),
        }),
        judged(Subject::Encryption, "default encryption", encryption, |encryption| match encryption {
            Encryption::Off => passed("no default encryption"),
            Encryption::S3 => passed("SSE-S3 default"),
            Encryption::Kms => passed("SSE-KMS default"),
        }),
        judged(Subject::Policy, "the bucket's policy", conditions, |demanded| match demanded {
            false => passed("no policy on conditional writes"),
            true => {
                warned("the bucket policy denies unconditional writes: S3 refuses copies where it applies")
            }
        }),
    ]
}

/// A verdict with its message.
type Judgement = (Verdict, String);

fn passed(message: impl Into<String>) -> Judgement {
    (Verdict::Passed, message.into())
}

fn warned(message: impl Into<String>) -> Judgement {
    (Verdict::Warned, message.into())
}

/// Judges a setting, or reports why it is unknown. `name` is the setting's name.
fn judged<T>(subject: Subject, name: &str, setting: &Known<T>, judge: impl FnOnce(&T) -> Judgement) -> Check {
    let ((verdict, message), permission) = match setting {
        Known::Is(value) => (judge(value), None),
        Known::Denied(permission) => {
            ((Verdict::Unknown, format!("{name} unknown (no permission: {permission})")), Some(*permission))
        }
        Known::NotOffered => (warned(format!("{name}: not offered by this server")), None),
        Known::Unclear(why) => ((Verdict::Unknown, format!("{name} unknown ({why})")), None),
    };
    Check { subject, verdict, message, permission, database: None }
}

fn versioning(setting: Known<Versioning>) -> Check {
    let setting = match setting {
        Known::NotOffered => Known::Unclear("not offered by this server".to_owned()),
        told => told,
    };
    judged(Subject::Versioning, "versioning", &setting, |versioning| match versioning {
        Versioning::Enabled => passed("versioning enabled"),
        Versioning::Suspended => (Verdict::Failed, "versioning suspended".to_owned()),
        Versioning::Never => (Verdict::Failed, "versioning never enabled".to_owned()),
        Versioning::Unknown => (Verdict::Unknown, "versioning unknown".to_owned()),
    })
}

fn object_lock(lock: &Lock) -> Judgement {
    match lock {
        Lock::Off => passed("no locks"),
        Lock::On(None) => passed("Object Lock without a default"),
        Lock::On(Some(default)) => {
            warned(format!("Object Lock retains every new version for {default}, including restored ones"))
        }
    }
}

/// Returns whether T can be restored in place:
///
/// | a check failed, or versioning or a database's window is unknown | uncertain keys | keys possibly expired entirely | restorable |
/// |---|---|---|---|
/// | no | none | no | yes |
/// | any other | | | no |
///
/// Archived objects can be restored, though not at once.
pub fn is_restorable(checks: &[Check], in_doubt: u64, whole_keys: bool) -> bool {
    in_doubt == 0 && !whole_keys && !checks.iter().any(Check::blocks)
}

/// Checks whether the history is complete at T according to the lifecycle rules.
pub fn history_check(
    rules: &Known<Vec<Rule>>,
    expiries: &Expiries,
    prefix: &str,
    at: Option<Instant>,
    now: Instant,
) -> Check {
    let subject = Subject::Lifecycle;
    let Some(from) = expiries.complete_from(prefix, now) else {
        return judged(subject, "lifecycle", rules, |_| passed("history complete"));
    };
    let complete = format!("history complete for T ≥ {}", from.human());
    let whole_keys = match at.filter(|at| expiries.may_have_removed_keys(prefix, *at, now)) {
        Some(_) => "; keys that have expired entirely are not listed",
        None => "",
    };
    let permission = match rules {
        Known::Denied(permission) => Some(*permission),
        _ => None,
    };
    let (verdict, message) = if let Some(why) = &expiries.unknown {
        let assumed = "assuming the worst";
        (Verdict::Unknown, format!("lifecycle rules unknown ({why}), {assumed}: {complete}{whole_keys}"))
    } else if at.is_none_or(|at| from <= at) {
        passed(complete)
    } else {
        let by = if expiries.of_past { "current and former" } else { "current" };
        warned(format!("{complete} by the {by} lifecycle rules{whole_keys}"))
    };
    Check { subject, verdict, message, permission, database: None }
}

#[cfg(test)]
mod tests;
