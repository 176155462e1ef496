//! Tests the tables of doubts.

use std::time::Duration;

use super::super::{AsOf, Caution, Doubt, Expiries, Judge, Resolver};
use super::{Listed, listed};
use crate::model::{Era, Expiration, Filter, Instant, Lifecycle, NoncurrentExpiration, Rule};

const DAY: i64 = 86_400;

fn day(days: f64) -> Instant {
    #[expect(clippy::cast_possible_truncation, reason = "small numbers")]
    Instant::from_millis((days * 86_400_000.0) as i64)
}

/// Parses a rule such as `"a/ 3 2 markers"`: prefix, noncurrent days, newer versions, and whether expired delete
/// markers are removed; `-` for none.
fn rule(text: &str) -> Rule {
    let words: Vec<_> = text.split(' ').collect();
    let noncurrent =
        words[1].parse().ok().map(|days| NoncurrentExpiration { days, newer: words[2].parse().unwrap() });
    Rule {
        enabled: true,
        filter: Filter { prefix: words[0].replace('-', ""), ..Filter::default() },
        noncurrent,
        expiration: (words.get(3) == Some(&"markers")).then_some(Expiration::ExpiredMarkers),
        ..Rule::default()
    }
}

fn judge(lifecycle: &Lifecycle, then: AsOf, now: AsOf) -> Judge {
    let expiries = Expiries::of(lifecycle, Duration::ZERO);
    Judge { expiries, multipart_window: Duration::from_hours(1), ..Judge::of_cuts(then, now) }
}

/// Parses one key's entries, newest first, with times in days.
fn of_days(text: &str) -> Vec<Listed> {
    let mut entries = listed("a/k", text);
    for entry in &mut entries {
        entry.millis *= DAY;
        if entry.id.starts_with('n') {
            entry.id = "null".to_owned();
        }
    }
    entries
}

fn found(entries: &[Listed], judge: &Judge, now: Instant) -> (Vec<Doubt>, Vec<Caution>) {
    let mut resolver = Resolver::new(judge.as_of.then, judge.as_of.now);
    for entry in entries {
        assert!(resolver.push(&entry.entry(), false).unwrap().is_none());
    }
    let state = resolver.finish().unwrap();
    (judge.doubts(&state, now), judge.cautions(&state))
}

#[test]
fn the_table_of_lifecycle_holds() {
    for (entries, t, now, rules, expected) in [
        // No S: the version live at T is current.
        ("v1@10.5", 11.0, 99.0, "- 1 0 markers", false),
        // (A): noncurrent since day 11.5, so due on day 12.5, rounded up to 13.
        ("v2@11.5 v1@10.5", 11.0, 13.0, "- 1 0", true),
        ("v2@11.5 v1@10.5", 11.0, 12.999, "- 1 0", false),
        ("v2@11.5 v1@10.5", 11.0, 14.999, "- 3 0", false),
        ("v2@11.5 v1@10.5", 11.0, 15.0, "- 3 0", true),
        // An entry that becomes noncurrent at midnight is not rounded up further.
        ("v2@12 v1@10.5", 11.0, 13.0, "- 1 0", true),
        // The same if a marker, or nothing, was live at T.
        ("v2@11.5 m1@10.5", 11.0, 13.0, "- 1 0", true),
        ("v2@11.5", 11.0, 13.0, "- 1 0", true),
        ("m2@11.5", 11.0, 13.0, "- 1 0", true),
        // The oldest entry after T decides, not the newest.
        ("v3@12.5 v2@11.5 v1@10.5", 11.0, 13.0, "- 1 0", true),
        ("v3@12.5 v2@12.2 v1@10.5", 11.0, 13.0, "- 1 0", false),
        // The newest noncurrent versions are kept; the current one above does not count.
        ("v2@11.5 v1@10.5", 11.0, 13.0, "- 1 1", false),
        ("v3@11.6 v2@11.5 v1@10.5", 11.0, 13.0, "- 1 1", true),
        ("v3@11.6 v2@11.5 v1@10.5", 11.0, 13.0, "- 1 2", false),
        // Rules for other keys, and rules for current versions.
        ("v2@11.5 v1@10.5", 11.0, 13.0, "b/ 1 0", false),
        ("v2@11.5 v1@10.5", 11.0, 13.0, "a/ 1 0", true),
        ("v2@11.5 v1@10.5", 11.0, 99.0, "- none 0 markers", false),
        // (B): nothing at T; a version live at T and its marker could both have been removed by day 13.
        ("v2@13.5", 11.5, 14.0, "- 1 0 markers", true),
        ("v2@13.5", 11.5, 14.0, "- 1 0", false),
        ("v2@12.5", 11.5, 13.0, "- 1 0 markers", false),
        ("v2@13", 11.5, 13.0, "- 1 0 markers", true),
        ("v2@12.5", 11.0, 13.0, "- 1 0 markers", false),
        ("v2@13.5 v1@11.2", 11.5, 14.0, "- 1 0 markers", false),
        ("v2@13.5", 11.5, 14.0, "b/ 1 0 markers", false),
    ] {
        let judge = judge(&Lifecycle::of_now(vec![rule(rules)]), AsOf::At(day(t)), AsOf::Latest);
        let expected: &[Doubt] = if expected { &[Doubt::Lifecycle] } else { &[] };
        let (doubts, _) = found(&of_days(entries), &judge, day(now));
        assert_eq!(doubts, expected, "{entries} at {t}, now {now}, {rules}");
        if judge.expiries.complete_from("", day(now)).is_none_or(|from| from <= day(t)) {
            assert_eq!(doubts, [], "{entries} at {t}, now {now}, {rules}: after the certificate");
        }
    }
}

/// A version live on day 11.5 may have become noncurrent right after, and be due on day 13, with its marker at once.
#[test]
fn a_key_that_is_not_listed_may_have_expired_with_its_marker() {
    for (now, rules, expected) in [
        (13.0, &["- 1 0 markers"][..], true),
        (12.999, &["- 1 0 markers"], false),
        (99.0, &["- 1 0"], false),
        (99.0, &["- none 0 markers"], false),
        (99.0, &["b/ 1 0 markers"], false),
        (99.0, &["a/ 1 0", "- none 0 markers"], true),
        (99.0, &["a/ 1 0", "b/ none 0 markers"], false),
        (99.0, &[], false),
    ] {
        let lifecycle = Lifecycle::of_now(rules.iter().map(|text| rule(text)).collect());
        let judge = judge(&lifecycle, AsOf::At(day(11.5)), AsOf::Latest);
        let expected: &[Doubt] = if expected { &[Doubt::Lifecycle] } else { &[] };
        assert_eq!(judge.doubts_of_unlisted("a/k", day(now)), expected, "now {now}, {rules:?}");
    }
}

#[test]
fn an_upload_in_parts_may_be_younger_than_its_date() {
    let judge = judge(&Lifecycle::of_now(vec![rule("- 1 0 markers")]), AsOf::At(day(11.5)), AsOf::Latest);
    let mut entries = of_days("v2@12.5");
    assert_eq!(found(&entries, &judge, day(13.0)).0, []);
    entries[0].parts = true;
    assert_eq!(found(&entries, &judge, day(13.0)).0, [Doubt::Lifecycle]);
    assert_eq!(found(&entries, &judge, day(12.999)).0, []);
}

#[test]
fn rules_of_the_past_count_as_long_as_they_held() {
    let lifecycle = |until: f64| Lifecycle {
        eras: vec![
            Era { rules: vec![rule("- 1 0 markers")], until: Some(day(until)) },
            Era { rules: vec![rule("- 9 0")], until: None },
        ],
        unknown: None,
    };
    for (entries, until, expected) in [
        ("v2@11.5 v1@10.5", 13.0, true),
        ("v2@11.5 v1@10.5", 12.9, false),
        ("v2@19.9", 13.0, true),
        ("v2@19.9", 12.9, false),
    ] {
        let judge = judge(&lifecycle(until), AsOf::At(day(11.0)), AsOf::Latest);
        let expected: &[Doubt] = if expected { &[Doubt::Lifecycle] } else { &[] };
        assert_eq!(found(&of_days(entries), &judge, day(20.0)).0, expected, "{entries} until {until}");
    }
    let mut lifecycle = lifecycle(13.0);
    assert_eq!(Expiries::of(&lifecycle, Duration::ZERO).complete_from("", day(20.5)), Some(day(12.0)));
    assert_eq!(
        Expiries::of(&lifecycle, Duration::from_hours(24)).complete_from("", day(20.5)),
        Some(day(13.0))
    );
    lifecycle.eras.remove(0);
    assert_eq!(Expiries::of(&lifecycle, Duration::ZERO).complete_from("", day(20.5)), Some(day(11.0)));
    lifecycle.eras[0].rules[0].enabled = false;
    assert_eq!(Expiries::of(&lifecycle, Duration::ZERO).complete_from("", day(20.5)), None);
}

#[test]
fn unknown_rules_are_the_worst_ones() {
    let judge = judge(&Lifecycle::unknown("access denied"), AsOf::At(day(11.0)), AsOf::Latest);
    assert_eq!(found(&of_days("v2@11.5 v1@10.5"), &judge, day(13.0)).0, [Doubt::Lifecycle]);
    assert_eq!(found(&of_days("v2@19.5"), &judge, day(20.0)).0, [Doubt::Lifecycle]);
    assert_eq!(found(&of_days("v2@11.5 v1@10.5"), &judge, day(12.9)).0, []);
    assert_eq!(judge.expiries.complete_from("", day(20.5)), Some(day(19.0)));
}

#[test]
fn the_table_of_null_versions_holds() {
    for (entries, t, expected) in [
        ("n2@20 v1@10", 15, true),
        ("n2@20", 15, true),
        ("v3@30 n2@20 v1@10", 15, true),
        ("n3@30 v2@20 v1@10", 15, true),
        ("n2@20 v1@10", 20, false),
        ("v3@30 n2@20 v1@10", 25, false),
        ("n2@20", 25, false),
        ("v3@30 v2@20 n1@10", 15, false),
        ("v3@30 v2@20", 15, false),
    ] {
        let judge = Judge::of_cuts(AsOf::At(day(f64::from(t))), AsOf::Latest);
        let expected: &[Doubt] = if expected { &[Doubt::NullVersion] } else { &[] };
        assert_eq!(found(&of_days(entries), &judge, day(99.0)).0, expected, "{entries} at {t}");
    }
}

#[test]
fn both_times_of_a_comparison_are_judged() {
    let lifecycle = Lifecycle::of_now(vec![rule("- 1 0")]);
    let of = |then, now| {
        let judge = judge(&lifecycle, AsOf::At(day(then)), AsOf::At(day(now)));
        found(&of_days("v3@30.5 v2@20 v1@10"), &judge, day(31.0)).0
    };
    assert_eq!(of(15.0, 35.0), [Doubt::Lifecycle]);
    assert_eq!(of(20.0, 25.0), []);
    assert_eq!(of(19.0, 25.0), [Doubt::Lifecycle]);
}

#[test]
fn cautions_of_what_was_live() {
    use Caution::{LifecycleMarker, Multipart};
    for (entries, parts, t, expected) in [
        ("v2@30 v1@10.5", true, 10.51, vec![Multipart]),
        ("v2@30 v1@10.5", false, 10.51, vec![]),
        ("v2@30 v1@10.5", true, 10.55, vec![]),
        ("v2@30 m1@10", false, 10.9, vec![LifecycleMarker]),
        ("v2@30 m1@10", false, 11.0, vec![]),
        ("v2@30 m1@10.5", false, 10.9, vec![]),
        ("v2@30 v1@10", false, 10.9, vec![]),
        ("m2@30 v1@10.5", false, 29.0, vec![]),
    ] {
        let mut listed = of_days(entries);
        for entry in &mut listed {
            entry.parts = parts;
        }
        let judge = judge(&Lifecycle::default(), AsOf::At(day(t)), AsOf::Latest);
        assert_eq!(found(&listed, &judge, day(99.0)).1, expected, "{entries} at {t}");
    }
}
