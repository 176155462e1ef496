//! Plans that are written, read back, damaged, and made by other versions.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crc32fast::Hasher;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::trailer::sealed;
use super::*;
use crate::error::{Error, ErrorKind};
use crate::model::{ChecksumType, Instant, Version, Versioning};
use crate::plan::{Action, Change, Sums, Tally};
use crate::resolve::Caution;

pub(super) const FIXTURE: &[u8] = include_bytes!("../../../fixtures/plan/1.0.plan");

pub(super) fn header() -> Header {
    Header::new(
        &"s3://prod-uploads".parse().unwrap(),
        Times {
            at: Instant::from_millis(1_763_389_805_000),
            listed: Instant::from_millis(1_763_400_000_000),
        },
        Checks { versioning: Versioning::Enabled, kms: true, trust_etag: false },
        Selected { include: vec!["a*".into()], keys_from: Some("keys.txt".into()), ..Selected::default() },
    )
}

fn written(dir: &Path, changes: &[Change]) -> PathBuf {
    let path = dir.join("plan");
    let mut writer = Writer::create(&path, &header()).unwrap();
    for change in changes {
        writer.push(change).unwrap();
    }
    let mut found = Sums::default();
    (found.unchanged, found.same_content) = (7, 2);
    writer.finish(&found, Seen { keys: 99, versions: 1000 }).unwrap();
    path
}

fn changes(path: &Path) -> Vec<Change> {
    let opened = PlanFile::open(path).unwrap();
    let indexed: Vec<_> = opened.changes.map(Result::unwrap).collect();
    assert!(indexed.iter().map(|(index, _)| *index).eq(0..indexed.len() as u64));
    indexed.into_iter().map(|(_, change)| change).collect()
}

/// Returns the error for these bytes; `None` if they are accepted.
fn refusal(dir: &Path, bytes: &[u8]) -> Option<Error> {
    let mut file = tempfile::NamedTempFile::new_in(dir).unwrap();
    file.write_all(bytes).unwrap();
    let refused = PlanFile::open(file.path()).err()?;
    assert_eq!(refused.kind(), ErrorKind::Usage);
    assert!(!refused.hints().is_empty(), "{refused}");
    Some(refused)
}

/// A plan of these lines, the last of which is the trailer; its CRC-32 is correct.
fn composed(lines: &[Value]) -> Vec<u8> {
    let (trailer, lines) = lines.split_last().unwrap();
    let text: String = lines.iter().map(|line| line.to_string() + "\n").collect();
    let mut bytes = zstd::encode_all(text.as_bytes(), 1).unwrap();
    let mut crc = Hasher::new();
    crc.update(&bytes);
    bytes.extend(sealed(trailer.to_string().into_bytes(), crc).unwrap());
    bytes
}

/// The lines of a plan with one delete, as a future asof with the same major version might write them.
fn lines() -> [Value; 3] {
    let version = json!({"version_id": "w", "last_modified": "2026-11-18T00:00:00Z", "size": 3, "etag": "e",
        "storage_class": "STANDARD", "colour": "blue"});
    let tally = |keys: u64| json!({"keys": keys, "bytes": keys * 3, "colour": "blue"});
    [
        json!({"type": "plan", "format": {"major": 1, "minor": 7}, "asof": "1.9.0", "bucket": "bkt", "prefix": "a/",
            "at": "2026-11-17T14:30:05Z", "listed": "2026-11-20T00:00:00Z", "colour": "blue",
            "checks": {"versioning": "enabled", "kms": false, "colour": "blue"}, "selection": {"colour": "blue"}}),
        json!({"type": "change", "key": "a/b", "change": "delete", "now": version, "then": null, "colour": "blue",
            "cautions": ["colourful", "same-second"]}),
        json!({"type": "trailer", "undelete": tally(0), "revert": tally(0), "delete": tally(1), "unchanged": 0,
            "same_content": 0, "unverifiable": 0, "existed": 0, "unknown_keys": 0, "keys": 1, "versions": 1,
            "colour": "blue"}),
    ]
}

#[test]
fn a_plan_of_format_1_is_read_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fixture");
    std::fs::write(&path, FIXTURE).unwrap();
    let PlanFile { header, sums, trailer, .. } = PlanFile::open(&path).unwrap();
    assert_eq!((header.format, header.asof.as_str()), (Format { major: 1, minor: 0 }, "0.1.0"));
    assert_eq!(header.location().to_string(), "s3://prod-uploads");
    assert_eq!(header.at.to_string(), "2026-11-17T14:30:05Z");
    assert_eq!(header.listed.to_string(), "2026-11-20T16:31:02Z");
    let checks = Checks { versioning: Versioning::Enabled, kms: false, trust_etag: false };
    assert_eq!(header.checks, checks);
    let chosen = Selected {
        include: vec!["*".into()],
        exclude: vec!["*.log".into(), "it's/*".into()],
        ..Selected::default()
    };
    assert_eq!(header.selection, chosen);
    assert_eq!(sums.of(Action::Revert), Tally { keys: 3, bytes: 6_442_450_961 });
    assert_eq!((sums.unchanged, sums.same_content, sums.unverifiable), (4_102_331, 2, 1));
    assert_eq!((sums.existed, trailer.keys, trailer.versions), (4_102_339, 4_102_342, 9_000_000));

    let changes = changes(&path);
    let kinds: String = changes.iter().map(|c| c.action.name().chars().next().unwrap()).collect();
    assert_eq!(kinds, "durrduurd");
    assert_eq!(changes[0].key, "\u{1}\r\n\t");
    assert_eq!(changes[7].key, "日本/語");
    assert_eq!(changes[8].key.len(), 1024);
    assert_eq!(changes[3].cautions, [Caution::SameSecond]);
    let large = changes[3].then.clone().unwrap();
    let expected = Version {
        version_id: "v3".into(),
        last_modified: header.at,
        size: 6_442_450_945,
        etag: "c24bb1b0b64d6bd6ae0d7b8bbd06b1a0-1200".into(),
        storage_class: "GLACIER_IR".into(),
        checksum_algorithm: "SHA256".into(),
        checksum_type: ChecksumType::Composite,
    };
    assert_eq!(large, expected);
}

#[test]
fn no_byte_of_it_can_be_altered_or_lost() {
    let dir = tempfile::tempdir().unwrap();
    for at in 0..FIXTURE.len() {
        assert!(refusal(dir.path(), &FIXTURE[..at]).is_some(), "cut off at {at}");
        let mut altered = FIXTURE.to_vec();
        altered[at] ^= 1 << (at % 8);
        assert!(refusal(dir.path(), &altered).is_some(), "altered at {at}");
    }
    for more in [&b"\n"[..], b"\0", b"}\n", FIXTURE] {
        let longer = [FIXTURE, more].concat();
        assert!(refusal(dir.path(), &longer).unwrap().to_string().contains("is damaged"), "{more:?}");
    }
}

#[test]
fn what_a_newer_minor_adds_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("newer");
    std::fs::write(&path, composed(&lines())).unwrap();
    assert_eq!(PlanFile::open(&path).unwrap().header.format, Format { major: 1, minor: 7 });
    assert_eq!(changes(&path)[0].cautions, [Caution::SameSecond]);
}

#[test]
fn what_makes_no_sense_is_refused_whatever_its_checksum() {
    let dir = tempfile::tempdir().unwrap();
    let [plan, change, trailer] = lines();
    let with = |value: &Value, name: &str, content: Value| {
        let mut value = value.clone();
        value[name] = content;
        value
    };
    let (no_bucket, newer) = (with(&plan, "bucket", Value::Null), json!({"major": 2, "minor": 3}));
    let newer = json!({"type": "plan", "format": newer, "asof": "9.0.0"});
    let kind = |name: &str| with(&change, "type", name.into());
    for (lines, why) in [
        (&[newer, json!({})][..], "has format 2.3, written by asof 9.0.0; this version, "),
        (&[change.clone(), trailer.clone()], "is not a plan"),
        (&[no_bucket, change.clone(), trailer.clone()], "it has an unreadable line"),
        (&[plan.clone(), kind("novelty"), trailer.clone()], "it has an unreadable line"),
        (&[plan.clone(), plan.clone(), trailer.clone()], "it has two headers"),
        (&[plan.clone(), with(&change, "change", "erase".into()), trailer.clone()], "unreadable line"),
        (&[plan.clone(), with(&change, "change", "revert".into()), trailer.clone()], "has no version"),
        (&[plan.clone(), with(&change, "key", "b".into()), trailer.clone()], "is out of order"),
        (&[plan.clone(), change.clone(), change.clone(), trailer.clone()], "is out of order"),
        (&[plan.clone(), change.clone(), change.clone()], "is out of order"),
        (&[plan.clone(), change.clone()], "it has no trailer"),
        (&[plan.clone(), trailer.clone()], "does not match its changes"),
        (&[plan.clone(), change.clone(), trailer.clone(), trailer.clone()], "has data after its trailer"),
        (&[plan, change, with(&trailer, "keys", (-1).into())], "it has an unreadable line"),
    ] {
        let refused = refusal(dir.path(), &composed(lines)).unwrap().to_string();
        assert!(refused.contains(why), "{refused}: {why}");
    }
    for (bytes, why) in [(&b""[..], "is not a plan"), (b"{\"type\":\"plan\"}\n", "is not a plan")] {
        assert!(refusal(dir.path(), bytes).unwrap().to_string().contains(why));
    }
}

#[test]
fn changes_out_of_order_are_a_bug_and_are_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::create(&dir.path().join("plan"), &header()).unwrap();
    let change = |key: &str| Change::new(key.to_owned(), Action::Delete, Some(Version::default()), None);
    writer.push(&change("b")).unwrap();
    for key in ["b", "a"] {
        assert_eq!(writer.push(&change(key)).unwrap_err().kind(), ErrorKind::Internal, "{key} after b");
    }
    let bare = Change { now: None, ..change("c") };
    assert_eq!(writer.push(&bare).unwrap_err().kind(), ErrorKind::Internal);
    writer.push(&change("c")).unwrap();
}

#[test]
fn a_plan_has_its_name_only_when_it_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plan");
    drop(Writer::create(&path, &header()).unwrap());
    assert!(!path.exists());
    let before = std::fs::read(written(dir.path(), &[])).unwrap();
    drop(Writer::create(&path, &header()).unwrap());
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(changes(&written(dir.path(), &[])), []);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn only_regular_files_are_replaced_and_read() {
    let dir = tempfile::tempdir().unwrap();
    let page = dir.path().join("page.html");
    for text in ["<!DOCTYPE html>", "{\"type\":\"change\"}\n"] {
        std::fs::write(&page, text).unwrap();
        assert_eq!(Writer::create(&page, &header()).unwrap_err().kind(), ErrorKind::Usage);
        assert_eq!(std::fs::read_to_string(&page).unwrap(), text);
    }
    for path in [dir.path().to_owned(), dir.path().join("none/plan")] {
        assert_eq!(Writer::create(&path, &header()).unwrap_err().kind(), ErrorKind::Usage);
        assert_eq!(PlanFile::open(&path).unwrap_err().kind(), ErrorKind::Usage);
    }
}

fn version() -> impl Strategy<Value = Version> {
    let text = || "[ -~]{0,12}";
    let kind = prop_oneof![
        Just(ChecksumType::Unknown),
        Just(ChecksumType::Composite),
        Just(ChecksumType::FullObject)
    ];
    (text(), 0..4_000_000_000_000i64, any::<u32>(), text(), text(), text(), kind).prop_map(
        |(version_id, millis, size, etag, storage_class, checksum_algorithm, checksum_type)| Version {
            version_id,
            last_modified: Instant::from_millis(millis),
            size: size.into(),
            etag,
            storage_class,
            checksum_algorithm,
            checksum_type,
        },
    )
}

/// Any changes, with keys of any characters, in key order.
fn any_changes() -> impl Strategy<Value = Vec<Change>> {
    let key = vec(any::<char>(), 1..30).prop_map(String::from_iter);
    let cautions = vec(prop_oneof![Just(Caution::SameSecond), Just(Caution::Unordered)], 0..3);
    let markers = vec("[ -~]{1,12}", 0..3);
    btree_map(key, (0..3usize, version(), version(), cautions, markers), 0..20).prop_map(|changes| {
        let change = |(key, (action, then, now, cautions, markers))| {
            let action = Action::ALL[action];
            let then = (action != Action::Delete).then_some(then);
            let now = (action != Action::Undelete).then_some(now);
            let markers = if action == Action::Undelete { markers } else { Vec::new() };
            Change { markers, cautions, ..Change::new(key, action, now, then) }
        };
        changes.into_iter().map(change).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn changes_come_back_as_they_went(expected in any_changes()) {
        let dir = tempfile::tempdir().unwrap();
        let path = written(dir.path(), &expected);
        let PlanFile { header: read, sums, trailer, changes: indexed, .. } = PlanFile::open(&path).unwrap();
        prop_assert_eq!(read, header());
        prop_assert_eq!((sums.unchanged, sums.same_content, trailer.keys, trailer.versions), (7, 2, 99, 1000));
        prop_assert_eq!((sums.changes(), indexed.len()), (expected.len() as u64, expected.len() as u64));
        prop_assert_eq!(changes(&path), expected);
    }

    #[test]
    fn any_byte_altered_and_any_cut_is_refused(
        expected in any_changes(), at in any::<prop::sample::Index>(), other in 1..=255u8,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let bytes = std::fs::read(written(dir.path(), &expected)).unwrap();
        let at = at.index(bytes.len());
        prop_assert!(refusal(dir.path(), &bytes[..at]).is_some());
        let mut altered = bytes;
        altered[at] ^= other;
        prop_assert!(refusal(dir.path(), &altered).is_some());
    }
}
