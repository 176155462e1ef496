//! `asof cat`.

use std::io::Read as _;
use std::process::{Output, Stdio};

use asof::lab::{Fault, Operation, Put, Rule, Versioning, When};
use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

const AT: &str = "--at 2024-05-06T07:08:09Z";
const FACE: &str = "s3://prod-uploads/avatars/7/me.png";

fn cat(stage: &Stage, words: &str) -> Output {
    stage.asof(&format!("cat {words}")).command.output().unwrap()
}

fn bytes_of(stage: &Stage, words: &str) -> Vec<u8> {
    let output = cat(stage, words);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    output.stdout
}

/// A bucket with one large object, overwritten since.
fn large() -> (Stage, Vec<u8>) {
    let stage = Stage::new();
    let body: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    stage.lab.put(BUCKET, "large", Put::of(body.clone())).unwrap();
    stage.time("2024-05-06T07:08:10Z");
    stage.put("large", "small");
    (stage, body)
}

#[test]
fn the_bytes_and_nothing_else() {
    let stage = Stage::after_incident();
    assert_eq!(bytes_of(&stage, &format!("{FACE} {AT}")), b"the face of 7");
    assert_eq!(bytes_of(&stage, &format!("{FACE} --at 2024-05-06T07:08:10Z --quiet")), b"garbage");
    for (range, expected) in [
        ("bytes=4-7", "face"),
        ("0-0", "t"),
        ("8-", " of 7"),
        ("8-1000", " of 7"),
        ("-1", "7"),
        ("-1000", "the face of 7"),
    ] {
        let found = bytes_of(&stage, &format!("{FACE} {AT} --range {range}"));
        assert_eq!(String::from_utf8(found).unwrap(), expected, "{range}");
    }
    // An object without any.
    assert_eq!(bytes_of(&stage, "s3://prod-uploads/readme.txt --at 2024-05-06T07:08:10Z --quiet"), b"");
}

#[test]
fn no_bytes_but_an_error() {
    let stage = Stage::after_incident();
    let words = format!("cat s3://prod-uploads/uploads/junk.tmp {AT}");
    assert_snapshot!(stage.asof(&words).changes_nothing(), @"
    exit code 1
    --- stderr
    error: cannot read s3://prod-uploads/uploads/junk.tmp: the key did not exist at 2024-05-06 07:08:09 UTC
      hint: list its versions: asof history s3://prod-uploads/uploads/junk.tmp --at 2024-05-06T07:08:09Z
    ");
    assert_snapshot!(stage.asof(&format!("cat s3://prod-uploads/no-such-key {AT}")).changes_nothing(), @"
    exit code 1
    --- stderr
    error: cannot read s3://prod-uploads/no-such-key: the key did not exist at 2024-05-06 07:08:09 UTC
      hint: list its versions: asof history s3://prod-uploads/no-such-key --at 2024-05-06T07:08:09Z
    ");
    assert_snapshot!(stage.asof(&format!("cat {FACE} {AT} --range 100-")).changes_nothing(), @"
    exit code 1
    --- stderr
    error: cannot read s3://prod-uploads/avatars/7/me.png: the range is beyond its end at 13 bytes
      hint: --range counts bytes from 0
    ");
    assert_snapshot!(stage.asof(&format!("cat {FACE} {AT} --range 5-1")).changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value '5-1' for '--range <BYTES>': cannot read the range 5-1
      hint: write it as 0-99, 100- or -100 (the last 100 bytes), as in an HTTP Range header

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.asof(&format!("cat s3://prod-uploads {AT}")).changes_nothing(), @"
    exit code 2
    --- stderr
    error: s3://prod-uploads has no key
      hint: write it as s3://BUCKET/KEY
    ");
}

#[test]
fn uncertain() {
    let stage = Stage::new();
    stage.put("a", "first");
    stage.lab.set_versioning(BUCKET, Versioning::Suspended);
    stage.time("2024-05-06T07:08:10Z");
    stage.put("a", "overwritten");
    stage.put("new", "perhaps");
    stage.lab.set_versioning(BUCKET, Versioning::Enabled);
    assert_snapshot!(stage.asof(&format!("cat s3://prod-uploads/a {AT}")).changes_nothing(), @"
    exit code 5
    --- stderr
    error: cannot read s3://prod-uploads/a: its state at 2024-05-06 07:08:09 UTC is uncertain (null-version)
      hint: --doubtful trust reads the version that was live according to the listing
      hint: list its versions: asof history s3://prod-uploads/a --at 2024-05-06T07:08:09Z
    ");
    assert_snapshot!(stage.asof(&format!("cat s3://prod-uploads/new {AT}")).changes_nothing(), @"
    exit code 5
    --- stderr
    error: cannot read s3://prod-uploads/new: its state at 2024-05-06 07:08:09 UTC is uncertain (null-version)
      hint: according to the listing the key did not exist, but its versions may have been removed
      hint: list its versions: asof history s3://prod-uploads/new --at 2024-05-06T07:08:09Z
    ");
    assert_eq!(bytes_of(&stage, &format!("s3://prod-uploads/a {AT} --doubtful trust")), b"first");
    assert_snapshot!(stage.asof(&format!("cat s3://prod-uploads/new {AT} --doubtful trust")).changes_nothing(), @"
    exit code 1
    --- stderr
    error: cannot read s3://prod-uploads/new: the key did not exist at 2024-05-06 07:08:09 UTC
      hint: list its versions: asof history s3://prod-uploads/new --at 2024-05-06T07:08:09Z
    ");
}

#[test]
fn archived() {
    let stage = Stage::new();
    let frozen = Put { storage_class: Some("GLACIER".to_owned()), ..Put::of("frozen") };
    stage.lab.put(BUCKET, "it's old.csv", frozen).unwrap();
    stage.put("tiered", "cool");
    assert!(stage.lab.archive(BUCKET, "tiered"));
    stage.time("2024-05-06T07:08:10Z");
    let asof =
        stage.asof("cat").arg("s3://prod-uploads/it's old.csv").arg("--at").arg("2024-05-06T07:08:09Z");
    assert_snapshot!(asof.changes_nothing(), @r#"
    exit code 5
    --- stderr
    error: cannot read s3://prod-uploads/it's old.csv: the version live at 2024-05-06 07:08:09 UTC is archived and must be thawed first
      hint: thaw it: aws s3api restore-object --bucket prod-uploads --key 'it'\''s old.csv' --version-id 44YcLsVwibNlW.D6OzRFDGFmonDzYjwZG --restore-request Days=7
    "#);
    assert_snapshot!(stage.asof(&format!("cat s3://prod-uploads/tiered {AT}")).changes_nothing(), @"
    exit code 5
    --- stderr
    error: cannot read s3://prod-uploads/tiered: the version live at 2024-05-06 07:08:09 UTC is archived and must be thawed first
      hint: thaw it: aws s3api restore-object --bucket prod-uploads --key tiered --version-id PKkkRU_K4LKWM1XwIx_iAFiWOnuXDrIDD --restore-request Days=7
    ");
}

#[test]
fn a_body_that_breaks_is_resumed() {
    let (stage, body) = large();
    let at = format!("s3://prod-uploads/large {AT}");
    stage.lab.faults().push(Rule::on(Operation::GetObject, Fault::Truncated, When::First(3)));
    assert!(bytes_of(&stage, &at) == body);
    stage.lab.faults().push(Rule::on(Operation::GetObject, Fault::SlowDown, When::First(2)));
    stage.lab.faults().push(Rule::on(Operation::GetObject, Fault::Truncated, When::First(2)));
    assert!(bytes_of(&stage, &format!("{at} --range 1000-9000000")) == body[1000..=9_000_000]);
}

#[test]
fn a_short_or_wrong_output_is_never_a_success() {
    let stage = Stage::after_incident();
    stage.strike(Operation::GetObject, Fault::Truncated);
    assert_snapshot!(stage.asof(&format!("cat {FACE} {AT}")).changes_nothing(), @"
    exit code 1
    --- stdout
    the face of --- stderr
    error: cannot read s3://prod-uploads/avatars/7/me.png: 12 of 13 bytes were written: the body ended early
    ");
    let stage = Stage::after_incident();
    stage.strike(Operation::GetObject, Fault::Corrupted);
    assert_snapshot!(stage.asof(&format!("cat {FACE} {AT}")).changes_nothing(), @"
    exit code 1
    --- stdout
    the fabe of 7--- stderr
    error: cannot read s3://prod-uploads/avatars/7/me.png: the server's reply is not the version: the bytes written do not match its checksum
      hint: discard the output; if this persists, the object or the connection is damaged
    ");
}

#[test]
fn a_reader_that_has_enough_ends_it() {
    let (stage, body) = large();
    let mut asof = stage.asof(&format!("cat s3://prod-uploads/large {AT}"));
    let mut child = asof.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut begun = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut begun).unwrap();
    assert_eq!(begun, body[..10]);
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
}
