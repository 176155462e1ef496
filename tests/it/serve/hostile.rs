//! Clients that mean no good, or mean to write.

use std::time::{Duration, Instant};

use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier, Tag, Tagging};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::wire::{get, send, status};
use super::{View, code, scene};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_written() {
    let (subject, bucket) = scene().await;
    bucket.put("k", "x").await;
    let at = subject.moment().await;
    let view = View::of(&subject, &bucket, at, &[]).await;
    let before = subject.lab().live(&bucket.name);
    let (client, name) = (view.client(), &*bucket.name);
    let refused = client.put_object().bucket(name).key("k").body(ByteStream::from_static(b"y")).send().await;
    let e = refused.unwrap_err();
    let told = e.as_service_error().unwrap().meta();
    assert_eq!(told.code(), Some("AccessDenied"));
    let expected = format!("This is a read-only view of s3://{name} at {at}: nothing can be written.");
    assert_eq!(told.message(), Some(&*expected));
    let denied = |code: String| assert_eq!(code, "AccessDenied");
    denied(code(client.create_bucket().bucket("another-bucket").send().await));
    denied(code(client.delete_bucket().bucket(name).send().await));
    denied(code(client.delete_object().bucket(name).key("k").send().await));
    denied(code(client.copy_object().bucket(name).key("c").copy_source(format!("{name}/k")).send().await));
    denied(code(client.create_multipart_upload().bucket(name).key("k").send().await));
    denied(code(client.upload_part().bucket(name).key("k").upload_id("x").part_number(1).send().await));
    denied(code(client.complete_multipart_upload().bucket(name).key("k").upload_id("x").send().await));
    denied(code(client.abort_multipart_upload().bucket(name).key("k").upload_id("x").send().await));
    denied(code(client.restore_object().bucket(name).key("k").send().await));
    denied(code(client.delete_object_tagging().bucket(name).key("k").send().await));
    denied(code(client.delete_bucket_policy().bucket(name).send().await));
    denied(code(client.put_bucket_policy().bucket(name).policy("{}").send().await));
    let tagging =
        Tagging::builder().tag_set(Tag::builder().key("a").value("b").build().unwrap()).build().unwrap();
    denied(code(client.put_object_tagging().bucket(name).key("k").tagging(tagging).send().await));
    let keys =
        Delete::builder().objects(ObjectIdentifier::builder().key("k").build().unwrap()).build().unwrap();
    denied(code(client.delete_objects().bucket(name).delete(keys).send().await));
    // A large body, whose client may still be sending when it is refused.
    let large =
        client.put_object().bucket(name).key("k").body(ByteStream::from(vec![0; 8 << 20])).send().await;
    assert!(large.is_err());
    assert_eq!(subject.lab().live(name), before);
    let read = client.get_object().bucket(name).key("k").send().await.unwrap();
    assert_eq!(read.body.collect().await.unwrap().to_vec(), b"x");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_signature_nothing_is_told() {
    let (subject, bucket) = scene().await;
    bucket.put("a/secret", "x").await;
    let at = subject.moment().await;
    let view = View::of(&subject, &bucket, at, &[]).await;
    let name = &*bucket.name;
    // The same for what is there and for what is not.
    for path in
        ["/", &format!("/{name}"), &format!("/{name}/a/secret"), &format!("/{name}/no"), "/no-bucket", "/%ff"]
    {
        for method in ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"] {
            let request = format!("{method} {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
            let reply = send(&view, request.as_bytes()).await;
            let expected = if path == "/%ff" { 400 } else { 403 };
            assert_eq!(status(&reply), expected, "{method} {path}");
            assert!(!reply.windows(6).any(|word| word == b"secret") || path.contains("secret"));
        }
    }
    let presigned = view.client().get_object().bucket(name).key("a/public");
    let presigned = presigned.presigned(PresigningConfig::expires_in(Duration::from_mins(1)).unwrap());
    let url = presigned.await.unwrap().uri().to_owned();
    assert_eq!(status(&get(&view, &url).await), 404, "it is signed for a key that is absent");
    for to in
        ["a/secret", "a/public/../secret", "a/public/%2e%2e/secret", "a%2Fsecret", "a//secret", "a/public/"]
    {
        assert_eq!(status(&get(&view, &url.replace("a/public", to)).await), 403, "{to}");
    }
    assert_eq!(status(&get(&view, &url.replace("X-Amz-Expires=60", "X-Amz-Expires=600")).await), 403);
    assert_eq!(status(&get(&view, &format!("{url}&x=y")).await), 403);
    let stale = PresigningConfig::builder()
        .start_time(std::time::SystemTime::now() - Duration::from_mins(2))
        .expires_in(Duration::from_mins(1));
    let stale = view.client().get_object().bucket(name).key("a/secret").presigned(stale.build().unwrap());
    assert_eq!(status(&get(&view, stale.await.unwrap().uri()).await), 403, "it has expired");
    // Signed, but not a path of the file system: a key like any other.
    for key in ["../a/secret", "a/../a/secret", "/a/secret", "./a/secret", "a\0b"] {
        let read = view.client().get_object().bucket(name).key(key).send().await;
        assert_eq!(code(read), "NoSuchKey", "{key:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_and_bodies_are_bounded() {
    let (subject, bucket) = scene().await;
    bucket.put("k", "x").await;
    let at = subject.moment().await;
    let view = View::of(&subject, &bucket, at, &["--anonymous"]).await;
    let path = format!("/{}/k", bucket.name);
    let padded = |bytes: usize| {
        let padding = "x".repeat(bytes);
        format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-padding: {padding}\r\n\r\n")
    };
    assert_eq!(status(&send(&view, padded(8_000).as_bytes()).await), 200);
    assert_eq!(status(&send(&view, padded(200_000).as_bytes()).await), 431);
    let many: Vec<String> = (0..500).map(|number| format!("x-{number}: y\r\n")).collect();
    let many = many.concat();
    let many = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{many}connection: close\r\n\r\n");
    assert_eq!(status(&send(&view, many.as_bytes()).await), 431);
    for garbage in [&b"\x16\x03\x01\x02\x00"[..], b"GET / HTTP/9.9\r\n\r\n", b"\r\n\r\n\0\0\0\0"] {
        let garbage = [garbage, b"\r\n\r\n"].concat();
        let reply = tokio::time::timeout(Duration::from_secs(40), send(&view, &garbage));
        let reply = reply.await.unwrap();
        assert!(reply.is_empty() || status(&reply) == 400, "{garbage:?}");
    }
    // A body that a GET does not need: read up to a bound.
    let with_body = |bytes: usize| {
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {bytes}\r\n\r\n"
        );
        [head.into_bytes(), vec![b'x'; bytes]].concat()
    };
    assert_eq!(status(&send(&view, &with_body(1000)).await), 200);
    let reply = send(&view, &with_body(3 << 20)).await;
    assert!(reply.is_empty() || status(&reply) == 400);
    let expects = format!(
        "PUT {path} HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 9999999999\r\n\r\n"
    );
    let began = Instant::now();
    assert_eq!(status(&send(&view, expects.as_bytes()).await), 403);
    assert!(began.elapsed() < Duration::from_secs(5), "it waited for the body");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_are_cut_off() {
    let (subject, bucket) = scene().await;
    bucket.put("k", "x").await;
    let at = subject.moment().await;
    let view = View::of(&subject, &bucket, at, &["--anonymous"]).await;
    let mut idle = TcpStream::connect(view.address()).await.unwrap();
    let mut slow = TcpStream::connect(view.address()).await.unwrap();
    let drip = async {
        // A byte now and then keeps no connection open.
        for byte in b"GET / HTTP/1.1\r\nhost: localhost\r\nx-y: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" {
            if slow.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        panic!("a client may take as long as it likes");
    };
    let mut nothing = Vec::new();
    let bound = Duration::from_mins(1);
    let ends = idle.read_to_end(&mut nothing);
    let (dripped, ended) = tokio::join!(tokio::time::timeout(bound, drip), tokio::time::timeout(bound, ends));
    dripped.expect("a client may take as long as it likes");
    drop(ended.unwrap());
    assert_eq!(status(&get(&view, &format!("{}/{}/k", view.url, bucket.name)).await), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_connections_leave_nothing_behind() {
    let (subject, bucket) = scene().await;
    bucket.put("k", "x").await;
    let at = subject.moment().await;
    let view = View::of(&subject, &bucket, at, &[]).await;
    let process = view.process.id();
    let one = async |number: usize| {
        let mut stream = TcpStream::connect(view.address()).await.unwrap();
        if number.is_multiple_of(3) {
            return;
        }
        stream.write_all(b"GET /x/y HTTP/1.1\r\nhost: h\r\n\r\n").await.unwrap();
        let mut reply = [0; 12];
        if number.is_multiple_of(2) {
            stream.read_exact(&mut reply).await.unwrap();
            assert_eq!(&reply, b"HTTP/1.1 403");
        }
    };
    for number in 0..2_000 {
        one(number).await;
    }
    let before = resident(process);
    for number in 0..8_000 {
        one(number).await;
    }
    let after = resident(process);
    assert!(after < before + 8_192, "{before} KiB, then {after} KiB");
    let descriptors = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count();
    assert!(descriptors < 200, "{descriptors} open files");
    assert!(view.client().get_object().bucket(&bucket.name).key("k").send().await.is_ok());
}

/// The memory of a process, in KiB.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
