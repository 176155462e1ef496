//! `asof check`: what can be restored, and what is said where that is not known.

use asof::lab::{Configuration, Fault, Operation, Versioning};
use insta::assert_snapshot;
use serde_json::Value;

use super::doubt::{AT, expired};
use super::stage::{BUCKET, Stage};

/// The lines of JSON, by type.
fn lines(shown: &str, kind: &str) -> Vec<Value> {
    let json = shown.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    json.filter(|line| line["type"] == kind).collect()
}

/// Exit code, and the summary.
fn answer(stage: &Stage, options: &str) -> (String, Value) {
    let shown = stage.asof(&format!("check s3://prod-uploads --format json {options}")).changes_nothing();
    let code = shown.lines().next().unwrap().to_owned();
    (code, lines(&shown, "summary").pop().unwrap_or_else(|| panic!("no summary in {shown}")))
}

/// So many hours before now, as the lab's clock is set.
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

      in doubt                0 of 11 keys

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
      warned       history complete for T ≥ TIME UTC, by the lifecycle rules of now; keys that have expired entirely by now are in no listing
      passed       no MFA delete
      passed       no locks
      passed       no replication from here
      passed       no ACLs
      passed       SSE-S3 default
      passed       no policy on conditional writes

      in doubt                2 of 3 keys
      lifecycle               2   in doubt: lifecycle rules may have removed what was live then
                                  uploads/deleted.jpg, uploads/overwritten.jpg

    no: a restore to 2024-05-06 07:08:09 UTC cannot be trusted
      2 keys are in doubt
      rules that remove versions, and then the markers above them, may have removed keys entirely
    ");
    assert_snapshot!(stage.asof(&format!("check s3://prod-uploads {AT} --format json")).changes_nothing(), @r#"
    exit code 5
    --- stdout
    {"type":"check","schema":1,"subject":"versioning","verdict":"passed","words":"versioning enabled"}
    {"type":"check","subject":"lifecycle","verdict":"warned","words":"history complete for T ≥ TIME UTC, by the lifecycle rules of now; keys that have expired entirely by now are in no listing"}
    {"type":"check","subject":"mfa-delete","verdict":"passed","words":"no MFA delete"}
    {"type":"check","subject":"object-lock","verdict":"passed","words":"no locks"}
    {"type":"check","subject":"replication","verdict":"passed","words":"no replication from here"}
    {"type":"check","subject":"ownership","verdict":"passed","words":"no ACLs"}
    {"type":"check","subject":"encryption","verdict":"passed","words":"SSE-S3 default"}
    {"type":"check","subject":"policy","verdict":"passed","words":"no policy on conditional writes"}
    {"type":"doubt","doubt":"lifecycle","keys":2,"some":["uploads/deleted.jpg","uploads/overwritten.jpg"]}
    {"type":"summary","command":"check","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","window_from":null,"restorable":false,"restorable_from":null,"keys_may_be_gone":true,"keys":3,"versions":4,"doubtful":2,"list_requests":1,"elapsed_ms":0}
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

      in doubt                0 of 1 key
      archived                1   no doubt what was there, but it has to be thawed first (--thaw)
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

      in doubt                0 of 11 keys, for earlier times

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

      in doubt                1 of 11 keys, for earlier times
      null-version            1   in doubt: a null version may have overwritten what was live then
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
    // A null version of yesterday: what it may have overwritten lies in the window of two days, and in no shorter one.
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

      in doubt                0 of 0 keys, for earlier times

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
    error: a check has no CSV form
      use --format json
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

/// What is denied, the permission, the subjects that are unknown then, and how a check and a restore end.
const DENIALS: [(Operation, &str, &[&str], i32, i32); 7] = [
    (Operation::GetBucketVersioning, "s3:GetBucketVersioning", &["versioning", "mfa-delete"], 5, 5),
    (Operation::GetBucketLifecycleConfiguration, "s3:GetLifecycleConfiguration", &["lifecycle"], 5, 5),
    (Operation::GetObjectLockConfiguration, "s3:GetBucketObjectLockConfiguration", &["object-lock"], 0, 0),
    (Operation::GetBucketReplication, "s3:GetReplicationConfiguration", &["replication"], 0, 0),
    (Operation::GetBucketOwnershipControls, "s3:GetBucketOwnershipControls", &["ownership"], 0, 0),
    (Operation::GetBucketEncryption, "s3:GetEncryptionConfiguration", &["encryption"], 0, 0),
    (Operation::GetBucketPolicy, "s3:GetBucketPolicy", &["policy"], 0, 0),
];

#[test]
fn each_permission_that_is_missing_is_named() {
    for (operation, permission, subjects, check, restore) in DENIALS {
        let stage = Stage::after_incident();
        stage.strike(operation, Fault::AccessDenied);
        let at = "s3://prod-uploads --at 2024-05-06T07:08:09Z";
        let shown = stage.asof(&format!("check {at} --format json")).changes_nothing();
        assert!(shown.starts_with(&format!("exit code {check}\n")), "{permission}: {shown}");
        let checks = lines(&shown, "check");
        assert_eq!(checks.len(), 8);
        for line in &checks {
            let denied = subjects.contains(&line["subject"].as_str().unwrap());
            assert_eq!(line["verdict"] == "unknown", denied, "{permission}: {line}");
            assert_eq!(line["permission"] == permission, denied, "{permission}: {line}");
            assert_eq!(line["words"].as_str().unwrap().contains(permission), denied, "{permission}: {line}");
        }
        let diff = stage.asof(&format!("diff {at}")).changes_nothing();
        assert!(diff.starts_with("exit code 0\n") && diff.contains(permission), "{diff}");
        let restored = stage.asof(&format!("restore {at} --yes --format json")).run();
        assert!(restored.starts_with(&format!("exit code {restore}\n")), "{permission}: {restored}");
        if restore == 0 {
            let told = lines(&restored, "check").into_iter().filter(|line| line["permission"] == permission);
            assert_eq!(told.count(), subjects.len(), "{restored}");
        } else {
            assert_eq!(stage.writes(), 0, "{restored}");
            assert!(
                restored.contains(if operation == Operation::GetBucketVersioning {
                    permission
                } else {
                    "lifecycle rules may have removed"
                }),
                "{restored}"
            );
        }
    }
}

#[test]
fn elsewhere_is_restored_without_knowing_whether_versions_are_kept() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    stage.strike(Operation::GetBucketVersioning, Fault::AccessDenied);
    let to = "restore s3://prod-uploads --at 2024-05-06T07:08:09Z --to s3://scratch --yes --quiet";
    assert!(stage.asof(to).run().starts_with("exit code 0\n"));
    assert_eq!(stage.keys("scratch").len(), 10);
}

#[test]
fn what_stands_in_a_restores_way() {
    let stage = Stage::after_incident();
    for (configuration, document) in [
        (
            Configuration::ObjectLock,
            "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>",
        ),
        (
            Configuration::Replication,
            "<ReplicationConfiguration><Role>r</Role><Rule><ID>a</ID><Status>Enabled</Status><Prefix></Prefix><Destination><Bucket>arn:aws:s3:::copies</Bucket></Destination></Rule><Rule><ID>b</ID><Status>Disabled</Status><Prefix></Prefix><Destination><Bucket>arn:aws:s3:::others</Bucket></Destination></Rule></ReplicationConfiguration>",
        ),
        (
            Configuration::OwnershipControls,
            "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>",
        ),
        (
            Configuration::Encryption,
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
        ),
        (
            Configuration::Policy,
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::prod-uploads/*","Condition":{"Null":{"s3:if-none-match":"true"}}}]}"#,
        ),
    ] {
        assert!(stage.lab.configure(BUCKET, configuration, Some(document)));
    }
    assert_snapshot!(stage.asof(&format!("check s3://prod-uploads {AT}")).changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)

      passed       versioning enabled
      passed       history complete
      passed       no MFA delete
      warned       Object Lock puts every new version under COMPLIANCE for 30 days: what a restore writes by mistake stays that long
      warned       replicated to copies: what a restore writes goes there too
      warned       objects may have ACLs: to keep them, a restore needs s3:GetObjectVersionAcl and s3:PutObjectAcl
      passed       SSE-KMS default
      warned       the bucket's policy denies writes without a condition: S3 refuses copies where it applies

      in doubt                0 of 11 keys

    yes: the state at 2024-05-06 07:08:09 UTC can be restored
    ");
}

#[test]
fn earlier_rules_are_told_by_a_file() {
    let stage = Stage::after_incident();
    let rules = |from: &str, noncurrent: &str| {
        format!(
            r#"{{"from":"{from}","configuration":{{"Rules":[{{"ID":"r","Status":"Enabled","Filter":{{"Prefix":"avatars/"}}{noncurrent}}}]}}}}"#
        )
    };
    let expire = r#","NoncurrentVersionExpiration":{"NoncurrentDays":1}"#;
    let history =
        format!("[{},{}]", rules("2024-01-01T00:00:00Z", expire), rules("2024-06-01T00:00:00Z", ""));
    stage.file("rules.json", history.as_bytes());
    let with = format!("{AT} --lifecycle-history rules.json");
    assert_snapshot!(stage.asof(&format!("diff s3://prod-uploads/avatars/ {with}")).changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads/avatars/ as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · no locks · SSE-S3 default
      history complete for T ≥ TIME UTC, by the lifecycle rules of now and those before

                           keys        bytes
      undelete                0          0 B   deleted since, come back
      revert                  1         13 B   overwritten since
      delete                  0          0 B   created since, get a delete marker
      unchanged               1
      lifecycle               1                in doubt: lifecycle rules may have removed what was live then

      under avatars/  1 revert

      revert     2024-04-07 09:00:00 UTC        13 B  avatars/7/me.png   (lifecycle)

      to carry out: asof restore s3://prod-uploads/avatars/ --at 2024-05-06T07:08:09Z --lifecycle-history rules.json --doubtful skip
      which leaves keys in doubt as they are; --doubtful trust takes the listing for the whole truth
      1 copy of 13 B, at least 1 s at 3,000/s
    ");
    let (code, summary) = answer(&stage, &with);
    assert_eq!((&*code, &summary["doubtful"]), ("exit code 5", &Value::from(1)));
    assert_eq!(answer(&stage, AT).0, "exit code 0");
    let refused = stage.asof(&format!("restore s3://prod-uploads {with} --yes")).changes_nothing();
    assert!(refused.starts_with("exit code 5\n") && refused.contains("avatars/7/me.png"), "{refused}");
    let verified = stage.asof(&format!("verify s3://prod-uploads/avatars/ {with}")).changes_nothing();
    assert!(verified.contains("by the lifecycle rules of now and those before"), "{verified}");

    stage.file("wrong.json", b"[{}]");
    assert_snapshot!(stage.asof("check s3://prod-uploads --lifecycle-history wrong.json").changes_nothing(), @r#"
    exit code 2
    --- stderr
    error: cannot read the lifecycle history wrong.json: missing field `from` at line 1 column 3
      write it as [{"from": "2026-01-31T00:00:00Z", "configuration": {"Rules": […]}}, …], each configuration as aws s3api get-bucket-lifecycle-configuration prints it
    "#);
}
