use proptest::prelude::*;

use super::*;
use crate::model::{ChecksumType, Entry, Kind};
use crate::plan::Action;
use crate::resolve::{AsOf, Resolver};

const AT: Instant = Instant::from_millis(100_000);

/// An entry of a key: its second, and whether it is a version. Entries are listed newest first.
type Made = (i64, bool);

fn second(second: i64) -> Instant {
    Instant::from_millis(second * 1000)
}

/// The dangling reference found for a key with these entries.
fn found(history: &[Made], moment: Moment) -> Option<Dangling> {
    let mut resolver = Resolver::with_later(AsOf::At(AT), AsOf::Latest);
    for (n, (made, version)) in history.iter().enumerate() {
        let id = format!("v{n}");
        let kind = if *version {
            let (etag, storage_class, checksum_algorithm) = ("etag", "STANDARD", "");
            let checksum_type = ChecksumType::Unknown;
            Kind::Version { etag, size: 1, storage_class, checksum_algorithm, checksum_type }
        } else {
            Kind::DeleteMarker
        };
        let (version_id, last_modified) = (&*id, second(*made));
        let entry = Entry { key: "k", version_id, is_latest: n == 0, last_modified, kind };
        assert!(resolver.push(&entry, false).unwrap().is_none());
    }
    dangling(&resolver.finish().unwrap(), moment)
}

fn id(version: Option<&Version>) -> Option<&str> {
    version.map(|version| &*version.version_id)
}

#[test]
fn the_tables_hold() {
    use Existed::{After, Before, Never, Then};
    use Moment::Then as AtT;
    const PUT: bool = true;
    const DELETE: bool = false;
    for (history, moment, expected) in [
        (&[(90, PUT)][..], AtT, None),
        (&[(100, PUT)], AtT, None),
        (&[(101, DELETE), (90, PUT)], AtT, None),
        (&[(101, DELETE), (90, PUT)], Moment::Now, Some((Then, None, None))),
        (&[(103, PUT), (102, DELETE), (90, PUT)], Moment::Now, None),
        (&[(101, PUT)], AtT, Some((After, None, Some("v0")))),
        (&[(101, PUT)], Moment::Now, None),
        (&[(103, PUT), (102, PUT)], AtT, Some((After, None, Some("v1")))),
        (&[(104, DELETE), (103, PUT), (102, DELETE)], AtT, Some((After, None, Some("v1")))),
        (&[(104, DELETE), (103, PUT)], Moment::Now, Some((After, None, Some("v1")))),
        (&[(101, PUT), (80, DELETE), (70, PUT)], AtT, Some((After, Some(80), Some("v0")))),
        (&[(80, DELETE), (70, PUT)], AtT, Some((Before, Some(80), None))),
        (&[(100, DELETE), (70, PUT)], Moment::Now, Some((Before, Some(100), None))),
        (&[(101, DELETE), (80, DELETE)], AtT, Some((Before, Some(80), None))),
        (&[(101, DELETE)], AtT, Some((Never, None, None))),
    ] {
        let found = found(history, moment);
        let told = found.as_ref().map(|d| (d.existed, d.deleted, id(d.later.as_ref())));
        let expected = expected.map(|(existed, deleted, later)| (existed, deleted.map(second), later));
        assert_eq!(told, expected, "{history:?} {moment:?}");
    }
}

#[test]
fn only_what_came_soon_is_healed() {
    let version = |id: &str, made: i64, class: &str| Version {
        version_id: id.to_owned(),
        last_modified: second(made),
        storage_class: class.to_owned(),
        ..Version::default()
    };
    let (v, w, late) = (version("v", 103, ""), version("w", 110, ""), version("late", 104, ""));
    let cold = version("cold", 101, "GLACIER");
    let three = Duration::from_secs(3);
    for (later, now, doubts, expected) in [
        (Some(&v), None, vec![], Some((Action::Undelete, vec![]))),
        (Some(&v), Some(&w), vec![], Some((Action::Revert, vec![]))),
        (Some(&v), Some(&v), vec![], None),
        (Some(&late), None, vec![], None),
        (None, None, vec![], None),
        (None, Some(&w), vec![], None),
        (Some(&v), None, vec![Doubt::Lifecycle], Some((Action::Undelete, vec![Doubt::Lifecycle]))),
        (Some(&cold), None, vec![], Some((Action::Undelete, vec![Doubt::Archived]))),
    ] {
        let (later, now) = (later.cloned(), now.cloned());
        let bare = Dangling::bare("k", Existed::After);
        let dangling = Dangling { later: later.clone(), now: now.clone(), doubts, ..bare };
        let change = heal(&dangling, AT, three);
        assert_eq!(change.as_ref().map(|c| (c.action, c.doubts.clone())), expected, "{dangling:?}");
        if let Some(change) = change {
            assert!(change.is_whole() && change.then == later && change.now == now, "{change:?}");
        }
    }
}

#[test]
fn sums_tell_the_kinds_apart() {
    let mut sums = ReferenceSums::of_keys(5);
    for existed in [Existed::After, Existed::Never, Existed::Never] {
        let doubts = if existed == Existed::After { vec![Doubt::Lifecycle] } else { vec![] };
        sums.add(&Dangling { doubts, ..Dangling::bare("k", existed) });
    }
    let kinds = Existed::ALL.map(|existed| sums.of(existed));
    assert_eq!((kinds, sums.dangling(), sums.held(), sums.doubtful), ([1, 0, 0, 2], 3, 2, 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    /// Plays a key forward in time, second by second, and compares the result with its history.
    #[test]
    fn what_is_told_is_what_happened(
        mut made in proptest::collection::vec((90i64..112, any::<bool>()), 1..8),
        now in any::<bool>(),
        within in 0u64..12,
    ) {
        made.sort_by_key(|(second, _)| *second);
        let moment = if now { Moment::Now } else { Moment::Then };
        let (mut at_t, mut live, mut marker_at_t, mut first_after) = (false, false, None, None);
        for (made, version) in &made {
            live = *version;
            if second(*made) <= AT {
                at_t = *version;
                marker_at_t = (!version).then_some(second(*made));
            } else if *version && first_after.is_none() {
                first_after = Some(second(*made));
            }
        }
        let newest_first: Vec<_> = made.iter().rev().copied().collect();
        let found = found(&newest_first, moment);
        prop_assert_eq!(found.is_none(), if now { live } else { at_t });
        if let Some(dangling) = found {
            prop_assert_eq!(dangling.existed == Existed::Then, at_t);
            prop_assert_eq!(dangling.deleted, marker_at_t);
            prop_assert_eq!(dangling.later.as_ref().map(|v| v.last_modified), first_after);
            prop_assert_eq!(dangling.now.is_some(), live);
            let soon = first_after.is_some_and(|t| t.millis() - AT.millis() <= i64::try_from(within * 1000).unwrap());
            let holds_it = dangling.now.is_some() && dangling.now == dangling.later;
            let healed = heal(&dangling, AT, Duration::from_secs(within));
            prop_assert_eq!(healed.is_some(), soon && !at_t && !holds_it);
            prop_assert!(healed.is_none_or(|change| change.then == dangling.later));
        }
    }
}
