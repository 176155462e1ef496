//! Paging of versions in a small bucket.

use std::sync::Arc;

use super::super::Store;
use super::super::bucket::Versioning;
use super::super::version::{Attributes, Labels, Object};
use super::*;

fn object() -> Arc<Object> {
    Arc::new(Object {
        body: hyper::body::Bytes::new(),
        etag: String::new(),
        parts: Vec::new(),
        attributes: Attributes::default(),
        checksum: None,
    })
}

/// `a` has three versions and a marker on top, `b/1` and `b/2` have one version each, `c` has a null version below
/// another.
fn store() -> Store {
    let mut store = Store::default();
    let bucket = store.create("bucket", 0).unwrap();
    bucket.put("c", object(), Labels::default(), 0);
    bucket.versioning = Versioning::Enabled;
    for key in ["a", "a", "a", "b/1", "b/2", "c"] {
        bucket.put(key, object(), Labels::default(), 0);
    }
    bucket.delete("a", 0);
    store
}

fn shown(page: &Page<'_>) -> Vec<String> {
    let entries = page.entries.iter().map(|listed| {
        let kind = if listed.entry.is_marker() { "M" } else { "V" };
        let latest = if listed.latest { "*" } else { "" };
        format!("{} {kind}{latest}", listed.key)
    });
    entries.chain(page.prefixes.iter().map(|prefix| format!("{prefix} P"))).collect()
}

fn all(store: &Store, max: usize, delimiter: &str, quirks: &Quirks) -> Vec<Vec<String>> {
    let bucket = store.bucket("bucket").unwrap();
    let mut pages = Vec::new();
    let (mut key, mut version): (Option<String>, Option<String>) = (None, None);
    loop {
        let asked = Question {
            delimiter,
            key_marker: key.as_deref(),
            version_marker: version.as_deref(),
            max,
            ..Question::default()
        };
        let page = page(bucket, &asked, quirks).unwrap();
        pages.push(shown(&page));
        if !page.truncated || pages.len() > 20 {
            return pages;
        }
        (key, version) = (page.next_key, page.next_version);
    }
}

const WHOLE: [&str; 8] = ["a M*", "a V", "a V", "a V", "b/1 V*", "b/2 V*", "c V*", "c V"];

#[test]
fn pages_of_every_size_join_to_the_whole() {
    for max in 1..10 {
        let pages = all(&store(), max, "", &Quirks::default());
        assert_eq!(pages.concat(), WHOLE, "{max}");
        assert!(pages.iter().all(|page| page.len() <= max));
        assert_eq!(pages.len(), 8usize.div_ceil(max));
    }
}

#[test]
fn a_key_marker_alone_skips_the_whole_key() {
    let store = store();
    let bucket = store.bucket("bucket").unwrap();
    let from = |marker| Question { key_marker: Some(marker), max: 1000, ..Question::default() };
    assert_eq!(shown(&page(bucket, &from("a"), &Quirks::default()).unwrap()), &WHOLE[4..]);
    assert_eq!(shown(&page(bucket, &from("b/"), &Quirks::default()).unwrap()), &WHOLE[4..]);
    let quirks = Quirks { inclusive_key_marker: true, ..Quirks::default() };
    assert_eq!(shown(&page(bucket, &from("a"), &quirks).unwrap()), WHOLE);
    let quirks = Quirks { leaves_out_after_absent_marker: true, ..Quirks::default() };
    assert_eq!(shown(&page(bucket, &from("a"), &quirks).unwrap()), &WHOLE[4..]);
    assert_eq!(shown(&page(bucket, &from("aa"), &quirks).unwrap()), &WHOLE[5..]);
}

#[test]
fn goes_on_below_a_version_that_has_gone() {
    for (key, keep) in [("a", 2), ("c", 1)] {
        let mut store = store();
        let bucket = store.bucket_mut("bucket").unwrap();
        let ids: Vec<VersionId> = bucket.keys[key].iter().rev().map(Entry::id).collect();
        bucket.erase(key, ids[keep]);
        let marker = ids[keep].to_string();
        let asked = Question {
            key_marker: Some(key),
            version_marker: Some(&marker),
            max: 1000,
            ..Question::default()
        };
        let rest = page(bucket, &asked, &Quirks::default()).unwrap();
        let of_key = rest.entries.iter().filter(|listed| listed.key == key).count();
        assert_eq!(of_key, ids.len() - keep - 1, "{key}");
    }
}

#[test]
fn rolls_up_and_pages_common_prefixes() {
    let whole = ["a M*", "a V", "a V", "a V", "b/ P", "c V*", "c V"];
    for max in 1..9 {
        let mut got = all(&store(), max, "/", &Quirks::default()).concat();
        let mut want = whole.map(str::to_owned).to_vec();
        got.sort();
        want.sort();
        assert_eq!(got, want, "{max}");
    }
}

#[test]
fn a_version_marker_needs_a_key_marker() {
    let store = store();
    let asked = Question { version_marker: Some("null"), max: 1, ..Question::default() };
    let error = page(store.bucket("bucket").unwrap(), &asked, &Quirks::default()).unwrap_err();
    assert_eq!(error.code, Code::InvalidArgument);
}

#[test]
fn quirks_group_shorten_reverse_and_stick() {
    let quirks = Quirks { grouped: Some(Grouping::VersionsFirst), ..Quirks::default() };
    assert_eq!(all(&store(), 1000, "", &quirks).concat().last().unwrap(), "a M*");
    let quirks = Quirks { short_pages: Some(3), ..Quirks::default() };
    assert_eq!(all(&store(), 1000, "", &quirks).len(), 3);
    let quirks = Quirks { oldest_first: true, ..Quirks::default() };
    let listed = all(&store(), 3, "", &quirks).concat();
    assert_eq!(listed[..4], ["a V", "a V", "a V", "a M*"]);
    assert_eq!(listed.len(), 8);
    let quirks = Quirks { stuck_marker: true, ..Quirks::default() };
    assert!(all(&store(), 3, "", &quirks).len() > 20);
    let quirks = Quirks { drops_after_null_marker: true, ..Quirks::default() };
    let bucket_of = |store: &mut Store| {
        let bucket = store.bucket_mut("bucket").unwrap();
        bucket.versioning = Versioning::Suspended;
        bucket.put("c", object(), Labels::default(), 0);
    };
    let mut store = store();
    bucket_of(&mut store);
    assert_eq!(all(&store, 7, "", &Quirks::default()).concat().len(), 8);
    assert_eq!(all(&store, 7, "", &quirks).concat().len(), 7);
}
