//! Reads a view: the real binary as a process, with the lab or the synthetic bucket in this process as its source.
//!
//! Prints the CPU time (user and system, the whole process) of a GET of a small object and of a key in a list, the
//! requests to the source, and the peak memory while 256 clients read large objects slowly. Arguments select sections:
//! `get`, `list`, `memory`; none means all. `--test` runs each with little. `ASOF_BENCH_RCLONE` names an rclone with
//! `serve s3` (1.65 or newer) to measure beside it.

#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss, reason = "a benchmark")]

mod proc;
mod sections;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use asof::lab::{Lab, Operation, Options, Put, SyntheticBucket, SyntheticOptions};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::presigning::PresigningConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use sections::Sections;

const AT: &str = "2026-01-01T00:00:00Z";
const BUCKET: &str = "prod-uploads";
const CLIENTS: usize = 16;
const STREAMS: usize = 256;
/// The CPU time of a process itself, in its `stat`.
const ITSELF: usize = 11;

#[tokio::main]
async fn main() {
    let sections = Sections::read();
    let scale = if sections.small { 100 } else { 1 };
    if sections.chosen("get") {
        get(scale, &[]).await;
        get(scale, &["--preload"]).await;
    }
    if sections.chosen("list") {
        list(scale, &[]).await;
        list(scale, &["--preload"]).await;
    }
    if sections.chosen("memory") {
        memory(scale).await;
    }
}

/// A server with a view of the past: asof, or rclone.
struct Server {
    process: Child,
    name: &'static str,
    url: String,
    key: String,
    secret: String,
}

impl Server {
    fn asof(bucket: &str, source: &str, key: &str, secret: &str, more: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_asof"))
            .args(["serve", &format!("s3://{bucket}"), "--at", AT, "--listen", "127.0.0.1:0"])
            .args(["--endpoint-url", source, "--region", "us-east-1"])
            .args(more)
            .env_clear()
            .envs([("AWS_ACCESS_KEY_ID", key), ("AWS_SECRET_ACCESS_KEY", secret)])
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().take(4);
        let mut exports: BTreeMap<String, String> = lines
            .map(|line| {
                let line = line.unwrap();
                let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
                (name.to_owned(), value.to_owned())
            })
            .collect();
        let mut take = |name: &str| exports.remove(name).unwrap();
        Self {
            process,
            name: "asof",
            url: take("AWS_ENDPOINT_URL_S3"),
            key: take("AWS_ACCESS_KEY_ID"),
            secret: take("AWS_SECRET_ACCESS_KEY"),
        }
    }

    /// `rclone serve s3` of the same bucket, if there is one.
    async fn rclone(source: &str) -> Option<Self> {
        let rclone = std::env::var_os("ASOF_BENCH_RCLONE")?;
        let address = "127.0.0.1:19444";
        let process = Command::new(rclone)
            .args(["serve", "s3", "source:", "--addr", address, "--auth-key", "key,secret"])
            .args(["--s3-version-at", AT, "--config", "/dev/null", "--read-only"])
            .envs([
                ("RCLONE_CONFIG_SOURCE_TYPE", "s3"),
                ("RCLONE_CONFIG_SOURCE_PROVIDER", "Other"),
                ("RCLONE_CONFIG_SOURCE_ENDPOINT", source),
                ("RCLONE_CONFIG_SOURCE_REGION", "us-east-1"),
                ("RCLONE_CONFIG_SOURCE_ACCESS_KEY_ID", "lab"),
                ("RCLONE_CONFIG_SOURCE_SECRET_ACCESS_KEY", "lab-secret"),
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let url = format!("http://{address}");
        let (key, secret) = ("key".to_owned(), "secret".to_owned());
        Some(Self { process, name: "rclone", url, key, secret })
    }

    fn client(&self) -> Client {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .region(Region::new("us-east-1"))
            .endpoint_url(&self.url)
            .credentials_provider(Credentials::new(&self.key, &self.secret, None, None, "bench"))
            .force_path_style(true)
            .build();
        Client::from_conf(config)
    }

    fn address(&self) -> &str {
        self.url.rsplit('/').next().unwrap()
    }

    fn cpu(&self) -> Duration {
        proc::cpu(&self.process.id().to_string(), ITSELF)
    }

    /// Returns the bytes of a presigned request for an object, to be sent again and again.
    async fn get_request(&self, key: &str) -> Vec<u8> {
        let expires = PresigningConfig::expires_in(Duration::from_hours(1)).unwrap();
        let presigned = self.client().get_object().bucket(BUCKET).key(key).presigned(expires).await.unwrap();
        let path = presigned.uri().strip_prefix(&self.url).unwrap();
        format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.address()).into_bytes()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Creates a lab with these objects, as old as they need to be.
async fn lab(keys: usize, bytes: usize) -> Lab {
    let lab = Lab::start(Options::default()).await.unwrap();
    assert!(lab.create_bucket(BUCKET));
    let time = chrono::DateTime::parse_from_rfc3339("2025-12-01T00:00:00Z").unwrap();
    lab.clock().set(time.timestamp_millis());
    let body = bytes::Bytes::from(vec![b'x'; bytes]);
    for n in 0..keys {
        lab.put(BUCKET, &format!("k/{n:06}"), Put::of(body.clone())).unwrap();
    }
    lab.clock().resume();
    lab
}

async fn get(scale: usize, more: &[&str]) {
    let (keys, rounds) = (1000 / scale, 40);
    println!(
        "\nGET of {keys} objects of 1 KiB, {} times each, by {CLIENTS} clients {more:?}",
        rounds * CLIENTS
    );
    let lab = lab(keys, 1024).await;
    let credentials = lab.credentials().clone();
    let asof = Server::asof(BUCKET, &lab.url(), &credentials.access_key, &credentials.secret_key, more);
    let rclone = if more.is_empty() { Server::rclone(&lab.url()).await } else { None };
    for server in std::iter::once(asof).chain(rclone) {
        let mut requests = Vec::new();
        for n in 0..keys {
            requests.push(server.get_request(&format!("k/{n:06}")).await);
        }
        let requests = std::sync::Arc::new(requests);
        let listed = lab.requests().of(Operation::ListObjectVersions);
        let (began, before) = (Instant::now(), server.cpu());
        let clients = (0..CLIENTS).map(|_| {
            let (requests, address) = (std::sync::Arc::clone(&requests), server.address().to_owned());
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.unwrap();
                stream.set_nodelay(true).unwrap();
                for _ in 0..rounds {
                    for request in &*requests {
                        stream.write_all(request).await.unwrap();
                        read_reply(&mut stream).await;
                    }
                }
            })
        });
        futures::future::try_join_all(clients).await.unwrap();
        let gets = (keys * rounds * CLIENTS) as f64;
        println!(
            "  {}: {:.1} us of CPU a GET, {:.0} GETs a second, {} listing requests",
            server.name,
            server.cpu().saturating_sub(before).as_secs_f64() * 1e6 / gets,
            gets / began.elapsed().as_secs_f64(),
            lab.requests().of(Operation::ListObjectVersions) - listed
        );
    }
}

/// Reads a reply with a length to its end.
async fn read_reply(stream: &mut TcpStream) {
    let (mut reply, mut buffer) = (Vec::new(), vec![0; 16 << 10]);
    let mut end = None;
    while end.is_none_or(|end| reply.len() < end) {
        let n = stream.read(&mut buffer).await.unwrap();
        assert!(n > 0, "the connection was closed: {}", String::from_utf8_lossy(&reply));
        reply.extend_from_slice(buffer.get(..n).unwrap());
        if end.is_none()
            && let Some(head) = reply.windows(4).position(|bytes| bytes == b"\r\n\r\n")
        {
            let text = String::from_utf8_lossy(reply.get(..head).unwrap()).to_ascii_lowercase();
            assert!(text.starts_with("http/1.1 200"), "{text}");
            let length = text.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
            end = Some(head + 4 + length.parse::<usize>().unwrap());
        }
    }
}

async fn list(scale: usize, more: &[&str]) {
    let keys = 1_000_000 / scale as u64;
    println!("\nLIST of {keys} keys with two versions each, page by page {more:?}");
    let options = SyntheticOptions { keys, versions_per_key: 2, ..SyntheticOptions::default() };
    let synthetic = SyntheticBucket::start(options).await.unwrap();
    let server = Server::asof(synthetic.bucket(), &synthetic.url(), "synthetic", "synthetic", more);
    let preloaded = server.cpu();
    let client = server.client();
    for run in 1..=3 {
        synthetic.reset_stats();
        let (began, before) = (Instant::now(), server.cpu());
        let mut pages = client.list_objects_v2().bucket(synthetic.bucket()).into_paginator().send();
        let mut listed = 0;
        while let Some(page) = pages.next().await {
            listed += page.unwrap().contents().len();
        }
        println!(
            "  run {run}: {:.2} us of CPU a key, {listed} keys, {} requests to the source, {:.1} s",
            server.cpu().saturating_sub(before).as_secs_f64() * 1e6 / listed as f64,
            synthetic.stats().listings,
            began.elapsed().as_secs_f64()
        );
    }
    println!(
        "  {:.2} us of CPU a key before the first request; peak memory {:.1} MiB",
        preloaded.as_secs_f64() * 1e6 / keys as f64,
        proc::peak_kib(server.process.id()).unwrap() as f64 / 1024.0
    );
}

async fn memory(scale: usize) {
    let bytes = (64 << 20) / scale;
    println!("\n{STREAMS} clients reading {} KiB each, slowly at first", bytes >> 10);
    let lab = lab(1, bytes).await;
    let credentials = lab.credentials().clone();
    let server = Server::asof(BUCKET, &lab.url(), &credentials.access_key, &credentials.secret_key, &[]);
    let request = server.get_request("k/000000").await;
    let clients = (0..STREAMS).map(|_| {
        let (request, address) = (request.clone(), server.address().to_owned());
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(&request).await.unwrap();
            let (mut received, mut buffer) = (0, vec![0; 64 << 10]);
            while received < bytes {
                // All of them fill their buffers before the first is done.
                if received < bytes / 4 {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                let n = stream.read(&mut buffer).await.unwrap();
                assert!(n > 0, "cut off after {received} bytes");
                received += n;
            }
        })
    });
    let began = Instant::now();
    futures::future::try_join_all(clients).await.unwrap();
    let total = (bytes * STREAMS) as f64;
    println!(
        "  peak memory {:.1} MiB, {:.0} MB a second, {:.1} us of CPU a MiB",
        proc::peak_kib(server.process.id()).unwrap() as f64 / 1024.0,
        total / 1e6 / began.elapsed().as_secs_f64(),
        server.cpu().as_secs_f64() * 1e6 / (total / f64::from(1 << 20))
    );
}
