//! The view of a bucket at T, on the lab: its cost, and what it says of uncertain keys.

use std::sync::Arc;

use asof::engine::{
    FolderAt, KeyAt, OnUncertain, PageAt, PastBucket, Position, ViewEntry, ViewOptions, ViewPage,
};
use asof::lab::{Operation, Put, Quirks, Versioning};
use asof::model::TypedTime;
use asof::resolve::Doubt;
use asof::s3::{Client, Settings};

use crate::servers::{Kind, Server};
use crate::support::process::alone;
use crate::support::{Bucket, Subject};

/// A lab with a bucket, and a client of it.
pub(crate) struct Scene {
    subject: Subject,
    bucket: Bucket,
    client: Client,
}

impl Scene {
    async fn new() -> Self {
        let subject = Subject::new(Server::find(Kind::Lab).await);
        let bucket = subject.bucket().await;
        Self { client: library_client(&subject).await, subject, bucket }
    }

    fn put(&self, key: &str) {
        self.subject.lab().put(&self.bucket.name, key, Put::of("body")).unwrap();
    }

    async fn open(&self, at: impl ToString, uncertain: OnUncertain) -> PastBucket {
        let at = TypedTime::parse(&at.to_string()).unwrap();
        let options = ViewOptions { uncertain, ..ViewOptions::default() };
        PastBucket::open(&self.client, &self.bucket.name, at, options).await.unwrap()
    }

    fn listed(&self) -> u64 {
        self.subject.lab().requests().of(Operation::ListObjectVersions)
    }
}

/// A client of the library for the server of a subject; see [`alone`].
pub(crate) async fn library_client(subject: &Subject) -> Client {
    let settings = Settings {
        endpoint_url: Some(subject.server.url.clone()),
        region: Some("us-east-1".to_owned()),
        path_style: true,
        ..Settings::default()
    };
    Client::connect(settings, Arc::default()).await.unwrap()
}

fn names(page: &ViewPage) -> Vec<&str> {
    let name = |entry: &'_ ViewEntry| match entry {
        ViewEntry::Key { key, .. } => key.clone(),
        ViewEntry::Folder { prefix, .. } => prefix.clone(),
    };
    page.entries.iter().map(|entry| name(entry).leak() as &str).collect()
}

#[test]
fn folders_are_jumped_over() {
    alone("view::folders_are_jumped_over", || async {
        let scene = Scene::new().await;
        for folder in ["a/", "b/", "c/", "d/"] {
            (0..3000).for_each(|n| scene.put(&format!("{folder}{n:06}")));
        }
        // The first entry after a jump.
        scene.put("a0");
        let at = scene.subject.moment().await;
        (0..3000).for_each(|n| scene.put(&format!("later/{n:06}")));
        for quirks in [
            Quirks::default(),
            Quirks { inclusive_key_marker: true, ..Quirks::default() },
            Quirks { leaves_out_after_absent_marker: true, ..Quirks::default() },
        ] {
            let jumps = !quirks.leaves_out_after_absent_marker;
            scene.subject.lab().set_quirks(quirks);
            let past = scene.open(at, OnUncertain::Report).await;
            let before = scene.listed();
            let page = past.page(PageAt { delimiter: "/", max: 1000, ..PageAt::default() }).await.unwrap();
            assert_eq!(names(&page), ["a/", "a0", "b/", "c/", "d/"]);
            assert_eq!(page.next, None);
            let requests = scene.listed() - before;
            // One for each folder, one to test the server, the four pages of what is new, and a look at each key that a
            // page ends with: its older versions might be missing.
            assert_eq!(requests <= 12, jumps, "{requests} requests");
        }
    });
}

#[test]
fn a_listing_continues_where_it_stopped() {
    alone("view::a_listing_continues_where_it_stopped", || async {
        let scene = Scene::new().await;
        (0..5000).for_each(|n| scene.put(&format!("{n:06}")));
        let past = scene.open(scene.subject.moment().await, OnUncertain::Report).await;
        let before = scene.listed();
        let (mut after, mut keys) = (None, 0);
        loop {
            let page = PageAt { after: after.as_ref(), max: 1000, ..PageAt::default() };
            let page = past.page(page).await.unwrap();
            keys += page.entries.len();
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(keys, 5000);
        // Five pages, the test of the server with its page, and whether anything follows the last key.
        assert!(scene.listed() - before <= 8, "{} requests", scene.listed() - before);
        let any = Position::Key("004997+".to_owned());
        let page = PageAt { after: Some(&any), max: 1, ..PageAt::default() };
        assert_eq!(names(&past.page(page).await.unwrap()), ["004998"]);
    });
}

#[test]
fn a_key_with_many_versions_is_read_to_its_answer() {
    alone("view::a_key_with_many_versions_is_read_to_its_answer", || async {
        let scene = Scene::new().await;
        (0..3000).for_each(|_| scene.put("log"));
        let at = scene.subject.moment().await;
        scene.put("log");
        let past = scene.open(at, OnUncertain::Report).await;
        let before = scene.listed();
        assert!(matches!(past.key("log").await.unwrap(), KeyAt::Live(_)));
        assert_eq!(scene.listed() - before, 1);
        assert_eq!(past.key("lo").await.unwrap(), KeyAt::Absent);
    });
}

#[test]
fn uncertain_keys_and_folders_are_told_from_live_ones() {
    alone("view::uncertain_keys_and_folders_are_told_from_live_ones", || async {
        let scene = Scene::new().await;
        let lab = scene.subject.lab();
        for key in ["mixed/a", "mixed/b", "null/a", "x"] {
            scene.put(key);
        }
        let at = scene.subject.moment().await;
        lab.set_versioning(&scene.bucket.name, Versioning::Suspended);
        for key in ["mixed/a", "mixed/new", "maybe/new", "null/a", "y"] {
            scene.put(key);
        }
        lab.set_versioning(&scene.bucket.name, Versioning::Enabled);
        let all = PageAt { delimiter: "/", max: 10, ..PageAt::default() };

        let past = scene.open(at, OnUncertain::Report).await;
        let page = past.page(all).await.unwrap();
        assert_eq!(names(&page), ["maybe/", "mixed/", "null/", "x", "y"]);
        let states: Vec<_> = page
            .entries
            .iter()
            .filter_map(|entry| match entry {
                ViewEntry::Folder { state, .. } => Some(*state),
                ViewEntry::Key { .. } => None,
            })
            .collect();
        assert_eq!(states, [FolderAt::Uncertain, FolderAt::Live, FolderAt::Uncertain]);
        let doubts = || vec![Doubt::NullVersion];
        assert_eq!(past.key("y").await.unwrap(), KeyAt::Uncertain { live: None, doubts: doubts() });
        let KeyAt::Uncertain { live: Some(live), doubts: found } = past.key("null/a").await.unwrap() else {
            panic!("not uncertain");
        };
        assert_eq!((found, live.version.size), (doubts(), 4));
        // A page that an uncertain folder fills.
        for max in 1..5 {
            let (mut after, mut found) = (None, Vec::new());
            loop {
                let page = past.page(PageAt { after: after.as_ref(), max, ..all }).await.unwrap();
                found.extend(page.entries);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, page.entries, "pages of {max}");
        }

        let past = scene.open(at, OnUncertain::Trust).await;
        assert_eq!(names(&past.page(all).await.unwrap()), ["mixed/", "null/", "x"]);
        assert_eq!(past.key("y").await.unwrap(), KeyAt::Absent);
    });
}
