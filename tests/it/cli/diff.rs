//! `asof diff` on a terminal.

use std::time::Duration;

use asof::lab::{Fault, Operation, Rule, When};
use insta::assert_snapshot;

use super::stage::Stage;

#[test]
fn every_kind_of_change() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
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

      undelete   2024-04-01 09:00:00 UTC     4.9 KiB  uploads/2024/04/01.jpg
      undelete   2024-04-02 09:00:00 UTC     9.8 KiB  uploads/2024/04/02.jpg
      undelete   2024-04-03 09:00:00 UTC    14.6 KiB  uploads/2024/04/03.jpg
      undelete   2024-04-04 09:00:00 UTC    19.5 KiB  uploads/2024/04/04.jpg
      undelete   2024-04-05 09:00:00 UTC    24.4 KiB  uploads/2024/04/05.jpg
      revert     2024-04-07 09:00:00 UTC        13 B  avatars/7/me.png
      revert     2024-04-07 09:00:00 UTC         7 B  readme.txt
      delete     2024-05-06 07:08:10 UTC         4 B  uploads/junk.tmp
      … and 1 more; --all lists every key, --out PLAN saves the plan

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z
      8 copies of 102.6 KiB, 1 delete request, at least 1 s at 3,000/s
      hint: 6 of these are only hidden by delete markers; --undelete remove-marker restores them with 1 request
    ");
}

#[test]
fn every_key_with_all() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z --all").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

      revert     2024-04-07 09:00:00 UTC        13 B  avatars/7/me.png
      revert     2024-04-07 09:00:00 UTC         7 B  readme.txt
      undelete   2024-04-01 09:00:00 UTC     4.9 KiB  uploads/2024/04/01.jpg
      undelete   2024-04-02 09:00:00 UTC     9.8 KiB  uploads/2024/04/02.jpg
      undelete   2024-04-03 09:00:00 UTC    14.6 KiB  uploads/2024/04/03.jpg
      undelete   2024-04-04 09:00:00 UTC    19.5 KiB  uploads/2024/04/04.jpg
      undelete   2024-04-05 09:00:00 UTC    24.4 KiB  uploads/2024/04/05.jpg
      undelete   2024-04-06 09:00:00 UTC    29.3 KiB  uploads/2024/04/06.jpg
      delete     2024-05-06 07:08:10 UTC         4 B  uploads/junk.tmp

                           keys        bytes
      undelete                6    102.5 KiB   deleted since T; restored
      revert                  2         20 B   overwritten since T
      delete                  1          4 B   created since T; deleted (delete marker)
      unchanged               2

      under uploads/    6 undelete · 1 delete
      at the top level  1 revert
      under avatars/    1 revert

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z
      8 copies of 102.6 KiB, 1 delete request, at least 1 s at 3,000/s
      hint: 6 of these are only hidden by delete markers; --undelete remove-marker restores them with 1 request
    ");
}

#[test]
fn within_a_prefix() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads/avatars/ --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads/avatars/ as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1         13 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               1

      under avatars/  1 revert

      revert     2024-04-07 09:00:00 UTC        13 B  avatars/7/me.png

      apply it: asof restore s3://prod-uploads/avatars/ --at 2024-05-06T07:08:09Z
      1 copy of 13 B, at least 1 s at 3,000/s
    ");
}

#[test]
fn prefix_with_a_space() {
    let stage = Stage::new();
    stage.put("my files/a", "then");
    stage.time("2024-05-06T07:08:10Z");
    stage.put("my files/a", "now");
    assert_snapshot!(stage.asof("diff --at 2024-05-06T07:08:09Z").arg("s3://prod-uploads/my files/").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads/my files/ as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1          4 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               0

      under my files/  1 revert

      revert     2024-04-01 00:00:00 UTC         4 B  my files/a

      apply it: asof restore 's3://prod-uploads/my files/' --at 2024-05-06T07:08:09Z
      1 copy of 4 B, at least 1 s at 3,000/s
    ");
}

#[test]
fn nothing_to_change() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T08:00:00Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 08:00:00 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged              11

    nothing to change
    ");
}

#[test]
fn empty_bucket() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               0

    nothing to change: no such keys exist here, neither then nor now
    ");
}

#[test]
fn differences_as_exit_code() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads/avatars --at 2024-05-06T07:08:09Z --exit-code --format csv").changes_nothing(), @"
    exit code 4
    --- stdout
    key,change,then_version_id,then_last_modified,then_size,then_etag,now_version_id,now_last_modified,now_size,now_etag,cautions,doubts
    avatars/7/me.png,revert,YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K,2024-04-07T09:00:00Z,13,6878fdc9ed135511ac9300f55cd7ce01,wcLpsRaBY9CQaFEKKW2sbEr2iKF.Vg7eP,2024-05-06T07:08:10Z,7,c8e8df895c2cae166bad027fdf15335b,,
    ");
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T08:00:00Z --exit-code --format csv").changes_nothing(), @"
    exit code 0
    --- stdout
    key,change,then_version_id,then_last_modified,then_size,then_etag,now_version_id,now_last_modified,now_size,now_etag,cautions,doubts
    ");
}

#[test]
fn two_past_times() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-04-03T12:00:00Z --versus 2024-05-06T07:08:10Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-04-03 12:00:00 UTC (AGE ago), compared with 2024-05-06 07:08:10 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      deleted                 3     29.3 KiB   exists at the first time only
      overwritten             0          0 B   exists at both, but differs
      created                 5     34.2 KiB   exists at the second time only
      unchanged               3

      under uploads/    3 deleted · 2 created
      under avatars/    2 created
      at the top level  1 created

      deleted    2024-04-01 09:00:00 UTC     4.9 KiB  uploads/2024/04/01.jpg
      deleted    2024-04-02 09:00:00 UTC     9.8 KiB  uploads/2024/04/02.jpg
      deleted    2024-04-03 09:00:00 UTC    14.6 KiB  uploads/2024/04/03.jpg
      created    2024-05-06 07:08:10 UTC         7 B  avatars/7/me.png
      created    2024-04-07 09:00:00 UTC        13 B  avatars/8/me.png
      created    2024-05-06 07:08:10 UTC         0 B  readme.txt
      created    2024-04-07 09:00:00 UTC    34.2 KiB  uploads/2024/04/07.jpg
      created    2024-05-06 07:08:10 UTC         4 B  uploads/junk.tmp

    8 keys differ between the two times
    ");
}

#[test]
fn two_past_times_that_are_equal() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z --versus 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago), compared with 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      deleted                 0          0 B   exists at the first time only
      overwritten             0          0 B   exists at both, but differs
      created                 0          0 B   exists at the second time only
      unchanged              11

    no differences between the two times
    ");
}

#[test]
fn many_prefixes() {
    let stage = Stage::new();
    stage.time("2024-05-06T07:08:10Z");
    for tenant in 1..=14 {
        (1..=tenant).for_each(|number| stage.put(&format!("tenant-{tenant}/{number}"), "x"));
    }
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      warning: the target time is before the oldest version here (2024-05-06 07:08:10 UTC): no keys existed then
      warning: a restore to this time deletes all 105 keys
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                105        105 B   created since T; deleted (delete marker)
      unchanged               0

      under tenant-14/  14 delete
      under tenant-13/  13 delete
      under tenant-12/  12 delete
      under tenant-11/  11 delete
      under tenant-10/  10 delete
      under tenant-9/   9 delete
      under tenant-8/   8 delete
      under tenant-7/   7 delete
      under tenant-6/   6 delete
      under tenant-5/   5 delete
      under tenant-4/   4 delete
      under tenant-3/   3 delete
      … and 2 more prefixes

      delete     2024-05-06 07:08:10 UTC         1 B  tenant-1/1
      delete     2024-05-06 07:08:10 UTC         1 B  tenant-10/1
      delete     2024-05-06 07:08:10 UTC         1 B  tenant-10/10
      delete     2024-05-06 07:08:10 UTC         1 B  tenant-10/2
      delete     2024-05-06 07:08:10 UTC         1 B  tenant-10/3
      … and 100 more; --all lists every key, --out PLAN saves the plan

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z
      1 delete request, at least 1 s at 3,000/s
    ");
}

#[test]
fn same_content_is_no_change() {
    let stage = Stage::new();
    stage.put("a", "the same");
    stage.put("b", "then");
    stage.time("2024-05-06T07:08:10Z");
    stage.put("a", "the same");
    stage.put("b", "now");
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1          4 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               0
      same                    1                different version, same content

      at the top level  1 revert

      revert     2024-04-01 00:00:00 UTC         4 B  b

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z
      1 copy of 4 B, at least 1 s at 3,000/s
    ");
}

#[test]
fn content_that_may_not_be_looked_at() {
    let stage = Stage::new();
    stage.put("a", "the same");
    stage.time("2024-05-06T07:08:10Z");
    stage.put("a", "the same");
    stage.strike(Operation::HeadObject, Fault::AccessDenied);
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1          8 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               0
      1 shown as revert may have the same content: no checksum, or no permission (s3:GetObjectVersion), to compare

      at the top level  1 revert

      revert     2024-04-01 00:00:00 UTC         8 B  a

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z
      1 copy of 8 B, at least 1 s at 3,000/s
    ");
}

#[test]
fn caution_same_second() {
    let stage = Stage::new();
    stage.time("2024-05-06T07:08:09Z");
    stage.put("in-that-second", "1");
    stage.delete("in-that-second");
    stage.put("in-that-second", "2");
    stage.time("2024-05-06T07:08:10Z");
    stage.delete("in-that-second");
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                1          1 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               0
      same-second             1                of these, written or deleted in the same second

      at the top level  1 undelete

      undelete   2024-05-06 07:08:09 UTC         1 B  in-that-second   (same-second)

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z
      1 copy of 1 B, at least 1 s at 3,000/s
    ");
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z --format json").changes_nothing(), @r#"
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
    {"type":"change","key":"in-that-second","change":"undelete","now":null,"then":{"version_id":"FiZLW.G_8vEVwG3DsqqkwGNHvxh0iDmgM","last_modified":"2024-05-06T07:08:09Z","size":1,"etag":"c81e728d9d4c2f636f067f89cc14862c","storage_class":"STANDARD"},"doubts":[],"cautions":["same-second"]}
    {"type":"summary","command":"diff","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":1,"versions":4,"unchanged":0,"same_content":0,"unverifiable":0,"reverts":0,"undeletes":1,"deletes":0,"doubtful":0,"bytes_to_copy":1,"list_requests":1,"write_requests":1,"elapsed_ms":0}
    "#);
}

#[test]
fn many_copies_can_do_without_a_look_first() {
    let stage = Stage::new();
    let put = |body: &str| (0..1000).for_each(|n| stage.put(&format!("{n}"), body));
    stage.time("2024-05-06T07:00:00Z");
    put("then");
    stage.time("2024-05-06T08:00:00Z");
    put("later");
    let told = "hint: --no-head saves 1,000 HEAD requests, one per copy; safe if all use the bucket's default encryption\n";
    let diff = stage.asof("diff s3://prod-uploads --at 2024-05-06T07:30:00Z").changes_nothing();
    assert!(diff.contains(told), "{diff}");
    let one = stage.asof("diff s3://prod-uploads --at 2024-05-06T07:30:00Z --include 1").changes_nothing();
    assert!(!one.contains("--no-head"), "{one}");
}

/// It saves a round trip. A page requested before T's second was over may lack versions of that second.
#[test]
fn the_first_page_is_requested_beside_the_settings_and_again_if_it_is_too_early() {
    let stage = Stage::after_incident();
    stage.lab.faults().push(Rule::on_any(Fault::Delay(Duration::from_secs(1)), When::Always));
    for (at, pages) in [("2024-05-06T07:08:09Z", 1), ("0s", 2)] {
        for command in ["diff", "restore --dry-run"] {
            stage.lab.requests().reset();
            let shown = stage.asof(&format!("{command} s3://prod-uploads --at {at}")).changes_nothing();
            assert!(shown.starts_with("exit code 0\n"), "{shown}");
            let requests = stage.lab.requests();
            assert_eq!(requests.of(Operation::ListObjectVersions), pages, "{command} --at {at}");
            assert_eq!(requests.most_in_flight(), 8, "{command} --at {at}: seven settings and a page");
        }
    }
}
