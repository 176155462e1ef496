//! The foundation of the tests: the binary with an environment of its own, an S3 client for the set-up, buckets, and
//! time.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::types::{BucketVersioningStatus, ObjectOwnership, VersioningConfiguration};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::deviations::Behaviour;
use crate::servers::Server;

pub(crate) mod bucket;
pub(crate) mod databases;
#[cfg(feature = "lab")]
pub(crate) mod process;
pub(crate) mod recipe;
pub(crate) mod run;
pub(crate) mod schema;

pub(crate) use bucket::Bucket;
pub(crate) use run::Run;

/// A server under test with everything a case needs.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) server: Server,
    pub(crate) client: Client,
    clock: OnceCell<Bucket>,
    home: tempfile::TempDir,
}

impl Subject {
    pub(crate) fn new(server: Server) -> Self {
        let client = client(&server, &server.secret);
        Self { server, client, clock: OnceCell::new(), home: tempfile::tempdir().unwrap() }
    }

    /// The same server, with a home of its own.
    pub(crate) fn again(&self) -> Self {
        Self::new(self.server.again())
    }

    pub(crate) fn holds(&self, behaviour: Behaviour) -> bool {
        self.server.holds(behaviour)
    }

    /// The lab, where that is the server.
    #[cfg(feature = "lab")]
    pub(crate) fn lab(&self) -> &asof::lab::Lab {
        self.server.lab.as_ref().unwrap()
    }

    /// A new bucket that never had versioning.
    pub(crate) async fn plain_bucket(&self) -> Bucket {
        // Without ACLs, like new buckets on AWS, but not on every server.
        self.make_bucket(ObjectOwnership::BucketOwnerEnforced).await
    }

    /// A new bucket with versioning enabled, whose objects have ACLs.
    pub(crate) async fn bucket_with_acls(&self) -> Bucket {
        let bucket = self.make_bucket(ObjectOwnership::ObjectWriter).await;
        bucket.enable().await;
        bucket
    }

    async fn make_bucket(&self, ownership: ObjectOwnership) -> Bucket {
        let name = unique_name();
        let make = self.client.create_bucket().bucket(&name);
        make.object_ownership(ownership).send().await.unwrap();
        Bucket::new(self.client.clone(), name)
    }

    /// A new bucket with versioning enabled.
    pub(crate) async fn bucket(&self) -> Bucket {
        let bucket = self.plain_bucket().await;
        bucket.enable().await;
        bucket
    }

    /// Returns the server's time in whole seconds, the date of a version written now.
    async fn now(&self) -> i64 {
        let clock = self.clock.get_or_init(|| self.plain_bucket()).await;
        clock.put("tick", "").await;
        let head = self.client.head_object().bucket(&clock.name).key("tick").send().await.unwrap();
        head.last_modified().unwrap().secs()
    }

    /// Draws a line between what was written so far and what comes: a second that is not before the former and, when this
    /// returns, before the latter, on servers that count milliseconds and on those that count seconds.
    pub(crate) async fn moment(&self) -> Moment {
        #[cfg(feature = "lab")]
        if let Some(lab) = &self.server.lab {
            let clock = lab.clock();
            let second = clock.now() / 1000 + 1;
            clock.set((second + 1) * 1000);
            return Moment(second);
        }
        let second = self.now().await + 1;
        while self.now().await <= second {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Moment(second)
    }

    /// Runs `asof` with these arguments against the server, to its end.
    pub(crate) async fn asof(&self, arguments: &[&str]) -> Run {
        self.asof_as(&self.server.secret, arguments).await
    }

    /// The same with another secret.
    pub(crate) async fn asof_as(&self, secret: &str, arguments: &[&str]) -> Run {
        let mut command = self.command(secret, arguments);
        tokio::task::spawn_blocking(move || Run::of(&mut command)).await.unwrap()
    }

    /// Runs `asof` and calls `act` with its process id meanwhile.
    pub(crate) async fn asof_and(&self, arguments: &[&str], act: impl FnOnce(u32) + Send + 'static) -> Run {
        let mut command = self.command(&self.server.secret, arguments);
        tokio::task::spawn_blocking(move || Run::with(&mut command, act)).await.unwrap()
    }

    /// Runs `asof` with these arguments alone, without the server's options and environment.
    #[cfg(feature = "lab")]
    pub(crate) async fn asof_alone(&self, arguments: &[&str]) -> Run {
        let mut command = self.command_alone(&self.server.secret, arguments);
        tokio::task::spawn_blocking(move || Run::of(&mut command)).await.unwrap()
    }

    /// The same with the server's address in the environment.
    #[cfg(feature = "lab")]
    pub(crate) async fn asof_by_environment(&self, arguments: &[&str]) -> Run {
        let mut command = self.command_alone(&self.server.secret, arguments);
        command.env("AWS_ENDPOINT_URL", &self.server.url).env("AWS_REGION", "us-east-1");
        tokio::task::spawn_blocking(move || Run::of(&mut command)).await.unwrap()
    }

    pub(crate) fn command(&self, secret: &str, arguments: &[&str]) -> Command {
        let mut command = self.command_alone(secret, arguments);
        command.args(["--endpoint-url", &self.server.url, "--region", "us-east-1", "--path-style"]);
        command
    }

    fn command_alone(&self, secret: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("XDG_STATE_HOME", self.home.path().join("state"))
            .env("AWS_ACCESS_KEY_ID", &self.server.key)
            .env("AWS_SECRET_ACCESS_KEY", secret)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(std::process::Stdio::null());
        command
    }

    /// Names a server in a profile of its configuration.
    #[cfg(feature = "lab")]
    pub(crate) fn profile(&self, name: &str, server: &Server) {
        let dir = self.home.path().join(".aws");
        std::fs::create_dir_all(&dir).unwrap();
        let Server { url, key, secret, .. } = server;
        let config = format!(
            "[profile {name}]\nregion = us-east-1\nendpoint_url = {url}\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"
        );
        std::fs::write(dir.join("config"), config).unwrap();
    }

    /// The directory in which `asof` keeps its runs.
    pub(crate) fn runs_dir(&self) -> std::path::PathBuf {
        self.home.path().join("state/asof/runs")
    }

    /// `asof diff s3://… --at T --format json`, which must succeed.
    pub(crate) async fn diff(&self, location: &str, at: Moment) -> Run {
        self.asof(&["diff", location, "--at", &at.to_string(), "--format", "json"]).await.expect_code(0)
    }

    /// `asof restore s3://… --at T --yes --allow-mass-delete --format json`: in many a small bucket most keys are new.
    pub(crate) async fn restore(&self, location: &str, at: Moment) -> Run {
        let at = at.to_string();
        let allowed = ["--yes", "--allow-mass-delete", "--format", "json"];
        self.asof(&[&["restore", location, "--at", &at][..], &allowed].concat()).await
    }

    /// Restores in place and checks what must hold after every restore: it is complete, `verify` agrees, and another
    /// `diff` finds nothing left to do.
    pub(crate) async fn restore_and_verify(&self, location: &str, at: Moment) -> Run {
        let restored = self.restore(location, at).await.expect_code(0);
        for count in ["conflicts", "failed"] {
            assert_eq!(restored.count(count), 0, "{count} in {restored}");
        }
        let verified = self.asof(&["verify", location, "--at", &at.to_string(), "--format", "json"]).await;
        let verified = verified.expect_code(0);
        assert_eq!(verified.count("mismatched"), 0, "{verified}");
        let again = self.diff(location, at).await;
        assert_eq!(again.changes(), [], "after the restore: {again}");
        restored
    }
}

/// The binary under test: this build's, or the one that `ASOF_TEST_BINARY` names.
pub(crate) fn binary() -> std::ffi::OsString {
    std::env::var_os("ASOF_TEST_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_asof").into())
}

/// A second in the past, in the syntax of the command line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment(pub(crate) i64);

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = chrono::DateTime::from_timestamp(self.0, 0).unwrap();
        write!(f, "{}", time.format("%Y-%m-%dT%H:%M:%SZ"))
    }
}

fn client(server: &Server, secret: &str) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new("us-east-1"))
        .endpoint_url(&server.url)
        .credentials_provider(Credentials::new(&server.key, secret, None, None, "tests"))
        .force_path_style(true)
        .build();
    Client::from_conf(config)
}

/// A bucket name that no other test, run or process uses.
pub(crate) fn unique_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("asof-{:x}-{}-{number}", since.as_millis(), std::process::id())
}

/// The versioning configuration with this status.
pub(crate) fn versioning(status: BucketVersioningStatus) -> VersioningConfiguration {
    VersioningConfiguration::builder().status(status).build()
}

/// A string member of a JSON object.
pub(crate) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("{member} is not a string in {value}"))
}

/// Ends a process at once; nothing happens if it has ended.
pub(crate) fn kill(process: u32) {
    let sent = Command::new("kill").args(["-KILL", &process.to_string()]).output();
    assert!(sent.is_ok(), "{sent:?}");
}

/// Reads a number from an environment variable.
pub(crate) fn variable(name: &str, otherwise: u64) -> u64 {
    let Ok(text) = std::env::var(name) else { return otherwise };
    text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}"))
}
