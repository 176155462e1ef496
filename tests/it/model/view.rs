//! The view of a bucket at T, page by page and key by key, against the model.

use asof::engine::{FolderAt, KeyAt, PageAt, PastBucket, ViewEntry, ViewOptions};
use asof::lab::Quirks;
use asof::model::TypedTime;
use fastrand::Rng;

use super::history::History;
use super::state::{Model, State};
use super::write::write;
use super::{SEED, subject, variable};
use crate::servers::say;
use crate::support::process::alone;
use crate::support::{Moment, Subject};
use crate::view::library_client;

const HISTORIES: u64 = 60;

/// Listings of each history.
const LISTINGS: usize = 6;

#[test]
fn views_agree_with_the_model() {
    alone("model::view::views_agree_with_the_model", || async {
        let seed = variable("ASOF_MODEL_SEED").unwrap_or(SEED);
        let histories = variable("ASOF_MODEL_HISTORIES").unwrap_or(HISTORIES);
        say(&format!("views: ASOF_MODEL_SEED={seed} ASOF_MODEL_HISTORIES={histories}"));
        let subject = subject().await;
        for seed in (0..histories).map(|number| seed.wrapping_add(number)) {
            check(&subject, seed).await;
        }
    });
}

async fn check(subject: &Subject, seed: u64) {
    let history = History::random(seed);
    let rng = &mut Rng::with_seed(seed);
    let lab = subject.lab();
    lab.set_quirks(Quirks {
        short_pages: Some(history.page),
        inclusive_key_marker: history.inclusive_marker,
        leaves_out_after_absent_marker: !history.inclusive_marker && rng.u8(0..4) == 0,
        ..Quirks::default()
    });
    let bucket = subject.bucket().await;
    write(lab, &bucket, &history.events).await;
    let model = Model::replay(&history.events);
    lab.clock().set((history.end() + 3_600) * 1000);
    let client = library_client(subject).await;
    for listing in 0..LISTINGS {
        let second = rng.choice(&history.events).unwrap().second + rng.i64(-1..2);
        let at = TypedTime::parse(&Moment(second).to_string()).unwrap();
        let past = PastBucket::open(&client, &bucket.name, at, ViewOptions::default()).await.unwrap();
        let state = model.at(second);
        let (prefix, delimiter) = (some_of(&model, rng, 3), delimiter(&model, rng));
        let max = *rng.choice(&[1, 1, 2, 3, 5, 1000]).unwrap();
        let (found, expected) =
            (pages(&past, &prefix, &delimiter, max).await, expected(&state, &prefix, &delimiter));
        let what = format!(
            "seed {seed}, listing {listing} at {second}: prefix {prefix:?}, delimiter {delimiter:?}, {max}\n{history}"
        );
        assert_eq!(found, expected, "{what}");
        for key in model.keys() {
            let live = described(&past.key(&key).await.unwrap());
            let held =
                state.get(&key).map(|content| (content.body.len() as u64, content.storage_class.clone()));
            assert_eq!(live, held, "{key:?}: {what}");
        }
    }
}

/// A listed entry: a folder, or a key with its size and class.
type Listed = (String, Option<(u64, String)>);

/// More pages than the keys of a history fill.
const MOST_PAGES: usize = 1_000;

async fn pages(past: &PastBucket, prefix: &str, delimiter: &str, max: usize) -> Vec<Listed> {
    let (mut listed, mut after) = (Vec::new(), None);
    // A page that did not advance would never end.
    for _ in 0..MOST_PAGES {
        let page = past.page(PageAt { prefix, delimiter, after: after.as_ref(), max }).await.expect("a page");
        assert!(page.entries.len() <= max);
        assert!(page.next.is_none() || !page.entries.is_empty(), "a page without entries is the last");
        listed.extend(page.entries.iter().map(|entry| match entry {
            ViewEntry::Key { key, state } => (key.clone(), Some(described(state).expect("not absent"))),
            ViewEntry::Folder { prefix, state } => {
                assert_eq!(*state, FolderAt::Live, "{prefix:?}");
                (prefix.clone(), None)
            }
        }));
        after = page.next;
        if after.is_none() {
            return listed;
        }
    }
    panic!("{MOST_PAGES} pages of {prefix:?}, and never the last");
}

fn described(state: &KeyAt) -> Option<(u64, String)> {
    match state {
        KeyAt::Live(live) => Some((live.version.size, live.version.storage_class.clone())),
        KeyAt::Absent => None,
        KeyAt::Uncertain { .. } => panic!("without lifecycle rules nothing is uncertain: {state:?}"),
    }
}

fn expected(state: &State, prefix: &str, delimiter: &str) -> Vec<Listed> {
    let mut listed: Vec<Listed> = Vec::new();
    for (key, content) in state {
        let Some(rest) = key.strip_prefix(prefix) else { continue };
        let folder = rest.find(delimiter).filter(|_| !delimiter.is_empty());
        let entry = match folder {
            Some(at) => (format!("{prefix}{}{delimiter}", &rest[..at]), None),
            None => (key.clone(), Some((content.body.len() as u64, content.storage_class.clone()))),
        };
        if listed.last() != Some(&entry) {
            listed.push(entry);
        }
    }
    listed
}

/// The first characters of a key, or nothing.
fn some_of(model: &Model, rng: &mut Rng, most: usize) -> String {
    let keys: Vec<_> = model.keys().into_iter().collect();
    let Some(key) = rng.choice(&keys).filter(|_| rng.bool()) else { return String::new() };
    key.chars().take(rng.usize(0..=most)).collect()
}

/// Often `/`, else a piece of a key.
fn delimiter(model: &Model, rng: &mut Rng) -> String {
    match rng.u8(0..5) {
        0 => String::new(),
        1 | 2 => "/".to_owned(),
        _ => {
            let keys: Vec<_> = model.keys().into_iter().collect();
            let key: Vec<_> = rng.choice(&keys).map(|key| key.chars().collect()).unwrap_or_default();
            let start = rng.usize(0..=key.len());
            key[start..].iter().take(rng.usize(1..3)).collect()
        }
    }
}
