//! A recovery, a drill that passed, and a drill that failed in every way at once.

use super::{T, now, ran};
use crate::model::Instant;
use crate::recover::{Ending, Finding, FollowUp, Purpose, Report, Running, StepReport, counts};
use crate::report::html::recovery_page;

fn step(text: &str, begun_ms: i64, ms: i64, critical: bool) -> StepReport {
    StepReport {
        step: text.to_owned(),
        state: "done",
        begun_ms: Some(begun_ms),
        ms: Some(ms),
        critical,
        why: None,
        note: None,
        counts: counts([]),
        comparisons: Vec::new(),
    }
}

fn report(purpose: Purpose, steps: Vec<StepReport>, elapsed_ms: i64) -> Report {
    Report {
        purpose,
        id: "20261117T173000Z-7fq2".to_owned(),
        file: "/srv/recovery/drill.toml".to_owned(),
        at: Instant::from_millis(T * 1000),
        ending: Ending::Done,
        age_ms: 10_795_000,
        elapsed_ms,
        downtime_ms: None,
        steps,
        findings: Vec::new(),
        left: Vec::new(),
        ended: Some(now()),
        running: None,
        follow_ups: Vec::new(),
    }
}

/// The quiesce hook is left out of a drill.
fn steps() -> Vec<StepReport> {
    let copied = [("copied", 1_204_113), ("bytes_copied", 512_000_000_000), ("deleted", 0)];
    let verified = [("matched", 1_204_113), ("mismatched", 0), ("keys", 1_204_113)];
    let references = [("keys", 1_203_900), ("dangling", 0), ("healed", 0), ("orphans", 213)];
    let endpoint = "asof-orders-7fq2.c9akciq32.eu-central-1.rds.amazonaws.com:5432";
    let bucket = "bucket s3://prod-uploads";
    vec![
        step("quiesce hook", 0, 1_400, true),
        step("rds orders: request restore", 1_400, 2_100, true),
        StepReport {
            note: Some(endpoint.to_owned()),
            ..step("rds orders: wait until available", 3_500, 1_260_000, true)
        },
        step("rds orders: apply settings", 1_263_500, 95_000, true),
        StepReport { counts: counts(copied), ..step(&format!("{bucket}: restore"), 1_400, 402_000, false) },
        StepReport {
            counts: counts(verified),
            ..step(&format!("{bucket}: verify copy"), 403_400, 61_000, false)
        },
        step("after-database hook", 1_358_500, 8_000, true),
        step("rds orders: check", 1_366_500, 3_200, false),
        StepReport { counts: counts(references), ..step("references", 1_366_500, 44_000, true) },
        step("check command of the drill", 1_410_500, 12_500, true),
    ]
}

fn page(report: &Report, command: &str) -> String {
    recovery_page(report, &ran(command), now())
}

pub(super) fn passed() -> String {
    let report = report(Purpose::Drill, steps().split_off(1), 1_423_000);
    page(&report, "asof drill drill.toml --at 3h --report drill.json --html drill.html")
}

/// Findings of three kinds, with keys as anyone may write them, and a step that failed.
pub(super) fn failed() -> String {
    let mut steps = steps().split_off(1);
    steps.truncate(7);
    let failure = "exit code 1: psql: error: connection to server at \"asof-orders-7fq2\" failed: FATAL: password authentication failed for user \"drill\"";
    if let Some(check) = steps.last_mut() {
        *check =
            StepReport { state: "failed", why: Some(failure.to_owned()), critical: true, ..check.clone() };
    }
    let open =
        |text: &str| StepReport { state: "not_begun", begun_ms: None, ms: None, ..step(text, 0, 0, false) };
    steps.extend(["references", "check command of the drill"].map(open));
    let place = "s3://scratch/drill";
    let finding = |finding, key: String, detail: &str| Finding {
        finding,
        place: place.to_owned(),
        key,
        references: None,
        detail: detail.to_owned(),
    };
    let mut findings: Vec<_> = (0..120)
        .map(|n| finding("missing", format!("uploads/2026/{n:05}.jpg"), "is missing from the copy"))
        .collect();
    let hostile = [
        "<script>alert(1)</script>".to_owned(),
        "a\u{202e}gpj.exe".to_owned(),
        "uploads/".to_owned() + &"very-long-name-without-a-break".repeat(30),
    ];
    findings.extend(hostile.map(|key| finding("differs", key, "differs in the copy")));
    findings.push(Finding {
        references: Some("avatars".to_owned()),
        ..finding("dangling", "avatars/17.png".to_owned(), "existed: deleted")
    });
    let report = Report {
        ending: Ending::Failed,
        findings,
        left: vec!["rds database asof-orders-7fq2: access denied (rds:DeleteDBInstance)".to_owned()],
        ..report(Purpose::Drill, steps, 1_372_000)
    };
    page(&report, "asof drill drill.toml --at 3h --html drill.html")
}

pub(super) fn recovered() -> String {
    let mut steps = steps();
    steps.truncate(9);
    steps.push(step("rds orders: swap names with source", 1_410_500, 61_000, true));
    steps.push(step("resume hook", 1_471_500, 900, true));
    steps.push(step("rds orders: configure", 1_472_400, 5_100, true));
    let command = "aws rds modify-db-instance --db-instance-identifier orders --performance-insights-retention-period 731 --apply-immediately";
    let report = Report {
        downtime_ms: Some(1_472_400),
        running: Some(Running { since: now(), keys_changed: 12 }),
        follow_ups: vec![FollowUp {
            database: "orders".to_owned(),
            what: "Performance Insights is kept for 731 days".to_owned(),
            command: command.to_owned(),
        }],
        ..report(Purpose::Recover, steps, 1_477_500)
    };
    page(&report, "asof recover recovery.toml --at mark:before-deploy --html report.html")
}
