//! `asof verify`.

use asof::lab::Put;
use insta::assert_snapshot;

use super::stage::Stage;

#[test]
fn as_it_was() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("verify s3://prod-uploads --at 2024-05-06T08:00:00Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 08:00:00 UTC (AGE ago)

                           keys        bytes
      missing                 0          0 B   should be there
      different               0          0 B   another version, or changed
      extra                   0          0 B   should not be there
      unchanged              11

    verified: 11 keys are as they were at 2024-05-06 08:00:00 UTC
    ");
    assert_snapshot!(stage.asof("verify s3://prod-uploads --at 2024-05-06T08:00:00Z --format json").changes_nothing(), @r#"
    exit code 0
    --- stdout
    {"schema":1,"type":"summary","command":"verify","matched":11,"mismatched":0,"uncertain":0,"bucket":"prod-uploads","prefix":"","at":"2024-05-06T08:00:00Z","keys":11,"versions":19,"unchanged":11,"same_content":0,"unverifiable":0,"reverts":0,"undeletes":0,"deletes":0,"doubtful":0,"bytes_to_copy":0,"list_requests":1,"write_requests":0,"elapsed_ms":0}
    "#);
}

#[test]
fn not_as_it_was() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("verify s3://prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 4
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)

                           keys        bytes
      missing                 6    102.5 KiB   should be there
      different               2         20 B   another version, or changed
      extra                   1          4 B   should not be there
      unchanged               2

      under uploads/    6 missing · 1 extra
      at the top level  1 different
      under avatars/    1 different

      missing    2024-04-01 09:00:00 UTC     4.9 KiB  uploads/2024/04/01.jpg
      missing    2024-04-02 09:00:00 UTC     9.8 KiB  uploads/2024/04/02.jpg
      missing    2024-04-03 09:00:00 UTC    14.6 KiB  uploads/2024/04/03.jpg
      missing    2024-04-04 09:00:00 UTC    19.5 KiB  uploads/2024/04/04.jpg
      missing    2024-04-05 09:00:00 UTC    24.4 KiB  uploads/2024/04/05.jpg
      different  2024-04-07 09:00:00 UTC        13 B  avatars/7/me.png
      different  2024-04-07 09:00:00 UTC         7 B  readme.txt
      extra      2024-05-06 07:08:10 UTC         4 B  uploads/junk.tmp
      … and 1 more; --all lists every key

    2 keys match, 9 do not
      restore them: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z
    ");
}

#[test]
fn one_key_only() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("verify s3://prod-uploads/readme.txt --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 4
    --- stdout
    prod-uploads/readme.txt as of 2024-05-06 07:08:09 UTC (AGE ago)

                           keys        bytes
      missing                 0          0 B   should be there
      different               1          7 B   another version, or changed
      extra                   0          0 B   should not be there
      unchanged               0

      at the top level  1 different

      different  2024-04-07 09:00:00 UTC         7 B  readme.txt

    0 keys match, 1 does not
      restore them: asof restore s3://prod-uploads/readme.txt --at 2024-05-06T07:08:09Z
    ");
    assert_snapshot!(stage.asof("verify s3://prod-uploads/readme.txt --at 2024-05-06T08:00:00Z").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads/readme.txt as of 2024-05-06 08:00:00 UTC (AGE ago)

                           keys        bytes
      missing                 0          0 B   should be there
      different               0          0 B   another version, or changed
      extra                   0          0 B   should not be there
      unchanged               1

    verified: 1 key is as it was at 2024-05-06 08:00:00 UTC
    ");
}

#[test]
fn misspelt_prefix() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("verify s3://prod-uploads/uplaods/ --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 4
    --- stdout
    prod-uploads/uplaods/ as of 2024-05-06 07:08:09 UTC (AGE ago)

                           keys        bytes
      missing                 0          0 B   should be there
      different               0          0 B   another version, or changed
      extra                   0          0 B   should not be there
      unchanged               0

    nothing was compared: no keys under s3://prod-uploads/uplaods/, neither at T nor now
    ");
}

#[test]
fn json() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("verify s3://prod-uploads --at 2024-05-06T07:08:09Z --format json --include *.t* --include *01.jpg").changes_nothing(), @r#"
    exit code 4
    --- stdout
    {"schema":1,"type":"mismatch","key":"readme.txt","expected":{"version_id":"Lyw.xBlDGyFTH9L3PPdriHSvVsO.cE_gE","last_modified":"2024-04-07T09:00:00Z","size":7,"etag":"ef7b5181c1f63f8ca8eebaab0829ee38","storage_class":"STANDARD"},"found":{"version_id":"nsF8uXy8rzAJeig4zx55AIq6qDaHWuzmM","last_modified":"2024-05-06T07:08:10Z","size":0,"etag":"d41d8cd98f00b204e9800998ecf8427e","storage_class":"STANDARD"}}
    {"type":"mismatch","key":"uploads/2024/04/01.jpg","expected":{"version_id":"44YcLsVwibNlW.D6OzRFDGFmonDzYjwZG","last_modified":"2024-04-01T09:00:00Z","size":5000,"etag":"917e1a83a76ee69c8e38b034273742fc","storage_class":"STANDARD"},"found":null}
    {"type":"mismatch","key":"uploads/junk.tmp","expected":null,"found":{"version_id":"Nz1rovxWLJA85toxhkdSKHEEUgA0a9uYK","last_modified":"2024-05-06T07:08:10Z","size":4,"etag":"0c821f675f132d790b3f25e79da739a7","storage_class":"STANDARD"}}
    {"type":"summary","command":"verify","matched":0,"mismatched":3,"uncertain":0,"bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":3,"versions":19,"unchanged":0,"same_content":0,"unverifiable":0,"reverts":1,"undeletes":1,"deletes":1,"doubtful":0,"bytes_to_copy":5007,"list_requests":1,"write_requests":0,"elapsed_ms":0}
    "#);
}

#[test]
fn csv() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("verify s3://prod-uploads/avatars --at 2024-05-06T07:08:09Z --format csv").changes_nothing(), @"
    exit code 4
    --- stdout
    key,change,then_version_id,then_last_modified,then_size,then_etag,now_version_id,now_last_modified,now_size,now_etag,cautions,doubts
    avatars/7/me.png,revert,YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K,2024-04-07T09:00:00Z,13,6878fdc9ed135511ac9300f55cd7ce01,wcLpsRaBY9CQaFEKKW2sbEr2iKF.Vg7eP,2024-05-06T07:08:10Z,7,c8e8df895c2cae166bad027fdf15335b,,
    ");
}

#[test]
fn against_another_place() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    stage.lab.put("scratch", "copy/7/me.png", Put::of("the face of 7"));
    stage.lab.put("scratch", "copy/8/me.png", Put::of("another face"));
    stage.lab.put("scratch", "copy/9/me.png", Put::of("one too many"));
    assert_snapshot!(stage.asof("verify s3://prod-uploads/avatars/ --at 2024-05-06T07:08:09Z --against s3://scratch/copy/").changes_nothing(), @"
    exit code 4
    --- stdout
    prod-uploads/avatars/ as of 2024-05-06 07:08:09 UTC (AGE ago), compared with s3://scratch/copy/ now

                           keys        bytes
      missing                 0          0 B   should be there
      different               1         13 B   another version, or changed
      extra                   1         12 B   should not be there
      unchanged               0
      same                    1                different version, same content

      under avatars/  1 different · 1 extra

      different  2024-04-07 09:00:00 UTC        13 B  avatars/8/me.png
      extra      2024-05-06 08:00:00 UTC        12 B  avatars/9/me.png

    1 key matches, 2 do not
      restore them: asof restore s3://prod-uploads/avatars/ --at 2024-05-06T07:08:09Z --to s3://scratch/copy/
    ");
    assert_snapshot!(stage.asof("verify s3://prod-uploads/avatars/ --at 2024-05-06T07:08:09Z --against s3://scratch/copy/ --format json").changes_nothing(), @r#"
    exit code 4
    --- stdout
    {"schema":1,"type":"mismatch","key":"avatars/8/me.png","expected":{"version_id":"cBns0EL8JIL6A2wEOR00hJZSQBc1QDI1M","last_modified":"2024-04-07T09:00:00Z","size":13,"etag":"035dc9ce1d8651bd1c0a50e111a8fda4","storage_class":"STANDARD"},"found":{"version_id":"Wkh9jvIoBnDMYrTsPP781Nxl5GYF.WOCG","last_modified":"2024-05-06T08:00:00Z","size":12,"etag":"741b1384dfaf79b7282d29d4a0f20b85","storage_class":"STANDARD"}}
    {"type":"mismatch","key":"avatars/9/me.png","expected":null,"found":{"version_id":"9P_N9MfxiiLAhrMYk1qIDDspxKe64upmJ","last_modified":"2024-05-06T08:00:00Z","size":12,"etag":"26759a2d21e36214e980b5270ec46c04","storage_class":"STANDARD"}}
    {"type":"summary","command":"verify","matched":1,"mismatched":2,"uncertain":0,"bucket":"prod-uploads","prefix":"avatars/","at":"2024-05-06T07:08:09Z","keys":5,"versions":6,"unchanged":0,"same_content":1,"unverifiable":0,"reverts":1,"undeletes":0,"deletes":1,"doubtful":0,"bytes_to_copy":13,"list_requests":2,"write_requests":0,"elapsed_ms":0}
    "#);
}

/// A restore removes nothing from another place, so none is suggested.
#[test]
fn against_a_place_that_holds_more() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    for (key, body) in [("7/me.png", "the face of 7"), ("8/me.png", "the face of 8"), ("9/me.png", "more")] {
        stage.lab.put("scratch", key, Put::of(body));
    }
    assert_snapshot!(stage.asof("verify s3://prod-uploads/avatars/ --at 2024-05-06T07:08:09Z --against s3://scratch").changes_nothing(), @"
    exit code 4
    --- stdout
    prod-uploads/avatars/ as of 2024-05-06 07:08:09 UTC (AGE ago), compared with s3://scratch now

                           keys        bytes
      missing                 0          0 B   should be there
      different               0          0 B   another version, or changed
      extra                   1          4 B   should not be there
      unchanged               0
      same                    2                different version, same content

      under avatars/  1 extra

      extra      2024-05-06 08:00:00 UTC         4 B  avatars/9/me.png

    2 keys match, 1 does not
    ");
}

#[test]
fn against_itself() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("verify s3://prod-uploads --at 2024-05-06T07:08:09Z --against s3://prod-uploads/copy").changes_nothing(), @"
    exit code 2
    --- stderr
    error: s3://prod-uploads/copy and s3://prod-uploads overlap
      hint: choose another bucket or a prefix outside it; without --to the restore is in place
    ");
}
