use super::*;

fn live() -> LiveKey {
    LiveKey { version: Version::default(), cautions: Vec::new() }
}

#[test]
fn the_state_follows_the_table() {
    use OnUncertain::{Report, Trust};
    let doubts = || vec![Doubt::Lifecycle];
    for uncertain in [Report, Trust] {
        assert_eq!(KeyAt::of(None, vec![], uncertain), KeyAt::Absent);
        assert_eq!(KeyAt::of(Some(live()), vec![], uncertain), KeyAt::Live(live()));
    }
    for found in [None, Some(live())] {
        let state = KeyAt::of(found.clone(), doubts(), Report);
        assert_eq!(state, KeyAt::Uncertain { live: found, doubts: doubts() });
    }
    assert_eq!(KeyAt::of(None, doubts(), Trust), KeyAt::Absent);
    assert_eq!(KeyAt::of(Some(live()), doubts(), Trust), KeyAt::Live(live()));
}

#[test]
fn archived_is_told_by_the_storage_class() {
    for (class, archived) in [("GLACIER", true), ("DEEP_ARCHIVE", true), ("GLACIER_IR", false), ("", false)] {
        let version = Version { storage_class: class.to_owned(), ..Version::default() };
        assert_eq!(LiveKey { version, ..live() }.is_archived(), archived, "{class}");
    }
}
