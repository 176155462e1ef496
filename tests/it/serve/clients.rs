//! Real clients of S3 reading a view, as `tests/run.sh --only serve` starts them: of the lab, and of Ceph RGW.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;

use super::View;
use crate::servers::{Kind, Server};
use crate::support::{Bucket, Moment, Subject};

/// A program that a suite has installed.
fn program(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: see tests/run.sh"))
}

/// A server, a bucket with a past, and the past second.
struct Scene {
    subject: Subject,
    bucket: Bucket,
    at: Moment,
    /// The objects at that second.
    then: BTreeMap<String, String>,
}

impl Scene {
    async fn new(kind: Kind) -> Self {
        let subject = Subject::new(Server::find(kind).await);
        let bucket = subject.bucket().await;
        let mut then = BTreeMap::new();
        let keys = ["a", "dir/b", "dir/c d", "dir/deep/e", "f+g", "h\u{e4}", "gone/i"];
        for key in keys {
            bucket.put(key, "older").await;
        }
        for (number, key) in keys.into_iter().enumerate() {
            let text = format!("{key} as it was").repeat(1 + number * 100);
            bucket.put(key, &text).await;
            then.insert(key.to_owned(), text);
        }
        bucket.put("dead/j", "x").await;
        bucket.delete("dead/j").await;
        let at = subject.moment().await;
        for key in keys {
            bucket.put(key, "damaged").await;
        }
        bucket.put("later/k", "x").await;
        bucket.put("dead/j", "again").await;
        bucket.delete("gone/i").await;
        Self { subject, bucket, at, then }
    }

    async fn view(&self) -> View {
        View::of(&self.subject, &self.bucket, self.at, &[]).await
    }
}

/// A client with an environment that knows an endpoint.
fn client(program: &str, arguments: &[&str], endpoint: &Endpoint<'_>) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap())
        .env("HOME", std::env::var("HOME").unwrap())
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL_S3", endpoint.url)
        .env("AWS_ACCESS_KEY_ID", endpoint.key)
        .env("AWS_SECRET_ACCESS_KEY", endpoint.secret)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_DEFAULT_REGION", "us-east-1");
    command
}

struct Endpoint<'a> {
    url: &'a str,
    key: &'a str,
    secret: &'a str,
}

impl<'a> Endpoint<'a> {
    fn of_view(view: &'a View) -> Self {
        Self { url: &view.url, key: &view.key, secret: &view.secret }
    }

    fn of_source(server: &'a Server) -> Self {
        Self { url: &server.url, key: &server.key, secret: &server.secret }
    }
}

/// Runs a client to its end, and returns its stdout.
async fn run(mut command: Command, input: &str) -> String {
    let (shown, input) = (format!("{command:?}"), input.to_owned());
    let ended = tokio::task::spawn_blocking(move || {
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = pipes.spawn().unwrap();
        process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        process.wait_with_output().unwrap()
    });
    let ended = ended.await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{shown}\n{out}\n{err}");
    out.into_owned()
}

/// The files below a directory.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut open) = (BTreeMap::new(), vec![dir.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

async fn boto3(kind: Kind) {
    let scene = Scene::new(kind).await;
    let view = scene.view().await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/serve/clients/boto.py");
    let command =
        client(&program("ASOF_TEST_BOTO3"), &[script, &scene.bucket.name], &Endpoint::of_view(&view));
    let told = run(command, &serde_json::to_string(&scene.then).unwrap()).await;
    assert!(told.starts_with(&format!("read {} ", scene.then.len())), "{told}");
}

async fn aws_cli(kind: Kind) {
    let scene = Scene::new(kind).await;
    let view = scene.view().await;
    let aws = format!("{}/aws", program("ASOF_TEST_AWS_BIN"));
    let place = scene.bucket.url("");
    let listed = run(client(&aws, &["s3", "ls", &place], &Endpoint::of_view(&view)), "").await;
    let names: Vec<&str> = listed.lines().map(|line| line.split_whitespace().next_back().unwrap()).collect();
    assert_eq!(
        names,
        ["PRE dir/", "PRE gone/", "a", "f+g", "h\u{e4}"].map(|name| name.trim_start_matches("PRE ")),
        "{listed}"
    );
    let dir = tempfile::tempdir().unwrap();
    let (synced, restored) = (dir.path().join("synced"), dir.path().join("restored"));
    let sync = ["s3", "sync", &place, synced.to_str().unwrap(), "--only-show-errors"];
    run(client(&aws, &sync, &Endpoint::of_view(&view)), "").await;
    let (at, to) = (scene.at.to_string(), restored.to_str().unwrap());
    scene.subject.asof(&["restore", &place, "--at", &at, "--to", to, "--yes"]).await.expect_code(0);
    let synced = files(&synced);
    assert_eq!(synced.len(), scene.then.len());
    assert!(synced == files(&restored), "the directories differ");
}

async fn rclone(kind: Kind) {
    let scene = Scene::new(kind).await;
    let view = scene.view().await;
    let dir = tempfile::tempdir().unwrap();
    let (to, place) = (dir.path().to_str().unwrap(), format!("view:{}", scene.bucket.name));
    let rclone = |arguments: &[&str]| {
        let mut command = client("rclone", arguments, &Endpoint::of_view(&view));
        let settings = [
            ("TYPE", "s3"),
            ("PROVIDER", "Other"),
            ("ENDPOINT", &*view.url),
            ("ACCESS_KEY_ID", &*view.key),
            ("SECRET_ACCESS_KEY", &*view.secret),
            ("REGION", "us-east-1"),
        ];
        command.envs(settings.map(|(name, value)| (format!("RCLONE_CONFIG_VIEW_{name}"), value)));
        command.env("RCLONE_CONFIG", "/dev/null");
        command
    };
    run(rclone(&["copy", &place, to]), "").await;
    run(rclone(&["check", &place, to]), "").await;
    run(rclone(&["check", "--download", &place, to]), "").await;
    let found = files(dir.path());
    let then: BTreeMap<_, _> =
        scene.then.iter().map(|(key, text)| (key.clone(), text.as_bytes().to_vec())).collect();
    assert!(found == then, "rclone copied something else");
}

async fn pyarrow(kind: Kind) {
    let subject = Subject::new(Server::find(kind).await);
    let bucket = subject.bucket().await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/serve/clients/parquet.py");
    let python = program("ASOF_TEST_PYARROW");
    let source = Endpoint::of_source(&subject.server);
    // Written with the SDK: Ceph RGW does not accept the uploads of pyarrow, which have no length.
    let write = async |rows: &str| {
        let dir = tempfile::tempdir().unwrap();
        run(client(&python, &[script, "write", dir.path().to_str().unwrap(), rows], &source), "").await;
        for (name, bytes) in files(dir.path()) {
            let put = bucket.client.put_object().bucket(&bucket.name).key(format!("set/{name}"));
            put.body(bytes.into()).send().await.unwrap();
        }
    };
    write("20000").await;
    let at = subject.moment().await;
    write("500").await;
    let view = View::of(&subject, &bucket, at, &[]).await;
    let read = [script, "read", &bucket.name];
    let now = run(client(&python, &read, &source), "").await;
    assert!(now.starts_with("500 "), "{now}");
    let then = run(client(&python, &read, &Endpoint::of_view(&view)), "").await;
    assert_eq!(then.trim(), "20000 199990000 ['d0', 'd1', 'd2', 'd3']");
}

async fn curl(kind: Kind) {
    let scene = Scene::new(kind).await;
    let view = scene.view().await;
    let expires = PresigningConfig::expires_in(Duration::from_mins(1)).unwrap();
    let presigned = view.client().get_object().bucket(&scene.bucket.name).key("dir/c d").presigned(expires);
    let url = presigned.await.unwrap().uri().to_owned();
    let endpoint = Endpoint::of_view(&view);
    let got = run(client("curl", &["-sSf", &url], &endpoint), "").await;
    assert_eq!(got, scene.then["dir/c d"]);
    let part = run(client("curl", &["-sSf", "-r", "2-5", &url], &endpoint), "").await;
    assert_eq!(part, scene.then["dir/c d"][2..6]);
    let plain = url.split('?').next().unwrap();
    let status = ["-sS", "-o", "/dev/null", "-w", "%{http_code}", plain];
    assert_eq!(run(client("curl", &status, &endpoint), "").await, "403");
}

/// Every client against a source.
macro_rules! clients {
    ($($source:ident $kind:ident),*) => {
        $(mod $source {
            use super::Kind;

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs boto3: tests/run.sh --only serve"]
            async fn boto3() {
                super::boto3(Kind::$kind).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs the AWS CLI: tests/run.sh --only serve"]
            async fn aws_cli() {
                super::aws_cli(Kind::$kind).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs rclone: tests/run.sh --only serve"]
            async fn rclone() {
                super::rclone(Kind::$kind).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs pyarrow: tests/run.sh --only serve"]
            async fn pyarrow() {
                super::pyarrow(Kind::$kind).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs curl: tests/run.sh --only serve"]
            async fn curl() {
                super::curl(Kind::$kind).await;
            }
        })*
    };
}

clients!(lab Lab, rgw Rgw);
