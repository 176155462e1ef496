//! `asof references`.

use asof::lab::Configuration;
use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

pub(super) const AT: &str = "--at 2024-05-06T07:08:09Z";

const ROWS: &[u8] =
    b"uploads/late.jpg\nuploads/kept.jpg\n\nuploads/never.jpg\nuploads/next-day.jpg\nuploads/gone.jpg\n\
uploads/kept.jpg\nuploads/again.jpg\n";

/// A bucket, and the rows of a database of 07:08:09: of the uploads that they name, one came two seconds later, one the
/// next day; two had been deleted before, of which one came again; one has never been there.
pub(super) fn uploads() -> Stage {
    let stage = Stage::new();
    stage.time("2024-04-01T09:00:00Z");
    for key in ["kept.jpg", "gone.jpg", "again.jpg", "unnamed.jpg"] {
        stage.put(&format!("uploads/{key}"), "an upload");
    }
    stage.time("2024-05-01T09:00:00Z");
    stage.delete("uploads/gone.jpg");
    stage.delete("uploads/again.jpg");
    stage.time("2024-05-06T07:08:11Z");
    stage.put("uploads/late.jpg", "a late upload");
    stage.time("2024-05-06T07:09:00Z");
    stage.put("uploads/again.jpg", "an upload again");
    stage.time("2024-05-07T09:00:00Z");
    stage.put("uploads/next-day.jpg", "an upload of the next day");
    stage.put("uploads/late.jpg", "the late upload overwritten");
    stage.file("rows", ROWS);
    stage
}

#[test]
fn dangling() {
    let stage = uploads();
    let references = format!("references s3://prod-uploads {AT} --keys-from rows");
    assert_snapshot!(stage.asof(&references).changes_nothing(), @"
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
      restore late uploads: asof references s3://prod-uploads --at 2024-05-06T07:08:09Z --keys-from rows --heal 30s
    ");
    assert_snapshot!(stage.asof(&format!("{references} --orphans --all")).changes_nothing(), @"
    exit code 4
    --- stdout
    rows compared with prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)

      after      2024-05-06 07:09:00 UTC  uploads/again.jpg   (51 s later; deleted 2024-05-01 09:00:00 UTC)
      before     2024-05-01 09:00:00 UTC  uploads/gone.jpg
      after      2024-05-06 07:08:11 UTC  uploads/late.jpg   (2 s later)
      never                               uploads/never.jpg
      after      2024-05-07 09:00:00 UTC  uploads/next-day.jpg   (1 d 1 h later)
      orphan     2024-04-01 09:00:00 UTC  uploads/unnamed.jpg   (9 B)

      held                    1   named by rows, exist
      dangling                5   named by rows, missing: dangling references
        after                 3   written after T: a late upload
        before                1   deleted before T
        never                 1   no version exists, before or after T
      orphans                 1   9 B, which no row names

    1 key is there, 5 are not
      restore late uploads: asof references s3://prod-uploads --at 2024-05-06T07:08:09Z --keys-from rows --orphans --heal 30s
    ");
    assert_snapshot!(stage.asof(&format!("{references} --orphans --format json")).changes_nothing(), @r#"
    exit code 4
    --- stdout
    {"schema":1,"type":"dangling","key":"uploads/again.jpg","existed":"after","deleted":"2024-05-01T09:00:00Z","later":{"version_id":"YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K","last_modified":"2024-05-06T07:09:00Z","size":15,"etag":"bea14e9d25aeac4e0590594bb59d4da9","storage_class":"STANDARD"},"seconds_later":51,"now":{"version_id":"YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K","last_modified":"2024-05-06T07:09:00Z","size":15,"etag":"bea14e9d25aeac4e0590594bb59d4da9","storage_class":"STANDARD"},"doubts":[]}
    {"type":"dangling","key":"uploads/gone.jpg","existed":"before","deleted":"2024-05-01T09:00:00Z","later":null,"seconds_later":null,"now":null,"doubts":[]}
    {"type":"dangling","key":"uploads/late.jpg","existed":"after","deleted":null,"later":{"version_id":"f0apripcxYD_8IueuP6OOHLzhRzxBnlsF","last_modified":"2024-05-06T07:08:11Z","size":13,"etag":"4fc3fdbf8bb3af282b5a196e1c190e09","storage_class":"STANDARD"},"seconds_later":2,"now":{"version_id":"Lyw.xBlDGyFTH9L3PPdriHSvVsO.cE_gE","last_modified":"2024-05-07T09:00:00Z","size":27,"etag":"364086948faef4d44ab6629bab213845","storage_class":"STANDARD"},"doubts":[]}
    {"type":"dangling","key":"uploads/never.jpg","existed":"never","deleted":null,"later":null,"seconds_later":null,"now":null,"doubts":[]}
    {"type":"dangling","key":"uploads/next-day.jpg","existed":"after","deleted":null,"later":{"version_id":"cBns0EL8JIL6A2wEOR00hJZSQBc1QDI1M","last_modified":"2024-05-07T09:00:00Z","size":25,"etag":"ee9d102486639581dfa0bb547d154e79","storage_class":"STANDARD"},"seconds_later":93111,"now":{"version_id":"cBns0EL8JIL6A2wEOR00hJZSQBc1QDI1M","last_modified":"2024-05-07T09:00:00Z","size":25,"etag":"ee9d102486639581dfa0bb547d154e79","storage_class":"STANDARD"},"doubts":[]}
    {"type":"orphan","key":"uploads/unnamed.jpg","version":{"version_id":"ugTWaiF.EkFIngVpaIS8cMCRUXu95CjfF","last_modified":"2024-04-01T09:00:00Z","size":9,"etag":"cebc9b1a72d37e81980a9a103832e879","storage_class":"STANDARD"}}
    {"type":"summary","command":"references","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","named":6,"held":1,"dangling":5,"after":3,"before":1,"then":0,"never":1,"doubtful":0,"orphans":1,"orphan_bytes":9,"keys":6,"versions":10,"list_requests":1,"elapsed_ms":0}
    "#);
    assert_snapshot!(stage.asof(&format!("{references} --orphans --format csv")).changes_nothing(), @"
    exit code 4
    --- stdout
    key,type,existed,deleted,version_id,last_modified,size,seconds_later,doubts
    uploads/again.jpg,dangling,after,2024-05-01T09:00:00Z,YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K,2024-05-06T07:09:00Z,15,51,
    uploads/gone.jpg,dangling,before,2024-05-01T09:00:00Z,,,,,
    uploads/late.jpg,dangling,after,,f0apripcxYD_8IueuP6OOHLzhRzxBnlsF,2024-05-06T07:08:11Z,13,2,
    uploads/never.jpg,dangling,never,,,,,,
    uploads/next-day.jpg,dangling,after,,cBns0EL8JIL6A2wEOR00hJZSQBc1QDI1M,2024-05-07T09:00:00Z,25,93111,
    uploads/unnamed.jpg,orphan,,,ugTWaiF.EkFIngVpaIS8cMCRUXu95CjfF,2024-04-01T09:00:00Z,9,,
    ");
}

#[test]
fn none() {
    let stage = uploads();
    let references = format!("references s3://prod-uploads/uploads/ {AT} --orphans --null --keys-from -");
    assert_snapshot!(stage.asof(&references).stdin("uploads/unnamed.jpg\0uploads/kept.jpg\0").changes_nothing(), @"
    exit code 0
    --- stdout
    rows compared with prod-uploads/uploads/ as of 2024-05-06 07:08:09 UTC (AGE ago)

      held                    2   named by rows, exist
      dangling                0   named by rows, missing: dangling references
      orphans                 0   0 B, which no row names

    no dangling references: 2 referenced keys are all there
    ");
    assert_snapshot!(stage.asof(&references).stdin("").changes_nothing(), @"
    exit code 4
    --- stdout
    rows compared with prod-uploads/uploads/ as of 2024-05-06 07:08:09 UTC (AGE ago)

      held                    0   named by rows, exist
      dangling                0   named by rows, missing: dangling references
      orphans                 2   18 B, which no row names

      orphan     2024-04-01 09:00:00 UTC  uploads/kept.jpg   (9 B)
      orphan     2024-04-01 09:00:00 UTC  uploads/unnamed.jpg   (9 B)

    nothing was compared: no row names a key
      check that the command that prints the keys did not fail (a pipe hides it); --allow-empty accepts no keys
    ");
}

#[test]
fn bad_input() {
    let stage = uploads();
    let references = format!("references s3://prod-uploads/uploads/ {AT} --keys-from");
    stage.file("bytes", b"uploads/kept.jpg\n\xff\n");
    assert_snapshot!(stage.asof(&format!("{references} bytes")).changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot read keys from bytes: line 2 is not UTF-8
    ");
    stage.file("elsewhere", b"uploads/kept.jpg\navatars/7.png\n");
    assert_snapshot!(stage.asof(&format!("{references} elsewhere")).changes_nothing(), @"
    exit code 2
    --- stderr
    error: the key avatars/7.png in elsewhere is not under s3://prod-uploads/uploads/
      hint: write full keys, including their prefix
    ");
    stage.file("one-line", "uploads/kept.jpg,".repeat(100).as_bytes());
    assert_snapshot!(stage.asof(&format!("{references} one-line")).changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot read keys from one-line: line 1 is longer than 1024 bytes, the limit of a key
      hint: put one key on each line, or a NUL after each with --null
    ");
    assert_snapshot!(stage.asof(&format!("{references} nothing")).changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot read keys from nothing: No such file or directory (os error N)
    ");
    assert_snapshot!(stage.asof(&format!("{references} rows --heal 1.5")).changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value '1.5' for '--heal <LENGTH>': write it as 30, 30s or 5m

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.asof(&format!("{references} rows --heal 30")).changes_nothing(), @"
    exit code 2
    --- stderr
    error: this would change a bucket, and there is no terminal to confirm on
      hint: review it without --heal first; then add --yes
    ");
    assert_snapshot!(stage.asof(&format!("{references} rows --against s3://prod-uploads/uploads/x")).changes_nothing(), @"
    exit code 2
    --- stderr
    error: s3://prod-uploads/uploads/x and s3://prod-uploads/uploads/ overlap
      hint: choose another bucket or a prefix outside it; without --to the restore is in place
    ");
}

/// The same, restored into a scratch bucket too.
fn scratch() -> Stage {
    let stage = uploads();
    stage.lab.create_bucket("scratch");
    let restore = format!("restore s3://prod-uploads/uploads/ {AT} --to s3://scratch/copy/ --yes --quiet");
    let restored = stage.asof(&restore).run();
    assert!(restored.starts_with("exit code 0"), "{restored}");
    stage
}

fn against_scratch() -> String {
    format!("references s3://prod-uploads/uploads/ {AT} --against s3://scratch/copy/ --orphans --keys-from")
}

#[test]
fn all_in_a_scratch_copy() {
    let stage = scratch();
    stage.file("held", b"uploads/kept.jpg\nuploads/unnamed.jpg\n");
    assert_snapshot!(stage.asof(&format!("{} held", against_scratch())).changes_nothing(), @"
    exit code 0
    --- stdout
    rows compared with prod-uploads/uploads/ as of 2024-05-06 07:08:09 UTC (AGE ago), and s3://scratch/copy/ now

      held                    2   named by rows, exist
      dangling                0   named by rows, missing: dangling references
      orphans                 0   0 B, which no row names

    no dangling references: 2 referenced keys are all there
    ");
}

#[test]
fn missing_in_a_scratch_copy() {
    let stage = scratch();
    stage.lab.delete("scratch", "copy/kept.jpg").unwrap();
    assert_snapshot!(stage.asof(&format!("{} rows", against_scratch())).changes_nothing(), @"
    exit code 4
    --- stdout
    rows compared with prod-uploads/uploads/ as of 2024-05-06 07:08:09 UTC (AGE ago), and s3://scratch/copy/ now

      held                    0   named by rows, exist
      dangling                6   named by rows, missing: dangling references
        after                 3   written after T: a late upload
        before                1   deleted before T
        then                  1   existed at T, missing now
        never                 1   no version exists, before or after T
      orphans                 1   9 B, which no row names

      after      2024-05-06 07:09:00 UTC  uploads/again.jpg   (51 s later; deleted 2024-05-01 09:00:00 UTC)
      after      2024-05-06 07:08:11 UTC  uploads/late.jpg   (2 s later)
      after      2024-05-07 09:00:00 UTC  uploads/next-day.jpg   (1 d 1 h later)
      before     2024-05-01 09:00:00 UTC  uploads/gone.jpg
      then                                uploads/kept.jpg
      never                               uploads/never.jpg
      orphan     2024-05-07 09:00:00 UTC  uploads/unnamed.jpg   (9 B)

    0 keys are there, 6 are not
      restore late uploads: asof references s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --against s3://scratch/copy/ --orphans --keys-from rows --heal 30s
    ");
    // The late upload is copied from the source, as a restore would.
    assert_snapshot!(stage.asof(&format!("{} rows --heal 2 --yes", against_scratch())).run(), @"
    exit code 4
    --- stdout
    rows compared with prod-uploads/uploads/ as of 2024-05-06 07:08:09 UTC (AGE ago), and s3://scratch/copy/ now

      held                    0   named by rows, exist
      dangling                6   named by rows, missing: dangling references
        after                 3   written after T: a late upload
        before                1   deleted before T
        then                  1   existed at T, missing now
        never                 1   no version exists, before or after T
      orphans                 1   9 B, which no row names

      after      2024-05-06 07:09:00 UTC  uploads/again.jpg   (51 s later; deleted 2024-05-01 09:00:00 UTC)
      after      2024-05-06 07:08:11 UTC  uploads/late.jpg   (2 s later)
      after      2024-05-07 09:00:00 UTC  uploads/next-day.jpg   (1 d 1 h later)
      before     2024-05-01 09:00:00 UTC  uploads/gone.jpg
      then                                uploads/kept.jpg
      never                               uploads/never.jpg
      orphan     2024-05-07 09:00:00 UTC  uploads/unnamed.jpg   (9 B)

    0 keys are there, 6 are not

    prod-uploads/uploads/ as of 2024-05-06 07:08:09 UTC (AGE ago), compared with s3://scratch/copy/ now
      late uploads: first version within 2 seconds after T

                           keys        bytes
      undelete                1         13 B   arrived soon after T; missing now
      revert                  0          0 B   arrived soon after T; overwritten now
      unchanged               0

      under uploads/  1 undelete

    --- stderr
    done in N s: 1 copied (13 B), 0 deleted, 0 conflicts, 0 failed     run RUN
    undo it: asof undo RUN
    check it: asof references s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --against s3://scratch/copy/ --orphans --keys-from rows
    ");
    assert_eq!(stage.keys("scratch"), ["copy/late.jpg", "copy/unnamed.jpg"]);
}

#[test]
fn with_doubt() {
    let stage = uploads();
    let rules = "<LifecycleConfiguration><Rule><ID>tidy</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>\
         <Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>\
         <NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration></Rule></LifecycleConfiguration>";
    assert!(stage.lab.configure(BUCKET, Configuration::Lifecycle, Some(rules)));
    let references = format!("references s3://prod-uploads {AT} --keys-from rows");
    assert_snapshot!(stage.asof(&references).changes_nothing(), @"
    exit code 4
    --- stdout
    rows compared with prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      history complete for T ≥ TIME UTC by the current lifecycle rules; keys that have expired entirely are not listed

      held                    1   named by rows, exist
      dangling                5   named by rows, missing: dangling references
        after                 3   written after T: a late upload
        before                1   deleted before T
        never                 1   no version exists, before or after T
        uncertain             4   of these, uncertain: their versions may have been removed

      after      2024-05-06 07:09:00 UTC  uploads/again.jpg   (51 s later; deleted 2024-05-01 09:00:00 UTC; uncertain: lifecycle)
      after      2024-05-06 07:08:11 UTC  uploads/late.jpg   (2 s later; uncertain: lifecycle)
      after      2024-05-07 09:00:00 UTC  uploads/next-day.jpg   (1 d 1 h later; uncertain: lifecycle)
      before     2024-05-01 09:00:00 UTC  uploads/gone.jpg
      never                               uploads/never.jpg   (uncertain: lifecycle)

    1 key is there, 5 are not
      restore late uploads: asof references s3://prod-uploads --at 2024-05-06T07:08:09Z --keys-from rows --heal 30s
    ");
    assert_snapshot!(stage.asof(&format!("{references} --heal 1w --yes --quiet")).changes_nothing(), @"
    exit code 5
    --- stdout
    rows compared with prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      history complete for T ≥ TIME UTC by the current lifecycle rules; keys that have expired entirely are not listed

      held                    1   named by rows, exist
      dangling                5   named by rows, missing: dangling references
        after                 3   written after T: a late upload
        before                1   deleted before T
        never                 1   no version exists, before or after T
        uncertain             4   of these, uncertain: their versions may have been removed

      after      2024-05-06 07:09:00 UTC  uploads/again.jpg   (51 s later; deleted 2024-05-01 09:00:00 UTC; uncertain: lifecycle)
      after      2024-05-06 07:08:11 UTC  uploads/late.jpg   (2 s later; uncertain: lifecycle)
      after      2024-05-07 09:00:00 UTC  uploads/next-day.jpg   (1 d 1 h later; uncertain: lifecycle)
      before     2024-05-01 09:00:00 UTC  uploads/gone.jpg
      never                               uploads/never.jpg   (uncertain: lifecycle)

    1 key is there, 5 are not
    --- stderr
    error: the state at 2024-05-06 07:08:09 UTC is uncertain: lifecycle rules may have removed versions of 1 key: uploads/late.jpg
      hint: --doubtful skip leaves these keys unchanged
      hint: --doubtful trust assumes the listing is complete: a key whose version has expired is deleted as if it had not existed
    ");
    // A scratch copy that lacks them too makes nothing of it more certain.
    assert!(stage.lab.create_bucket("scratch"));
    let scratch =
        stage.asof(&format!("{references} --against s3://scratch --heal 1w --yes --quiet")).changes_nothing();
    assert!(scratch.starts_with("exit code 5") && scratch.contains("uncertain: lifecycle"), "{scratch}");
}
