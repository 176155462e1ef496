use super::*;
use crate::model::Instant;
use crate::recover::{Ending, Purpose, StepReport};

fn report(ending: Ending) -> Report {
    Report {
        purpose: Purpose::Drill,
        id: "20261117T173000Z-7fq2".to_owned(),
        file: "/etc/asof/drill.toml".to_owned(),
        at: Instant::from_millis(1_794_925_805_000),
        ending,
        age_ms: 300_000,
        elapsed_ms: 65_000,
        downtime_ms: None,
        steps: Vec::new(),
        findings: Vec::new(),
        left: Vec::new(),
        ended: None,
        running: None,
        follow_ups: Vec::new(),
    }
}

fn summary(passed: bool, report: Option<&Report>, error: Option<&Error>) -> String {
    EndedDrill { name: "drill.toml", passed, report, error }.summary()
}

#[test]
fn one_line_says_how_it_ended_and_why() {
    let passed = report(Ending::Done);
    insta::assert_snapshot!(summary(true, Some(&passed), None), @"asof drill drill.toml PASSED: target time 2026-11-17 14:30:05 UTC; recovery time 1 min 5 s (RTO), recovery point age 5 min 0 s");
    let left = Report { left: vec!["database orders".to_owned()], ..report(Ending::Done) };
    insta::assert_snapshot!(summary(false, Some(&left), None), @"asof drill drill.toml FAILED: 1 copy is left behind; target time 2026-11-17 14:30:05 UTC; recovery time 1 min 5 s (RTO), recovery point age 5 min 0 s");
    assert_eq!(super::super::recovery::verdict(&left), "FAILED: copies are left behind");
    let why = Some("the disk\nis full".to_owned());
    let step = StepReport {
        step: "database orders: request restore".to_owned(),
        state: "failed",
        begun_ms: None,
        ms: None,
        critical: false,
        why,
        note: None,
        counts: std::collections::BTreeMap::new(),
        comparisons: Vec::new(),
    };
    let failed = Report { steps: vec![step], ..report(Ending::Failed) };
    insta::assert_snapshot!(summary(false, Some(&failed), None), @r#"asof drill drill.toml FAILED: database orders: request restore: the disk\u{a}is full; target time 2026-11-17 14:30:05 UTC; ended after 1 min 5 s, recovery point age 5 min 0 s"#);
    let interrupted = report(Ending::Interrupted);
    insta::assert_snapshot!(summary(false, Some(&interrupted), None), @"asof drill drill.toml FAILED: interrupted; target time 2026-11-17 14:30:05 UTC; ended after 1 min 5 s, recovery point age 5 min 0 s");
    let error = Error::usage("cannot reach s3://prod");
    insta::assert_snapshot!(summary(false, None, Some(&error)), @"asof drill drill.toml FAILED: cannot reach s3://prod");
    insta::assert_snapshot!(summary(false, None, None), @"asof drill drill.toml FAILED");
}
