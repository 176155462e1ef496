//! Buckets that would lose data, or have nothing to restore from: refused, with the remedy.

use asof::lab::{Put, Versioning};
use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

#[test]
fn never_versioned() {
    let stage = Stage::after_incident();
    stage.lab.set_versioning(BUCKET, Versioning::Never);
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 5
    --- stderr
    error: versioning was never enabled on prod-uploads, so it has no past states: overwritten and deleted objects are gone
      hint: enable it for the future: aws s3api put-bucket-versioning --bucket prod-uploads --versioning-configuration Status=Enabled
    ");
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").changes_nothing(), @"
    exit code 5
    --- stderr
    error: versioning was never enabled on prod-uploads, so it has no past states: overwritten and deleted objects are gone
      hint: enable it for the future: aws s3api put-bucket-versioning --bucket prod-uploads --versioning-configuration Status=Enabled
    ");
    assert_snapshot!(stage.asof("verify s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 5
    --- stderr
    error: versioning was never enabled on prod-uploads, so it has no past states: overwritten and deleted objects are gone
      hint: enable it for the future: aws s3api put-bucket-versioning --bucket prod-uploads --versioning-configuration Status=Enabled
    ");
}

#[test]
fn suspended() {
    let stage = Stage::after_incident();
    stage.lab.set_versioning(BUCKET, Versioning::Suspended);
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").changes_nothing(), @"
    exit code 5
    --- stderr
    error: cannot restore prod-uploads in place: versioning is suspended, and a restore would permanently overwrite null versions
      hint: enable it first: aws s3api put-bucket-versioning --bucket prod-uploads --versioning-configuration Status=Enabled
      hint: or restore elsewhere with --to s3://OTHER
    ");
    assert_snapshot!(stage.asof("diff s3://prod-uploads/avatars --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads/avatars as of 2024-05-06 07:08:09 UTC (AGE ago)
      history complete · no locks · SSE-S3 default
      versioning suspended

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1         13 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               1

      under avatars/  1 revert

      revert     2024-04-07 09:00:00 UTC        13 B  avatars/7/me.png

    versioning is suspended, so a restore in place would permanently overwrite null versions: enable it first, or restore elsewhere with --to s3://OTHER
    ");
}

#[test]
fn suspended_is_verified_all_the_same() {
    let stage = Stage::after_incident();
    stage.lab.set_versioning(BUCKET, Versioning::Suspended);
    assert_snapshot!(stage.asof("verify s3://prod-uploads/avatars --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 4
    --- stdout
    prod-uploads/avatars as of 2024-05-06 07:08:09 UTC (AGE ago)

                           keys        bytes
      missing                 0          0 B   should be there
      different               1         13 B   another version, or changed
      extra                   0          0 B   should not be there
      unchanged               1

      under avatars/  1 different

      different  2024-04-07 09:00:00 UTC        13 B  avatars/7/me.png

    1 key matches, 1 does not
      versioning is suspended, so a restore in place would permanently overwrite null versions: enable it first, or restore elsewhere with --to s3://OTHER
    ");
}

#[test]
fn overwriting_in_a_target_that_keeps_nothing() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    stage.lab.put("scratch", "readme.txt", Put::of("something else"));
    stage.lab.set_versioning("scratch", Versioning::Never);
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --to s3://scratch --yes").changes_nothing(), @"
    exit code 5
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago), into s3://scratch
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      copy                    9    136.7 KiB   does not exist yet
      overwrite               1          7 B   exists but differs
      left alone              0          0 B   exists, not in the past state
      unchanged               0

      under uploads/    7 copy
      under avatars/    2 copy
      at the top level  1 overwrite

    --- stderr
    error: 1 object in s3://scratch would be overwritten, and scratch does not keep versions
      hint: restore to an empty prefix, or enable versioning on that bucket
    ");
    stage.lab.put("scratch", "avatars/7/me.png", Put::of("something else"));
    stage.lab.set_versioning("scratch", Versioning::Suspended);
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --to s3://scratch --yes").changes_nothing(), @"
    exit code 5
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago), into s3://scratch
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      copy                    8    136.7 KiB   does not exist yet
      overwrite               2         20 B   exists but differs
      left alone              0          0 B   exists, not in the past state
      unchanged               0

      under uploads/    7 copy
      under avatars/    1 copy · 1 overwrite
      at the top level  1 overwrite

    --- stderr
    error: 2 objects in s3://scratch would be overwritten, and scratch does not keep versions
      hint: restore to an empty prefix, or enable versioning on that bucket
    ");
}
