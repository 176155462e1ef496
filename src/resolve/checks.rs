//! What a bucket's settings mean for a restore to T.
//!
//! | setting | passed | warned | failed |
//! |---|---|---|---|
//! | versioning | enabled | | suspended, never enabled |
//! | lifecycle | nothing that T needs can have been removed | something can | |
//! | MFA delete | off | on | |
//! | Object Lock | off, or without a default retention | with one | |
//! | replication | no enabled rule | one | |
//! | ownership | the bucket's owner owns every object | ACLs count | |
//! | default encryption | any | | |
//! | policy | demands no conditions on writes | demands them | |
//!
//! | why a setting is not known | verdict |
//! |---|---|
//! | a permission is missing | unknown, with its name |
//! | the answer makes no sense | unknown |
//! | the server does not know the request | warned: it has no such thing; of versioning unknown, as all rests on that |
//!
//! Whether a bucket is a destination of another's replication none of its own settings says: its replicas do, by HEAD, and
//! carry the caution `replica`.
//!
//! Of lifecycle rules that are not known the worst is assumed, see [`Expiries`]; they stay unknown all the same.

use super::expiry::Expiries;
use crate::model::{
    BucketSettings, Check, Encryption, Instant, Keeping, Known, Lock, Rule, Subject, Verdict, Versioning,
};

/// The checks of a bucket, for keys with `prefix`, at T if one is asked for. `now` is the present.
pub fn checks(
    settings: &BucketSettings,
    expiries: &Expiries,
    prefix: &str,
    at: Option<Instant>,
    now: Instant,
) -> Vec<Check> {
    let BucketSettings { keeping, rules, lock, replicas, acls, encryption, conditions } = settings;
    vec![
        versioning(keeping.clone().map(|keeping| keeping.versioning)),
        history_check(rules, expiries, prefix, at, now),
        judged(Subject::MfaDelete, "MFA delete", keeping, |keeping| match keeping {
            Keeping { mfa_delete: false, .. } => passed("no MFA delete"),
            Keeping { mfa_delete: true, .. } => {
                warned("MFA delete is enabled: delete markers cannot be removed by their ids, as undo does")
            }
        }),
        judged(Subject::ObjectLock, "Object Lock", lock, object_lock),
        judged(Subject::Replication, "replication", replicas, |to| match to.as_slice() {
            [] => passed("no replication from here"),
            to => warned(format!("replicated to {}: what a restore writes goes there too", to.join(", "))),
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
            true => warned(
                "the bucket's policy denies writes without a condition: S3 refuses copies where it applies",
            ),
        }),
    ]
}

/// A verdict with its words.
type Judgement = (Verdict, String);

fn passed(words: impl Into<String>) -> Judgement {
    (Verdict::Passed, words.into())
}

fn warned(words: impl Into<String>) -> Judgement {
    (Verdict::Warned, words.into())
}

/// The check of a setting, or why there is none. `name` is the setting's.
fn judged<T>(subject: Subject, name: &str, setting: &Known<T>, judge: impl FnOnce(&T) -> Judgement) -> Check {
    let ((verdict, words), permission) = match setting {
        Known::Is(value) => (judge(value), None),
        Known::Denied(permission) => {
            ((Verdict::Unknown, format!("{name} unknown (no permission: {permission})")), Some(*permission))
        }
        Known::NotOffered => (warned(format!("{name}: not offered by this server")), None),
        Known::Unclear(why) => ((Verdict::Unknown, format!("{name} unknown ({why})")), None),
    };
    Check { subject, verdict, words, permission, database: None }
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
        Lock::On(Some(default)) => warned(format!(
            "Object Lock puts every new version under {default}: what a restore writes by mistake stays that long"
        )),
    }
}

/// Whether what has come of all this lets T be restored in place:
///
/// | a check failed, or whether versions are kept or what a database reaches is not known | keys in doubt | keys may have gone entirely | restorable |
/// |---|---|---|---|
/// | no | none | no | yes |
/// | any other | | | no |
///
/// What is archived can be restored, though not at once.
pub fn is_restorable(checks: &[Check], in_doubt: u64, whole_keys: bool) -> bool {
    in_doubt == 0 && !whole_keys && !checks.iter().any(Check::blocks)
}

/// Whether the history is complete at T, by the rules.
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
        Some(_) => "; keys that have expired entirely by now are in no listing",
        None => "",
    };
    let permission = match rules {
        Known::Denied(permission) => Some(*permission),
        _ => None,
    };
    let (verdict, words) = if let Some(why) = &expiries.unknown {
        let assumed = "so the worst is assumed";
        (Verdict::Unknown, format!("lifecycle rules unknown ({why}), {assumed}: {complete}{whole_keys}"))
    } else if at.is_none_or(|at| from <= at) {
        passed(complete)
    } else {
        let of = if expiries.of_past { "of now and those before" } else { "of now" };
        warned(format!("{complete}, by the lifecycle rules {of}{whole_keys}"))
    };
    Check { subject, verdict, words, permission, database: None }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{Expiration, Lifecycle, NoncurrentExpiration};

    const DAY: i64 = 86_400_000;

    fn day(n: i64) -> Instant {
        Instant::from_millis(n * DAY)
    }

    fn plain() -> BucketSettings {
        BucketSettings {
            keeping: Known::Is(Keeping { versioning: Versioning::Enabled, mfa_delete: false }),
            rules: Known::Is(Vec::new()),
            lock: Known::Is(Lock::Off),
            replicas: Known::Is(Vec::new()),
            acls: Known::Is(false),
            encryption: Known::Is(Encryption::S3),
            conditions: Known::Is(false),
        }
    }

    /// Noncurrent versions under `a/` go after ten days, and bare markers with them if told.
    fn rule(markers: bool) -> Rule {
        let mut rule = Rule { enabled: true, ..Rule::default() };
        rule.filter.prefix = "a/".to_owned();
        rule.noncurrent = Some(NoncurrentExpiration { days: 10, newer: 0 });
        rule.expiration = markers.then_some(Expiration::ExpiredMarkers);
        rule
    }

    fn judge(settings: &BucketSettings, prefix: &str, at: Option<Instant>) -> Vec<Check> {
        let expiries = Expiries::of(&Lifecycle::of(&settings.rules), Duration::ZERO);
        checks(settings, &expiries, prefix, at, day(100))
    }

    fn of(checks: &[Check], subject: Subject) -> (Verdict, &str, Option<&'static str>) {
        let check = checks.iter().find(|check| check.subject == subject).unwrap();
        (check.verdict, check.words.as_str(), check.permission)
    }

    #[test]
    fn nothing_is_said_against_a_plain_bucket() {
        let checks = judge(&plain(), "", Some(day(1)));
        assert!(checks.iter().all(|check| check.verdict == Verdict::Passed), "{checks:?}");
        assert!(checks.is_sorted_by_key(|check| check.subject));
        assert_eq!(checks.len(), 8);
    }

    #[test]
    fn each_setting_has_its_verdict() {
        use Verdict::{Failed, Passed, Warned};
        let keeping = |versioning, mfa_delete| Known::Is(Keeping { versioning, mfa_delete });
        let default = Lock::On(Some("COMPLIANCE for 30 days".to_owned()));
        for (settings, subject, verdict) in [
            (
                BucketSettings { keeping: keeping(Versioning::Suspended, false), ..plain() },
                Subject::Versioning,
                Failed,
            ),
            (
                BucketSettings { keeping: keeping(Versioning::Never, false), ..plain() },
                Subject::Versioning,
                Failed,
            ),
            (
                BucketSettings { keeping: keeping(Versioning::Enabled, true), ..plain() },
                Subject::MfaDelete,
                Warned,
            ),
            (BucketSettings { lock: Known::Is(Lock::On(None)), ..plain() }, Subject::ObjectLock, Passed),
            (BucketSettings { lock: Known::Is(default), ..plain() }, Subject::ObjectLock, Warned),
            (
                BucketSettings { replicas: Known::Is(vec!["b".into()]), ..plain() },
                Subject::Replication,
                Warned,
            ),
            (BucketSettings { acls: Known::Is(true), ..plain() }, Subject::Ownership, Warned),
            (
                BucketSettings { encryption: Known::Is(Encryption::Kms), ..plain() },
                Subject::Encryption,
                Passed,
            ),
            (BucketSettings { conditions: Known::Is(true), ..plain() }, Subject::Policy, Warned),
        ] {
            assert_eq!(of(&judge(&settings, "", None), subject).0, verdict, "{settings:?}");
        }
    }

    #[test]
    fn what_is_not_told_never_passes() {
        let denied = || BucketSettings {
            keeping: Known::Denied("p"),
            rules: Known::Denied("p"),
            lock: Known::Denied("p"),
            replicas: Known::Denied("p"),
            acls: Known::Denied("p"),
            encryption: Known::Denied("p"),
            conditions: Known::Denied("p"),
        };
        let checks = judge(&denied(), "", Some(day(1)));
        assert!(
            checks.iter().all(|c| c.verdict == Verdict::Unknown && c.permission == Some("p")),
            "{checks:?}"
        );
        let absent = BucketSettings {
            keeping: Known::NotOffered,
            rules: Known::NotOffered,
            lock: Known::NotOffered,
            replicas: Known::NotOffered,
            acls: Known::NotOffered,
            encryption: Known::NotOffered,
            conditions: Known::NotOffered,
        };
        let checks = judge(&absent, "", Some(day(1)));
        let expected = |c: &Check| match c.subject {
            Subject::Versioning => c.verdict == Verdict::Unknown,
            _ => c.verdict == Verdict::Warned,
        };
        assert!(
            checks.iter().all(|c| expected(c) && c.words.contains("not offered by this server")),
            "{checks:?}"
        );
        let unclear = BucketSettings { lock: Known::Unclear("HTTP 418".into()), ..plain() };
        let found = judge(&unclear, "", None);
        assert_eq!(
            of(&found, Subject::ObjectLock),
            (Verdict::Unknown, "Object Lock unknown (HTTP 418)", None)
        );
    }

    #[test]
    fn what_blocks_a_restore_is_told_from_what_does_not() {
        let fine = || judge(&plain(), "", None);
        let with = |settings: BucketSettings| judge(&settings, "", None);
        let suspended = Keeping { versioning: Versioning::Suspended, mfa_delete: false };
        for (checks, in_doubt, whole_keys, expected) in [
            (fine(), 0, false, true),
            (fine(), 1, false, false),
            (fine(), 0, true, false),
            (with(BucketSettings { keeping: Known::Is(suspended), ..plain() }), 0, false, false),
            (with(BucketSettings { keeping: Known::Denied("p"), ..plain() }), 0, false, false),
            (with(BucketSettings { rules: Known::Denied("p"), ..plain() }), 0, false, true),
            (with(BucketSettings { conditions: Known::Is(true), ..plain() }), 0, false, true),
        ] {
            assert_eq!(is_restorable(&checks, in_doubt, whole_keys), expected, "{checks:?}");
        }
    }

    #[test]
    fn the_history_is_judged_at_t_and_under_the_prefix() {
        let settings = |markers| BucketSettings { rules: Known::Is(vec![rule(markers)]), ..plain() };
        let from = "history complete for T ≥ 1970-04-01 00:00:00 UTC";
        let gone = "; keys that have expired entirely by now are in no listing";
        for (markers, prefix, at, verdict, words) in [
            (true, "", Some(90), Verdict::Passed, from.to_owned()),
            (true, "", None, Verdict::Passed, from.to_owned()),
            (true, "", Some(89), Verdict::Warned, format!("{from}, by the lifecycle rules of now{gone}")),
            (false, "", Some(89), Verdict::Warned, format!("{from}, by the lifecycle rules of now")),
            (true, "a/b", Some(1), Verdict::Warned, format!("{from}, by the lifecycle rules of now{gone}")),
            (true, "b/", Some(1), Verdict::Passed, "history complete".to_owned()),
        ] {
            let found = judge(&settings(markers), prefix, at.map(day));
            assert_eq!(of(&found, Subject::Lifecycle), (verdict, &*words, None), "{markers} {prefix} {at:?}");
        }
    }
}
