//! `asof history`.

use asof::lab::{Put, Versioning};
use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

fn stage() -> Stage {
    let stage = Stage::after_incident();
    stage.delete("avatars/7/me.png");
    stage.time("2024-05-06T12:00:00Z");
    let glacier = Put { storage_class: Some("GLACIER_IR".to_owned()), ..Put::of("x".repeat(2000)) };
    stage.lab.put(BUCKET, "avatars/7/me.png", glacier).unwrap();
    stage
}

#[test]
fn table() {
    let stage = stage();
    assert_snapshot!(stage.asof("history s3://prod-uploads/avatars/7/me.png").changes_nothing(), @"
    exit code 0
    --- stdout
      2024-05-06 12:00:00 UTC     2.0 KiB  GLACIER_IR    Wkh9jvIoBnDMYrTsPP781Nxl5GYF.WOCG     current
      2024-05-06 08:00:00 UTC     deleted                mifbdiZV8YEc7dtY1gPraPAHkhg4ZT8vA
      2024-05-06 07:08:10 UTC         7 B  STANDARD      wcLpsRaBY9CQaFEKKW2sbEr2iKF.Vg7eP
      2024-04-07 09:00:00 UTC        13 B  STANDARD      YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K
    ");
    assert_snapshot!(stage.asof("history s3://prod-uploads/avatars/7/me.png --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 0
    --- stdout
      2024-05-06 12:00:00 UTC     2.0 KiB  GLACIER_IR    Wkh9jvIoBnDMYrTsPP781Nxl5GYF.WOCG     current
      2024-05-06 08:00:00 UTC     deleted                mifbdiZV8YEc7dtY1gPraPAHkhg4ZT8vA
      2024-05-06 07:08:10 UTC         7 B  STANDARD      wcLpsRaBY9CQaFEKKW2sbEr2iKF.Vg7eP
      2024-04-07 09:00:00 UTC        13 B  STANDARD      YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K     <-- live at 2024-05-06 07:08:09 UTC
    ");
    assert_snapshot!(stage.asof("history s3://prod-uploads/avatars/7/me.png --at 2024-05-06T10:00:00Z").changes_nothing(), @"
    exit code 0
    --- stdout
      2024-05-06 12:00:00 UTC     2.0 KiB  GLACIER_IR    Wkh9jvIoBnDMYrTsPP781Nxl5GYF.WOCG     current
      2024-05-06 08:00:00 UTC     deleted                mifbdiZV8YEc7dtY1gPraPAHkhg4ZT8vA     <-- did not exist at 2024-05-06 10:00:00 UTC
      2024-05-06 07:08:10 UTC         7 B  STANDARD      wcLpsRaBY9CQaFEKKW2sbEr2iKF.Vg7eP
      2024-04-07 09:00:00 UTC        13 B  STANDARD      YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K
    ");
}

#[test]
fn at_before_it_existed() {
    let stage = stage();
    assert_snapshot!(stage.asof("history s3://prod-uploads/avatars/7/me.png --at 2024-01-01T00:00:00Z").changes_nothing(), @"
    exit code 0
    --- stdout
      2024-05-06 12:00:00 UTC     2.0 KiB  GLACIER_IR    Wkh9jvIoBnDMYrTsPP781Nxl5GYF.WOCG     current
      2024-05-06 08:00:00 UTC     deleted                mifbdiZV8YEc7dtY1gPraPAHkhg4ZT8vA
      2024-05-06 07:08:10 UTC         7 B  STANDARD      wcLpsRaBY9CQaFEKKW2sbEr2iKF.Vg7eP
      2024-04-07 09:00:00 UTC        13 B  STANDARD      YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K
      no entry is that old: at 2024-01-01 00:00:00 UTC the key did not exist, or its version has expired
    ");
}

#[test]
fn json() {
    let stage = stage();
    assert_snapshot!(stage.asof("history s3://prod-uploads/avatars/7/me.png --at 2024-05-06T07:08:09Z --format json").changes_nothing(), @r#"
    exit code 0
    --- stdout
    {"schema":1,"type":"version","key":"avatars/7/me.png","version_id":"Wkh9jvIoBnDMYrTsPP781Nxl5GYF.WOCG","last_modified":"2024-05-06T12:00:00Z","size":2000,"etag":"6284398f25b31fbdd31e5c6cc04af9ad","storage_class":"GLACIER_IR","is_latest":true,"live_at":false}
    {"type":"delete_marker","key":"avatars/7/me.png","version_id":"mifbdiZV8YEc7dtY1gPraPAHkhg4ZT8vA","last_modified":"2024-05-06T08:00:00Z","size":null,"etag":null,"storage_class":null,"is_latest":false,"live_at":false}
    {"type":"version","key":"avatars/7/me.png","version_id":"wcLpsRaBY9CQaFEKKW2sbEr2iKF.Vg7eP","last_modified":"2024-05-06T07:08:10Z","size":7,"etag":"c8e8df895c2cae166bad027fdf15335b","storage_class":"STANDARD","is_latest":false,"live_at":false}
    {"type":"version","key":"avatars/7/me.png","version_id":"YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K","last_modified":"2024-04-07T09:00:00Z","size":13,"etag":"6878fdc9ed135511ac9300f55cd7ce01","storage_class":"STANDARD","is_latest":false,"live_at":true}
    "#);
}

#[test]
fn csv() {
    let stage = stage();
    assert_snapshot!(stage.asof("history s3://prod-uploads/avatars/7/me.png --at 2024-05-06T07:08:09Z --format csv").changes_nothing(), @"
    exit code 0
    --- stdout
    key,type,version_id,last_modified,size,etag,storage_class,is_latest,live_at
    avatars/7/me.png,version,Wkh9jvIoBnDMYrTsPP781Nxl5GYF.WOCG,2024-05-06T12:00:00Z,2000,6284398f25b31fbdd31e5c6cc04af9ad,GLACIER_IR,true,false
    avatars/7/me.png,delete_marker,mifbdiZV8YEc7dtY1gPraPAHkhg4ZT8vA,2024-05-06T08:00:00Z,,,,false,false
    avatars/7/me.png,version,wcLpsRaBY9CQaFEKKW2sbEr2iKF.Vg7eP,2024-05-06T07:08:10Z,7,c8e8df895c2cae166bad027fdf15335b,STANDARD,false,false
    avatars/7/me.png,version,YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K,2024-04-07T09:00:00Z,13,6878fdc9ed135511ac9300f55cd7ce01,STANDARD,false,true
    ");
}

#[test]
fn key_without_versions() {
    let stage = stage();
    assert_snapshot!(stage.asof("history s3://prod-uploads/avatars/7").changes_nothing(), @"
    exit code 1
    --- stderr
    error: prod-uploads has no versions of the key avatars/7
      hint: it never existed, or all its versions were deleted or have expired
    ");
    assert_snapshot!(stage.asof("history s3://prod-uploads/avatars/7 --format json").changes_nothing(), @"
    exit code 1
    --- stderr
    error: prod-uploads has no versions of the key avatars/7
      hint: it never existed, or all its versions were deleted or have expired
    ");
    assert_snapshot!(stage.asof("history s3://prod-uploads/avatars/7 --format csv").changes_nothing(), @"
    exit code 1
    --- stdout
    key,type,version_id,last_modified,size,etag,storage_class,is_latest,live_at
    --- stderr
    error: prod-uploads has no versions of the key avatars/7
      hint: it never existed, or all its versions were deleted or have expired
    ");
}

#[test]
fn location_without_key() {
    let stage = stage();
    assert_snapshot!(stage.asof("history s3://prod-uploads").changes_nothing(), @"
    exit code 2
    --- stderr
    error: s3://prod-uploads has no key
      hint: write it as s3://BUCKET/KEY
    ");
}

#[test]
fn of_a_bucket_without_versions() {
    let stage = stage();
    stage.lab.set_versioning(BUCKET, Versioning::Never);
    stage.put("a", "1");
    assert_snapshot!(stage.asof("history s3://prod-uploads/a").changes_nothing(), @"
    exit code 0
    --- stdout
      2024-05-06 12:00:00 UTC         1 B  STANDARD      null                                  current
    ");
}
