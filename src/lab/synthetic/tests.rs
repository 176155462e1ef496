//! The synthetic bucket over HTTP: pages read by asof's own decoder, the rest by the SDK, compared with the lab.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::error::ProvideErrorMetadata;
use proptest::prelude::*;

use super::*;
use crate::endpoint::reply::Reply;
use crate::model::Kind;
use crate::s3::listing::{Page, decode};

/// An entry (key, version ID, is latest, time, is a marker) or a common prefix.
type Listed = (String, Option<(String, bool, i64, bool)>);

fn serving(shape: Shape, keys: u64, versions_per_key: u64, changed_every: Option<u64>) -> Serving {
    Serving::new(SyntheticOptions {
        keys,
        versions_per_key,
        shape,
        changed_every,
        ..SyntheticOptions::default()
    })
}

fn get(serving: &Serving, query: &[(&str, &str)]) -> Page {
    decode(&ask(serving, query).unwrap().body).unwrap()
}

fn ask(serving: &Serving, query: &[(&str, &str)]) -> crate::endpoint::error::Result<Reply> {
    let pairs =
        query.iter().map(|(name, value)| format!("&{name}={}", crate::endpoint::request::encode(value)));
    let uri = format!("/{BUCKET}?versions{}", pairs.collect::<String>());
    let parts = hyper::Request::get(uri).body(()).unwrap().into_parts().0;
    serving.list(&crate::endpoint::request::Request::new(parts).unwrap())
}

fn listed(page: &Page) -> Vec<Listed> {
    let entry = |entry: crate::model::Entry<'_>| {
        let marker = matches!(entry.kind, Kind::DeleteMarker);
        let rest = (entry.version_id.to_owned(), entry.is_latest, entry.last_modified.second(), marker);
        (entry.key.to_owned(), Some(rest))
    };
    let prefixes = page.prefixes().map(|prefix| (prefix.to_owned(), None));
    let mut listed: Vec<Listed> = page.entries().map(entry).chain(prefixes).collect();
    listed.sort_by(|a, b| a.0.cmp(&b.0));
    listed
}

/// Returns the whole listing, page by page.
fn walk(serving: &Serving, size: usize, more: &[(&str, &str)]) -> Vec<Listed> {
    let (size, mut all, mut after) = (size.to_string(), Vec::new(), None::<(String, Option<String>)>);
    loop {
        let mut query = more.to_vec();
        query.push(("max-keys", &size));
        if let Some((key, version)) = &after {
            query.push(("key-marker", key));
            query.extend(version.as_deref().map(|version| ("version-id-marker", version)));
        }
        let page = get(serving, &query);
        let entries = listed(&page);
        assert!(entries.len().to_string() == size || !page.is_truncated());
        all.extend(entries);
        if !page.is_truncated() {
            assert_eq!(page.next_key_marker(), None);
            return all;
        }
        let next = page.next_version_id_marker().map(str::to_owned);
        after = Some((page.next_key_marker().unwrap().to_owned(), next));
    }
}

/// Returns the contents of the synthetic bucket from its own arithmetic, without pages.
fn whole(serving: &Serving) -> Vec<Listed> {
    let (source, mut all, mut key) = (&serving.source, Vec::new(), Vec::new());
    for number in 0..source.keys.count() {
        source.keys.write(number, &mut key);
        let history = source.histories.of(number);
        for place in 0..history.entries {
            let entry = source.histories.entry(history, place);
            let id = String::from_utf8(entry.id.to_vec()).unwrap();
            let rest = (id, entry.latest, entry.modified.cast_signed(), entry.marker);
            all.push((String::from_utf8(key.clone()).unwrap(), Some(rest)));
        }
    }
    all
}

/// Returns a listing with a prefix and a delimiter, computed from all entries.
fn rolled_up(all: &[Listed], prefix: &str, delimiter: &str) -> Vec<Listed> {
    let mut rolled: Vec<Listed> = Vec::new();
    for (key, entry) in all.iter().filter(|(key, _)| key.starts_with(prefix)) {
        match key[prefix.len()..].find(delimiter).filter(|_| !delimiter.is_empty()) {
            None => rolled.push((key.clone(), entry.clone())),
            Some(at) => {
                let common = &key[..prefix.len() + at + delimiter.len()];
                if rolled.last().is_none_or(|(last, _)| last != common) {
                    rolled.push((common.to_owned(), None));
                }
            }
        }
    }
    rolled
}

#[test]
fn pages_of_any_size_have_each_entry_once_and_in_order() {
    for shape in Shape::ALL {
        let serving = serving(shape, 40, 3, Some(2));
        let all = whole(&serving);
        assert_eq!(all.len() as u64, serving.expected_changes().entries);
        for size in [1, 2, 3, 7, 100, 1_000] {
            assert_eq!(walk(&serving, size, &[]), all, "{shape:?} by {size}");
            assert_eq!(
                walk(&serving, size, &[("encoding-type", "url")]),
                all,
                "{shape:?} by {size}, encoded"
            );
        }
    }
}

#[test]
fn prefixes_and_delimiters() {
    for shape in Shape::ALL {
        let serving = serving(shape, 300, 2, Some(7));
        let all = whole(&serving);
        let middle = &all[all.len() / 2].0;
        let some = middle.char_indices().nth(4).map_or("", |(at, _)| &middle[..at]);
        for prefix in ["", some, middle, "a/", "logs/2024/", "\u{10ffff}", "zz"] {
            for delimiter in ["", "/", "-0"] {
                let query = [("prefix", prefix), ("delimiter", delimiter), ("encoding-type", "url")];
                for size in [1, 3, 1_000] {
                    let expected = rolled_up(&all, prefix, delimiter);
                    assert_eq!(walk(&serving, size, &query), expected, "{shape:?} {prefix:?} {delimiter:?}");
                }
            }
        }
    }
}

#[test]
fn a_key_marker_leaves_out_the_whole_key_and_a_version_marker_goes_on_in_it() {
    let serving = serving(Shape::Ten, 10, 3, None);
    let all = whole(&serving);
    let rest = |query: &[(&str, &str)]| listed(&get(&serving, query));
    assert_eq!(rest(&[("key-marker", "a")]), all[6..]);
    assert_eq!(rest(&[("key-marker", "a!")]), all[6..]);
    let id = |place: usize| all[place].1.as_ref().unwrap().0.as_str();
    assert_eq!(rest(&[("key-marker", "a"), ("version-id-marker", id(3))]), all[4..]);
    assert_eq!(rest(&[("key-marker", "a"), ("version-id-marker", id(5))]), all[6..]);
    // A version of another key, the null version, and none at all.
    assert_eq!(rest(&[("key-marker", "a"), ("version-id-marker", id(0))]), all[6..]);
    assert_eq!(rest(&[("key-marker", "a"), ("version-id-marker", "null")]), all[6..]);
    assert_eq!(rest(&[("key-marker", "a"), ("version-id-marker", "")]), all[6..]);
    assert_eq!(rest(&[("key-marker", "z")]), []);
    assert_eq!(rest(&[("max-keys", "0")]), []);
    for query in [
        &[("version-id-marker", id(0))][..],
        &[("key-marker", "a"), ("version-id-marker", "never-made")],
        &[("encoding-type", "base64")],
        &[("max-keys", "x")],
    ] {
        assert_eq!(ask(&serving, query).unwrap_err().code, crate::endpoint::error::Code::InvalidArgument);
    }
}

#[test]
fn text_that_needs_escaping_comes_back() {
    let serving = serving(Shape::Ten, 10, 1, None);
    let odd = "<&\">\u{1}\n é+%".repeat(300);
    for encoding in ["url", ""] {
        let query = [
            ("prefix", odd.as_str()),
            ("key-marker", &odd),
            ("delimiter", &odd),
            ("encoding-type", encoding),
        ];
        let query = &query[..if encoding.is_empty() { 3 } else { 4 }];
        assert_eq!(get(&serving, query).entries().len(), 0);
    }
}

/// A lab with the same contents as a synthetic bucket, for comparison.
async fn twin(serving: &Serving) -> (super::super::Lab, Client, Vec<Listed>) {
    let lab = super::super::Lab::start(Options::default()).await.unwrap();
    let client = client(&lab.url(), "lab", "lab-secret");
    lab.create_bucket(BUCKET);
    let all = whole(serving);
    // Oldest first within a key, in the order of creation.
    for (key, entry) in all.iter().rev() {
        let call = client.put_object().bucket(BUCKET).key(key);
        if entry.as_ref().is_some_and(|entry| entry.3) {
            drop(client.delete_object().bucket(BUCKET).key(key).send().await.unwrap());
        } else {
            drop(call.send().await.unwrap());
        }
    }
    (lab, client, all)
}

fn client(url: &str, key: &str, secret: &str) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(url)
        .force_path_style(true)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(key, secret, None, None, "test"))
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

/// Returns the keys, common prefixes and markers of a listing as read by the SDK.
async fn outline(client: &Client, query: [&str; 3], size: i32) -> Vec<String> {
    let [prefix, delimiter, after] = query;
    let call = client.list_object_versions().bucket(BUCKET).max_keys(size).prefix(prefix);
    let call = call.set_delimiter((!delimiter.is_empty()).then(|| delimiter.to_owned()));
    let page = call.key_marker(after).send().await.unwrap();
    let versions = page.versions().iter().map(|version| format!("version {:?}", version.key()));
    let markers = page.delete_markers().iter().map(|marker| format!("marker {:?}", marker.key()));
    let prefixes = page.common_prefixes().iter().map(|common| format!("prefix {:?}", common.prefix()));
    let next = format!("{:?} {:?}", page.is_truncated(), page.next_key_marker());
    versions.chain(markers).chain(prefixes).chain([next]).collect()
}

#[tokio::test]
async fn lists_as_the_lab_does() {
    let options = SyntheticOptions {
        keys: 30,
        versions_per_key: 2,
        shape: Shape::Nested,
        changed_every: Some(3),
        ..SyntheticOptions::default()
    };
    let synthetic = SyntheticBucket::start(options.clone()).await.unwrap();
    let (_lab, lab, all) = twin(&Serving::new(options)).await;
    let synthetic = client(&synthetic.url(), "any", "any");
    for after in ["", &all[7].0, &all[20].0, "n0001", "n0001/", "n0001/0", "zzz"] {
        for (prefix, delimiter) in [("", ""), ("", "/"), ("n0001", "/"), ("n0001/", "-"), ("n0001", "")] {
            for size in [1, 4, 1_000] {
                let query = [prefix, delimiter, after];
                assert_eq!(
                    outline(&synthetic, query, size).await,
                    outline(&lab, query, size).await,
                    "{query:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn answers_what_is_asked_about_the_bucket_and_its_objects() {
    let options = SyntheticOptions {
        keys: 9,
        versions_per_key: 2,
        changed_every: Some(1),
        ..SyntheticOptions::default()
    };
    let synthetic = SyntheticBucket::start(options.clone()).await.unwrap();
    let s3 = client(&synthetic.url(), "any", "any");
    assert_eq!(
        s3.get_bucket_versioning().bucket(BUCKET).send().await.unwrap().status().unwrap().as_str(),
        "Enabled"
    );
    s3.get_bucket_encryption().bucket(BUCKET).send().await.unwrap();
    s3.get_bucket_location().bucket(BUCKET).send().await.unwrap();
    s3.head_bucket().bucket(BUCKET).send().await.unwrap();
    let none = s3.get_bucket_lifecycle_configuration().bucket(BUCKET).send().await.unwrap_err();
    assert_eq!(none.code(), Some("NoSuchLifecycleConfiguration"));
    let none = s3.list_object_versions().bucket("other").send().await.unwrap_err();
    assert_eq!(none.code(), Some("NoSuchBucket"));
    let none = s3.delete_bucket().bucket(BUCKET).send().await.unwrap_err();
    assert_eq!(none.code(), Some("NotImplemented"));

    let page = s3.list_object_versions().bucket(BUCKET).send().await.unwrap();
    for version in page.versions() {
        let head = s3.head_object().bucket(BUCKET).key(version.key().unwrap());
        let head = head.set_version_id(version.version_id().map(str::to_owned)).send().await.unwrap();
        assert_eq!(head.e_tag(), version.e_tag());
        assert_eq!(head.content_length(), version.size());
        assert_eq!(head.last_modified(), version.last_modified());
    }
    let marker = &page.delete_markers()[0];
    assert!(
        s3.head_object()
            .bucket(BUCKET)
            .key(marker.key().unwrap())
            .send()
            .await
            .unwrap_err()
            .into_service_error()
            .is_not_found()
    );
    assert!(
        s3.head_object()
            .bucket(BUCKET)
            .key("none")
            .send()
            .await
            .unwrap_err()
            .into_service_error()
            .is_not_found()
    );
    assert_eq!(synthetic.stats().entries, synthetic.expected_changes().entries);
}

#[tokio::test]
async fn refuses_above_its_rate_and_counts() {
    let synthetic =
        SyntheticBucket::start(SyntheticOptions { throttle_above: Some(1), ..SyntheticOptions::default() })
            .await
            .unwrap();
    let s3 = client(&synthetic.url(), "any", "any");
    let calls = (0..8).map(|_| s3.list_object_versions().bucket(BUCKET).max_keys(2).send());
    let (done, refused): (Vec<_>, Vec<_>) =
        futures::future::join_all(calls).await.into_iter().partition(Result::is_ok);
    assert!(!done.is_empty());
    for error in &refused {
        assert_eq!(error.as_ref().unwrap_err().code(), Some("SlowDown"));
    }
    let stats = synthetic.stats();
    assert_eq!((stats.requests, stats.listings, stats.throttled), (8, 8, refused.len() as u64));
    assert_eq!(stats.entries, 2 * done.len() as u64);
    synthetic.reset_stats();
    assert_eq!(synthetic.stats().requests, 0);
}

#[tokio::test]
async fn refuses_other_addresses_and_sizes() {
    let outside =
        SyntheticOptions { listen: SocketAddr::from(([0, 0, 0, 0], 0)), ..SyntheticOptions::default() };
    let many = SyntheticOptions { keys: MOST + 1, ..SyntheticOptions::default() };
    let none = SyntheticOptions { versions_per_key: 0, ..SyntheticOptions::default() };
    for options in [outside, many, none] {
        assert_eq!(SyntheticBucket::start(options).await.unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_page_after_any_marker_is_what_a_scan_finds(
        shape in prop::sample::select(Shape::ALL.to_vec()),
        (keys, versions, every) in (1_u64..80, 1_u64..4, prop::option::of(1_u64..5)),
        (number, cut, tail) in (any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[ -~é]{0,2}"),
        delimiter in prop::sample::select(vec!["", "/", "0"]),
    ) {
        let serving = serving(shape, keys, versions, every);
        let all = whole(&serving);
        let key = &number.get(&all).0;
        let cut = cut.index(key.chars().count() + 1);
        let marker = key.chars().take(cut).chain(tail.chars()).collect::<String>();
        let query = [("key-marker", marker.as_str()), ("delimiter", delimiter), ("encoding-type", "url")];
        let expected: Vec<Listed> =
            rolled_up(&all, "", delimiter).into_iter().filter(|(key, _)| *key > marker).collect();
        prop_assert_eq!(listed(&get(&serving, &query)), expected);
    }
}
