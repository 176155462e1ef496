//! The endpoint for scripts, and the greeting that names it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::super::Put;
use super::*;

/// Sends a plain HTTP request; returns the status and the body.
async fn send(lab: &Lab, method: &'static str, path: &'static str, body: &'static str) -> (u16, String) {
    let host = lab.url().trim_start_matches("http://").to_owned();
    let exchange = move || {
        let mut stream = TcpStream::connect(&host).unwrap();
        let length = body.len();
        write!(stream, "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n").unwrap();
        write!(stream, "content-length: {length}\r\n\r\n{body}").unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    };
    let reply = tokio::task::spawn_blocking(exchange).await.unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[tokio::test]
async fn scripts_set_the_clock() {
    let (lab, _) = lab().await;
    assert_eq!(send(&lab, "PUT", "/_lab/clock", "1500").await.0, 200);
    assert_eq!(
        send(&lab, "PUT", "/_lab/clock", "+10").await.1,
        "{\"millis\":11500,\"time\":\"1970-01-01T00:00:11.500Z\"}\n"
    );
    assert_eq!(send(&lab, "PUT", "/_lab/clock", "2026-11-17T14:30:05Z").await.0, 200);
    assert_eq!(lab.clock().now(), 1_794_925_805_000);
    assert_eq!(send(&lab, "PUT", "/_lab/clock", "yesterday").await.0, 400);
    send(&lab, "PUT", "/_lab/clock", "real").await;
    assert_ne!(lab.clock().now(), 1_794_925_805_000);
}

#[tokio::test]
async fn scripts_lay_down_faults_and_quirks_and_read_counts() {
    let (lab, client) = lab().await;
    let rule = "{\"operation\":\"HeadBucket\",\"fault\":\"SlowDown\",\"when\":{\"every\":2}}";
    assert_eq!(send(&lab, "POST", "/_lab/faults", rule).await.0, 200);
    let delay = "{\"fault\":{\"Delay\":{\"millis\":1}},\"when\":\"always\",\"key_prefix\":\"a\"}";
    assert_eq!(send(&lab, "POST", "/_lab/faults", delay).await.0, 200);
    assert_eq!(send(&lab, "POST", "/_lab/faults", "{\"fault\":\"Typhoon\"}").await.0, 400);
    client.head_bucket().bucket(BUCKET).send().await.unwrap();
    assert_eq!(
        client
            .head_bucket()
            .bucket(BUCKET)
            .send()
            .await
            .unwrap_err()
            .raw_response()
            .unwrap()
            .status()
            .as_u16(),
        503
    );
    let counts = send(&lab, "GET", "/_lab/requests", "").await.1;
    assert!(counts.contains("\"HeadBucket\":2"), "{counts}");
    assert_eq!(
        send(&lab, "PUT", "/_lab/quirks", "{\"short_pages\":1,\"grouped\":\"MarkersFirst\"}").await.0,
        200
    );
    lab.put(BUCKET, "a", Put::of("x"));
    lab.put(BUCKET, "b", Put::of("x"));
    let page = client.list_object_versions().bucket(BUCKET).send().await.unwrap();
    assert_eq!(page.versions().len(), 1);
    assert_eq!(send(&lab, "GET", "/_lab/nothing", "").await.0, 404);
}

#[tokio::test]
async fn an_unsigned_request_is_denied() {
    let (lab, _) = lab().await;
    let (status, body) = send(&lab, "GET", "/bucket?versions", "").await;
    assert_eq!(status, 403);
    assert!(body.contains("<Code>AccessDenied</Code>"), "{body}");
}
