//! Selection of keys: globs and lists of keys.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
fn include_and_exclude() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z").arg("--include=uploads/*").arg("--include=*.txt").arg("--exclude=*.tmp").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                6    102.5 KiB   deleted since T; restored
      revert                  1          7 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               1

      under uploads/    6 undelete
      at the top level  1 revert

      undelete   2024-04-01 09:00:00 UTC     4.9 KiB  uploads/2024/04/01.jpg
      undelete   2024-04-02 09:00:00 UTC     9.8 KiB  uploads/2024/04/02.jpg
      undelete   2024-04-03 09:00:00 UTC    14.6 KiB  uploads/2024/04/03.jpg
      undelete   2024-04-04 09:00:00 UTC    19.5 KiB  uploads/2024/04/04.jpg
      undelete   2024-04-05 09:00:00 UTC    24.4 KiB  uploads/2024/04/05.jpg
      revert     2024-04-07 09:00:00 UTC         7 B  readme.txt
      … and 1 more; --all lists every key, --out PLAN saves the plan

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z --include 'uploads/*' --include '*.txt' --exclude '*.tmp'
      7 copies of 102.5 KiB, at least 1 s at 3,000/s
      hint: 6 of these are only hidden by delete markers; --undelete remove-marker restores them with 1 request
    ");
}

#[test]
fn keys_of_a_file() {
    let stage = Stage::after_incident();
    stage
        .file("keys.txt", b"readme.txt\nuploads/2024/04/01.jpg\n\nreadme.txt\nnever/was\navatars/8/me.png\n");
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z --keys-from keys.txt").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                1      4.9 KiB   deleted since T; restored
      revert                  1          7 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               1
      1 key requested by name never existed here

      at the top level  1 revert
      under uploads/    1 undelete

      undelete   2024-04-01 09:00:00 UTC     4.9 KiB  uploads/2024/04/01.jpg
      revert     2024-04-07 09:00:00 UTC         7 B  readme.txt

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z --keys-from keys.txt
      2 copies of 4.9 KiB, at least 1 s at 3,000/s
    ");
}

#[test]
fn keys_of_standard_input() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z --keys-from - --include *.txt").stdin("readme.txt\nnever/was.txt\nor/that.txt\navatars/7/me.png\n").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1          7 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               0
      2 keys requested by name never existed here

      at the top level  1 revert

      revert     2024-04-07 09:00:00 UTC         7 B  readme.txt

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z --keys-from - --include '*.txt'
      1 copy of 7 B, at least 1 s at 3,000/s
    ");
}

#[test]
fn restore_of_a_selection() {
    let stage = Stage::after_incident();
    stage.file("keys.txt", b"readme.txt\nuploads/junk.tmp\n");
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --keys-from keys.txt --exclude *.tmp").run(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1          7 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               0

      at the top level  1 revert

    --- stderr
    done in N s: 1 copied (7 B), 0 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z --exclude '*.tmp' --keys-from keys.txt     undo it: asof undo RUN
    ");
}

#[test]
fn no_file() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --keys-from missing.txt").changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot read keys from missing.txt: No such file or directory (os error N)
    ");
}

#[test]
fn key_outside_the_prefix() {
    let stage = Stage::after_incident();
    stage.file("keys.txt", b"uploads/a\navatars/b\n");
    assert_snapshot!(stage.asof("restore s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --yes --keys-from keys.txt").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the key avatars/b in keys.txt is not under s3://prod-uploads/uploads/
      hint: write full keys, including their prefix
    ");
}

#[test]
fn file_that_is_not_text() {
    let stage = Stage::after_incident();
    stage.file("keys.txt", b"a\n\xff\n");
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --keys-from keys.txt").changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot read keys from keys.txt: line 2 is not UTF-8
    ");
}

#[test]
fn bad_glob() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --include uploads/[a").changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot read the globs of --include: uploads/[a: it has a [ without a ]
      hint: write them as 'uploads/2026/*' or '*.{jpg,png}', in quotes
    ");
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --exclude {a").changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot read the globs of --exclude: {a: it has a { without a }
      hint: write them as 'uploads/2026/*' or '*.{jpg,png}', in quotes
    ");
}

#[test]
fn no_key_selected() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z --include nothing-like-it").changes_nothing(), @"
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
