use std::fs;
use std::path::Path;

use super::*;
use crate::error::{ErrorKind, Result};
use crate::model::{Instant, Server, Version, Versioning};
use crate::plan::file::{Checks, Header, Seen, Selected, Times};
use crate::plan::{Action, Change, Sums};

fn header() -> Header {
    Header::new(
        &"s3://prod-uploads/a/".parse().unwrap(),
        Times {
            at: Instant::from_millis(1_763_389_805_000),
            listed: Instant::from_millis(1_763_400_000_000),
        },
        Checks { versioning: Versioning::Enabled, kms: false, trust_etag: true },
        Selected { include: vec!["a*".into()], ..Selected::default() },
    )
}

fn version(size: u64) -> Version {
    Version { version_id: "v".to_owned(), size, etag: "e".to_owned(), ..Version::default() }
}

fn changes(count: usize) -> Vec<Change> {
    let change = |n: usize| {
        let key = format!("a/{n:04}\u{1}é");
        match n % 3 {
            0 => Change::new(key, Action::Undelete, None, Some(version(7))),
            1 => Change::new(key, Action::Revert, Some(version(1)), Some(version(n as u64))),
            _ => Change::new(key, Action::Delete, Some(version(3)), None),
        }
    };
    (0..count).map(change).collect()
}

fn save(dir: &Path, changes: &[Change], shards: u32) -> Result<()> {
    let server = Server { region: Some("eu-west-1".to_owned()), ..Server::default() };
    let mut writer = SetWriter::create(dir, header(), server, Shards::Exactly(shards))?;
    let mut sums = Sums::default();
    (sums.unchanged, sums.existed, sums.present) = (5, 9, 12);
    for change in changes {
        writer.count(change);
        sums.add(change);
    }
    writer.write(changes.iter().cloned().map(Ok), &sums, Seen { keys: 99, versions: 1000 })
}

fn saved(changes: &[Change], shards: u32) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    save(dir.path(), changes, shards).unwrap();
    dir
}

/// The refusal of a set, which must be a usage error with a hint, on one line.
fn refusal(dir: &Path) -> String {
    let e = PlanSet::open(dir).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::Usage, "{e}");
    assert!(!e.hints().is_empty() && !e.to_string().contains('\n'), "{e}");
    e.to_string()
}

fn read(dir: &Path) -> String {
    fs::read_to_string(dir.join(MANIFEST)).unwrap()
}

#[test]
fn shards_have_all_changes_in_order() {
    for (count, shards) in [(0, 1), (0, 3), (1, 4), (3, 3), (100, 1), (100, 7), (1000, 64)] {
        let changes = changes(count);
        let dir = saved(&changes, shards);
        let set = PlanSet::open(dir.path()).unwrap();
        assert_eq!(PlanSet::open(&dir.path().join(MANIFEST)).unwrap().manifest, set.manifest);
        assert_eq!(set.len(), shards);
        assert_eq!((set.sums().present, set.sums().unchanged), (12, 5));
        assert_eq!((set.manifest.keys, set.manifest.versions), (99, 1000));
        assert_eq!(set.manifest.server.region.as_deref(), Some("eu-west-1"));
        let (mut read, mut requests) = (Vec::new(), 0);
        for (index, shard) in (0..).zip(&set.manifest.shards) {
            let plan = set.open_shard(index).unwrap();
            assert_eq!(plan.header, header());
            let of_shard: Vec<_> = plan.changes.map(|change| change.unwrap().1).collect();
            assert_eq!(of_shard.len() as u64, shard.changes());
            assert_eq!(of_shard.first().map(|change| &change.key), shard.first_key.as_ref());
            assert_eq!(of_shard.last().map(|change| &change.key), shard.last_key.as_ref());
            requests += shard.requests;
            read.extend(of_shard);
        }
        assert_eq!(read, changes);
        assert_eq!(set.manifest.requests, requests);
        set.require_shards().unwrap();
        assert_eq!(set.open_shard(shards).unwrap_err().kind(), ErrorKind::Usage);
    }
}

#[test]
fn id_begins_with_the_time_of_the_listing() {
    let dir = saved(&changes(5), 2);
    let id = PlanSet::open(dir.path()).unwrap().id;
    assert!(id.starts_with("20251117T172000Z-"), "{id}");
    let json: serde_json::Value = serde_json::from_str(&read(dir.path())).unwrap();
    assert_eq!((json["id"].as_str(), json["type"].as_str()), (Some(&*id), Some("plan_set")));
    let other = saved(&changes(6), 2);
    assert_ne!(PlanSet::open(other.path()).unwrap().id, id);
}

#[test]
fn only_an_empty_directory_is_written_to() {
    let dir = saved(&changes(5), 2);
    let before = read(dir.path());
    let e = save(dir.path(), &changes(6), 2).unwrap_err();
    assert_eq!(e.kind(), ErrorKind::Usage);
    assert!(e.to_string().ends_with("it is a plan set already"), "{e}");
    assert_eq!(read(dir.path()), before);
    fs::remove_file(dir.path().join(MANIFEST)).unwrap();
    let e = save(dir.path(), &changes(6), 2).unwrap_err();
    assert!(e.to_string().ends_with("the directory is not empty"), "{e}");
    let new = dir.path().join("new/set");
    save(&new, &changes(5), 2).unwrap();
    assert_eq!(PlanSet::open(&new).unwrap().len(), 2);
    let file = dir.path().join("shard-00000.plan");
    assert_eq!(save(&file, &changes(5), 2).unwrap_err().kind(), ErrorKind::Usage);
}

/// The changes fail in the middle, as if the disk were full: no shard is left, and the same directory can be used again.
#[test]
fn nothing_is_left_of_a_set_that_failed() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("set");
    let mut writer = SetWriter::create(&dir, header(), Server::default(), Shards::Exactly(4)).unwrap();
    let changes = changes(100);
    for change in &changes {
        writer.count(change);
    }
    let failing = changes.iter().take(60).cloned().map(Ok).chain([Err(crate::error::Error::stopping())]);
    writer.write(failing, &Sums::default(), Seen::default()).unwrap_err();
    assert!(!dir.exists());
    save(&dir, &changes, 4).unwrap();
}

#[test]
fn a_set_that_is_incomplete_or_changed_is_refused() {
    let dir = saved(&changes(30), 3);
    let manifest = read(dir.path());
    let path = dir.path().join(MANIFEST);
    let with = |text: &str| {
        fs::write(&path, text).unwrap();
        refusal(dir.path())
    };
    assert!(with("{}").ends_with("is not the manifest of a plan set, or it is damaged"));
    assert!(with("").ends_with("is not the manifest of a plan set, or it is damaged"));
    assert!(with(&manifest[..manifest.len() / 2]).contains("is not the manifest"));
    assert!(
        with(&manifest.replacen("\"major\": 1", "\"major\": 2", 1))
            .contains("has format 2.0, written by asof")
    );
    for (from, to) in [
        ("\"requests\": 23", "\"requests\": 24"),
        ("eu-west-1", "eu-west-2"),
        ("shard-00001.plan", "shard-00002.plan"),
        ("\n}\n", " \n}\n"),
        ("\n}\n", "\n}"),
        ("\n}\n", "\n}\n\n"),
        ("{\n", "{\n "),
    ] {
        let changed = manifest.replacen(from, to, 1);
        assert_ne!(changed, manifest, "{from}");
        assert!(with(&changed).contains("is damaged: it was changed or truncated"), "{from}");
    }
    fs::remove_file(&path).unwrap();
    assert!(refusal(dir.path()).ends_with("it has no manifest.json"));
    assert!(refusal(&dir.path().join("nowhere")).contains("cannot read the plan set"));
}

/// Manifests whose CRC-32 is right, and whose counts are not.
#[test]
fn counts_must_add_up() {
    let dir = saved(&changes(30), 3);
    let check = |change: fn(&mut SetManifest)| {
        let mut manifest = PlanSet::open(dir.path()).unwrap().manifest;
        let before = read(dir.path());
        change(&mut manifest);
        fs::write(dir.path().join(MANIFEST), manifest.seal().unwrap()).unwrap();
        let refused = refusal(dir.path());
        fs::write(dir.path().join(MANIFEST), before).unwrap();
        refused.split_once("is damaged: ").unwrap().1.to_owned()
    };
    let follows = "shard 1 does not follow the shard before it";
    assert_eq!(check(|set| set.shards.clear()), "it has 0 shards");
    assert_eq!(check(|set| set.shards.swap(0, 1)), "shard 0 does not follow the shard before it");
    assert_eq!(check(|set| drop(set.shards.remove(1))), follows);
    assert_eq!(
        check(|set| drop(set.shards.pop())),
        "the undelete counts of its shards do not add up to its own"
    );
    assert_eq!(check(|set| set.shards[1].first_key = set.shards[0].first_key.clone()), follows);
    assert_eq!(check(|set| set.shards[1].first_key = None), follows);
    assert_eq!(check(|set| set.shards[1].file = "../shard-00001.plan".to_owned()), follows);
    assert_eq!(
        check(|set| set.shards[2].revert.bytes += 1),
        "the revert counts of its shards do not add up to its own"
    );
    assert_eq!(check(|set| set.requests += 1), "the requests of its shards do not add up to its own");
    assert_eq!(
        check(|set| set.shards[0].requests = u64::MAX),
        "the requests of its shards do not add up to its own"
    );
}

#[test]
fn a_shard_that_is_not_the_one_of_the_manifest_is_refused() {
    let (dir, other) = (saved(&changes(30), 3), saved(&changes(60), 3));
    let set = PlanSet::open(dir.path()).unwrap();
    let shard = |dir: &Path, n: u32| dir.join(format!("shard-{n:05}.plan"));
    let refused = || {
        let e = set.open_shard(1).unwrap_err();
        assert_eq!(e.kind(), ErrorKind::Usage, "{e}");
        assert_eq!(set.require_shards().unwrap_err().kind(), ErrorKind::Usage);
        e.to_string()
    };
    let exchanged = format!("is not the one of the plan set {}: its CRC-32 is ", set.id);
    for from in [shard(other.path(), 1), shard(dir.path(), 0)] {
        fs::copy(from, shard(dir.path(), 1)).unwrap();
        assert!(refused().contains(&exchanged), "{}", refused());
    }
    fs::write(shard(dir.path(), 1), "cut").unwrap();
    assert!(refused().contains("is not a plan"), "{}", refused());
    fs::remove_file(shard(dir.path(), 1)).unwrap();
    assert!(refused().contains("cannot read the plan"), "{}", refused());
    // The other shards can be worked.
    set.open_shard(0).unwrap();
    set.open_shard(2).unwrap();
}
