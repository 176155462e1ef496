//! `asof check`.

use asof::lab::Versioning;
use insta::assert_snapshot;
use serde_json::Value;

use super::doubt::{AT, expired};
use super::stage::{BUCKET, Stage};

/// The lines of JSON, by type.
pub(super) fn lines(shown: &str, kind: &str) -> Vec<Value> {
    let json = shown.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    json.filter(|line| line["type"] == kind).collect()
}

/// Exit code, and the summary.
pub(super) fn answer(stage: &Stage, options: &str) -> (String, Value) {
    let shown = stage.asof(&format!("check s3://prod-uploads --format json {options}")).changes_nothing();
    let code = shown.lines().next().unwrap().to_owned();
    (code, lines(&shown, "summary").pop().unwrap_or_else(|| panic!("no summary in {shown}")))
}

/// Returns the time this many hours before the lab's clock.
fn hours_ago(hours: i64) -> String {
    (chrono::Utc::now() - chrono::TimeDelta::hours(hours)).to_rfc3339()
}

#[test]
fn a_time_that_can_be_restored() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("check s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)

      passed       versioning enabled
      passed       history complete
      passed       no MFA delete
      passed       no locks
      passed       no replication from here
      passed       no ACLs
      passed       SSE-S3 default
      passed       no policy on conditional writes

      uncertain               0 of 11 keys

    yes: the state at 2024-05-06 07:08:09 UTC can be restored
    ");
}

#[test]
fn a_time_that_cannot() {
    let stage = expired();
    assert_snapshot!(stage.asof(&format!("check s3://prod-uploads {AT}")).changes_nothing(), @"
    exit code 5
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)

      passed       versioning enabled
      warned       history complete for T ≥ TIME UTC by the current lifecycle rules; keys that have expired entirely are not listed
      passed       no MFA delete
      passed       no locks
      passed       no replication from here
      passed       no ACLs
      passed       SSE-S3 default
      passed       no policy on conditional writes

      uncertain               2 of 3 keys
      lifecycle               2   uncertain: lifecycle rules may have removed the version live at T
                                  uploads/deleted.jpg, uploads/overwritten.jpg

    no: a restore to 2024-05-06 07:08:09 UTC would be uncertain
      2 keys are uncertain
      lifecycle rules that remove versions and then their delete markers may have removed keys entirely
    ");
    assert_snapshot!(stage.asof(&format!("check s3://prod-uploads {AT} --format json")).changes_nothing(), @r#"
    exit code 5
    --- stdout
    {"schema":1,"type":"check","subject":"versioning","verdict":"passed","message":"versioning enabled"}
    {"type":"check","subject":"lifecycle","verdict":"warned","message":"history complete for T ≥ TIME UTC by the current lifecycle rules; keys that have expired entirely are not listed"}
    {"type":"check","subject":"mfa-delete","verdict":"passed","message":"no MFA delete"}
    {"type":"check","subject":"object-lock","verdict":"passed","message":"no locks"}
    {"type":"check","subject":"replication","verdict":"passed","message":"no replication from here"}
    {"type":"check","subject":"ownership","verdict":"passed","message":"no ACLs"}
    {"type":"check","subject":"encryption","verdict":"passed","message":"SSE-S3 default"}
    {"type":"check","subject":"policy","verdict":"passed","message":"no policy on conditional writes"}
    {"type":"doubt","doubt":"lifecycle","keys":2,"examples":["uploads/deleted.jpg","uploads/overwritten.jpg"]}
    {"type":"summary","command":"check","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","window_from":null,"restorable":false,"restorable_from":null,"keys_possibly_expired":true,"keys":3,"versions":4,"doubtful":2,"list_requests":1,"elapsed_ms":0}
    "#);
    // The rules are about uploads/ alone.
    let (code, summary) = answer(&stage, AT);
    assert_eq!((&*code, &summary["restorable"]), ("exit code 5", &Value::Bool(false)));
    let shown = stage.asof(&format!("check s3://prod-uploads/avatars/ {AT}")).changes_nothing();
    assert!(shown.starts_with("exit code 0\n"), "{shown}");
}

#[test]
fn archived_versions_can_be_restored_though_not_at_once() {
    let stage = Stage::new();
    let put = asof::lab::Put { storage_class: Some("GLACIER".to_owned()), ..asof::lab::Put::of("cold") };
    stage.lab.put(BUCKET, "a", put).unwrap();
    stage.time("2024-05-06T07:08:10Z");
    stage.delete("a");
    assert_snapshot!(stage.asof(&format!("check s3://prod-uploads {AT}")).changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)

      passed       versioning enabled
      passed       history complete
      passed       no MFA delete
      passed       no locks
      passed       no replication from here
      passed       no ACLs
      passed       SSE-S3 default
      passed       no policy on conditional writes

      uncertain               0 of 1 key
      archived                1   state known, but must be thawed first (--thaw)
                                  a

    yes: the state at 2024-05-06 07:08:09 UTC can be restored
    ");
}

#[test]
fn since_when_every_time_can_be_restored() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("check s3://prod-uploads").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads

      passed       versioning enabled
      passed       history complete
      passed       no MFA delete
      passed       no locks
      passed       no replication from here
      passed       no ACLs
      passed       SSE-S3 default
      passed       no policy on conditional writes

      uncertain               0 of 11 keys, for earlier times

    every second since versioning was enabled can be restored
    ");
    let (code, summary) = answer(&stage, "");
    assert_eq!((&*code, &summary["restorable_from"]), ("exit code 0", &Value::Null));

    stage.lab.set_versioning(BUCKET, Versioning::Suspended);
    stage.put("readme.txt", "a null version");
    assert_snapshot!(stage.asof("check s3://prod-uploads").changes_nothing(), @"
    exit code 5
    --- stdout
    prod-uploads

      failed       versioning suspended
      passed       history complete
      passed       no MFA delete
      passed       no locks
      passed       no replication from here
      passed       no ACLs
      passed       SSE-S3 default
      passed       no policy on conditional writes

      uncertain               1 of 11 keys, for earlier times
      null-version            1   uncertain: a null version may have overwritten the version live at T
                                  readme.txt

    a restore in place is refused
      versioning suspended
    ");
    stage.lab.set_versioning(BUCKET, Versioning::Enabled);
    let (code, summary) = answer(&stage, "");
    assert_eq!((&*code, &summary["restorable_from"]), ("exit code 0", &Value::from("2024-05-06T08:00:00Z")));

    let (code, summary) = answer(&expired(), "");
    let from = summary["restorable_from"].as_str().unwrap().to_owned();
    assert_eq!((&*code, from.get(10..)), ("exit code 0", Some("T00:00:00Z")));
    let (code, _) = answer(&expired(), &format!("--at {from}"));
    assert_eq!(code, "exit code 0", "{from}");
}

#[test]
fn every_second_of_a_window() {
    let stage = expired();
    for (window, expected) in [("7d", "exit code 0"), ("29d", "exit code 0"), ("5000d", "exit code 5")] {
        let (code, summary) = answer(&stage, &format!("--window {window}"));
        assert_eq!(code, expected, "{window}: {summary}");
        assert_eq!(summary["restorable"], expected == "exit code 0");
    }
    // A null version of yesterday: the version it may have overwritten is in the window of two days, and in no shorter
    // one.
    let stage = Stage::new();
    stage.time(&hours_ago(48 + 1));
    stage.put("a", "first");
    stage.lab.set_versioning(BUCKET, Versioning::Suspended);
    stage.time(&hours_ago(24));
    stage.put("a", "second");
    stage.lab.set_versioning(BUCKET, Versioning::Enabled);
    for (window, expected) in [("23h", "exit code 0"), ("25h", "exit code 5"), ("7d", "exit code 5")] {
        let (code, summary) = answer(&stage, &format!("--window {window}"));
        assert_eq!(code, expected, "{window}: {summary}");
    }
}

#[test]
fn a_bucket_that_never_kept_versions() {
    let stage = Stage::after_incident();
    stage.lab.set_versioning(BUCKET, Versioning::Never);
    assert_snapshot!(stage.asof("check s3://prod-uploads --window 7d --format json").changes_nothing().lines().next().unwrap(), @"exit code 5");
    assert_snapshot!(stage.asof("check s3://prod-uploads").changes_nothing(), @"
    exit code 5
    --- stdout
    prod-uploads

      failed       versioning never enabled
      passed       history complete
      passed       no MFA delete
      passed       no locks
      passed       no replication from here
      passed       no ACLs
      passed       SSE-S3 default
      passed       no policy on conditional writes

      uncertain               0 of 0 keys, for earlier times

    a restore in place is refused
      versioning never enabled
    ");
}

#[test]
fn wrong_options() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("check s3://prod-uploads --format csv").changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value 'csv' for '--format <FORMAT>'
      [possible values: table, json]

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.asof("check s3://prod-uploads --at 1h --window 7d").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the argument '--at <TIME>' cannot be used with '--window <LENGTH>'

    Usage: asof check --at <TIME> <LOCATION>

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.asof("check s3://prod-uploads --lifecycle-history none.json").changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot read the lifecycle history none.json: No such file or directory (os error N)
    ");
}

#[test]
fn a_window_of_no_length_is_refused() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("check s3://prod-uploads --window 0d").changes_nothing(), @"
    exit code 2
    --- stderr
    error: --window must be greater than zero
      hint: write it as 24h or 7d
    ");
}
