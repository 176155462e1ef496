//! An incident in every part of the key order, and the histories that a restore may leave behind.

use std::collections::BTreeMap;

use md5::{Digest as _, Md5};

use crate::support::bucket::{Entry, body_of};
use crate::support::{Bucket, Moment, Subject};

/// Keys that are created, kept, deleted and overwritten: of 32 in the key order, one, one, and the rest by halves.
const GROUP: usize = 32;

/// The event that a key went through after T.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    Created,
    Kept,
    Deleted,
    Overwritten,
}

/// A bucket after the incident.
#[derive(Debug)]
pub(super) struct Incident {
    pub(super) bucket: Bucket,
    pub(super) at: Moment,
    keys: usize,
}

impl Incident {
    /// `lost` keys are overwritten or deleted, by halves.
    pub(super) async fn new(subject: &Subject, lost: usize) -> Self {
        let bucket = subject.bucket().await;
        let keys = lost * GROUP / (GROUP - 2);
        let named = |wanted: &[Since]| -> Vec<String> {
            (0..keys).filter(|n| wanted.contains(&since(*n))).map(key).collect()
        };
        put(subject, &bucket, &named(&[Since::Kept, Since::Deleted, Since::Overwritten]), "then").await;
        let at = subject.moment().await;
        put(subject, &bucket, &named(&[Since::Created, Since::Overwritten]), "now").await;
        delete(subject, &bucket, &named(&[Since::Deleted])).await;
        subject.moment().await;
        Self { bucket, at, keys }
    }

    /// The copies that a restore makes.
    pub(super) fn copies(&self) -> u64 {
        let copied = |n: &usize| matches!(since(*n), Since::Deleted | Since::Overwritten);
        (0..self.keys).filter(copied).count() as u64
    }

    /// Checks every key's history, as the SDK lists it: the key is as at T, and has at most one new entry if it had to be
    /// changed, and none otherwise. Returns the keys with more.
    pub(super) async fn assert_restored(&self) -> Vec<String> {
        let mut histories = BTreeMap::<_, Vec<Entry>>::new();
        for entry in self.bucket.entries().await {
            histories.entry(entry.key.clone()).or_default().push(entry);
        }
        assert_eq!(histories.len(), self.keys);
        let mut more = Vec::new();
        for n in 0..self.keys {
            let key = key(n);
            let history = &histories[&key];
            let live: Vec<_> = history.iter().filter(|entry| entry.is_latest).collect();
            let [live] = live[..] else { panic!("{key} has {} current entries: {history:?}", live.len()) };
            let then = (since(n) != Since::Created).then(|| etag(&key));
            assert_eq!(live.etag, then, "{key} is not as at T: {history:?}");
            let (before, new) = match since(n) {
                Since::Kept => (1, 0),
                Since::Created => (1, 1),
                Since::Deleted | Since::Overwritten => (2, 1),
            };
            assert!(history.len() >= before + new, "{key} has lost an entry: {history:?}");
            if history.len() > before + new {
                more.push(key);
            }
        }
        more
    }
}

fn key(n: usize) -> String {
    format!("k/{n:06}")
}

fn since(n: usize) -> Since {
    match n % GROUP {
        0 => Since::Created,
        1 => Since::Kept,
        rest if rest % 2 == 0 => Since::Deleted,
        _ => Since::Overwritten,
    }
}

/// The ETag of the version at T.
fn etag(key: &str) -> String {
    format!("{:032x}", u128::from_be_bytes(Md5::digest(body_of(key, "then")).into()))
}

async fn put(subject: &Subject, bucket: &Bucket, keys: &[String], mark: &str) {
    if subject.server.lab.is_none() {
        return bucket.put_all(keys, mark).await;
    }
    for key in keys {
        subject.lab().put(&bucket.name, key, asof::lab::Put::of(body_of(key, mark))).unwrap();
    }
}

async fn delete(subject: &Subject, bucket: &Bucket, keys: &[String]) {
    if subject.server.lab.is_none() {
        return bucket.delete_all(keys).await;
    }
    for key in keys {
        subject.lab().delete(&bucket.name, key).unwrap();
    }
}
