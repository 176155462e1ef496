//! Headers whose values are not UTF-8: what a browser or an old client sent in Latin-1, and S3 has kept.

use std::collections::BTreeMap;

use asof::lab::{Fault, Operation, Put, Rule, When};
use bytes::Bytes;

use super::{LARGE, SMALL, with};
use crate::faults::scene::Scene;
use crate::support::Subject;

fn put(subject: &Subject, bucket: &str, (key, body): (&str, &'static str), disposition: &'static [u8]) {
    let raw = [
        ("content-disposition".to_owned(), Bytes::from_static(disposition)),
        ("x-amz-meta-note".to_owned(), Bytes::from_static(b"\xff\xfe")),
    ];
    subject.lab().put(bucket, key, Put { raw: raw.into(), ..Put::of(body) }).unwrap();
}

const CAFE: &[u8] = b"attachment; filename=\"caf\xe9.txt\"";
const CAFFE: &[u8] = b"attachment; filename=\"caff\xe8.txt\"";

fn dispositions(subject: &Subject, bucket: &str) -> BTreeMap<String, Option<Bytes>> {
    let live = subject.lab().live(bucket).into_iter();
    live.map(|(key, object)| (key, object.content.raw.get("content-disposition").cloned())).collect()
}

#[test]
fn header_values_in_latin_1_come_back_as_they_were() {
    with(|subject| async move {
        let bucket = subject.bucket().await;
        let name = &*bucket.name;
        for key in ["changed", "gone", "over", "same"] {
            put(&subject, name, (key, SMALL), CAFE);
        }
        let at = subject.moment().await;
        put(&subject, name, ("changed", SMALL), CAFFE);
        put(&subject, name, ("same", SMALL), CAFE);
        bucket.put("over", "later").await;
        bucket.delete("gone").await;
        subject.moment().await;

        let diff = subject.diff(&bucket.url(""), at).await;
        assert_eq!(diff.keys_to("revert"), ["changed", "over"], "{diff}");
        assert_eq!(diff.count("same_content"), 1, "{diff}");
        let restored = subject.whole(&bucket, at, &[]).await.expect_code(0);
        assert_eq!((restored.count("copied"), restored.count("failed")), (3, 0), "{restored}");
        assert_eq!(restored.summary()["not_kept"]["metadata"], 0, "{restored}");
        for (key, disposition) in dispositions(&subject, name) {
            assert_eq!(disposition.as_deref(), Some(CAFE), "{key}");
        }
        let (url, at) = (bucket.url(""), at.to_string());
        subject.asof(&["verify", &url, "--at", &at, "--format", "json"]).await.expect_code(0);
    });
}

/// A multipart copy must receive them explicitly, and values that are not text cannot be signed.
#[test]
fn header_values_in_latin_1_are_counted_where_a_copy_in_parts_loses_them() {
    with(|subject| async move {
        let bucket = subject.bucket().await;
        put(&subject, &bucket.name, ("large", LARGE), CAFE);
        let at = subject.moment().await;
        bucket.delete("large").await;
        let restored = subject.whole(&bucket, at, &[]).await.expect_code(0);
        assert_eq!((restored.count("copied"), restored.count("failed")), (1, 0), "{restored}");
        assert_eq!(restored.summary()["not_kept"]["metadata"], 1, "{restored}");
        assert!(restored.stderr.contains("not kept: metadata of 1 object"), "{restored}");
        bucket.assert_holds(&[("large", Some(LARGE))]).await;
    });
}

/// Every copy must receive it explicitly.
#[test]
fn a_redirect_in_latin_1_is_counted_as_lost() {
    with(|subject| async move {
        let bucket = subject.bucket().await;
        let redirect = ("x-amz-website-redirect-location".to_owned(), Bytes::from_static(b"/caf\xe9"));
        let page = Put { raw: [redirect].into(), ..Put::of(SMALL) };
        subject.lab().put(&bucket.name, "page", page).unwrap();
        let at = subject.moment().await;
        bucket.delete("page").await;
        let restored = subject.whole(&bucket, at, &[]).await.expect_code(0);
        assert_eq!((restored.count("copied"), restored.count("failed")), (1, 0), "{restored}");
        assert_eq!(restored.summary()["not_kept"]["metadata"], 1, "{restored}");
    });
}

#[test]
fn an_object_with_header_values_in_latin_1_is_downloaded() {
    with(|subject| async move {
        let bucket = subject.bucket().await;
        put(&subject, &bucket.name, ("report", LARGE), CAFE);
        let at = subject.moment().await.to_string();
        let home = tempfile::tempdir().unwrap();
        let to = home.path().join("there");
        let to = to.to_str().unwrap();
        let url = bucket.url("");
        let restored = subject.asof(&["restore", &url, "--at", &at, "--to", to, "--format", "json"]).await;
        assert_eq!(restored.expect_code(0).count("copied"), 1);
        assert_eq!(std::fs::read_to_string(home.path().join("there/report")).unwrap(), LARGE);
        subject.asof(&["verify", &url, "--at", &at, "--against", to]).await.expect_code(0);
    });
}

#[test]
fn no_reply_is_lost_for_a_header_in_latin_1() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let scene = Scene::new(2).await;
        scene.strike(Rule::on_any(Fault::Latin1Header, When::Always));
        let restored = scene.restore().await.expect_code(0);
        scene.assert_honest(&restored, "every operation");
        scene.assert_restored("every operation");
        assert!(scene.lab().requests().of(Operation::HeadObject) > 0, "its reply has that header");
    });
}
