//! `asof restore` in place.

use std::sync::Arc;

use asof::lab::{Fault, Operation, Put, When};
use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

#[test]
fn then_nothing_is_left_to_do() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").run(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                6    102.5 KiB   deleted since T; restored
      revert                  2         20 B   overwritten since T
      delete                  1          4 B   created since T; deleted (delete marker)
      unchanged               2

      under uploads/    6 undelete · 1 delete
      at the top level  1 revert
      under avatars/    1 revert

    --- stderr
    done in N s: 8 copied (102.6 KiB), 1 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z     undo it: asof undo RUN
    ");
    assert_eq!(stage.keys(BUCKET).len(), 10);
    assert_snapshot!(stage.asof("verify s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)

                           keys        bytes
      missing                 0          0 B   should be there
      different               0          0 B   another version, or changed
      extra                   0          0 B   should not be there
      unchanged               3
      same                    8                different version, same content

    verified: 11 keys are as they were at 2024-05-06 07:08:09 UTC
    ");
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").changes_nothing(), @"
    exit code 0
    --- stderr
    nothing to change
    ");
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               3
      same                    8                different version, same content

    nothing to change
    ");
}

#[test]
fn json() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --format json").run(), @r#"
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
    {"type":"summary","command":"restore","run":"RUN","copied":8,"deleted":1,"markers_removed":0,"skipped":0,"conflicts":0,"failed":0,"archived":0,"superseded":0,"bytes_copied":105020,"not_kept":{"acl":0,"tags":0,"locks":0,"metadata":0},"bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":11,"versions":19,"unchanged":2,"same_content":0,"unverifiable":0,"reverts":2,"undeletes":6,"deletes":1,"doubtful":0,"bytes_to_copy":105020,"list_requests":2,"write_requests":11,"elapsed_ms":0}
    --- stderr
    done in N s: 8 copied (102.6 KiB), 1 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z     undo it: asof undo RUN
    "#);
}

#[test]
fn json_of_nothing_to_change() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T08:00:00Z --yes --format json").changes_nothing(), @r#"
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
    {"type":"summary","command":"restore","run":null,"copied":0,"deleted":0,"markers_removed":0,"skipped":0,"conflicts":0,"failed":0,"archived":0,"superseded":0,"bytes_copied":0,"not_kept":{"acl":0,"tags":0,"locks":0,"metadata":0},"bucket":"prod-uploads","prefix":"","at":"2024-05-06T08:00:00Z","keys":11,"versions":19,"unchanged":11,"same_content":0,"unverifiable":0,"reverts":0,"undeletes":0,"deletes":0,"doubtful":0,"bytes_to_copy":0,"list_requests":1,"write_requests":0,"elapsed_ms":0}
    --- stderr
    nothing to change
    "#);
}

#[test]
fn misspelt_prefix() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads/uplaods/ --at 2024-05-06T07:08:09Z --yes").changes_nothing(), @"
    exit code 0
    --- stderr
    nothing to change: no such keys exist here, neither then nor now
    ");
}

#[test]
fn caution_before_the_question() {
    let stage = Stage::new();
    stage.time("2024-05-06T07:08:09Z");
    stage.put("a", "then");
    stage.time("2024-05-06T07:08:10Z");
    stage.delete("a");
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").run(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                1          4 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               0
      same-second             1                of these, written or deleted in the same second

      at the top level  1 undelete

    --- stderr
    done in N s: 1 copied (4 B), 0 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z     undo it: asof undo RUN
    ");
}

#[test]
fn quiet() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --quiet").run(), @"
    exit code 0
    ");
}

#[test]
fn without_anybody_to_ask() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 2
    --- stderr
    error: this would change a bucket, and there is no terminal to confirm on
      hint: review it with asof diff first; then add --yes
    ");
}

#[test]
fn keys_that_fail() {
    let stage = Stage::after_incident();
    stage.strike(Operation::CopyObject, Fault::AccessDenied);
    assert_snapshot!(stage.asof("restore s3://prod-uploads/avatars --at 2024-05-06T07:08:09Z --yes").run(), @"
    exit code 3
    --- stdout
    prod-uploads/avatars as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1         13 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               1

      under avatars/  1 revert

    --- stderr
      failed    avatars/7/me.png: cannot copy to s3://prod-uploads/avatars/7/me.png: access denied (AccessDenied)
    done in N s: 0 copied (0 B), 0 deleted, 0 conflicts, 1 failed     run RUN
    1 key could not be changed; try again: asof resume RUN
      the credentials need s3:PutObject (with s3:PutObjectTagging, and s3:PutObjectAcl where objects have ACLs), and s3:GetObjectVersion (with s3:GetObjectVersionTagging) on the source, and no policy may deny it
    ");
    assert_snapshot!(stage.asof("restore s3://prod-uploads/avatars --at 2024-05-06T07:08:09Z --yes --format json").run(), @r#"
    exit code 3
    --- stdout
    {"schema":1,"type":"check","subject":"versioning","verdict":"passed","message":"versioning enabled"}
    {"type":"check","subject":"lifecycle","verdict":"passed","message":"history complete"}
    {"type":"check","subject":"mfa-delete","verdict":"passed","message":"no MFA delete"}
    {"type":"check","subject":"object-lock","verdict":"passed","message":"no locks"}
    {"type":"check","subject":"replication","verdict":"passed","message":"no replication from here"}
    {"type":"check","subject":"ownership","verdict":"passed","message":"no ACLs"}
    {"type":"check","subject":"encryption","verdict":"passed","message":"SSE-S3 default"}
    {"type":"check","subject":"policy","verdict":"passed","message":"no policy on conditional writes"}
    {"type":"failure","key":"avatars/7/me.png","change":"revert","code":"AccessDenied","message":"cannot copy to s3://prod-uploads/avatars/7/me.png: access denied (AccessDenied)"}
    {"type":"summary","command":"restore","run":"RUN","copied":0,"deleted":0,"markers_removed":0,"skipped":0,"conflicts":0,"failed":1,"archived":0,"superseded":0,"bytes_copied":0,"not_kept":{"acl":0,"tags":0,"locks":0,"metadata":0},"bucket":"prod-uploads","prefix":"avatars","at":"2024-05-06T07:08:09Z","keys":2,"versions":3,"unchanged":1,"same_content":0,"unverifiable":0,"reverts":1,"undeletes":0,"deletes":0,"doubtful":0,"bytes_to_copy":13,"list_requests":1,"write_requests":1,"elapsed_ms":0}
    --- stderr
    done in N s: 0 copied (0 B), 0 deleted, 0 conflicts, 1 failed     run RUN
    1 key could not be changed; try again: asof resume RUN
      the credentials need s3:PutObject (with s3:PutObjectTagging, and s3:PutObjectAcl where objects have ACLs), and s3:GetObjectVersion (with s3:GetObjectVersionTagging) on the source, and no policy may deny it
    "#);
}

#[test]
fn more_keys_that_fail_than_are_shown() {
    let stage = Stage::new();
    (0..25).for_each(|n| stage.put(&format!("{n:02}"), "then"));
    stage.time("2024-05-06T07:08:10Z");
    (0..25).for_each(|n| stage.delete(&format!("{n:02}")));
    stage.strike(Operation::CopyObject, Fault::AccessDenied);
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --concurrency 1").run(), @"
    exit code 3
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete               25        100 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               0

      at the top level  25 undelete

    --- stderr
      failed    00: cannot copy to s3://prod-uploads/00: access denied (AccessDenied)
      failed    01: cannot copy to s3://prod-uploads/01: access denied (AccessDenied)
      failed    02: cannot copy to s3://prod-uploads/02: access denied (AccessDenied)
      failed    03: cannot copy to s3://prod-uploads/03: access denied (AccessDenied)
      failed    04: cannot copy to s3://prod-uploads/04: access denied (AccessDenied)
      failed    05: cannot copy to s3://prod-uploads/05: access denied (AccessDenied)
      failed    06: cannot copy to s3://prod-uploads/06: access denied (AccessDenied)
      failed    07: cannot copy to s3://prod-uploads/07: access denied (AccessDenied)
      failed    08: cannot copy to s3://prod-uploads/08: access denied (AccessDenied)
      failed    09: cannot copy to s3://prod-uploads/09: access denied (AccessDenied)
      failed    10: cannot copy to s3://prod-uploads/10: access denied (AccessDenied)
      failed    11: cannot copy to s3://prod-uploads/11: access denied (AccessDenied)
      failed    12: cannot copy to s3://prod-uploads/12: access denied (AccessDenied)
      failed    13: cannot copy to s3://prod-uploads/13: access denied (AccessDenied)
      failed    14: cannot copy to s3://prod-uploads/14: access denied (AccessDenied)
      failed    15: cannot copy to s3://prod-uploads/15: access denied (AccessDenied)
      failed    16: cannot copy to s3://prod-uploads/16: access denied (AccessDenied)
      failed    17: cannot copy to s3://prod-uploads/17: access denied (AccessDenied)
      failed    18: cannot copy to s3://prod-uploads/18: access denied (AccessDenied)
      failed    19: cannot copy to s3://prod-uploads/19: access denied (AccessDenied)
      … more; --format json lists every one
    done in N s: 0 copied (0 B), 0 deleted, 0 conflicts, 25 failed     run RUN
    25 keys could not be changed; try again: asof resume RUN --concurrency 1
      the credentials need s3:PutObject (with s3:PutObjectTagging, and s3:PutObjectAcl where objects have ACLs), and s3:GetObjectVersion (with s3:GetObjectVersionTagging) on the source, and no policy may deny it
    ");
}

#[test]
fn key_written_by_somebody_meanwhile() {
    let stage = Stage::after_incident();
    let lab = Arc::clone(&stage.lab);
    stage.lab.faults().before(Operation::CopyObject, When::Nth(1), move || {
        lab.put(BUCKET, "avatars/7/me.png", Put::of("theirs"));
    });
    assert_snapshot!(stage.asof("restore s3://prod-uploads/avatars --at 2024-05-06T07:08:09Z --yes").run(), @"
    exit code 3
    --- stdout
    prod-uploads/avatars as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1         13 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               1

      under avatars/  1 revert

    --- stderr
      conflict  avatars/7/me.png: changed since the plan was made; left unchanged
    done in N s: 0 copied (0 B), 0 deleted, 1 conflict, 0 failed     run RUN
    1 key was changed by another writer and left unchanged; change it too: asof resume RUN --on-conflict overwrite
    ");
}
