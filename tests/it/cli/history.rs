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
    key,type,version_id,last_modified,size,etag,storage_class,is_latest,live_at,changed,unknown
    avatars/7/me.png,version,Wkh9jvIoBnDMYrTsPP781Nxl5GYF.WOCG,2024-05-06T12:00:00Z,2000,6284398f25b31fbdd31e5c6cc04af9ad,GLACIER_IR,true,false,,
    avatars/7/me.png,delete_marker,mifbdiZV8YEc7dtY1gPraPAHkhg4ZT8vA,2024-05-06T08:00:00Z,,,,false,false,,
    avatars/7/me.png,version,wcLpsRaBY9CQaFEKKW2sbEr2iKF.Vg7eP,2024-05-06T07:08:10Z,7,c8e8df895c2cae166bad027fdf15335b,STANDARD,false,false,,
    avatars/7/me.png,version,YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K,2024-04-07T09:00:00Z,13,6878fdc9ed135511ac9300f55cd7ce01,STANDARD,false,true,,
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
    key,type,version_id,last_modified,size,etag,storage_class,is_latest,live_at,changed,unknown
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

#[test]
fn changes_between_versions() {
    let stage = Stage::new();
    let put = |put: Put| stage.lab.put(BUCKET, "page", put).unwrap();
    let page = || Put { content_type: Some("text/plain".to_owned()), ..Put::of("a page") };
    put(page());
    put(page());
    put(Put { tags: [("team".to_owned(), "web".to_owned())].into(), ..page() });
    put(Put { metadata: [("owner".to_owned(), "web".to_owned())].into(), ..page() });
    stage.delete("page");
    put(Put { content_type: Some("text/html".to_owned()), ..Put::of("A PAGE") });
    put(Put { storage_class: Some("STANDARD_IA".to_owned()), ..Put::of("another page") });
    put(Put { customer_key: true, ..Put::of("secret") });
    assert_snapshot!(stage.asof("history s3://prod-uploads/page --changes").changes_nothing(), @"
    exit code 0
    --- stdout
      2024-04-01 00:00:00 UTC         6 B  STANDARD      YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K     current  changes unknown: a version cannot be read
      2024-04-01 00:00:00 UTC        12 B  STANDARD_IA   f0apripcxYD_8IueuP6OOHLzhRzxBnlsF     changed: content, size, content-type, storage-class
      2024-04-01 00:00:00 UTC         6 B  STANDARD      VaXX7qzedWFDnwePRInWoIDl7GX1E3yVA     changed: content, content-type, metadata
      2024-04-01 00:00:00 UTC     deleted                eUIJjU92laMSv2_oBBilxOrT1PDMnrDgL
      2024-04-01 00:00:00 UTC         6 B  STANDARD      ugTWaiF.EkFIngVpaIS8cMCRUXu95CjfF     changed: metadata, tags
      2024-04-01 00:00:00 UTC         6 B  STANDARD      FiZLW.G_8vEVwG3DsqqkwGNHvxh0iDmgM     changed: tags
      2024-04-01 00:00:00 UTC         6 B  STANDARD      PKkkRU_K4LKWM1XwIx_iAFiWOnuXDrIDD     unchanged
      2024-04-01 00:00:00 UTC         6 B  STANDARD      44YcLsVwibNlW.D6OzRFDGFmonDzYjwZG     oldest version
    ");
    assert_snapshot!(stage.asof("history s3://prod-uploads/page --changes --json").changes_nothing(), @r#"
    exit code 0
    --- stdout
    {"schema":1,"type":"version","key":"page","version_id":"YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K","last_modified":"2024-04-01T00:00:00Z","size":6,"etag":"5ebe2294ecd0e0f08eab7690d2a6ee69","storage_class":"STANDARD","is_latest":true,"live_at":false,"changes":{"oldest":false,"changed":[],"unknown":["content","size","content-type","metadata","tags","storage-class"]}}
    {"type":"version","key":"page","version_id":"f0apripcxYD_8IueuP6OOHLzhRzxBnlsF","last_modified":"2024-04-01T00:00:00Z","size":12,"etag":"bb67126f2f0638a11e719f32fdc0616c","storage_class":"STANDARD_IA","is_latest":false,"live_at":false,"changes":{"oldest":false,"changed":["content","size","content-type","storage-class"],"unknown":[]}}
    {"type":"version","key":"page","version_id":"VaXX7qzedWFDnwePRInWoIDl7GX1E3yVA","last_modified":"2024-04-01T00:00:00Z","size":6,"etag":"9a3bfe2baa0d126272ddd2099693be7c","storage_class":"STANDARD","is_latest":false,"live_at":false,"changes":{"oldest":false,"changed":["content","content-type","metadata"],"unknown":[]}}
    {"type":"delete_marker","key":"page","version_id":"eUIJjU92laMSv2_oBBilxOrT1PDMnrDgL","last_modified":"2024-04-01T00:00:00Z","size":null,"etag":null,"storage_class":null,"is_latest":false,"live_at":false}
    {"type":"version","key":"page","version_id":"ugTWaiF.EkFIngVpaIS8cMCRUXu95CjfF","last_modified":"2024-04-01T00:00:00Z","size":6,"etag":"6c5c0a3c61ef14b453c2e2ff1a111309","storage_class":"STANDARD","is_latest":false,"live_at":false,"changes":{"oldest":false,"changed":["metadata","tags"],"unknown":[]}}
    {"type":"version","key":"page","version_id":"FiZLW.G_8vEVwG3DsqqkwGNHvxh0iDmgM","last_modified":"2024-04-01T00:00:00Z","size":6,"etag":"6c5c0a3c61ef14b453c2e2ff1a111309","storage_class":"STANDARD","is_latest":false,"live_at":false,"changes":{"oldest":false,"changed":["tags"],"unknown":[]}}
    {"type":"version","key":"page","version_id":"PKkkRU_K4LKWM1XwIx_iAFiWOnuXDrIDD","last_modified":"2024-04-01T00:00:00Z","size":6,"etag":"6c5c0a3c61ef14b453c2e2ff1a111309","storage_class":"STANDARD","is_latest":false,"live_at":false,"changes":{"oldest":false,"changed":[],"unknown":[]}}
    {"type":"version","key":"page","version_id":"44YcLsVwibNlW.D6OzRFDGFmonDzYjwZG","last_modified":"2024-04-01T00:00:00Z","size":6,"etag":"6c5c0a3c61ef14b453c2e2ff1a111309","storage_class":"STANDARD","is_latest":false,"live_at":false,"changes":{"oldest":true,"changed":[],"unknown":[]}}
    "#);
    assert_snapshot!(stage.asof("history s3://prod-uploads/page --changes --format csv").changes_nothing(), @"
    exit code 0
    --- stdout
    key,type,version_id,last_modified,size,etag,storage_class,is_latest,live_at,changed,unknown
    page,version,YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K,2024-04-01T00:00:00Z,6,5ebe2294ecd0e0f08eab7690d2a6ee69,STANDARD,true,false,,content size content-type metadata tags storage-class
    page,version,f0apripcxYD_8IueuP6OOHLzhRzxBnlsF,2024-04-01T00:00:00Z,12,bb67126f2f0638a11e719f32fdc0616c,STANDARD_IA,false,false,content size content-type storage-class,
    page,version,VaXX7qzedWFDnwePRInWoIDl7GX1E3yVA,2024-04-01T00:00:00Z,6,9a3bfe2baa0d126272ddd2099693be7c,STANDARD,false,false,content content-type metadata,
    page,delete_marker,eUIJjU92laMSv2_oBBilxOrT1PDMnrDgL,2024-04-01T00:00:00Z,,,,false,false,,
    page,version,ugTWaiF.EkFIngVpaIS8cMCRUXu95CjfF,2024-04-01T00:00:00Z,6,6c5c0a3c61ef14b453c2e2ff1a111309,STANDARD,false,false,metadata tags,
    page,version,FiZLW.G_8vEVwG3DsqqkwGNHvxh0iDmgM,2024-04-01T00:00:00Z,6,6c5c0a3c61ef14b453c2e2ff1a111309,STANDARD,false,false,tags,
    page,version,PKkkRU_K4LKWM1XwIx_iAFiWOnuXDrIDD,2024-04-01T00:00:00Z,6,6c5c0a3c61ef14b453c2e2ff1a111309,STANDARD,false,false,,
    page,version,44YcLsVwibNlW.D6OzRFDGFmonDzYjwZG,2024-04-01T00:00:00Z,6,6c5c0a3c61ef14b453c2e2ff1a111309,STANDARD,false,false,,
    ");
}
