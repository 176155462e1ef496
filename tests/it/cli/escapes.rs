//! Keys are chosen by everyone who may write to the bucket: they must not control the terminal.

use asof::lab::{Fault, Operation};
use insta::assert_snapshot;

use super::stage::Stage;

/// Clears a screen.
const CLEAR: &str = "clear\u{1b}[2J.txt";

fn stage() -> Stage {
    let stage = Stage::new();
    for key in [CLEAR, "gpj.\u{202e}exe", "two\nlines/x", "it's"] {
        stage.put(key, "then");
    }
    stage.time("2024-05-06T07:08:10Z");
    for key in [CLEAR, "gpj.\u{202e}exe", "two\nlines/x", "it's"] {
        stage.delete(key);
    }
    stage
}

#[test]
fn in_tables() {
    let stage = stage();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @r#"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                4         16 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               0

      at the top level      3 undelete
      under two\u{a}lines/  1 undelete

      undelete   2024-04-01 00:00:00 UTC         4 B  clear\u{1b}[2J.txt
      undelete   2024-04-01 00:00:00 UTC         4 B  gpj.\u{202e}exe
      undelete   2024-04-01 00:00:00 UTC         4 B  it's
      undelete   2024-04-01 00:00:00 UTC         4 B  two\u{a}lines/x

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z
      4 copies of 16 B, at least 1 s at 3,000/s
      hint: 4 of these are only hidden by delete markers; --undelete remove-marker restores them with 1 request
    "#);
}

#[test]
fn in_json_they_are_whole() {
    let stage = stage();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z --format json").hide("\u{202e}", "<RIGHT-TO-LEFT>").changes_nothing(), @r#"
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
    {"type":"change","key":"clear\u001b[2J.txt","change":"undelete","now":null,"then":{"version_id":"44YcLsVwibNlW.D6OzRFDGFmonDzYjwZG","last_modified":"2024-04-01T00:00:00Z","size":4,"etag":"0e5243d9965540f62aac19a985f3f33e","storage_class":"STANDARD"},"doubts":[],"cautions":[]}
    {"type":"change","key":"gpj.<RIGHT-TO-LEFT>exe","change":"undelete","now":null,"then":{"version_id":"PKkkRU_K4LKWM1XwIx_iAFiWOnuXDrIDD","last_modified":"2024-04-01T00:00:00Z","size":4,"etag":"0e5243d9965540f62aac19a985f3f33e","storage_class":"STANDARD"},"doubts":[],"cautions":[]}
    {"type":"change","key":"it's","change":"undelete","now":null,"then":{"version_id":"ugTWaiF.EkFIngVpaIS8cMCRUXu95CjfF","last_modified":"2024-04-01T00:00:00Z","size":4,"etag":"0e5243d9965540f62aac19a985f3f33e","storage_class":"STANDARD"},"doubts":[],"cautions":[]}
    {"type":"change","key":"two\nlines/x","change":"undelete","now":null,"then":{"version_id":"FiZLW.G_8vEVwG3DsqqkwGNHvxh0iDmgM","last_modified":"2024-04-01T00:00:00Z","size":4,"etag":"0e5243d9965540f62aac19a985f3f33e","storage_class":"STANDARD"},"doubts":[],"cautions":[]}
    {"type":"summary","command":"diff","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":4,"versions":8,"unchanged":0,"same_content":0,"unverifiable":0,"reverts":0,"undeletes":4,"deletes":0,"doubtful":0,"bytes_to_copy":16,"list_requests":1,"write_requests":4,"elapsed_ms":0}
    "#);
}

#[test]
fn in_a_history() {
    let stage = stage();
    let location = format!("s3://prod-uploads/{CLEAR}");
    assert_snapshot!(stage.asof("history").arg(&location).changes_nothing(), @"
    exit code 0
    --- stdout
      2024-05-06 07:08:10 UTC     deleted                eUIJjU92laMSv2_oBBilxOrT1PDMnrDgL     current
      2024-04-01 00:00:00 UTC         4 B  STANDARD      44YcLsVwibNlW.D6OzRFDGFmonDzYjwZG
    ");
    let location = format!("s3://prod-uploads/{CLEAR}-not");
    assert_snapshot!(stage.asof("history").arg(&location).changes_nothing(), @r#"
    exit code 1
    --- stderr
    error: prod-uploads has no versions of the key clear\u{1b}[2J.txt-not
      hint: it never existed, or all its versions were deleted or have expired
    "#);
}

#[test]
fn in_errors() {
    let stage = stage();
    stage.strike(Operation::CopyObject, Fault::AccessDenied);
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --concurrency 1").run(), @r#"
    exit code 3
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                4         16 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               0

      at the top level      3 undelete
      under two\u{a}lines/  1 undelete

    --- stderr
      failed    clear\u{1b}[2J.txt: cannot copy to s3://prod-uploads/clear\u{1b}[2J.txt: access denied (AccessDenied)
      failed    gpj.\u{202e}exe: cannot copy to s3://prod-uploads/gpj.\u{202e}exe: access denied (AccessDenied)
      failed    it's: cannot copy to s3://prod-uploads/it's: access denied (AccessDenied)
      failed    two\u{a}lines/x: cannot copy to s3://prod-uploads/two\u{a}lines/x: access denied (AccessDenied)
    done in N s: 0 copied (0 B), 0 deleted, 0 conflicts, 4 failed     run RUN
    4 keys could not be changed; try again: asof resume RUN --concurrency 1
      the credentials need s3:PutObject (with s3:PutObjectTagging, and s3:PutObjectAcl where objects have ACLs), and s3:GetObjectVersion (with s3:GetObjectVersionTagging) on the source, and no policy may deny it
    "#);
}

#[test]
fn in_locations() {
    let stage = stage();
    assert_snapshot!(stage.asof("diff --at 2024-05-06T07:08:09Z").arg("s3://a\u{1b}[2Jb").changes_nothing(), @r#"
    exit code 2
    --- stderr
    error: invalid value 's3://ab' for '<LOCATION>': cannot read s3://ab: a bucket name has at least three characters: letters, digits, dots, hyphens or underscores
      hint: write it as s3://BUCKET or s3://BUCKET/PREFIX

    For more information, try '--help'.
    "#);
    assert_snapshot!(stage.asof("diff --at").arg("\u{1b}[2J").arg("s3://prod-uploads").changes_nothing(), @r#"
    exit code 2
    --- stderr
    error: cannot read the time "\u{1b}[2J"
      hint: write it as 2026-11-17T14:30:05Z, 2026-11-17T15:30:05+01:00, "2026-11-17 14:30:05 UTC", @1794925805 (seconds since 1970), or an age: 90m, 2h30m, 3d
    "#);
}
