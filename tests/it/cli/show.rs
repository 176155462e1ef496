//! `asof show`.

use insta::assert_snapshot;

use super::plan::{asof, planned};
use super::stage::Stage;

#[test]
fn shown() {
    let (stage, _) = planned();
    assert_snapshot!(asof(&stage, "show incident.plan").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      listed TIME UTC (AGE ago) by asof VERSION · versioning enabled

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
      … and 1 more; --all lists every key

      apply it: asof restore --plan incident.plan
      8 copies of 102.6 KiB, 1 delete request, at least 1 s at 3,000/s
    ");
    assert_snapshot!(asof(&stage, "show incident.plan --format csv").changes_nothing(), @"
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
fn shown_as_json() {
    let stage = Stage::after_incident();
    let diff = "diff s3://prod-uploads --at 2024-05-06T07:08:09Z --out a.plan --quiet --include readme.txt --include *.tmp --trust-etag";
    stage.asof(diff).changes_nothing();
    assert_snapshot!(asof(&stage, "show a.plan --format json").changes_nothing(), @r#"
    exit code 0
    --- stdout
    {"schema":1,"type":"plan","format":{"major":1,"minor":1},"asof":"VERSION","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","listed":"TIME","checks":{"versioning":"enabled","kms":false,"trust_etag":true},"selection":{"include":["readme.txt","*.tmp"],"exclude":[],"keys_from":null}}
    {"type":"change","key":"readme.txt","change":"revert","now":{"version_id":"nsF8uXy8rzAJeig4zx55AIq6qDaHWuzmM","last_modified":"2024-05-06T07:08:10Z","size":0,"etag":"d41d8cd98f00b204e9800998ecf8427e","storage_class":"STANDARD"},"then":{"version_id":"Lyw.xBlDGyFTH9L3PPdriHSvVsO.cE_gE","last_modified":"2024-04-07T09:00:00Z","size":7,"etag":"ef7b5181c1f63f8ca8eebaab0829ee38","storage_class":"STANDARD"},"doubts":[],"cautions":[]}
    {"type":"change","key":"uploads/junk.tmp","change":"delete","now":{"version_id":"Nz1rovxWLJA85toxhkdSKHEEUgA0a9uYK","last_modified":"2024-05-06T07:08:10Z","size":4,"etag":"0c821f675f132d790b3f25e79da739a7","storage_class":"STANDARD"},"then":null,"doubts":[],"cautions":[]}
    {"type":"summary","command":"show","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":2,"versions":19,"unchanged":0,"same_content":0,"unverifiable":0,"reverts":1,"undeletes":0,"deletes":1,"doubtful":0,"bytes_to_copy":7,"list_requests":0,"write_requests":2,"elapsed_ms":0}
    "#);
    assert_snapshot!(asof(&stage, "show a.plan --all").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      listed TIME UTC (AGE ago) by asof VERSION · versioning enabled
      with --include readme.txt --include '*.tmp' --trust-etag

      revert     2024-04-07 09:00:00 UTC         7 B  readme.txt
      delete     2024-05-06 07:08:10 UTC         4 B  uploads/junk.tmp

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1          7 B   overwritten since T
      delete                  1          4 B   created since T; deleted (delete marker)
      unchanged               0

      at the top level  1 revert
      under uploads/    1 delete

      apply it: asof restore --plan a.plan
      1 copy of 7 B, 1 delete request, at least 1 s at 3,000/s
    ");
}
