//! Compares entries read from disk with sorting and joining in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::FileExt;

use proptest::prelude::*;

use super::*;
use crate::error::{ErrorKind, Result};

fn listed(mut cursor: Cursor) -> Vec<String> {
    let mut keys = Vec::new();
    while let Some(key) = cursor.text().unwrap() {
        keys.push(key.to_owned());
        cursor.advance().unwrap();
    }
    keys
}

/// Sorts with chunks of a few keys, so that there are many runs and several levels of them.
fn sorted(keys: &[String], chunk: usize) -> (SortedKeys, usize) {
    let mut sorter = Sorter::new().unwrap();
    for keys in keys.chunks(chunk) {
        for key in keys {
            sorter.push(key).unwrap();
        }
        sorter.write().unwrap();
    }
    let levels = sorter.levels.len();
    (sorter.finish().unwrap(), levels)
}

/// Writes each key with its value to its segment, the segments in turn, and cuts one if a key of another lies between.
fn spooled(entries: &BTreeMap<String, (u64, String)>) -> Spool<(String, String)> {
    let mut segments: BTreeMap<u64, Vec<(usize, &String, &String)>> = BTreeMap::new();
    for (place, (key, (segment, value))) in entries.iter().enumerate() {
        segments.entry(*segment).or_default().push((place, key, value));
    }
    let mut spool = Spool::new().unwrap();
    for turn in 0..entries.len() {
        for (segment, entries) in &segments {
            let Some((place, key, value)) = entries.get(turn) else { continue };
            let before = turn.checked_sub(1).and_then(|before| entries.get(before));
            if before.is_some_and(|(before, ..)| before + 1 != *place) {
                spool.cut(*segment).unwrap();
            }
            spool.push(*segment, key, &((*key).clone(), (*value).clone())).unwrap();
        }
    }
    spool
}

/// Flips a byte of a file, and returns what `read` returns then.
fn damaged<T>(run: &super::run::Run, at: u64, read: impl FnOnce() -> T) -> T {
    let mut byte = [0];
    run.blocks.file.read_exact_at(&mut byte, at).unwrap();
    run.blocks.file.write_all_at(&[!byte[0]], at).unwrap();
    let found = read();
    run.blocks.file.write_all_at(&byte, at).unwrap();
    found
}

#[test]
fn runs_are_merged_level_by_level() {
    let keys: Vec<_> = (0..10_000u32).map(|n| format!("k{:05}", n.wrapping_mul(7919) % 10_000)).collect();
    let expected: Vec<_> = (0..10_000).map(|n| format!("k{n:05}")).collect();
    let (merged, levels) = sorted(&keys, 2);
    assert_eq!((listed(merged.nth(0).unwrap()), levels), (expected.clone(), 2));
    let (one_run, levels) = sorted(&expected, 2);
    assert_eq!((listed(one_run.nth(0).unwrap()), levels), (expected, 0));
}

#[test]
fn none_and_the_same_again() {
    let none = Sorter::new().unwrap().finish().unwrap();
    assert!(none.is_empty() && none.from("a").unwrap().key().is_none());
    assert!(none.nth(0).unwrap().key().is_none());
    let mut writer = SortedWriter::new().unwrap();
    for key in ["", "", "a", "a", "bbb"] {
        writer.push(key).unwrap();
    }
    assert_eq!(listed(writer.finish().unwrap().nth(0).unwrap()), ["", "a", "bbb"]);
}

/// A chunk is written in parts, and equal keys must not be in two of them, nor at the end of one chunk and the start of
/// the next.
#[test]
fn a_key_that_comes_again_and_again_is_one() {
    for chunk in [2, 7, 1000] {
        let (same, _) = sorted(&vec!["a".to_owned(); 1000], chunk);
        assert_eq!((same.len(), listed(same.nth(0).unwrap())), (1, vec!["a".to_owned()]));
    }
}

/// One value is larger than a block, and any text is one line.
#[test]
fn entries_come_back_as_they_went() {
    let long = "x".repeat(100_000);
    let values = [("a", "\n\r\u{2028}"), ("b\n\"", ""), ("c", &long), ("日\u{1}", "日")];
    let mut spool = Spool::new().unwrap();
    for (key, value) in values {
        spool.push(0, key, &value.to_owned()).unwrap();
    }
    assert_eq!(spool.len(), 4);
    let spooled = spool.close().unwrap();
    for _ in 0..2 {
        let back: Vec<_> = spooled.read().unwrap().map(Result::unwrap).collect();
        assert_eq!(back, values.map(|(_, value)| value));
    }
}

/// A bit error on disk or in memory must never lose or change a key.
#[test]
fn a_damaged_byte_is_an_error_and_never_another_key() {
    let keys: Vec<_> = (0..100).map(|n| format!("images/{n:04}")).collect();
    let (keys_on_disk, _) = sorted(&keys, 1000);
    let run = &keys_on_disk.run;
    let bytes = run.index.iter().map(|block| block.place.offset + block.place.packed as u64).max().unwrap();
    for at in 0..bytes {
        let read = damaged(run, at, || -> Result<Vec<String>> {
            let (mut cursor, mut keys) = (keys_on_disk.nth(0)?, Vec::new());
            while let Some(key) = cursor.text()? {
                keys.push(key.to_owned());
                cursor.advance()?;
            }
            assert!(cursor.key().is_none());
            Ok(keys)
        });
        match read {
            Ok(read) => assert_eq!(read, keys, "byte {at}"),
            Err(e) => assert_eq!(e.kind(), ErrorKind::Corrupt, "byte {at}: {e}"),
        }
    }
    assert_eq!(listed(keys_on_disk.nth(0).unwrap()), keys);
}

/// Segments with interleaved keys would be read in the wrong order: this is an error.
#[test]
fn blocks_that_overlap_are_an_error() {
    let mut spool = Spool::new().unwrap();
    for n in 0..100 {
        spool.push(0, &format!("{n:03}"), &n).unwrap();
        spool.push(1, &format!("{n:03}x"), &n).unwrap();
    }
    let read: Vec<Result<i32>> = spool.into_changes().unwrap().collect();
    assert_eq!(read.last().unwrap().as_ref().unwrap_err().kind(), ErrorKind::Corrupt);
    assert!(read.len() < 200);
}

const KEYS: &str = "(long prefix/)?(another, longer one/)?[a\\x00日]{0,12}";

fn entries() -> impl Strategy<Value = BTreeMap<String, (u64, String)>> {
    proptest::collection::btree_map(KEYS, (0u64..4, "[a\n\"日]{0,20}"), 0..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn all_keys_come_out_in_order_and_once(
        keys in proptest::collection::vec(KEYS, 0..300),
        chunk in 1usize..60,
        looked_up in KEYS,
    ) {
        let expected: Vec<_> = keys.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let (sorted, _) = sorted(&keys, chunk);
        prop_assert_eq!(sorted.len(), expected.len() as u64);
        prop_assert_eq!(&listed(sorted.nth(0).unwrap()), &expected);
        for looked_up in keys.iter().take(5).chain([&looked_up]) {
            let before = expected.partition_point(|key| key < looked_up);
            for cursor in [sorted.from(looked_up).unwrap(), sorted.nth(before as u64).unwrap()] {
                prop_assert_eq!(cursor.number(), before as u64);
                prop_assert_eq!(&listed(cursor), &expected[before..]);
            }
        }
    }

    #[test]
    fn what_only_one_of_two_lists_has_is_found(
        first in proptest::collection::vec(KEYS, 0..200),
        second in proptest::collection::vec(KEYS, 0..200),
        chunk in 1usize..60,
    ) {
        let mut found = (Vec::new(), Vec::new());
        differences(&sorted(&first, chunk).0, &sorted(&second, chunk).0, |side, key| match side {
            OnlyIn::First => found.0.push(key.to_owned()),
            OnlyIn::Second => found.1.push(key.to_owned()),
        })
        .unwrap();
        let [first, second] = [first, second].map(|keys| keys.into_iter().collect::<BTreeSet<_>>());
        let only = |here: &BTreeSet<String>, there| here.difference(there).cloned().collect::<Vec<_>>();
        prop_assert_eq!(found, (only(&first, &second), only(&second, &first)));
    }

    #[test]
    fn segments_are_joined_in_the_order_of_keys(entries in entries()) {
        let expected: Vec<_> =
            entries.iter().map(|(key, (_, value))| (key.clone(), value.clone())).collect();
        let spool = spooled(&entries);
        prop_assert_eq!(spool.len(), expected.len() as u64);
        let read: Vec<_> = spool.into_changes().unwrap().map(Result::unwrap).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn pairs_are_those_of_a_plain_join(first in entries(), second in entries()) {
        let value = |of: &BTreeMap<String, (u64, String)>, key: &String| {
            of.get(key).map(|(_, value)| (key.clone(), value.clone()))
        };
        let keys: BTreeSet<_> = first.keys().chain(second.keys()).collect();
        let expected: Vec<_> = keys
            .into_iter()
            .filter_map(|key| match (value(&first, key), value(&second, key)) {
                (Some(a), Some(b)) => Some(Pair::Both(a, b)),
                (Some(a), None) => Some(Pair::First(a)),
                (None, Some(b)) => Some(Pair::Second(b)),
                (None, None) => None,
            })
            .collect();
        let joined: Vec<_> =
            pairs(spooled(&first), spooled(&second)).unwrap().map(Result::unwrap).collect();
        prop_assert_eq!(joined, expected);
    }
}

/// Reads segments of consecutive keys at any pace, as a listing does, and releases up to where the first unread key is.
fn released(keys: &BTreeSet<String>, borders: &[usize], paces: &[usize]) {
    let keys: Vec<_> = keys.iter().collect();
    let mut borders: Vec<_> = borders.iter().map(|border| border % (keys.len() + 1)).collect();
    borders.extend([0, keys.len()]);
    borders.sort_unstable();
    let mut segments: Vec<_> = borders.windows(2).map(|ends| ends[0]..ends[1]).collect();
    let text = |key: &str| format!("{key:?}\n");
    let mut lines = Lines::new().unwrap();
    let mut shown = Vec::new();
    for turn in 0.. {
        let open: Vec<_> = (0..segments.len()).filter(|at| !segments[*at].is_empty()).collect();
        let Some(segment) = open.get(paces[turn % paces.len()] % open.len().max(1)) else { break };
        let number = segments[*segment].next().unwrap();
        let push = |bytes: &mut Vec<u8>| {
            bytes.extend(text(keys[number]).bytes());
            Ok(())
        };
        lines.push(*segment as u64, keys[number], push).unwrap();
        if segments[*segment].is_empty() {
            lines.cut(*segment as u64).unwrap();
        }
        let read_to = segments.iter().find(|left| !left.is_empty()).map_or(keys.len(), |left| left.start);
        let show = |bytes: &[u8]| {
            shown.extend_from_slice(bytes);
            Ok(())
        };
        lines.release(keys.get(read_to).map(|key| key.as_str()), show).unwrap();
        let due: String = keys[..read_to].iter().map(|key| text(key)).collect();
        assert_eq!(String::from_utf8(shown.clone()).unwrap(), due);
    }
    assert_eq!(shown.len(), keys.iter().map(|key| text(key).len()).sum::<usize>());
}

/// The key between was lost where two pages meet, and is read again; the next key has no line.
#[test]
fn a_key_between_two_of_a_segment_comes_between_them() {
    let mut lines = Lines::new().unwrap();
    let mut shown = Vec::new();
    let push = |lines: &mut Lines, segment, key: &'static str| {
        let line = |text: &mut Vec<u8>| {
            text.extend(key.bytes());
            Ok(())
        };
        lines.push(segment, key, line).unwrap();
    };
    push(&mut lines, 1, "a");
    lines.cut(1).unwrap();
    push(&mut lines, 1, "d");
    let mut show = |text: &[u8]| {
        shown.extend_from_slice(text);
        Ok(())
    };
    lines.release(Some("b"), &mut show).unwrap();
    push(&mut lines, 2, "b");
    lines.release(None, &mut show).unwrap();
    assert_eq!(shown, b"abd");
}

/// Without the cut the block would hold both, and be released for the first.
#[test]
fn text_between_what_was_released_is_an_error() {
    let mut lines = Lines::new().unwrap();
    let line = |text: &mut Vec<u8>| {
        text.push(b'\n');
        Ok(())
    };
    lines.push(1, "a", line).unwrap();
    lines.push(1, "d", line).unwrap();
    lines.release(Some("b"), |_| Ok(())).unwrap();
    lines.push(2, "b", line).unwrap();
    assert_eq!(lines.release(None, |_| Ok(())).unwrap_err().kind(), ErrorKind::Corrupt);
}

#[test]
fn text_before_what_was_released_is_an_error() {
    let mut lines = Lines::new().unwrap();
    let line = |text: &mut Vec<u8>| {
        text.push(b'\n');
        Ok(())
    };
    lines.push(1, "b", line).unwrap();
    lines.release(None, |_| Ok(())).unwrap();
    lines.push(2, "a", line).unwrap();
    assert_eq!(lines.release(None, |_| Ok(())).unwrap_err().kind(), ErrorKind::Corrupt);
}

proptest! {
    #[test]
    fn text_is_released_in_key_order_as_soon_as_all_before_it_was_read(
        keys in prop::collection::btree_set(".{1,20}", 0..80),
        borders in prop::collection::vec(0..80usize, 0..6),
        paces in prop::collection::vec(0..7usize, 1..20),
    ) {
        released(&keys, &borders, &paces);
    }
}
