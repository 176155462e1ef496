//! The demo's terminal: shows a command line, runs it as a process of this executable, and shows its output.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::super::Lab;

/// A command line.
pub(super) struct Step {
    comment: &'static str,
    words: Vec<String>,
}

impl Step {
    pub(super) fn new(comment: &'static str, words: &[&str]) -> Self {
        Self { comment, words: words.iter().map(|word| (*word).to_owned()).collect() }
    }
}

/// The environment of the steps: nothing but the lab, and a temporary home directory.
pub(super) struct Terminal {
    executable: PathBuf,
    home: TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Terminal {
    pub(super) fn new(lab: &Lab) -> io::Result<Self> {
        let home = tempfile::tempdir()?;
        let inside = |name: &str| home.path().join(name).to_string_lossy().into_owned();
        let environment = vec![
            ("AWS_ACCESS_KEY_ID", lab.credentials().access_key.clone()),
            ("AWS_SECRET_ACCESS_KEY", lab.credentials().secret_key.clone()),
            ("AWS_REGION", lab.region().to_owned()),
            ("AWS_ENDPOINT_URL", lab.url()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("HOME", home.path().to_string_lossy().into_owned()),
            ("XDG_STATE_HOME", inside("state")),
            ("NO_COLOR", "1".to_owned()),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
        ];
        Ok(Self { executable: std::env::current_exe()?, home, environment })
    }

    /// Runs a step; returns its output if its exit code was 0.
    pub(super) async fn run(&self, step: &Step, out: &mut (impl Write + Send)) -> io::Result<Option<String>> {
        writeln!(out, "\n# {}\n$ asof {}", step.comment, step.words.join(" "))?;
        out.flush()?;
        let output = self.execute(step).await?;
        out.write_all(&output.stdout)?;
        if !output.stdout.is_empty() && !output.stdout.ends_with(b"\n") {
            writeln!(out)?;
        }
        out.write_all(&output.stderr)?;
        if !output.status.success() {
            writeln!(out, "this step should have ended with exit code 0, it ended with {}", output.status)?;
        }
        Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    async fn execute(&self, step: &Step) -> io::Result<Output> {
        let mut command = Command::new(&self.executable);
        command
            .args(&step.words)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.home.path());
        // The lab runs on this runtime, so waiting must not block it.
        tokio::task::spawn_blocking(move || command.output()).await.map_err(io::Error::other)?
    }
}
