//! `asof restore --to`.

use asof::lab::{Put, Versioning};
use insta::assert_snapshot;

use super::stage::Stage;

#[test]
fn into_an_empty_bucket() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    assert_snapshot!(stage.asof("restore s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --to s3://scratch/restored --yes").run(), @"
    exit code 0
    --- stdout
    prod-uploads/uploads/ as of 2024-05-06 07:08:09 UTC (AGE ago), into s3://scratch/restored
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      copy                    7    136.7 KiB   does not exist yet
      overwrite               0          0 B   exists but differs
      left alone              0          0 B   exists, not in the past state
      unchanged               0

      under restored/2024/  7 copy

    --- stderr
    done in N s: 7 copied (136.7 KiB), 0 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --against s3://scratch/restored     undo it: asof undo RUN
    ");
    assert_eq!(stage.keys("scratch").len(), 7);
    assert_snapshot!(stage.asof("verify s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --against s3://scratch/restored").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads/uploads/ as of 2024-05-06 07:08:09 UTC (AGE ago), compared with s3://scratch/restored now

                           keys        bytes
      missing                 0          0 B   should be there
      different               0          0 B   another version, or changed
      extra                   0          0 B   should not be there
      unchanged               0
      same                    7                different version, same content

    verified: 7 keys are as they were at 2024-05-06 07:08:09 UTC
    ");
    assert_snapshot!(stage.asof("restore s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --to s3://scratch/restored --yes").changes_nothing(), @"
    exit code 0
    --- stderr
    nothing to change
    ");
}

#[test]
fn into_a_bucket_that_holds_something() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    for key in ["readme.txt", "of/others", "of/us"] {
        stage.lab.put("scratch", key, Put::of("something else"));
    }
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --to s3://scratch --yes").run(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago), into s3://scratch
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      copy                    9    136.7 KiB   does not exist yet
      overwrite               1          7 B   exists but differs
      left alone              2         28 B   exists, not in the past state
      unchanged               0

      under uploads/    7 copy
      under avatars/    2 copy
      under of/         2 left alone
      at the top level  1 overwrite

    --- stderr
    done in N s: 10 copied (136.8 KiB), 0 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z --against s3://scratch     undo it: asof undo RUN
    ");
}

/// Counts are shown under the prefixes of the target: it has no avatars/.
#[test]
fn prefixes_are_those_of_the_target() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    stage.lab.put("scratch", "notes.txt", Put::of("mine"));
    let restore = "restore s3://prod-uploads/avatars/ --at 2024-05-06T07:08:09Z --yes --to";
    let shown = stage.asof(&format!("{restore} s3://scratch")).run();
    assert!(shown.contains("\n  under 7/          1 copy\n"), "{shown}");
    assert!(shown.contains("\n  at the top level  1 left alone\n"), "{shown}");
    assert!(!shown.contains("under avatars/"), "{shown}");
    let shown = stage.asof(&format!("{restore} ./there")).run();
    assert!(shown.contains("\n  under 7/  1 copy\n") && !shown.contains("under avatars/"), "{shown}");
}

#[test]
fn json() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --to s3://scratch --yes --format json").run(), @r#"
    exit code 0
    --- stdout
    {"schema":1,"type":"check","subject":"versioning","verdict":"passed","message":"versioning enabled"}
    {"type":"check","subject":"lifecycle","verdict":"passed","message":"history complete"}
    {"type":"check","subject":"mfa-delete","verdict":"passed","message":"no MFA delete"}
    {"type":"check","subject":"object-lock","verdict":"passed","message":"no locks"}
    {"type":"check","subject":"replication","verdict":"passed","message":"no replication from here"}
    {"type":"check","subject":"ownership","verdict":"passed","message":"no ACLs"}
    {"type":"check","subject":"encryption","verdict":"passed","message":"SSE-S3 default"}
    {"type":"check","subject":"policy","verdict":"passed","message":"no policy on conditional writes"}
    {"type":"summary","command":"restore","run":"RUN","copied":10,"deleted":0,"markers_removed":0,"skipped":0,"conflicts":0,"failed":0,"archived":0,"superseded":0,"bytes_copied":140033,"not_kept":{"acl":0,"tags":0,"locks":0,"metadata":0},"bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":11,"versions":19,"unchanged":0,"same_content":0,"unverifiable":0,"reverts":0,"undeletes":10,"deletes":0,"doubtful":0,"bytes_to_copy":140033,"list_requests":3,"write_requests":11,"elapsed_ms":0}
    --- stderr
    done in N s: 10 copied (136.8 KiB), 0 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z --against s3://scratch     undo it: asof undo RUN
    "#);
}

#[test]
fn into_itself() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --to s3://prod-uploads --yes").changes_nothing(), @"
    exit code 2
    --- stderr
    error: s3://prod-uploads and s3://prod-uploads overlap
      hint: choose another bucket or a prefix outside it; without --to the restore is in place
    ");
    assert_snapshot!(stage.asof("restore s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --to s3://prod-uploads --yes").changes_nothing(), @"
    exit code 2
    --- stderr
    error: s3://prod-uploads and s3://prod-uploads/uploads/ overlap
      hint: choose another bucket or a prefix outside it; without --to the restore is in place
    ");
}

#[test]
fn without_anybody_to_ask() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --to s3://scratch").changes_nothing(), @"
    exit code 2
    --- stderr
    error: this would change a bucket, and there is no terminal to confirm on
      hint: review it with asof diff first; then add --yes
    ");
}

#[test]
fn into_no_bucket() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --to s3://scratch --yes").changes_nothing(), @"
    exit code 1
    --- stderr
    error: the bucket scratch does not exist
      hint: check its name, --profile and --endpoint-url
    ");
}

#[test]
fn into_an_empty_prefix_of_an_unversioned_bucket() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    stage.lab.set_versioning("scratch", Versioning::Never);
    stage.lab.put("scratch", "readme.txt", Put::of("something else"));
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --to s3://scratch/empty --yes").run(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago), into s3://scratch/empty
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      copy                   10    136.8 KiB   does not exist yet
      overwrite               0          0 B   exists but differs
      left alone              0          0 B   exists, not in the past state
      unchanged               0

      under empty/uploads/  7 copy
      under empty/avatars/  2 copy
      under empty/          1 copy

    --- stderr
    done in N s: 10 copied (136.8 KiB), 0 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z --against s3://scratch/empty
    ");
}
