//! A target time before the oldest version, or one that would delete most of the keys.

use insta::assert_snapshot;

use super::check::lines;
use super::stage::{BUCKET, Stage};
use super::terminal::typed;

/// The right second, in the wrong year.
const WRONG_YEAR: &str = "--at 2023-05-06T07:08:09Z";

/// At this time there was one key of the present five, which has been deleted since.
const ONE_KEY: &str = "--at 2024-04-01T09:00:00Z";

/// Returns the ID of the only run, which the output hides.
fn only_run(stage: &Stage) -> String {
    let mut runs = std::fs::read_dir(stage.path(".local/state/asof/runs")).unwrap();
    let run = runs.next().unwrap().unwrap().file_name().into_string().unwrap();
    assert!(runs.next().is_none());
    run
}

#[test]
fn the_wrong_year_is_reported_first() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof(&format!("diff s3://prod-uploads {WRONG_YEAR}")).changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2023-05-06 07:08:09 UTC (AGE ago)
      warning: the target time is before the oldest version here (2024-04-01 09:00:00 UTC): no keys existed then
      warning: a restore to this time deletes all 5 keys
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  5     34.2 KiB   created since T; deleted (delete marker)
      unchanged               6

      under avatars/    2 delete
      under uploads/    2 delete
      at the top level  1 delete

      delete     2024-05-06 07:08:10 UTC         7 B  avatars/7/me.png
      delete     2024-04-07 09:00:00 UTC        13 B  avatars/8/me.png
      delete     2024-05-06 07:08:10 UTC         0 B  readme.txt
      delete     2024-04-07 09:00:00 UTC    34.2 KiB  uploads/2024/04/07.jpg
      delete     2024-05-06 07:08:10 UTC         4 B  uploads/junk.tmp

      apply it: asof restore s3://prod-uploads --at 2023-05-06T07:08:09Z
      1 delete request, at least 1 s at 3,000/s
    ");
    let json = stage.asof(&format!("diff s3://prod-uploads {WRONG_YEAR} --format json")).changes_nothing();
    let all: Vec<serde_json::Value> =
        json.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let kinds: Vec<_> = all.iter().map(|line| line["type"].as_str().unwrap()).collect();
    let first = kinds.iter().position(|kind| *kind == "warning").unwrap();
    assert!(kinds[..first].iter().all(|kind| *kind == "check"), "{json}");
    let warnings = lines(&json, "warning");
    assert_eq!(warnings.len(), 2, "{json}");
    assert_eq!(warnings[0]["reason"], "before-oldest-version");
    assert_eq!(warnings[0]["oldest_version"], "2024-04-01T09:00:00Z");
    assert_eq!(warnings[1]["reason"], "deletes-most-keys");
    assert_eq!((&warnings[1]["deletes"], &warnings[1]["keys"]), (&5.into(), &5.into()));
    let csv = stage.asof(&format!("diff s3://prod-uploads {WRONG_YEAR} --format csv")).changes_nothing();
    assert!(csv.contains("--- stderr\nwarning: the target time is before the oldest version"), "{csv}");
}

#[test]
fn more_than_half_of_the_keys() {
    let stage = Stage::after_incident();
    let shown = stage.asof(&format!("diff s3://prod-uploads {ONE_KEY}")).changes_nothing();
    assert!(shown.contains("\n  warning: a restore to this time deletes all 5 keys\n"), "{shown}");
    // A selection has its own half.
    let some = stage
        .asof(&format!("diff s3://prod-uploads {ONE_KEY} --include uploads/2024/*1.jpg"))
        .changes_nothing();
    assert!(!some.contains("warning"), "{some}");
    let versus = format!("diff s3://prod-uploads {ONE_KEY} --versus 2024-05-06T07:08:09Z");
    assert!(!stage.asof(&versus).changes_nothing().contains("deletes"), "nothing is restored");
}

#[test]
fn yes_alone_is_refused() {
    let stage = Stage::after_incident();
    let restore = format!("restore s3://prod-uploads {WRONG_YEAR} --yes");
    assert_snapshot!(stage.asof(&format!("{restore} --quiet")).changes_nothing(), @"
    exit code 5
    --- stderr
    error: the target time is before the oldest version here (2024-04-01 09:00:00 UTC): no keys existed then; a restore to this time deletes all 5 keys
      hint: check the target time: 2023-05-06 07:08:09 UTC
      hint: add --allow-mass-delete to --yes; without --yes, asof asks for the number of keys
    ");
    let json = stage.asof(&format!("{restore} --format json")).changes_nothing();
    assert!(json.starts_with("exit code 5\n"), "{json}");
    let restored = stage.asof(&format!("{restore} --allow-mass-delete --format json")).run();
    assert!(restored.starts_with("exit code 0\n"), "{restored}");
    assert_eq!(lines(&restored, "warning").len(), 2, "{restored}");
    assert!(stage.keys(BUCKET).is_empty());
    // An undo needs no further consent, and an empty bucket has nothing to delete.
    let again = stage.asof(&format!("restore s3://prod-uploads {WRONG_YEAR} --yes")).changes_nothing();
    assert!(again.starts_with("exit code 0\n"), "{again}");
    let run = only_run(&stage);
    let undone = stage.asof(&format!("undo {run} --yes --quiet")).run();
    assert!(undone.starts_with("exit code 0\n"), "{undone}");
    assert_eq!(stage.keys(BUCKET).len(), 5);
}

#[test]
fn a_saved_plan_knows_it_too() {
    let stage = Stage::after_incident();
    stage.asof(&format!("diff s3://prod-uploads {WRONG_YEAR} --out a.plan")).changes_nothing();
    let shown = stage.asof("show a.plan").changes_nothing();
    assert!(shown.contains("\n  warning: a restore to this time deletes all 5 keys\n"), "{shown}");
    assert!(shown.contains("before the oldest version here (2024-04-01 09:00:00 UTC)"), "{shown}");
    let refused = stage.asof("restore --plan a.plan --yes --quiet").changes_nothing();
    assert!(refused.starts_with("exit code 5\n"), "{refused}");
    let restored = stage.asof("restore --plan a.plan --yes --allow-mass-delete --quiet").run();
    assert!(restored.starts_with("exit code 0\n"), "{restored}");
    assert!(stage.keys(BUCKET).is_empty());
}

/// A confirmed run is resumed without another prompt.
#[test]
fn a_resume_is_not_asked_again() {
    use asof::lab::{Fault, Operation};
    let stage = Stage::after_incident();
    stage.strike(Operation::DeleteObjects, Fault::AccessDenied);
    let restore = format!("restore s3://prod-uploads {WRONG_YEAR} --yes --allow-mass-delete --format json");
    let failed = stage.asof(&restore).run();
    assert!(failed.starts_with("exit code 3\n"), "{failed}");
    stage.lab.faults().clear();
    let run = only_run(&stage);
    let resumed = stage.asof(&format!("resume {run} --quiet")).run();
    assert!(resumed.starts_with("exit code 0\n"), "{resumed}");
    assert!(stage.keys(BUCKET).is_empty());
}

#[test]
fn elsewhere_nothing_is_deleted() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    for key in ["a", "b"] {
        stage.lab.put("scratch", key, asof::lab::Put::of("mine"));
    }
    let restore = format!("restore s3://prod-uploads {ONE_KEY} --to s3://scratch --yes");
    let restored = stage.asof(&restore).run();
    assert!(restored.starts_with("exit code 0\n") && !restored.contains("warning"), "{restored}");
    assert_eq!(stage.keys("scratch").len(), 3);
}

#[test]
fn the_number_of_keys_is_typed() {
    let stage = Stage::after_incident();
    let restore = format!("restore s3://prod-uploads {WRONG_YEAR} --no-progress");
    for answer in [BUCKET, "", "6", "yes"] {
        let shown = typed(&stage, &restore, answer);
        assert!(shown.starts_with("exit code 2\n"), "{answer}: {shown}");
        assert!(
            shown.contains(
                "Type the number of keys to delete (5) to confirm: error: confirmation does not match"
            ),
            "{shown}"
        );
        assert_eq!(stage.writes(), 0, "{answer}");
    }
    let shown = typed(&stage, &restore, "5");
    assert!(shown.starts_with("exit code 0\n"), "{shown}");
    assert!(stage.keys(BUCKET).is_empty());
}

#[test]
fn a_warning_is_red_on_a_terminal_only() {
    const RED: &str = "\u{1b}[31m";
    let stage = Stage::after_incident();
    let diff = format!("diff s3://prod-uploads {WRONG_YEAR} --no-progress");
    let plain = typed(&stage, &diff, "");
    assert!(plain.contains("  warning: ") && !plain.contains(RED), "NO_COLOR: {plain}");
    let colours =
        super::terminal::typed_in(&stage.asof(&diff).env("TERM", "xterm").env_remove("NO_COLOR"), "");
    assert!(colours.contains(RED), "{colours}");
    let piped = stage.asof(&diff).env("TERM", "xterm").env_remove("NO_COLOR").changes_nothing();
    assert!(!piped.contains(RED), "{piped}");
}

#[test]
fn a_check_says_no_to_the_wrong_year() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof(&format!("check s3://prod-uploads {WRONG_YEAR}")).changes_nothing(), @"
    exit code 5
    --- stdout
    prod-uploads as of 2023-05-06 07:08:09 UTC (AGE ago)
      warning: the target time is before the oldest version here (2024-04-01 09:00:00 UTC): no keys existed then
      warning: a restore to this time deletes all 5 keys

      passed       versioning enabled
      passed       history complete
      passed       no MFA delete
      passed       no locks
      passed       no replication from here
      passed       no ACLs
      passed       SSE-S3 default
      passed       no policy on conditional writes

      uncertain               0 of 11 keys

    no: a restore to 2023-05-06 07:08:09 UTC would be uncertain
      the target time is before the oldest version here (2024-04-01 09:00:00 UTC): no keys existed then
    ");
    let json = stage.asof(&format!("check s3://prod-uploads {WRONG_YEAR} --format json")).changes_nothing();
    assert_eq!(lines(&json, "warning")[0]["reason"], "before-oldest-version", "{json}");
    assert_eq!(lines(&json, "summary")[0]["restorable"], false, "{json}");
    // That most keys are deleted says nothing against the state.
    let most = stage.asof(&format!("check s3://prod-uploads {ONE_KEY}")).changes_nothing();
    assert!(most.starts_with("exit code 0\n"), "{most}");
    assert!(most.contains("warning: a restore to this time deletes all 5 keys"), "{most}");
}

/// Nothing is claimed about the time before the oldest version.
#[test]
fn a_window_reaches_back_to_the_oldest_version() {
    let stage = Stage::new();
    let twenty_days_ago = chrono::Utc::now() - chrono::TimeDelta::days(20);
    let oldest = twenty_days_ago.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    stage.time(&oldest);
    stage.put("a", "a");
    let check =
        |window: &str| stage.asof(&format!("check s3://prod-uploads --window {window}")).changes_nothing();
    let shown = check("90d");
    assert!(shown.starts_with("exit code 0\n"), "{shown}");
    let human = oldest.replace('T', " ").replace('Z', " UTC");
    let claim = format!("yes: every second since {human} can be restored; no version is older");
    assert!(shown.contains(&claim), "{claim}: {shown}");
    let shown = stage.asof("check s3://prod-uploads --window 90d --format json").changes_nothing();
    assert_eq!(lines(&shown, "warning")[0]["reason"], "before-oldest-version", "{shown}");
    assert_eq!(lines(&shown, "summary")[0]["restorable_from"], *oldest, "{shown}");
    let shown = check("10d");
    assert!(!shown.contains("no version is older"), "{shown}");
}

/// Keys were renamed since: restoring the old names does not justify deleting the new ones, least of all elsewhere.
#[test]
fn a_renamed_prefix_is_deleted_whole_under_its_new_name() {
    let stage = Stage::new();
    stage.time("2024-04-01T09:00:00Z");
    for n in 0..6 {
        stage.put(&format!("old/{n}"), "a");
    }
    stage.time("2024-04-01T10:00:00Z");
    for n in 0..6 {
        stage.delete(&format!("old/{n}"));
        stage.put(&format!("new/{n}"), "a");
    }
    for only in ["", "--only delete"] {
        let restore = format!("restore s3://prod-uploads --at 2024-04-01T09:30:00Z --yes {only}");
        let refused = stage.asof(&restore).changes_nothing();
        assert!(refused.starts_with("exit code 5\n"), "{refused}");
        assert!(refused.contains("deletes all 6 keys"), "{refused}");
    }
    let kept = stage.asof("restore s3://prod-uploads --at 2024-04-01T09:30:00Z --yes --only undelete").run();
    assert!(kept.starts_with("exit code 0\n"), "{kept}");
}
