//! Addresses, access keys, TLS, recovery files, and the end.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use aws_sdk_s3::presigning::PresigningConfig;

use super::{View, code, scene, wire};

fn private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_key_comes_from_a_file() {
    let (subject, bucket) = scene().await;
    bucket.put("k", "x").await;
    let at = subject.moment().await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("key");
    let text = file.to_str().unwrap();
    private(&file, "MYKEY\nmy secret\n");
    let serve = |more: &'static [&'static str]| {
        let at = at.to_string();
        let place = bucket.url("");
        let listen = if more.contains(&"--listen") { vec![] } else { vec!["--listen", "127.0.0.1:0"] };
        let all = [&["serve", &place, "--at", &at][..], &listen, more].concat();
        let all: Vec<String> = all.into_iter().map(str::to_owned).collect();
        all
    };
    let refused = async |arguments: Vec<String>, why: &str| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = subject.asof(&arguments).await.expect_code(2);
        assert!(run.stderr.contains(why), "{run}");
    };
    let with_file =
        |more: &'static [&'static str]| [serve(more), vec!["--access-key-file".into(), text.into()]].concat();
    refused(with_file(&[]), "it holds no access key").await;
    private(&file, "MYKEY\nmysecret\n");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    refused(with_file(&[]), "every user can read it").await;
    refused(serve(&["--anonymous", "--listen", "0.0.0.0:0"]), "without an access key on 0.0.0.0:0").await;
    refused(serve(&["--listen", "nowhere"]), "cannot listen on nowhere").await;
    refused(serve(&["--tls-cert", "/absent", "--tls-key", "/absent"]), "cannot use /absent for TLS").await;

    private(&file, "MYKEY\nmysecret\n");
    let view = View::of(&subject, &bucket, at, &["--access-key-file", text, "-v"]).await;
    assert_eq!((&*view.key, &*view.secret), ("", ""), "the key was repeated");
    let client = view.client_with("MYKEY", "mysecret");
    let presigned = client.get_object().bucket(&bucket.name).key("k");
    let presigned =
        presigned.presigned(PresigningConfig::expires_in(std::time::Duration::from_mins(1)).unwrap());
    let presigned = presigned.await.unwrap().uri().to_owned();
    assert!(client.get_object().bucket(&bucket.name).key("k").send().await.is_ok());
    assert_eq!(wire::status(&wire::get(&view, &presigned).await), 200);
    let other = view.client_with("MYKEY", "other").get_object().bucket(&bucket.name).key("k").send().await;
    assert_eq!(code(other), "SignatureDoesNotMatch");
    let other = view.client_with("OTHER", "mysecret").get_object().bucket(&bucket.name).key("k").send().await;
    assert_eq!(code(other), "InvalidAccessKeyId");
    let said = view.end();
    assert!(said.contains("/k") && said.contains("SignatureDoesNotMatch"), "{said}");
    assert!(!said.contains("mysecret") && !said.contains("X-Amz-Signature"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_on_this_machine_reads_an_anonymous_view() {
    let (subject, bucket) = scene().await;
    bucket.put("k", "x").await;
    let at = subject.moment().await;
    let view = View::of(&subject, &bucket, at, &["--anonymous"]).await;
    let url = format!("{}/{}/k", view.url, bucket.name);
    assert_eq!(wire::status(&wire::get(&view, &url).await), 200);
    let named =
        |host: &str| format!("GET /{}/k HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n", bucket.name);
    assert_eq!(wire::status(&wire::send(&view, named("localhost:80").as_bytes()).await), 200);
    // A web page in a browser, whose name was made to lead here.
    assert_eq!(wire::status(&wire::send(&view, named("evil.example").as_bytes()).await), 403);
    let hosted = format!("GET /k HTTP/1.1\r\nhost: {}.localhost\r\nconnection: close\r\n\r\n", bucket.name);
    let reply = wire::send(&view, hosted.as_bytes()).await;
    assert!(wire::status(&reply) == 200 && reply.ends_with(b"\r\n\r\nx"));
    let overridden = format!("{url}?response-content-type=text/html");
    assert_eq!(wire::status(&wire::get(&view, &overridden).await), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_buckets_of_a_recovery_file_are_served() {
    let (subject, bucket) = scene().await;
    let other = subject.bucket().await;
    bucket.put("k", "one").await;
    other.put("k", "two").await;
    let at = subject.moment().await.to_string();
    bucket.delete("k").await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("recovery.toml");
    let entries = [(&bucket, "a/"), (&bucket, "b/"), (&other, "")].map(|(bucket, prefix)| {
        format!("[[bucket]]\nsource = \"{}\"\ntarget = \"in-place\"\n", bucket.url(prefix))
    });
    std::fs::write(&file, entries.concat()).unwrap();
    let path = file.to_str().unwrap();
    let view = View::start(&subject, &["serve", path, "--at", &at, "--listen", "127.0.0.1:0"]).await;
    let client = view.client();
    assert_eq!(client.list_buckets().send().await.unwrap().buckets().len(), 2);
    for (bucket, body) in [(&bucket, "one"), (&other, "two")] {
        let read = client.get_object().bucket(&bucket.name).key("k").send().await.unwrap();
        assert_eq!(read.body.collect().await.unwrap().to_vec(), body.as_bytes());
    }
    let place = bucket.url("");
    let both = subject.asof(&["serve", path, &place, "--at", &at]).await.expect_code(2);
    assert!(both.stderr.contains("together with other places"), "{both}");
    let prefix = subject.asof(&["serve", &bucket.url("a/"), "--at", &at]).await.expect_code(2);
    assert!(prefix.stderr.contains("a view has whole buckets"), "{prefix}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_it_after_the_replies_being_sent() {
    let (subject, bucket) = scene().await;
    subject.lab().put(&bucket.name, "big", asof::lab::Put::of(vec![7; 20_000_000])).unwrap();
    let at = subject.moment().await;
    let view = View::of(&subject, &bucket, at, &[]).await;
    let read = view.client().get_object().bucket(&bucket.name).key("big").send().await.unwrap();
    let process = rustix::process::Pid::from_child(&view.process);
    rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(read.body.collect().await.unwrap().to_vec().len(), 20_000_000);
    let wait = move || {
        let mut view = view;
        view.process.wait()
    };
    let ended = tokio::task::spawn_blocking(wait).await.unwrap().unwrap();
    assert_eq!(ended.code(), Some(0));
}
