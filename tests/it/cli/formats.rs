//! The formats for scripts: JSON Lines and CSV.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
fn json() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads/avatars --at 2024-05-06T07:08:09Z --format json").changes_nothing(), @r#"
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
    {"type":"change","key":"avatars/7/me.png","change":"revert","now":{"version_id":"wcLpsRaBY9CQaFEKKW2sbEr2iKF.Vg7eP","last_modified":"2024-05-06T07:08:10Z","size":7,"etag":"c8e8df895c2cae166bad027fdf15335b","storage_class":"STANDARD"},"then":{"version_id":"YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K","last_modified":"2024-04-07T09:00:00Z","size":13,"etag":"6878fdc9ed135511ac9300f55cd7ce01","storage_class":"STANDARD"},"doubts":[],"cautions":[]}
    {"type":"summary","command":"diff","bucket":"prod-uploads","prefix":"avatars","at":"2024-05-06T07:08:09Z","keys":2,"versions":3,"unchanged":1,"same_content":0,"unverifiable":0,"reverts":1,"undeletes":0,"deletes":0,"doubtful":0,"bytes_to_copy":13,"list_requests":1,"write_requests":1,"elapsed_ms":0}
    "#);
}

#[test]
fn json_of_every_kind() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z --format json --include *[ut]*.tmp --include readme.txt --include *01.jpg").changes_nothing(), @r#"
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
    {"type":"change","key":"readme.txt","change":"revert","now":{"version_id":"nsF8uXy8rzAJeig4zx55AIq6qDaHWuzmM","last_modified":"2024-05-06T07:08:10Z","size":0,"etag":"d41d8cd98f00b204e9800998ecf8427e","storage_class":"STANDARD"},"then":{"version_id":"Lyw.xBlDGyFTH9L3PPdriHSvVsO.cE_gE","last_modified":"2024-04-07T09:00:00Z","size":7,"etag":"ef7b5181c1f63f8ca8eebaab0829ee38","storage_class":"STANDARD"},"doubts":[],"cautions":[]}
    {"type":"change","key":"uploads/2024/04/01.jpg","change":"undelete","now":null,"then":{"version_id":"44YcLsVwibNlW.D6OzRFDGFmonDzYjwZG","last_modified":"2024-04-01T09:00:00Z","size":5000,"etag":"917e1a83a76ee69c8e38b034273742fc","storage_class":"STANDARD"},"doubts":[],"cautions":[]}
    {"type":"change","key":"uploads/junk.tmp","change":"delete","now":{"version_id":"Nz1rovxWLJA85toxhkdSKHEEUgA0a9uYK","last_modified":"2024-05-06T07:08:10Z","size":4,"etag":"0c821f675f132d790b3f25e79da739a7","storage_class":"STANDARD"},"then":null,"doubts":[],"cautions":[]}
    {"type":"summary","command":"diff","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":3,"versions":19,"unchanged":0,"same_content":0,"unverifiable":0,"reverts":1,"undeletes":1,"deletes":1,"doubtful":0,"bytes_to_copy":5007,"list_requests":1,"write_requests":3,"elapsed_ms":0}
    "#);
}

#[test]
fn json_of_two_past_times() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads/avatars --at 2024-05-06T07:08:09Z --versus 2024-05-06T07:08:10Z --format json").changes_nothing(), @r#"
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
    {"type":"change","key":"avatars/7/me.png","change":"revert","now":{"version_id":"wcLpsRaBY9CQaFEKKW2sbEr2iKF.Vg7eP","last_modified":"2024-05-06T07:08:10Z","size":7,"etag":"c8e8df895c2cae166bad027fdf15335b","storage_class":"STANDARD"},"then":{"version_id":"YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K","last_modified":"2024-04-07T09:00:00Z","size":13,"etag":"6878fdc9ed135511ac9300f55cd7ce01","storage_class":"STANDARD"},"doubts":[],"cautions":[]}
    {"type":"summary","command":"diff","versus":"2024-05-06T07:08:10Z","bucket":"prod-uploads","prefix":"avatars","at":"2024-05-06T07:08:09Z","keys":2,"versions":3,"unchanged":1,"same_content":0,"unverifiable":0,"reverts":1,"undeletes":0,"deletes":0,"doubtful":0,"bytes_to_copy":13,"list_requests":1,"write_requests":1,"elapsed_ms":0}
    "#);
}

#[test]
fn json_of_nothing() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads/none --at 2024-05-06T07:08:09Z --format json").changes_nothing(), @r#"
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
    {"type":"summary","command":"diff","bucket":"prod-uploads","prefix":"none","at":"2024-05-06T07:08:09Z","keys":0,"versions":0,"unchanged":0,"same_content":0,"unverifiable":0,"reverts":0,"undeletes":0,"deletes":0,"doubtful":0,"bytes_to_copy":0,"list_requests":1,"write_requests":0,"elapsed_ms":0}
    "#);
}

#[test]
fn csv() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z --format csv").changes_nothing(), @"
    exit code 0
    --- stdout
    key,change,then_version_id,then_last_modified,then_size,then_etag,now_version_id,now_last_modified,now_size,now_etag,cautions,doubts
    avatars/7/me.png,revert,YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K,2024-04-07T09:00:00Z,13,6878fdc9ed135511ac9300f55cd7ce01,wcLpsRaBY9CQaFEKKW2sbEr2iKF.Vg7eP,2024-05-06T07:08:10Z,7,c8e8df895c2cae166bad027fdf15335b,,
    readme.txt,revert,Lyw.xBlDGyFTH9L3PPdriHSvVsO.cE_gE,2024-04-07T09:00:00Z,7,ef7b5181c1f63f8ca8eebaab0829ee38,nsF8uXy8rzAJeig4zx55AIq6qDaHWuzmM,2024-05-06T07:08:10Z,0,d41d8cd98f00b204e9800998ecf8427e,,
    uploads/2024/04/01.jpg,undelete,44YcLsVwibNlW.D6OzRFDGFmonDzYjwZG,2024-04-01T09:00:00Z,5000,917e1a83a76ee69c8e38b034273742fc,,,,,,
    uploads/2024/04/02.jpg,undelete,PKkkRU_K4LKWM1XwIx_iAFiWOnuXDrIDD,2024-04-02T09:00:00Z,10000,c6ccb7f0a02125406d80740b192885a0,,,,,,
    uploads/2024/04/03.jpg,undelete,FiZLW.G_8vEVwG3DsqqkwGNHvxh0iDmgM,2024-04-03T09:00:00Z,15000,f489c6b53dd6f74cf1c4a23de124a0b9,,,,,,
    uploads/2024/04/04.jpg,undelete,ugTWaiF.EkFIngVpaIS8cMCRUXu95CjfF,2024-04-04T09:00:00Z,20000,e5ffd0b42ff07fa05b8d7c61b9d2f453,,,,,,
    uploads/2024/04/05.jpg,undelete,eUIJjU92laMSv2_oBBilxOrT1PDMnrDgL,2024-04-05T09:00:00Z,25000,3db00769fef6b858a737797c61cd9896,,,,,,
    uploads/2024/04/06.jpg,undelete,VaXX7qzedWFDnwePRInWoIDl7GX1E3yVA,2024-04-06T09:00:00Z,30000,c528cbd7673061f1bbf4c8e5d41500c5,,,,,,
    uploads/junk.tmp,delete,,,,,Nz1rovxWLJA85toxhkdSKHEEUgA0a9uYK,2024-05-06T07:08:10Z,4,0c821f675f132d790b3f25e79da739a7,,
    ");
}

#[test]
fn csv_of_nothing() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads/none --at 2024-05-06T07:08:09Z --format csv").changes_nothing(), @"
    exit code 0
    --- stdout
    key,change,then_version_id,then_last_modified,then_size,then_etag,now_version_id,now_last_modified,now_size,now_etag,cautions,doubts
    ");
}

#[test]
fn restore_has_no_csv() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --format csv").changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value 'csv' for '--format <FORMAT>'
      [possible values: table, json]

    For more information, try '--help'.
    ");
}

#[test]
fn unknown_format() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z --format xml").changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value 'xml' for '--format <FORMAT>'
      [possible values: table, json, csv]

    For more information, try '--help'.
    ");
}
