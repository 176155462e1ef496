//! `--undelete remove-marker`: keys are restored by removing their delete markers.

use asof::lab::{Configuration, Fault, Operation, Rule, When};
use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

#[test]
fn the_diff_says_what_it_would_save() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --exclude *.tmp").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads/uploads/ as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                6    102.5 KiB   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               1

      under uploads/  6 undelete

      undelete   2024-04-01 09:00:00 UTC     4.9 KiB  uploads/2024/04/01.jpg
      undelete   2024-04-02 09:00:00 UTC     9.8 KiB  uploads/2024/04/02.jpg
      undelete   2024-04-03 09:00:00 UTC    14.6 KiB  uploads/2024/04/03.jpg
      undelete   2024-04-04 09:00:00 UTC    19.5 KiB  uploads/2024/04/04.jpg
      undelete   2024-04-05 09:00:00 UTC    24.4 KiB  uploads/2024/04/05.jpg
      … and 1 more; --all lists every key, --out PLAN saves the plan

      apply it: asof restore s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --exclude '*.tmp'
      6 copies of 102.5 KiB, at least 1 s at 3,000/s
      hint: 6 of these are only hidden by delete markers; --undelete remove-marker restores them with 1 request
    ");
    let diff =
        "diff s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --exclude *.tmp --undelete remove-marker";
    assert_snapshot!(stage.asof(diff).changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads/uploads/ as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                6    102.5 KiB   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               1

      under uploads/  6 undelete

      undelete   2024-04-01 09:00:00 UTC     4.9 KiB  uploads/2024/04/01.jpg
      undelete   2024-04-02 09:00:00 UTC     9.8 KiB  uploads/2024/04/02.jpg
      undelete   2024-04-03 09:00:00 UTC    14.6 KiB  uploads/2024/04/03.jpg
      undelete   2024-04-04 09:00:00 UTC    19.5 KiB  uploads/2024/04/04.jpg
      undelete   2024-04-05 09:00:00 UTC    24.4 KiB  uploads/2024/04/05.jpg
      … and 1 more; --all lists every key, --out PLAN saves the plan

      apply it: asof restore s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --exclude '*.tmp' --undelete remove-marker
      1 request to remove the delete markers above 6 keys, at least 1 s at 3,000/s
    ");
}

#[test]
fn there_and_back() {
    let stage = Stage::after_incident();
    let (before, live) = (stage.lab.count_versions(BUCKET), stage.keys(BUCKET));
    let restore = "restore s3://prod-uploads --at 2024-05-06T07:08:09Z --undelete remove-marker --yes";
    let restored = stage.asof(restore).run();
    assert_snapshot!(restored, @"
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
    done in N s: 2 copied (20 B), 1 deleted, 6 restored by removing markers, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z     undo it: asof undo RUN
    ");
    // Six markers are gone; two copies and a marker came.
    assert_eq!(stage.lab.count_versions(BUCKET), before - 6 + 3);
    assert!(
        stage.asof("verify s3://prod-uploads --at 2024-05-06T07:08:09Z").run().starts_with("exit code 0")
    );

    let run = std::fs::read_dir(stage.path(".local/state/asof/runs")).unwrap().next().unwrap().unwrap();
    let undo = format!("undo {} --yes", run.file_name().to_string_lossy());
    assert_snapshot!(stage.asof(&undo).run(), @"
    exit code 0
    --- stdout
    prod-uploads
      undo of run RUN

                           keys        bytes
      undelete                1          4 B   deleted by the run; restored
      revert                  2          7 B   overwritten by the run
      delete                  6    102.5 KiB   restored by the run; deleted (delete marker)
      unchanged               0

      under uploads/    1 undelete · 6 delete
      at the top level  1 revert
      under avatars/    1 revert

    --- stderr
    done in N s: 2 copied (7 B), 6 deleted, 1 restored by removing markers, 0 conflicts, 0 failed     run RUN
    undo it: asof undo RUN
    ");
    assert_eq!(stage.keys(BUCKET), live);
}

#[test]
fn a_mass_delete_takes_few_requests() {
    let stage = Stage::new();
    stage.time("2024-05-06T07:00:00Z");
    for n in 0..2500 {
        stage.put(&format!("k/{n:04}"), "x");
    }
    stage.time("2024-05-06T07:08:10Z");
    for n in 0..2500 {
        stage.delete(&format!("k/{n:04}"));
    }
    stage.time("2024-05-06T08:00:00Z");
    let before = stage.writes();
    let restored = stage
        .asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --undelete remove-marker --yes")
        .run();
    assert!(restored.contains("2,500 restored by removing markers"), "{restored}");
    assert_eq!(stage.writes() - before, 3);
    assert_eq!((stage.keys(BUCKET).len(), stage.lab.count_versions(BUCKET)), (2500, 2500));
}

#[test]
fn an_error_of_one_marker_is_not_taken_for_another_keys() {
    let stage = Stage::new();
    stage.time("2024-05-06T07:00:00Z");
    for n in 0..30 {
        stage.put(&format!("k/{n:02}"), "x");
    }
    stage.time("2024-05-06T07:08:10Z");
    for n in 0..60 {
        stage.delete(&format!("k/{:02}", n / 2));
    }
    stage.time("2024-05-06T08:00:00Z");
    let errors = Rule::on(Operation::DeleteObjects, Fault::KeyErrors { every: 3 }, When::First(2));
    stage.lab.faults().push(errors);
    let restored = stage
        .asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --undelete remove-marker --yes")
        .run();
    assert!(restored.contains("30 restored by removing markers, 0 conflicts, 0 failed"), "{restored}");
    assert_eq!((stage.keys(BUCKET).len(), stage.lab.count_versions(BUCKET)), (30, 30));
}

#[test]
fn refused_where_history_is_guarded() {
    let restore = "restore s3://prod-uploads --at 2024-05-06T07:08:09Z --undelete remove-marker --yes";
    let stage = Stage::after_incident();
    let lock =
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>";
    assert!(stage.lab.configure(BUCKET, Configuration::ObjectLock, Some(lock)));
    assert_snapshot!(stage.asof(restore).changes_nothing(), @"
    exit code 5
    --- stderr
    error: cannot remove delete markers of prod-uploads by version ID: Object Lock is enabled, and its history should be kept
      hint: --undelete copy restores keys by copying their version
    ");
    let stage = Stage::after_incident();
    stage.strike(Operation::GetObjectLockConfiguration, Fault::AccessDenied);
    assert_snapshot!(stage.asof(restore).changes_nothing(), @"
    exit code 5
    --- stderr
    error: cannot remove delete markers of prod-uploads by version ID: it is unknown whether Object Lock is enabled (s3:GetBucketObjectLockConfiguration)
      hint: --undelete copy restores keys by copying their version
    ");
}

/// A marker removed by an earlier undo is not counted by the second one; otherwise, undoing the second would delete the
/// key.
#[test]
fn an_undo_that_was_done_already_claims_nothing() {
    let stage = Stage::after_incident();
    let live = stage.keys(BUCKET);
    stage
        .asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --include *.tmp --yes --allow-mass-delete")
        .run();
    let run = std::fs::read_dir(stage.path(".local/state/asof/runs")).unwrap().next().unwrap().unwrap();
    let undo = format!("undo {} --yes --format json", run.file_name().to_string_lossy());
    assert!(stage.asof(&undo).run().contains("\"markers_removed\":1,\"skipped\":0"));
    let again = stage.asof(&undo).run();
    assert!(again.contains("\"markers_removed\":0,\"skipped\":1"), "{again}");
    assert_eq!(stage.keys(BUCKET), live);
}
