use std::time::Duration;

use super::*;
use crate::model::{Expiration, Lifecycle, NoncurrentExpiration};

const DAY: i64 = 86_400_000;

fn day(n: i64) -> Instant {
    Instant::from_millis(n * DAY)
}

fn plain() -> BucketSettings {
    BucketSettings {
        versioning_status: Known::Is(VersioningStatus { versioning: Versioning::Enabled, mfa_delete: false }),
        rules: Known::Is(Vec::new()),
        lock: Known::Is(Lock::Off),
        replicas: Known::Is(Vec::new()),
        acls: Known::Is(false),
        encryption: Known::Is(Encryption::S3),
        conditions: Known::Is(false),
    }
}

/// Expires noncurrent versions under `a/` after ten days, and with `markers` also expired delete markers.
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
    (check.verdict, check.message.as_str(), check.permission)
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
    let versioning_status = |versioning, mfa_delete| Known::Is(VersioningStatus { versioning, mfa_delete });
    let default = Lock::On(Some("COMPLIANCE for 30 days".to_owned()));
    for (settings, subject, verdict) in [
        (
            BucketSettings { versioning_status: versioning_status(Versioning::Suspended, false), ..plain() },
            Subject::Versioning,
            Failed,
        ),
        (
            BucketSettings { versioning_status: versioning_status(Versioning::Never, false), ..plain() },
            Subject::Versioning,
            Failed,
        ),
        (
            BucketSettings { versioning_status: versioning_status(Versioning::Enabled, true), ..plain() },
            Subject::MfaDelete,
            Warned,
        ),
        (BucketSettings { lock: Known::Is(Lock::On(None)), ..plain() }, Subject::ObjectLock, Passed),
        (BucketSettings { lock: Known::Is(default), ..plain() }, Subject::ObjectLock, Warned),
        (BucketSettings { replicas: Known::Is(vec!["b".into()]), ..plain() }, Subject::Replication, Warned),
        (BucketSettings { acls: Known::Is(true), ..plain() }, Subject::Ownership, Warned),
        (BucketSettings { encryption: Known::Is(Encryption::Kms), ..plain() }, Subject::Encryption, Passed),
        (BucketSettings { conditions: Known::Is(true), ..plain() }, Subject::Policy, Warned),
    ] {
        assert_eq!(of(&judge(&settings, "", None), subject).0, verdict, "{settings:?}");
    }
}

#[test]
fn what_is_not_told_never_passes() {
    let denied = || BucketSettings {
        versioning_status: Known::Denied("p"),
        rules: Known::Denied("p"),
        lock: Known::Denied("p"),
        replicas: Known::Denied("p"),
        acls: Known::Denied("p"),
        encryption: Known::Denied("p"),
        conditions: Known::Denied("p"),
    };
    let checks = judge(&denied(), "", Some(day(1)));
    assert!(checks.iter().all(|c| c.verdict == Verdict::Unknown && c.permission == Some("p")), "{checks:?}");
    let absent = BucketSettings {
        versioning_status: Known::NotOffered,
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
        checks.iter().all(|c| expected(c) && c.message.contains("not offered by this server")),
        "{checks:?}"
    );
    let unclear = BucketSettings { lock: Known::Unclear("HTTP 418".into()), ..plain() };
    let found = judge(&unclear, "", None);
    assert_eq!(of(&found, Subject::ObjectLock), (Verdict::Unknown, "Object Lock unknown (HTTP 418)", None));
}

#[test]
fn what_blocks_a_restore_is_told_from_what_does_not() {
    let fine = || judge(&plain(), "", None);
    let with = |settings: BucketSettings| judge(&settings, "", None);
    let suspended = VersioningStatus { versioning: Versioning::Suspended, mfa_delete: false };
    for (checks, in_doubt, whole_keys, expected) in [
        (fine(), 0, false, true),
        (fine(), 1, false, false),
        (fine(), 0, true, false),
        (with(BucketSettings { versioning_status: Known::Is(suspended), ..plain() }), 0, false, false),
        (with(BucketSettings { versioning_status: Known::Denied("p"), ..plain() }), 0, false, false),
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
    let gone = "; keys that have expired entirely are not listed";
    for (markers, prefix, at, verdict, words) in [
        (true, "", Some(90), Verdict::Passed, from.to_owned()),
        (true, "", None, Verdict::Passed, from.to_owned()),
        (true, "", Some(89), Verdict::Warned, format!("{from} by the current lifecycle rules{gone}")),
        (false, "", Some(89), Verdict::Warned, format!("{from} by the current lifecycle rules")),
        (true, "a/b", Some(1), Verdict::Warned, format!("{from} by the current lifecycle rules{gone}")),
        (true, "b/", Some(1), Verdict::Passed, "history complete".to_owned()),
    ] {
        let found = judge(&settings(markers), prefix, at.map(day));
        assert_eq!(of(&found, Subject::Lifecycle), (verdict, &*words, None), "{markers} {prefix} {at:?}");
    }
}
