//! Archived versions: shown, refused, skipped, requested from the archive.

use asof::lab::Put;
use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

/// One archived object and one other, both deleted since.
fn stage() -> Stage {
    let stage = Stage::new();
    let frozen = Put { storage_class: Some("GLACIER".to_owned()), ..Put::of("frozen") };
    stage.lab.put(BUCKET, "2019/ledger.csv", frozen).unwrap();
    stage.put("readme.txt", "read me");
    stage.time("2024-05-06T07:08:10Z");
    stage.delete("2019/ledger.csv");
    stage.delete("readme.txt");
    stage.time("2024-05-06T08:00:00Z");
    stage
}

#[test]
fn shown_by_diff() {
    assert_snapshot!(stage().asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                2         13 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               0
      archived                1                uncertain: of these, archived; must be thawed first (--thaw)

      at the top level  1 undelete
      under 2019/       1 undelete

      undelete   2024-04-01 00:00:00 UTC         6 B  2019/ledger.csv   (archived)
      undelete   2024-04-01 00:00:00 UTC         7 B  readme.txt

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z --thaw bulk
      2 copies of 13 B, at least 1 s at 3,000/s
      hint: 2 of these are only hidden by delete markers; --undelete remove-marker restores them with 1 request
    ");
}

#[test]
fn refused_by_restore() {
    assert_snapshot!(stage().asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --format json").changes_nothing(), @"
    exit code 5
    --- stderr
    error: 1 version to restore is archived (GLACIER, DEEP_ARCHIVE) and must be thawed before it can be copied
      hint: --thaw bulk requests them; asof resume copies them once thawed
      hint: or --doubtful skip leaves these keys unchanged
    ");
}

#[test]
fn left_out() {
    assert_snapshot!(stage().asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --doubtful skip --format json").run(), @r#"
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
    {"type":"summary","command":"restore","run":"RUN","copied":1,"deleted":0,"markers_removed":0,"skipped":0,"conflicts":0,"failed":0,"archived":0,"superseded":0,"bytes_copied":7,"not_kept":{"acl":0,"tags":0,"locks":0,"metadata":0},"bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":2,"versions":4,"unchanged":0,"same_content":0,"unverifiable":0,"reverts":0,"undeletes":2,"deletes":0,"doubtful":1,"bytes_to_copy":13,"list_requests":2,"write_requests":2,"elapsed_ms":0}
    --- stderr
    1 uncertain key is left unchanged
    done in N s: 1 copied (7 B), 0 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z     undo it: asof undo RUN
    "#);
}

#[test]
fn asked_for() {
    let stage = stage();
    stage.lab.set_thaw(std::time::Duration::from_hours(12));
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --thaw bulk").run(), @"
    exit code 3
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                2         13 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               0
      archived                1                uncertain: of these, archived; must be thawed first (--thaw)

      at the top level  1 undelete
      under 2019/       1 undelete

    --- stderr
      archived  2019/ledger.csv: thawing; unchanged until it has thawed
    done in N s: 1 copied (7 B), 0 deleted, 0 conflicts, 0 failed, 1 archived     run RUN
    1 key is not restored: its version is archived and will be thawed within 12 hours (48 from DEEP_ARCHIVE); copy them then: asof resume RUN
    ");
}
