//! `asof ls`.

use asof::lab::Versioning;
use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

const AT: &str = "--at 2024-05-06T07:08:09Z";

#[test]
fn folders_and_keys() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof(&format!("ls s3://prod-uploads {AT}")).changes_nothing(), @"
    exit code 0
    --- stdout
                               PRE avatars/
                               PRE uploads/
    2024-04-07 09:00:00          7 readme.txt
    --- stderr
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago); times are in UTC
    ");
    assert_snapshot!(stage.asof(&format!("ls s3://prod-uploads/avatars/7/ {AT}")).changes_nothing(), @"
    exit code 0
    --- stdout
    2024-04-07 09:00:00         13 me.png
    --- stderr
    prod-uploads/avatars/7/ as of 2024-05-06 07:08:09 UTC (AGE ago); times are in UTC
    ");
    assert_snapshot!(stage.asof(&format!("ls s3://prod-uploads/uploads/20 {AT}")).changes_nothing(), @"
    exit code 0
    --- stdout
                               PRE 2024/
    --- stderr
    prod-uploads/uploads/20 as of 2024-05-06 07:08:09 UTC (AGE ago); times are in UTC
    ");
    // After the incident a folder had nothing left but what is new in it.
    assert_snapshot!(stage.asof("ls s3://prod-uploads/uploads/ --at 2024-05-06T07:08:10Z").changes_nothing(), @"
    exit code 0
    --- stdout
                               PRE 2024/
    2024-05-06 07:08:10          4 junk.tmp   (same-second)
    --- stderr
    prod-uploads/uploads/ as of 2024-05-06 07:08:10 UTC (AGE ago); times are in UTC
    ");
}

#[test]
fn all_keys_with_sizes_in_units_and_totals() {
    let stage = Stage::after_incident();
    let words = format!("ls s3://prod-uploads {AT} --recursive --human-readable --summarize");
    assert_snapshot!(stage.asof(&words).changes_nothing(), @"
    exit code 0
    --- stdout
    2024-04-07 09:00:00       13 B avatars/7/me.png
    2024-04-07 09:00:00       13 B avatars/8/me.png
    2024-04-07 09:00:00        7 B readme.txt
    2024-04-01 09:00:00    4.9 KiB uploads/2024/04/01.jpg
    2024-04-02 09:00:00    9.8 KiB uploads/2024/04/02.jpg
    2024-04-03 09:00:00   14.6 KiB uploads/2024/04/03.jpg
    2024-04-04 09:00:00   19.5 KiB uploads/2024/04/04.jpg
    2024-04-05 09:00:00   24.4 KiB uploads/2024/04/05.jpg
    2024-04-06 09:00:00   29.3 KiB uploads/2024/04/06.jpg
    2024-04-07 09:00:00   34.2 KiB uploads/2024/04/07.jpg

    Total Objects: 10
       Total Size: 136.8 KiB
    --- stderr
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago); times are in UTC
    ");
    assert_snapshot!(stage.asof(&format!("ls s3://prod-uploads/r {AT} --summarize --quiet")).changes_nothing(), @"
    exit code 0
    --- stdout
    2024-04-07 09:00:00          7 readme.txt

    Total Objects: 1
       Total Size: 7
    ");
}

#[test]
fn json_and_csv() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof(&format!("ls s3://prod-uploads {AT} --format json")).changes_nothing(), @r#"
    exit code 0
    --- stdout
    {"schema":1,"type":"folder","prefix":"avatars/","uncertain":false}
    {"type":"folder","prefix":"uploads/","uncertain":false}
    {"type":"object","key":"readme.txt","version_id":"Lyw.xBlDGyFTH9L3PPdriHSvVsO.cE_gE","last_modified":"2024-04-07T09:00:00Z","size":7,"etag":"ef7b5181c1f63f8ca8eebaab0829ee38","storage_class":"STANDARD","doubts":[],"cautions":[]}
    {"type":"summary","command":"ls","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":1,"folders":2,"bytes":7,"uncertain":0,"list_requests":1,"elapsed_ms":0}
    "#);
    let words = format!("ls s3://prod-uploads/avatars/ {AT} --recursive --format csv");
    assert_snapshot!(stage.asof(&words).changes_nothing(), @"
    exit code 0
    --- stdout
    type,key,version_id,last_modified,size,etag,storage_class,cautions,doubts
    object,avatars/7/me.png,YulU2yNQRdNMuPClYN4ITMOsWJ9VPK_4K,2024-04-07T09:00:00Z,13,6878fdc9ed135511ac9300f55cd7ce01,STANDARD,,
    object,avatars/8/me.png,cBns0EL8JIL6A2wEOR00hJZSQBc1QDI1M,2024-04-07T09:00:00Z,13,035dc9ce1d8651bd1c0a50e111a8fda4,STANDARD,,
    ");
    assert_snapshot!(stage.asof(&format!("ls s3://prod-uploads {AT} --format csv")).changes_nothing(), @"
    exit code 0
    --- stdout
    type,key,version_id,last_modified,size,etag,storage_class,cautions,doubts
    folder,avatars/,,,,,,,
    folder,uploads/,,,,,,,
    object,readme.txt,Lyw.xBlDGyFTH9L3PPdriHSvVsO.cE_gE,2024-04-07T09:00:00Z,7,ef7b5181c1f63f8ca8eebaab0829ee38,STANDARD,,
    ");
}

#[test]
fn nothing_was_live() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof(&format!("ls s3://prod-uploads/uploads/junk.tmp {AT}")).changes_nothing(), @"
    exit code 1
    --- stderr
    prod-uploads/uploads/junk.tmp as of 2024-05-06 07:08:09 UTC (AGE ago); times are in UTC
    error: cannot list s3://prod-uploads/uploads/junk.tmp: no key with this prefix was live at 2024-05-06 07:08:09 UTC
      hint: see when its keys were written and deleted: asof timeline s3://prod-uploads/uploads/junk.tmp
    ");
    assert_snapshot!(stage.asof("ls s3://prod-uploads --at 2024-04-01T00:00:00Z").changes_nothing(), @"
    exit code 0
    --- stderr
    prod-uploads as of 2024-04-01 00:00:00 UTC (AGE ago); times are in UTC
    s3://prod-uploads had no objects at 2024-04-01 00:00:00 UTC
    ");
    assert_snapshot!(stage.asof("ls s3://no-such-bucket --at 2024-04-01T00:00:00Z").changes_nothing(), @"
    exit code 1
    --- stderr
    error: the bucket no-such-bucket does not exist
      hint: check its name, --profile and --endpoint-url
    ");
    assert_snapshot!(stage.asof("ls s3://prod-uploads --at 2034-04-01T00:00:00Z").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the target time 2034-04-01T00:00:00Z must be in the past; by the server's clock it is NOW
    ");
}

#[test]
fn uncertain_keys_are_marked() {
    let stage = Stage::new();
    stage.put("a", "first");
    stage.put("certain", "first");
    stage.put("folder/a", "first");
    stage.lab.set_versioning(BUCKET, Versioning::Suspended);
    stage.time("2024-05-06T07:08:10Z");
    stage.put("a", "overwritten");
    stage.put("folder/a", "overwritten");
    stage.put("new", "perhaps");
    stage.lab.set_versioning(BUCKET, Versioning::Enabled);
    assert_snapshot!(stage.asof(&format!("ls s3://prod-uploads {AT}")).changes_nothing(), @"
    exit code 5
    --- stdout
                               PRE folder/   (uncertain)
    2024-04-01 00:00:00          5 a   (uncertain: null-version)
    2024-04-01 00:00:00          5 certain
                                 ? new   (uncertain: null-version)
    --- stderr
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago); times are in UTC
    3 entries are uncertain: versions live at 2024-05-06 07:08:09 UTC may have been removed or overwritten; --doubtful trust takes the listing as complete
    ");
    assert_snapshot!(stage.asof(&format!("ls s3://prod-uploads {AT} --recursive --json")).changes_nothing(), @r#"
    exit code 5
    --- stdout
    {"schema":1,"type":"object","key":"a","version_id":"44YcLsVwibNlW.D6OzRFDGFmonDzYjwZG","last_modified":"2024-04-01T00:00:00Z","size":5,"etag":"8b04d5e3775d298e78455efc5ca404d5","storage_class":"STANDARD","doubts":["null-version"],"cautions":[]}
    {"type":"object","key":"certain","version_id":"PKkkRU_K4LKWM1XwIx_iAFiWOnuXDrIDD","last_modified":"2024-04-01T00:00:00Z","size":5,"etag":"8b04d5e3775d298e78455efc5ca404d5","storage_class":"STANDARD","doubts":[],"cautions":[]}
    {"type":"object","key":"folder/a","version_id":"FiZLW.G_8vEVwG3DsqqkwGNHvxh0iDmgM","last_modified":"2024-04-01T00:00:00Z","size":5,"etag":"8b04d5e3775d298e78455efc5ca404d5","storage_class":"STANDARD","doubts":["null-version"],"cautions":[]}
    {"type":"object","key":"new","version_id":null,"last_modified":null,"size":null,"etag":null,"storage_class":null,"doubts":["null-version"],"cautions":[]}
    {"type":"summary","command":"ls","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":4,"folders":0,"bytes":15,"uncertain":3,"list_requests":1,"elapsed_ms":0}
    --- stderr
    3 entries are uncertain: versions live at 2024-05-06 07:08:09 UTC may have been removed or overwritten; --doubtful trust takes the listing as complete
    "#);
    assert_snapshot!(stage.asof(&format!("ls s3://prod-uploads {AT} --format csv")).changes_nothing(), @"
    exit code 5
    --- stdout
    type,key,version_id,last_modified,size,etag,storage_class,cautions,doubts
    folder,folder/,,,,,,,uncertain
    object,a,44YcLsVwibNlW.D6OzRFDGFmonDzYjwZG,2024-04-01T00:00:00Z,5,8b04d5e3775d298e78455efc5ca404d5,STANDARD,,null-version
    object,certain,PKkkRU_K4LKWM1XwIx_iAFiWOnuXDrIDD,2024-04-01T00:00:00Z,5,8b04d5e3775d298e78455efc5ca404d5,STANDARD,,
    object,new,,,,,,,null-version
    --- stderr
    3 entries are uncertain: versions live at 2024-05-06 07:08:09 UTC may have been removed or overwritten; --doubtful trust takes the listing as complete
    ");
    assert_snapshot!(stage.asof(&format!("ls s3://prod-uploads {AT} --doubtful trust")).changes_nothing(), @"
    exit code 0
    --- stdout
                               PRE folder/
    2024-04-01 00:00:00          5 a
    2024-04-01 00:00:00          5 certain
    --- stderr
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago); times are in UTC
    ");
}

#[test]
fn hostile_keys_are_escaped() {
    let stage = Stage::new();
    stage.put("\u{1b}[2J/x", "x");
    stage.put("line\nfeed", "x");
    stage.put("\u{202e}gpj.exe", "x");
    stage.time("2024-05-06T07:08:10Z");
    assert_snapshot!(stage.asof(&format!("ls s3://prod-uploads {AT}")).changes_nothing(), @r#"
    exit code 0
    --- stdout
                               PRE \u{1b}[2J/
    2024-04-01 00:00:00          1 line\u{a}feed
    2024-04-01 00:00:00          1 \u{202e}gpj.exe
    --- stderr
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago); times are in UTC
    "#);
}

/// The last key of a page may have older entries that the server left out, so it is read again, while the listing goes on
/// with a key that was not live and one that was.
#[test]
fn a_key_that_is_read_again_is_listed_in_its_place() {
    let stage = Stage::new();
    let keys: Vec<_> = (0..999).map(|n| format!("a{n:03}")).collect();
    for key in &keys {
        stage.put(key, "first");
    }
    stage.put("c", "first");
    stage.delete("c");
    stage.put("d", "first");
    stage.time("2024-05-06T07:08:10Z");
    stage.lab.set_versioning(BUCKET, Versioning::Suspended);
    stage.put("b", "perhaps");
    stage.lab.set_versioning(BUCKET, Versioning::Enabled);
    let list = format!("ls s3://prod-uploads {AT} --recursive --format csv --list-concurrency 1");
    let listed = stage.asof(&list).changes_nothing();
    let listed = listed.lines().filter_map(|line| line.strip_prefix("object,")?.split(',').next());
    let listed: Vec<_> = listed.map(str::to_owned).collect();
    assert_eq!(listed, [keys, vec!["b".to_owned(), "d".to_owned()]].concat());
}
