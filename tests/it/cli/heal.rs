//! `asof references --heal`.

use asof::lab::{Fault, Operation};
use insta::assert_snapshot;

use super::references::{AT, uploads};
use super::stage::BUCKET;

/// As it usually is: the bucket has been restored already, so that late uploads lie under a marker.
#[test]
fn heal_after_a_restore() {
    let stage = uploads();
    let restored =
        stage.asof(&format!("restore s3://prod-uploads {AT} --yes --allow-mass-delete --quiet")).run();
    assert!(restored.starts_with("exit code 0"), "{restored}");
    assert_eq!(stage.keys(BUCKET), ["uploads/kept.jpg", "uploads/unnamed.jpg"]);
    let heal = format!("references s3://prod-uploads {AT} --keys-from rows --heal");
    assert_snapshot!(stage.asof(&format!("{heal} 30s --yes")).run(), @"
    exit code 4
    --- stdout
    rows compared with prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)

      held                    1   named by rows, exist
      dangling                5   named by rows, missing: dangling references
        after                 3   written after T: a late upload
        before                1   deleted before T
        never                 1   no version exists, before or after T

      after      2024-05-06 07:09:00 UTC  uploads/again.jpg   (51 s later; deleted 2024-05-01 09:00:00 UTC)
      after      2024-05-06 07:08:11 UTC  uploads/late.jpg   (2 s later)
      after      2024-05-07 09:00:00 UTC  uploads/next-day.jpg   (1 d 1 h later)
      before     2024-05-01 09:00:00 UTC  uploads/gone.jpg
      never                               uploads/never.jpg

    1 key is there, 5 are not

    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      late uploads: first version within 30 seconds after T

                           keys        bytes
      undelete                1         13 B   arrived soon after T; missing now
      revert                  0          0 B   arrived soon after T; overwritten now
      unchanged               0

      under uploads/  1 undelete

    --- stderr
    done in N s: 1 copied (13 B), 0 deleted, 0 conflicts, 0 failed     run RUN
    undo it: asof undo RUN
    check it: asof references s3://prod-uploads --at 2024-05-06T07:08:09Z --against s3://prod-uploads --keys-from rows
    ");
    assert_eq!(stage.keys(BUCKET), ["uploads/kept.jpg", "uploads/late.jpg", "uploads/unnamed.jpg"]);
    assert_eq!(stage.lab.live(BUCKET)["uploads/late.jpg"].content.body.as_ref(), b"a late upload");
    // A key that exists is not healed again.
    assert_snapshot!(stage.asof(&format!("{heal} 30 --yes --format json")).changes_nothing(), @r#"
    exit code 4
    --- stdout
    {"schema":1,"type":"dangling","key":"uploads/again.jpg","existed":"after","deleted":"2024-05-01T09:00:00Z","later":{"version_id":"YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K","last_modified":"2024-05-06T07:09:00Z","size":15,"etag":"bea14e9d25aeac4e0590594bb59d4da9","storage_class":"STANDARD"},"seconds_later":51,"now":null,"doubts":[]}
    {"type":"dangling","key":"uploads/gone.jpg","existed":"before","deleted":"2024-05-01T09:00:00Z","later":null,"seconds_later":null,"now":null,"doubts":[]}
    {"type":"dangling","key":"uploads/late.jpg","existed":"after","deleted":null,"later":{"version_id":"f0apripcxYD_8IueuP6OOHLzhRzxBnlsF","last_modified":"2024-05-06T07:08:11Z","size":13,"etag":"4fc3fdbf8bb3af282b5a196e1c190e09","storage_class":"STANDARD"},"seconds_later":2,"now":{"version_id":"JLje0HpCk_GH0gHdzMVP.FULrDRCZ1VnJ","last_modified":"2024-05-07T09:00:00Z","size":13,"etag":"4fc3fdbf8bb3af282b5a196e1c190e09","storage_class":"STANDARD"},"doubts":[]}
    {"type":"dangling","key":"uploads/never.jpg","existed":"never","deleted":null,"later":null,"seconds_later":null,"now":null,"doubts":[]}
    {"type":"dangling","key":"uploads/next-day.jpg","existed":"after","deleted":null,"later":{"version_id":"cBns0EL8JIL6A2wEOR00hJZSQBc1QDI1M","last_modified":"2024-05-07T09:00:00Z","size":25,"etag":"ee9d102486639581dfa0bb547d154e79","storage_class":"STANDARD"},"seconds_later":93111,"now":null,"doubts":[]}
    {"type":"summary","command":"references","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","named":6,"held":1,"dangling":5,"after":3,"before":1,"then":0,"never":1,"doubtful":0,"orphans":null,"orphan_bytes":null,"keys":6,"versions":14,"list_requests":1,"elapsed_ms":0}
    --- stderr
    nothing to restore: 1 late upload is already correct
    check it: asof references s3://prod-uploads --at 2024-05-06T07:08:09Z --against s3://prod-uploads --keys-from rows
    "#);
    // Now, though not then.
    let now = format!("references s3://prod-uploads {AT} --keys-from rows --against s3://prod-uploads");
    assert_snapshot!(stage.asof(&now).changes_nothing(), @"
    exit code 4
    --- stdout
    rows compared with prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago), and s3://prod-uploads now

      held                    2   named by rows, exist
      dangling                4   named by rows, missing: dangling references
        after                 2   written after T: a late upload
        before                1   deleted before T
        never                 1   no version exists, before or after T

      after      2024-05-06 07:09:00 UTC  uploads/again.jpg   (51 s later; deleted 2024-05-01 09:00:00 UTC)
      after      2024-05-07 09:00:00 UTC  uploads/next-day.jpg   (1 d 1 h later)
      before     2024-05-01 09:00:00 UTC  uploads/gone.jpg
      never                               uploads/never.jpg

    2 keys are there, 4 are not
      restore late uploads: asof references s3://prod-uploads --at 2024-05-06T07:08:09Z --against s3://prod-uploads --keys-from rows --heal 30s
    ");
}

#[test]
fn heal_to_the_last_key() {
    let stage = uploads();
    stage.file("two", b"uploads/late.jpg\nuploads/kept.jpg\n");
    let heal = format!("references s3://prod-uploads {AT} --keys-from two --heal 2s --yes");
    assert_snapshot!(stage.asof(&heal).run(), @"
    exit code 0
    --- stdout
    rows compared with prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)

      held                    1   named by rows, exist
      dangling                1   named by rows, missing: dangling references
        after                 1   written after T: a late upload

      after      2024-05-06 07:08:11 UTC  uploads/late.jpg   (2 s later)

    1 key is there, 1 is not

    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      late uploads: first version within 2 seconds after T

                           keys        bytes
      undelete                0          0 B   arrived soon after T; missing now
      revert                  1         13 B   arrived soon after T; overwritten now
      unchanged               0

      under uploads/  1 revert

    --- stderr
    done in N s: 1 copied (13 B), 0 deleted, 0 conflicts, 0 failed     run RUN
    undo it: asof undo RUN
    check it: asof references s3://prod-uploads --at 2024-05-06T07:08:09Z --against s3://prod-uploads --keys-from two
    ");
    assert_eq!(stage.lab.live(BUCKET)["uploads/late.jpg"].content.body.as_ref(), b"a late upload");
}

#[test]
fn heal_is_a_run() {
    let stage = uploads();
    stage.file("two", b"uploads/late.jpg\nuploads/kept.jpg\n");
    stage.strike(Operation::CopyObject, Fault::AccessDenied);
    let heal = format!("references s3://prod-uploads {AT} --keys-from two --heal 2s --yes --quiet");
    let failed = stage.asof(&heal).run();
    assert!(failed.starts_with("exit code 3"), "{failed}");
    stage.lab.faults().clear();
    let run = |at: usize| {
        let dir = stage.path(".local/state/asof/runs");
        let mut names: Vec<_> = std::fs::read_dir(dir).unwrap().map(|d| d.unwrap().file_name()).collect();
        names.sort();
        names[at].to_string_lossy().into_owned()
    };
    assert_snapshot!(stage.asof(&format!("resume {}", run(0))).run(), @"
    exit code 0
    --- stderr
    done in N s: 1 copied (13 B), 0 deleted, 0 conflicts, 0 failed     run RUN
    undo it: asof undo RUN
    ");
    assert_eq!(stage.lab.live(BUCKET)["uploads/late.jpg"].content.body.as_ref(), b"a late upload");
    let undone = stage.asof(&format!("undo {} --yes --quiet", run(0))).run();
    assert!(undone.starts_with("exit code 0"), "{undone}");
    assert_eq!(
        stage.lab.live(BUCKET)["uploads/late.jpg"].content.body.as_ref(),
        b"the late upload overwritten"
    );
}
