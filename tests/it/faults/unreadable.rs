//! Successful replies with bodies that S3 never sends.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::servers::{Kind, Server};
use crate::support::Subject;

/// A server that answers everything with this document; its address.
fn answering(document: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = [0; 4096];
            let _read = connection.read(&mut request).unwrap();
            let length = document.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            connection.write_all(format!("{head}{document}").as_bytes()).unwrap();
        }
    });
    url
}

#[test]
fn a_reply_that_is_no_result_is_described() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let subject = Subject::new(Server::find(Kind::Lab).await);
        for (document, described) in [
            (
                "<!DOCTYPE html><html></html>",
                "the reply is not a valid S3 result: it is not valid S3 XML: <!DOCTYPE html><html></html>",
            ),
            (
                "<ListBucketResult><Name>b</Name></ListBucketResult>",
                "the reply is not a valid S3 result: its root element is ListBucketResult",
            ),
            ("", "the server answered with status 200 and an empty body instead of a result"),
            ("<html><p>", "the server answered with status 200 and half a body instead of a result"),
        ] {
            let url = answering(document);
            let command = ["diff", "s3://prod", "--at", "2026-01-01T00:00:00Z", "--region", "us-east-1"];
            let run = subject.asof_alone(&[&command[..], &["--endpoint-url", &url]].concat()).await;
            let run = run.expect_code(1);
            let message = format!("cannot read the versioning state of s3://prod: {described}");
            assert!(run.stderr.contains(&message), "{run}");
            assert!(!run.stderr.contains("HTTP 200"), "{run}");
        }
    });
}
