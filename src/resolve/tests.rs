//! Tests the fold against tables, and against a naive model that replays the events.

mod doubt;
mod simulation;
mod window;

use proptest::prelude::*;

use super::{AsOf, Caution, Resolver};
use crate::error::ErrorKind;
use crate::model::{ChecksumType, Entry, Instant, Kind};

/// A listed entry: key, ID, time in seconds, delete marker.
#[derive(Debug, Clone)]
struct Listed {
    key: String,
    id: String,
    millis: i64,
    marker: bool,
    /// A multipart upload.
    parts: bool,
    is_latest: bool,
}

/// The ETag of a multipart upload: an MD5 and the number of parts.
const ETAG_OF_PARTS: &str = "d41d8cd98f00b204e9800998ecf8427e-2";

impl Listed {
    fn entry(&self) -> Entry<'_> {
        let version = Kind::Version {
            etag: if self.parts { ETAG_OF_PARTS } else { &self.id },
            size: 1,
            storage_class: "",
            checksum_algorithm: "",
            checksum_type: ChecksumType::Unknown,
        };
        Entry {
            key: &self.key,
            version_id: &self.id,
            is_latest: self.is_latest,
            last_modified: Instant::from_millis(self.millis),
            kind: if self.marker { Kind::DeleteMarker } else { version },
        }
    }
}

/// Parses one key's entries, newest first, from `"v3@30 m2@20 v1@10"`.
fn listed(key: &str, text: &str) -> Vec<Listed> {
    let entry = |(n, word): (usize, &str)| {
        let (id, seconds) = word.split_once('@').unwrap();
        let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
        let millis = format!("{whole}{fraction:0<3}").parse().unwrap();
        Listed {
            key: key.to_owned(),
            id: id.to_owned(),
            millis,
            marker: id.starts_with('m'),
            parts: false,
            is_latest: n == 0,
        }
    };
    text.split_whitespace().enumerate().map(entry).collect()
}

type State = (String, Option<String>, Option<String>, Vec<Caution>);

fn resolve(entries: &[Listed], as_of: (AsOf, AsOf), order_lost: bool) -> Vec<State> {
    let mut resolver = Resolver::new(as_of.0, as_of.1);
    let mut states = Vec::new();
    let mut own = |s: super::KeyState<'_>| {
        let id = |v: Option<&crate::model::Version>| v.map(|v| v.version_id.clone());
        states.push((s.key.to_owned(), id(s.then), id(s.now), s.cautions().collect()));
    };
    for listed in entries {
        if let Some(state) = resolver.push(&listed.entry(), order_lost).unwrap() {
            own(state);
        }
    }
    if let Some(state) = resolver.finish() {
        own(state);
    }
    assert!(resolver.finish().is_none());
    states
}

#[test]
fn only_delete_markers_above_a_version_can_be_removed() {
    for (entries, t, order_lost, markers) in [
        ("m2@20 v1@10", 15, false, &["m2"][..]),
        ("m4@40 m3@30 m2@20 v1@10", 15, false, &["m4", "m3", "m2"]),
        ("m4@40 m3@30 m2@20 v1@10", 25, false, &[]),
        ("m4@40 v3@30 m2@20 v1@10", 15, false, &[]),
        ("m4@40 v3@30 v1@10", 15, false, &[]),
        ("v3@30 v1@10", 15, false, &[]),
        ("v1@10", 15, false, &[]),
        ("m2@20", 15, false, &[]),
        // An entry is not removed unless it is known to be above the version.
        ("m3@20 m2@25 v1@10", 15, false, &[]),
        ("m2@10 v1@10", 9, true, &[]),
    ] {
        let mut resolver = Resolver::changes_only(at(t), AsOf::Latest);
        for listed in listed("k", entries) {
            assert!(resolver.push(&listed.entry(), order_lost).unwrap().is_none());
        }
        assert_eq!(resolver.finish().unwrap().markers, markers, "{entries} at {t}");
    }
}

#[test]
fn more_markers_than_a_request_takes_are_left_where_they_are() {
    for (count, expected) in [(1000, 1000), (1001, 0)] {
        let entries: Vec<_> = (0..count).map(|n| format!("m{}@{}", n, 2000 - n)).collect();
        let mut resolver = Resolver::changes_only(at(15), AsOf::Latest);
        for listed in listed("k", &(entries.join(" ") + " v1@10")) {
            assert!(resolver.push(&listed.entry(), false).unwrap().is_none());
        }
        assert_eq!(resolver.finish().unwrap().markers.len(), expected);
    }
}

fn at(seconds: i64) -> AsOf {
    AsOf::At(Instant::from_millis(seconds * 1000))
}

#[test]
fn the_first_entry_that_the_cut_covers_is_live() {
    for (entries, t, then, now) in [
        ("v3@30 v2@20 v1@10", 25, Some("v2"), Some("v3")),
        ("v3@30 v2@20 v1@10", 20, Some("v2"), Some("v3")),
        ("v3@30 v2@20 v1@10", 19, Some("v1"), Some("v3")),
        ("v3@30 v2@20 v1@10", 9, None, Some("v3")),
        ("v3@30 v2@20 v1@10", 99, Some("v3"), Some("v3")),
        ("m2@20 v1@10", 15, Some("v1"), None),
        ("m2@20 v1@10", 20, None, None),
        ("v3@30 m2@20 v1@10", 25, None, Some("v3")),
        ("m2@20", 30, None, None),
        ("m2@20", 10, None, None),
        // Within one second, only document order decides.
        ("m4@20 v3@20 m2@20 v1@20", 20, None, None),
        ("v4@20 m3@20 v1@20", 20, Some("v4"), Some("v4")),
        ("v9@30 m4@20 v3@20", 20, None, Some("v9")),
        ("v9@30 v4@20 m3@20", 20, Some("v4"), Some("v9")),
        // With clocks of several writers, the entry lower in the document stays lower.
        ("v3@20.000 v2@20.017 v1@10", 20, Some("v3"), Some("v3")),
        ("v3@30 v2@21 v1@22", 22, Some("v2"), Some("v3")),
    ] {
        let states = resolve(&listed("k", entries), (at(t), AsOf::Latest), false);
        let owned = |id: Option<&str>| id.map(ToOwned::to_owned);
        assert_eq!(states.len(), 1);
        assert_eq!((&states[0].1, &states[0].2), (&owned(then), &owned(now)), "{entries} at {t}");
    }
}

#[test]
fn cautions_are_said_where_they_bear_on_the_answer() {
    use Caution::{SameSecond, Unordered};
    for (entries, t, order_lost, expected) in [
        ("v3@30 v2@20 v1@10", 25, false, vec![]),
        ("v3@30 v2@20 v1@10", 20, false, vec![SameSecond]),
        ("v3@30 v2@20.5 v1@10", 20, false, vec![SameSecond]),
        ("v3@30 v2@20 v1@10", 10, false, vec![SameSecond]),
        ("v3@30 v2@20 v1@10", 30, false, vec![SameSecond]),
        // An entry older than the answer does not matter.
        ("v3@30 v2@20 v1@20", 30, false, vec![SameSecond]),
        ("v3@30 v2@10 v1@20", 40, false, vec![Unordered]),
        ("v3@20.000 v2@20.017", 40, false, vec![Unordered]),
        // With kinds listed separately, whether the marker or the version came first in that second is a guess.
        ("v3@30 m2@20 v2@20", 25, true, vec![Unordered]),
        ("v3@30 m2@20 v2@20", 25, false, vec![]),
        ("v3@30 v2@20 v1@20", 25, true, vec![]),
        ("v3@30 v2@20 m1@10 v1@10", 25, true, vec![]),
    ] {
        let states = resolve(&listed("k", entries), (at(t), AsOf::Latest), order_lost);
        assert_eq!(states[0].3, expected, "{entries} at {t}");
    }
}

#[test]
fn two_past_times_are_compared_alike() {
    let entries = listed("k", "v4@40 m3@30 v2@20 v1@10");
    let states = resolve(&entries, (at(10), at(35)), false);
    assert_eq!((states[0].1.as_deref(), states[0].2.as_deref()), (Some("v1"), None));
    let states = resolve(&entries, (at(20), at(25)), false);
    assert_eq!((states[0].1.as_deref(), states[0].2.as_deref()), (Some("v2"), Some("v2")));
}

#[test]
fn nothing_is_left_over_from_the_key_before() {
    let mut entries = listed("a", "v2@20 v1@10");
    entries.extend(listed("b", "m2@20"));
    entries.extend(listed("c", "v9@90"));
    let states = resolve(&entries, (at(15), AsOf::Latest), false);
    let found: Vec<_> = states.iter().map(|s| (s.0.as_str(), s.1.as_deref(), s.2.as_deref())).collect();
    assert_eq!(found, [("a", Some("v1"), Some("v2")), ("b", None, None), ("c", None, Some("v9"))]);
}

#[test]
fn a_listing_that_contradicts_itself_is_refused() {
    let refuse = |entries: &[Listed]| {
        let mut resolver = Resolver::new(at(1), AsOf::Latest);
        entries.iter().find_map(|l| resolver.push(&l.entry(), false).err()).map(|e| e.kind())
    };
    let mut oldest_first = listed("k", "v1@10 v2@20");
    oldest_first[0].is_latest = false;
    oldest_first[1].is_latest = true;
    assert_eq!(refuse(&oldest_first), Some(ErrorKind::Corrupt));
    let mut descending = listed("b", "v1@10");
    descending.extend(listed("a", "v1@10"));
    assert_eq!(refuse(&descending), Some(ErrorKind::Corrupt));
}

#[test]
fn a_key_without_an_answer_yet_is_known_and_can_be_read_again() {
    let mut resolver = Resolver::new(at(15), AsOf::Latest);
    let entries = listed("k", "v3@30 v2@20 v1@10");
    assert_eq!(resolver.undecided_key(), None);
    assert!(resolver.push(&entries[0].entry(), false).unwrap().is_none());
    assert!(resolver.push(&entries[1].entry(), false).unwrap().is_none());
    assert_eq!(resolver.undecided_key(), Some("k"));
    resolver.forget_current();
    for entry in &entries {
        assert!(resolver.push(&entry.entry(), false).unwrap().is_none());
    }
    assert_eq!(resolver.undecided_key(), None);
    assert_eq!(resolver.finish().unwrap().then.unwrap().version_id, "v1");
}

/// Events of a few keys, in order: the key, seconds since the previous event, and whether it is a delete.
fn events() -> impl Strategy<Value = Vec<(u8, i64, bool)>> {
    proptest::collection::vec((0u8..4, 0i64..3, any::<bool>()), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// The model replays the events up to T without any listing.
    #[test]
    fn the_fold_agrees_with_a_replay(events in events(), t in 0i64..60, t2 in prop::option::of(0i64..60)) {
        let mut clock = 0;
        let mut happened = Vec::new();
        for (n, (key, pause, delete)) in events.into_iter().enumerate() {
            clock += pause;
            happened.push((key, clock, n, delete));
        }
        let model = |key: u8, until: i64| {
            let mut live = None;
            for (k, time, n, delete) in &happened {
                if *k == key && *time <= until {
                    live = (!delete).then(|| format!("{n}"));
                }
            }
            live
        };
        let mut listing = Vec::new();
        for key in 0..4u8 {
            let mine: Vec<_> = happened.iter().filter(|(k, ..)| *k == key).collect();
            for (place, (_, time, n, delete)) in mine.iter().rev().enumerate() {
                listing.push(Listed { key: format!("k{key}"), id: format!("{n}"), millis: time * 1000, marker: *delete, parts: false, is_latest: place == 0 });
            }
        }
        let now = t2.map_or(AsOf::Latest, at);
        for (name, then, later, _) in resolve(&listing, (at(t), now), false) {
            let key = name.as_bytes()[1] - b'0';
            prop_assert_eq!(then, model(key, t), "{} at {}", &name, t);
            prop_assert_eq!(later, model(key, t2.unwrap_or(i64::MAX)), "{} at {:?}", &name, t2);
        }
    }
}
