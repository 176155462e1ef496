use std::collections::BTreeMap;

use fastrand::Rng;

use super::*;
use crate::spill::Spool;

/// Keys, and whether each is certain.
type Keys = BTreeMap<String, bool>;

fn preloaded(keys: &Keys) -> Preloaded {
    let mut spool = Spool::new().unwrap();
    for (key, certain) in keys {
        let doubts = if *certain { Vec::new() } else { vec![Doubt::NullVersion] };
        let live = Some(Version { version_id: key.clone(), ..Version::default() });
        spool.push(0, key, &Listed { key: key.clone(), live, doubts }).unwrap();
    }
    Preloaded(spool.close().unwrap())
}

/// An entry: its text, whether it is a folder, and whether it is certain.
type Entry = (String, bool, bool);

/// The contents of a listing, without pages.
fn expected(keys: &Keys, prefix: &str, delimiter: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (key, certain) in keys.iter().filter(|(key, _)| key.starts_with(prefix)) {
        let end = key[prefix.len()..].find(delimiter).filter(|_| !delimiter.is_empty());
        let text = end.map_or(key.clone(), |at| key[..prefix.len() + at + delimiter.len()].to_owned());
        match entries.last_mut() {
            Some((last, true, all)) if *last == text => *all |= certain,
            _ => entries.push((text, end.is_some(), *certain)),
        }
    }
    entries
}

fn pages(preloaded: &Preloaded, prefix: &str, delimiter: &str, max: usize) -> Vec<Entry> {
    let (mut entries, mut after) = (Vec::new(), None);
    loop {
        let page = preloaded.page(PageAt { prefix, delimiter, after: after.as_ref(), max }).unwrap();
        assert!(page.entries.len() <= max);
        entries.extend(page.entries.into_iter().map(|entry| match entry {
            ViewEntry::Key { key, state } => (key, false, matches!(state, KeyAt::Live(_))),
            ViewEntry::Folder { prefix, state } => (prefix, true, state == FolderAt::Live),
        }));
        after = page.next;
        if after.is_none() {
            return entries;
        }
    }
}

#[test]
fn pages_have_every_entry_once_and_in_order() {
    for seed in 0..300 {
        let rng = &mut Rng::with_seed(seed);
        let mut keys = Keys::new();
        for _ in 0..rng.usize(0..300) {
            let key: String =
                (0..rng.usize(1..6)).map(|_| *rng.choice(&['a', 'b', '/', 'ä', '~']).unwrap()).collect();
            keys.insert(key, rng.u8(0..4) > 0);
        }
        let preloaded = preloaded(&keys);
        for _ in 0..10 {
            let prefix: String =
                (0..rng.usize(0..3)).map(|_| *rng.choice(&['a', '/', 'ä']).unwrap()).collect();
            let delimiter = *rng.choice(&["", "/", "a/", "ä"]).unwrap();
            let max = *rng.choice(&[1, 2, 7, 1000]).unwrap();
            let expected = expected(&keys, &prefix, delimiter);
            let found = pages(&preloaded, &prefix, delimiter, max);
            assert_eq!(found, expected, "seed {seed}, {prefix:?}, {delimiter:?}, {max}");
        }
    }
}

#[test]
fn large_folders_are_jumped_over() {
    // Folders with a name that no marker can follow, and with keys behind any marker.
    let long = "long".repeat(255);
    let mut keys = Keys::new();
    for folder in ["a", "b\u{1}", "c\u{10ffff}", &long] {
        keys.extend((0..200).map(|n| (format!("{folder}/{n:05}"), true)));
        keys.insert(format!("{folder}/\u{10ffff}\u{10ffff}"), true);
        // The first key after the folder.
        keys.insert(format!("{folder}0"), true);
    }
    let preloaded = preloaded(&keys);
    for max in [1, 2, 1000] {
        assert_eq!(pages(&preloaded, "", "/", max), expected(&keys, "", "/"), "{max}");
        assert_eq!(pages(&preloaded, "", "\u{10ffff}", max), expected(&keys, "", "\u{10ffff}"), "{max}");
    }
    let none = preloaded.page(PageAt { max: 0, ..PageAt::default() }).unwrap();
    assert_eq!(none, ViewPage::default());
}
