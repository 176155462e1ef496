//! Keys whose state at T is uncertain: listed, refused, skipped or trusted, as the options say.

use asof::lab::{Configuration, Fault, Operation, Versioning};
use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

/// Noncurrent versions go after 30 days, and then the markers with nothing below them.
const RULES: &str = "<LifecycleConfiguration><Rule><ID>tidy</ID><Status>Enabled</Status><Filter><Prefix>uploads/</Prefix></Filter>\
     <Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>\
     <NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration></Rule></LifecycleConfiguration>";

pub(super) const AT: &str = "--at 2024-05-06T07:08:09Z";

/// A bucket of which lifecycle has removed what was noncurrent: a photo that was overwritten looks as if it had been made
/// afterwards, and one that was deleted as if it had never been.
pub(super) fn expired() -> Stage {
    let stage = Stage::new();
    stage.time("2024-04-01T09:00:00Z");
    for key in ["uploads/overwritten.jpg", "uploads/deleted.jpg", "avatars/7.png"] {
        stage.put(key, "the original");
    }
    stage.time("2024-05-06T07:08:10Z");
    stage.put("uploads/overwritten.jpg", "garbage");
    stage.delete("uploads/deleted.jpg");
    stage.put("avatars/7.png", "garbage, and more of it");
    for key in ["uploads/overwritten.jpg", "uploads/deleted.jpg"] {
        let original = stage.lab.versions(BUCKET, key).pop().unwrap();
        assert!(stage.lab.erase(BUCKET, key, &original.version_id));
    }
    assert!(stage.lab.configure(BUCKET, Configuration::Lifecycle, Some(RULES)));
    stage
}

#[test]
fn a_diff_lists_them() {
    let stage = expired();
    assert_snapshot!(stage.asof(&format!("diff s3://prod-uploads {AT}")).changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · no locks · SSE-S3 default
      history complete for T ≥ TIME UTC by the current lifecycle rules; keys that have expired entirely are not listed

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1         12 B   overwritten since T
      delete                  1          7 B   created since T; deleted (delete marker)
      unchanged               1
      lifecycle               2                uncertain: lifecycle rules may have removed the version live at T
      1 uncertain key is not among the changes: the version live at T may have been removed

      under avatars/  1 revert
      under uploads/  1 delete

      revert     2024-04-01 09:00:00 UTC        12 B  avatars/7.png
      delete     2024-05-06 07:08:10 UTC         7 B  uploads/overwritten.jpg   (lifecycle)

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z --doubtful skip
      leaves uncertain keys unchanged; --doubtful trust assumes the listing is complete
      1 copy of 12 B, 1 delete request, at least 1 s at 3,000/s
    ");
    assert_snapshot!(stage.asof(&format!("diff s3://prod-uploads {AT} --format json")).changes_nothing(), @r#"
    exit code 0
    --- stdout
    {"schema":1,"type":"check","subject":"versioning","verdict":"passed","message":"versioning enabled"}
    {"type":"check","subject":"lifecycle","verdict":"warned","message":"history complete for T ≥ TIME UTC by the current lifecycle rules; keys that have expired entirely are not listed"}
    {"type":"check","subject":"mfa-delete","verdict":"passed","message":"no MFA delete"}
    {"type":"check","subject":"object-lock","verdict":"passed","message":"no locks"}
    {"type":"check","subject":"replication","verdict":"passed","message":"no replication from here"}
    {"type":"check","subject":"ownership","verdict":"passed","message":"no ACLs"}
    {"type":"check","subject":"encryption","verdict":"passed","message":"SSE-S3 default"}
    {"type":"check","subject":"policy","verdict":"passed","message":"no policy on conditional writes"}
    {"type":"change","key":"avatars/7.png","change":"revert","now":{"version_id":"VaXX7qzedWFDnwePRInWoIDl7GX1E3yVA","last_modified":"2024-05-06T07:08:10Z","size":23,"etag":"12e3169beb7174f4d13c97445042f2b2","storage_class":"STANDARD"},"then":{"version_id":"FiZLW.G_8vEVwG3DsqqkwGNHvxh0iDmgM","last_modified":"2024-04-01T09:00:00Z","size":12,"etag":"bce8eb9769df8bdbcdf62a57510eaa7d","storage_class":"STANDARD"},"doubts":[],"cautions":[]}
    {"type":"change","key":"uploads/overwritten.jpg","change":"delete","now":{"version_id":"ugTWaiF.EkFIngVpaIS8cMCRUXu95CjfF","last_modified":"2024-05-06T07:08:10Z","size":7,"etag":"c8e8df895c2cae166bad027fdf15335b","storage_class":"STANDARD"},"then":null,"doubts":["lifecycle"],"cautions":[]}
    {"type":"uncertain","key":"uploads/deleted.jpg","doubts":["lifecycle"]}
    {"type":"summary","command":"diff","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":3,"versions":4,"unchanged":1,"same_content":0,"unverifiable":0,"reverts":1,"undeletes":0,"deletes":1,"doubtful":2,"bytes_to_copy":12,"list_requests":1,"write_requests":2,"elapsed_ms":0}
    "#);
}

#[test]
fn a_restore_refuses_them() {
    let stage = expired();
    assert_snapshot!(stage.asof(&format!("restore s3://prod-uploads {AT} --yes --quiet")).changes_nothing(), @"
    exit code 5
    --- stderr
    error: the state at 2024-05-06 07:08:09 UTC is uncertain: lifecycle rules may have removed versions of 2 keys: uploads/deleted.jpg, uploads/overwritten.jpg
      hint: --doubtful skip leaves these keys unchanged
      hint: --doubtful trust assumes the listing is complete: a key whose version has expired is deleted as if it had not existed
    ");
    let plan = stage.path("plan");
    let plan = plan.to_str().unwrap();
    stage.asof(&format!("diff s3://prod-uploads {AT} --out {plan}")).run();
    assert_snapshot!(stage.asof(&format!("restore --plan {plan} --yes --quiet")).changes_nothing(), @"
    exit code 5
    --- stderr
    error: the state at 2024-05-06 07:08:09 UTC is uncertain: lifecycle rules may have removed versions of 2 keys: uploads/overwritten.jpg
      hint: --doubtful skip leaves these keys unchanged
      hint: --doubtful trust assumes the listing is complete: a key whose version has expired is deleted as if it had not existed
    ");
    stage.lab.create_bucket("scratch");
    assert_snapshot!(stage.asof(&format!("restore s3://prod-uploads {AT} --to s3://scratch --yes --quiet")).changes_nothing(), @"
    exit code 5
    --- stderr
    error: the state at 2024-05-06 07:08:09 UTC is uncertain: lifecycle rules may have removed versions of 2 keys: uploads/deleted.jpg, uploads/overwritten.jpg
      hint: --doubtful skip leaves these keys unchanged
      hint: --doubtful trust assumes the listing is complete: a key whose version has expired is deleted as if it had not existed
    ");
}

#[test]
fn a_restore_to_a_directory_refuses_them_or_skips_as_told() {
    let stage = expired();
    let restore = format!("restore s3://prod-uploads {AT} --to {} --quiet", stage.path("copy").display());
    assert_snapshot!(stage.asof(&restore).changes_nothing(), @"
    exit code 5
    --- stderr
    error: the state at 2024-05-06 07:08:09 UTC is uncertain: lifecycle rules may have removed versions of 2 keys: uploads/deleted.jpg, uploads/overwritten.jpg
      hint: --doubtful skip leaves these keys unchanged
      hint: --doubtful trust assumes the listing is complete: a key whose version has expired is deleted as if it had not existed
    ");
    assert_snapshot!(stage.asof(&format!("{restore} --doubtful skip")).changes_nothing(), @"
    exit code 0
    ");
}

#[test]
fn a_restore_skips_or_trusts_as_told() {
    let stage = expired();
    assert_snapshot!(stage.asof(&format!("restore s3://prod-uploads {AT} --yes --doubtful skip")).run(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · no locks · SSE-S3 default
      history complete for T ≥ TIME UTC by the current lifecycle rules; keys that have expired entirely are not listed

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1         12 B   overwritten since T
      delete                  1          7 B   created since T; deleted (delete marker)
      unchanged               1
      lifecycle               2                uncertain: lifecycle rules may have removed the version live at T
      1 uncertain key is not among the changes: the version live at T may have been removed

      under avatars/  1 revert
      under uploads/  1 delete

    --- stderr
    1 uncertain key is left unchanged
    done in N s: 1 copied (12 B), 0 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z     undo it: asof undo RUN
    ");
    assert!(stage.keys(BUCKET).contains(&"uploads/overwritten.jpg".to_owned()));
    assert_snapshot!(stage.asof(&format!("restore s3://prod-uploads {AT} --yes --doubtful trust")).run(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · no locks · SSE-S3 default
      history complete for T ≥ TIME UTC by the current lifecycle rules; keys that have expired entirely are not listed

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  1          7 B   created since T; deleted (delete marker)
      unchanged               1
      same                    1                different version, same content
      lifecycle               2                uncertain: lifecycle rules may have removed the version live at T
      1 uncertain key is not among the changes: the version live at T may have been removed

      under uploads/  1 delete

    --- stderr
    done in N s: 0 copied (0 B), 1 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z     undo it: asof undo RUN
    ");
    assert!(!stage.keys(BUCKET).contains(&"uploads/overwritten.jpg".to_owned()));
}

#[test]
fn rules_that_may_not_be_read_are_taken_for_the_worst() {
    let stage = expired();
    stage.strike(Operation::GetBucketLifecycleConfiguration, Fault::AccessDenied);
    assert_snapshot!(stage.asof(&format!("diff s3://prod-uploads {AT}")).changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · no locks · SSE-S3 default
      lifecycle rules unknown (no permission: s3:GetLifecycleConfiguration), assuming the worst: history complete for T ≥ TIME UTC; keys that have expired entirely are not listed

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1         12 B   overwritten since T
      delete                  1          7 B   created since T; deleted (delete marker)
      unchanged               1
      lifecycle               3                uncertain: lifecycle rules may have removed the version live at T
      1 uncertain key is not among the changes: the version live at T may have been removed

      under avatars/  1 revert
      under uploads/  1 delete

      revert     2024-04-01 09:00:00 UTC        12 B  avatars/7.png   (lifecycle)
      delete     2024-05-06 07:08:10 UTC         7 B  uploads/overwritten.jpg   (lifecycle)

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z --doubtful skip
      leaves uncertain keys unchanged; --doubtful trust assumes the listing is complete
      1 copy of 12 B, 1 delete request, at least 1 s at 3,000/s
    ");
}

#[test]
fn null_versions_may_hide_others() {
    let stage = Stage::new();
    stage.put("a", "first");
    stage.put("b", "first");
    stage.lab.set_versioning(BUCKET, Versioning::Suspended);
    stage.time("2024-05-06T07:08:10Z");
    stage.put("a", "overwritten");
    stage.delete("c");
    stage.lab.set_versioning(BUCKET, Versioning::Enabled);
    assert_snapshot!(stage.asof(&format!("restore s3://prod-uploads {AT} --yes")).changes_nothing(), @"
    exit code 5
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1          5 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               2
      null-version            2                uncertain: a null version may have overwritten the version live at T
      1 uncertain key is not among the changes: the version live at T may have been removed

      at the top level  1 revert

    --- stderr
    error: the state at 2024-05-06 07:08:09 UTC is uncertain: null versions may have overwritten versions of 2 keys: a, c
      hint: --doubtful skip leaves these keys unchanged
      hint: --doubtful trust assumes the listing is complete: a key whose version has expired is deleted as if it had not existed
    ");
}

/// The rule of other tools: of a key's entries as SDKs list them, the newest that is not younger than T; if there is none,
/// the key did not exist.
fn existed_by_the_usual_rule(stage: &Stage, key: &str, t: i64) -> bool {
    let listed = stage.lab.versions(BUCKET, key);
    let live = listed.iter().filter(|entry| entry.last_modified <= t).max_by_key(|entry| entry.last_modified);
    live.is_some_and(|entry| entry.etag.is_some())
}

#[test]
fn what_the_usual_rule_would_delete_is_kept() {
    const KEY: &str = "uploads/overwritten.jpg";
    let stage = expired();
    let t = chrono::DateTime::parse_from_rfc3339("2024-05-06T07:08:09Z").unwrap().timestamp_millis();
    // It was there from 1 April on, and there is something now: by that rule it is created since, and goes.
    assert!(!existed_by_the_usual_rule(&stage, KEY, t));
    assert!(stage.lab.live(BUCKET).contains_key(KEY));

    let restore = format!("restore s3://prod-uploads {AT} --yes --quiet");
    assert!(stage.asof(&restore).changes_nothing().starts_with("exit code 5\n"));
    assert!(stage.asof(&format!("{restore} --doubtful skip")).run().starts_with("exit code 0\n"));
    assert!(stage.lab.live(BUCKET).contains_key(KEY));
    assert!(stage.asof(&format!("{restore} --doubtful trust")).run().starts_with("exit code 0\n"));
    assert!(!stage.lab.live(BUCKET).contains_key(KEY));
}

/// After a restore that trusts the listing, nothing differs from it; the state at T is still uncertain.
#[test]
fn uncertain_keys_are_not_verified() {
    let stage = expired();
    stage.asof(&format!("restore s3://prod-uploads {AT} --doubtful trust --yes --quiet")).run();
    assert_snapshot!(stage.asof(&format!("verify s3://prod-uploads {AT}")).changes_nothing(), @"
    exit code 5
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      history complete for T ≥ TIME UTC by the current lifecycle rules; keys that have expired entirely are not listed

                           keys        bytes
      missing                 0          0 B   should be there
      different               0          0 B   another version, or changed
      extra                   0          0 B   should not be there
      unchanged               2
      same                    1                different version, same content
      lifecycle               2                uncertain: lifecycle rules may have removed the version live at T
      2 uncertain keys are not among the changes: the version live at T may have been removed

    not verified: no differences from the listing at 2024-05-06 07:08:09 UTC, but the state of 2 keys is uncertain; --doubtful trust accepts it
    ");
    let json = stage.asof(&format!("verify s3://prod-uploads {AT} --format json")).changes_nothing();
    assert!(json.starts_with("exit code 5"), "{json}");
    assert!(
        json.contains(
            r#"{"schema":1,"type":"uncertain","key":"uploads/deleted.jpg","doubts":["lifecycle"]}"#
        ),
        "{json}"
    );
    stage.asof(&format!("restore s3://prod-uploads {AT} --to ./copy --doubtful trust --quiet")).run();
    let files = stage.asof(&format!("verify s3://prod-uploads {AT} --against ./copy")).changes_nothing();
    assert!(files.starts_with("exit code 5") && files.contains("not verified"), "{files}");
}
