//! The effect of a bucket's settings on `asof check`, and on a diff, a restore and a verify.

use asof::lab::{Configuration, Fault, Operation};
use insta::assert_snapshot;
use serde_json::Value;

use super::check::{answer, lines};
use super::doubt::AT;
use super::stage::{BUCKET, Stage};

/// The denied operation, its permission, the subjects that are then unknown, and the exit codes of a check and a
/// restore.
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
            assert_eq!(
                line["message"].as_str().unwrap().contains(permission),
                denied,
                "{permission}: {line}"
            );
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
      warned       Object Lock retains every new version for COMPLIANCE for 30 days, including restored ones
      warned       replicated to copies: restored objects are replicated too
      warned       objects may have ACLs: to keep them, a restore needs s3:GetObjectVersionAcl and s3:PutObjectAcl
      passed       SSE-KMS default
      warned       the bucket policy denies unconditional writes: S3 refuses copies where it applies

      uncertain               0 of 11 keys

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
      history complete for T ≥ TIME UTC by the current and former lifecycle rules

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1         13 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               1
      lifecycle               1                uncertain: lifecycle rules may have removed the version live at T

      under avatars/  1 revert

      revert     2024-04-07 09:00:00 UTC        13 B  avatars/7/me.png   (lifecycle)

      apply it: asof restore s3://prod-uploads/avatars/ --at 2024-05-06T07:08:09Z --lifecycle-history rules.json --doubtful skip
      leaves uncertain keys unchanged; --doubtful trust assumes the listing is complete
      1 copy of 13 B, at least 1 s at 3,000/s
    ");
    let (code, summary) = answer(&stage, &with);
    assert_eq!((&*code, &summary["doubtful"]), ("exit code 5", &Value::from(1)));
    assert_eq!(answer(&stage, AT).0, "exit code 0");
    let refused = stage.asof(&format!("restore s3://prod-uploads {with} --yes")).changes_nothing();
    assert!(refused.starts_with("exit code 5\n") && refused.contains("avatars/7/me.png"), "{refused}");
    let verified = stage.asof(&format!("verify s3://prod-uploads/avatars/ {with}")).changes_nothing();
    assert!(verified.contains("by the current and former lifecycle rules"), "{verified}");

    stage.file("wrong.json", b"[{}]");
    assert_snapshot!(stage.asof("check s3://prod-uploads --lifecycle-history wrong.json").changes_nothing(), @r#"
    exit code 2
    --- stderr
    error: cannot read the lifecycle history wrong.json: missing field `from` at line 1 column 3
      hint: write it as [{"from": "2026-01-31T00:00:00Z", "configuration": {"Rules": […]}}, …], each configuration as aws s3api get-bucket-lifecycle-configuration prints it
    "#);
}
