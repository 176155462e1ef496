//! The answers that clients get from `asof serve` at every second of a history, against the model.

use std::collections::BTreeMap;

use asof::cancel::Cancel;
use asof::engine::{Access, Listen, Listening, ServeOptions, ServedBucket, ViewOptions};
use asof::model::TypedTime;
use asof::s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};

use super::history::History;
use super::state::{Model, State};
use super::write::write;
use super::{SEED, subject, variable};
use crate::servers::say;
use crate::support::process::alone;
use crate::support::{Bucket, Moment, Subject};
use crate::view::library_client;

const HISTORIES: u64 = 8;

#[test]
fn clients_read_every_second_of_the_past() {
    alone("model::serve::clients_read_every_second_of_the_past", || async {
        let seed = variable("ASOF_MODEL_SEED").unwrap_or(SEED);
        let histories = variable("ASOF_MODEL_HISTORIES").unwrap_or(HISTORIES);
        say(&format!("served: ASOF_MODEL_SEED={seed} ASOF_MODEL_HISTORIES={histories}"));
        let subject = subject().await;
        for seed in (0..histories).map(|number| seed.wrapping_add(number)) {
            check(&subject, seed).await;
        }
    });
}

async fn check(subject: &Subject, seed: u64) {
    let history = History::random(seed);
    let lab = subject.lab();
    let bucket = subject.bucket().await;
    write(lab, &bucket, &history.events).await;
    let model = Model::replay(&history.events);
    lab.clock().set((history.end() + 3_600) * 1000);
    let client = library_client(subject).await;
    let mut seconds: Vec<i64> = history.events.iter().flat_map(|e| [e.second - 1, e.second]).collect();
    seconds.sort_unstable();
    seconds.dedup();
    for second in seconds {
        for preload in [false, true] {
            let read = read(&client, &bucket, second, preload).await;
            let state = model.at(second);
            assert!(
                read == described(&state),
                "seed {seed} at {second}, preload {preload}: {read:?}\nnot {:?}\n{history}",
                described(&state)
            );
        }
    }
}

/// The bytes and the metadata of each key.
type Objects = BTreeMap<String, (Vec<u8>, BTreeMap<String, String>)>;

fn described(state: &State) -> Objects {
    let object = |content: &asof::lab::Content| (content.body.to_vec(), content.metadata.clone());
    state
        .iter()
        .filter(|(key, _)| is_readable(key))
        .map(|(key, content)| (key.clone(), object(content)))
        .collect()
}

/// The SDK takes a key of nothing but white space for a missing one.
fn is_readable(key: &str) -> bool {
    !key.trim().is_empty()
}

/// Lists a view and reads each key.
async fn read(source: &Client, bucket: &Bucket, second: i64, preload: bool) -> Objects {
    let listen = Listen { address: "127.0.0.1:0", access: Access::generate().unwrap(), certificate: None };
    let listening = Listening::start(listen).await.unwrap();
    let url = listening.url();
    let Access::Key(key) = listening.access().clone() else { panic!("no key") };
    let served = vec![ServedBucket { name: bucket.name.clone(), client: source.clone() }];
    let at = TypedTime::parse(&Moment(second).to_string()).unwrap();
    let options = ServeOptions { at, view: ViewOptions::default(), preload };
    let cancel = Cancel::default();
    let serving = listening.open(served, options, &cancel).await.unwrap();
    let end = cancel.clone();
    let running = tokio::spawn(async move { serving.run(&end).await });

    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new("eu-west-1"))
        .endpoint_url(url)
        .credentials_provider(Credentials::new(key.access_key, key.secret_key, None, None, "tests"))
        .force_path_style(true)
        .build();
    let client = aws_sdk_s3::Client::from_conf(config);
    let mut objects = Objects::new();
    let list = client.list_objects_v2().bucket(&bucket.name).encoding_type("url".into()).max_keys(3);
    let mut pages = list.into_paginator().send();
    while let Some(page) = pages.next().await {
        for listed in page.unwrap().contents() {
            let key = listed.key().unwrap().replace('+', " ");
            let key = percent_encoding::percent_decode_str(&key).decode_utf8().unwrap().into_owned();
            if !is_readable(&key) {
                continue;
            }
            let read = client.get_object().bucket(&bucket.name).key(&key).send().await.unwrap();
            assert_eq!((read.content_length(), read.e_tag()), (listed.size(), listed.e_tag()), "{key:?}");
            assert_eq!(read.last_modified(), listed.last_modified());
            let metadata = read.metadata().cloned().unwrap_or_default().into_iter().collect();
            let body = read.body.collect().await.unwrap().to_vec();
            assert!(objects.insert(key, (body, metadata)).is_none());
        }
    }
    cancel.stop();
    running.await.unwrap();
    objects
}
