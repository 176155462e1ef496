use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::model::Version;
use crate::plan::file::tests::{FIXTURE, header};
use crate::plan::file::{Seen, Writer};
use crate::plan::{Action, Sums};

fn key(n: u64) -> String {
    format!("k/{n:06}")
}

fn written(dir: &Path, changes: u64) -> PathBuf {
    let path = dir.join("plan");
    let mut writer = Writer::create(&path, &header()).unwrap();
    for n in 0..changes {
        writer.push(&Change::new(key(n), Action::Delete, Some(Version::default()), None)).unwrap();
    }
    writer.finish(&Sums::default(), Seen::default()).unwrap();
    path
}

/// The changes as they come in these lanes are those of the plan in the order of their positions.
fn assert_in_order(path: &Path, keys: &[String], lanes: u32) {
    let plan = PlanFile::open(path).unwrap();
    let order = LaneOrder::new(plan.changes.len(), lanes);
    let mut positions = 0;
    for change in plan.in_lanes(order).unwrap() {
        let (n, change) = change.unwrap();
        assert_eq!(
            (order.position(n), &change.key),
            (positions, &keys[usize::try_from(n).unwrap()]),
            "{lanes}"
        );
        positions += 1;
    }
    assert_eq!(positions, keys.len() as u64);
}

#[test]
fn a_plan_is_read_from_several_places() {
    let dir = tempfile::tempdir().unwrap();
    let frame = limits::PLAN_FRAME;
    for changes in [0, 1, 5, frame - 1, frame, frame + 1, 3 * frame + 5] {
        let path = written(dir.path(), changes);
        let keys: Vec<_> = (0..changes).map(key).collect();
        for lanes in [1, 2, 3, 16, limits::MAX_LANES] {
            assert_in_order(&path, &keys, lanes);
        }
    }
}

#[test]
fn reading_begins_with_any_change_and_at_its_frame() {
    let dir = tempfile::tempdir().unwrap();
    let frame = limits::PLAN_FRAME;
    let plan = PlanFile::open(&written(dir.path(), 2 * frame + 9)).unwrap();
    for start in [0, 1, frame - 1, frame, frame + 1, 2 * frame, 2 * frame + 8, 2 * frame + 9] {
        assert_eq!(plan.frames().before(start).unwrap().n, start.min(2 * frame) / frame * frame);
        let keys: Vec<_> =
            plan.range(start..2 * frame + 9).unwrap().map(|change| change.unwrap().1.key).collect();
        assert!(keys.into_iter().eq((start..2 * frame + 9).map(key)), "{start}");
    }
}

/// Another file that is renamed over a plan does not mix with it.
#[test]
fn the_plan_that_was_verified_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let plan = PlanFile::open(&written(dir.path(), 100)).unwrap();
    written(dir.path(), 5000);
    let read = plan.in_lanes(LaneOrder::new(100, 4)).unwrap();
    assert_eq!(read.map(Result::unwrap).count(), 100);
}

#[test]
fn a_plan_of_format_1_0_is_applied_in_one_lane() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fixture");
    std::fs::write(&path, FIXTURE).unwrap();
    let plan = PlanFile::open(&path).unwrap();
    assert_eq!(plan.most_lanes(), 1);
    let keys: Vec<_> = plan.changes.map(|change| change.unwrap().1.key).collect();
    assert_in_order(&path, &keys, 1);
    assert_in_order(&path, &keys, 4);
    let plan = PlanFile::open(&written(dir.path(), 1)).unwrap();
    assert_eq!(plan.most_lanes(), limits::MAX_LANES);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Frames of another program may end anywhere, in the middle of a line too.
    #[test]
    fn frames_may_end_anywhere(changes in 1..40_u64, cuts in prop::collection::btree_set(0..4000_usize, 0..9), lanes in 1..8_u32) {
        let dir = tempfile::tempdir().unwrap();
        let path = written(dir.path(), changes);
        let whole = std::fs::read(&path).unwrap();
        let text = zstd::decode_all(&whole[..]).unwrap();
        let lines = text[..text.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
        let (text, trailer) = (&text[..lines], &text[lines..]);
        let mut bytes = Vec::new();
        let cuts = cuts.into_iter().filter(|cut| *cut < text.len()).chain([text.len()]);
        cuts.fold(0, |from, cut| {
            bytes.extend(zstd::encode_all(&text[from..cut], 1).unwrap());
            cut
        });
        let mut crc = crc32fast::Hasher::new();
        crc.update(&bytes);
        let mut trailer: serde_json::Value = serde_json::from_slice(trailer).unwrap();
        trailer.as_object_mut().unwrap().remove("crc32");
        bytes.extend(super::super::trailer::sealed(trailer.to_string().into_bytes(), crc).unwrap());
        std::fs::write(&path, bytes).unwrap();
        let keys: Vec<_> = (0..changes).map(key).collect();
        assert_in_order(&path, &keys, lanes);
    }
}
