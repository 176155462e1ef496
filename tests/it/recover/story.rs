//! A bucket with an incident, and a database that is restored by commands.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::faults::scene::{BUCKET, Scene};
use crate::support::{Moment, Run};

/// Keys of each kind in the bucket.
const SIZE: usize = 3;

/// Notes each call, and does what it is called for, once the shell script `until-CALL`, if there is one, succeeds. For `full-CALL` the disk is full from that call on, as far as asof can
/// see. A database is a file that holds the tag of its restore; it is there at
/// once, and ready when it has been asked for the second time.
const DATABASE: &str = r#"#!/bin/sh
dir=$(dirname "$0")
ulimit -S -f unlimited
echo "$1 $ASOF_AT $ASOF_RUN" >> "$dir/calls"
if [ -e "$dir/fail-$1" ]; then echo "told to fail" >&2; exit 7; fi
if [ -e "$dir/sleep-$1" ]; then sleep "$(cat "$dir/sleep-$1")"; fi
n=0
if [ -e "$dir/until-$1" ]; then
    until sh "$dir/until-$1" || [ $n = 600 ]; do sleep 0.05; n=$((n + 1)); done
fi
if [ -e "$dir/full-$1" ]; then prlimit --pid $PPID --fsize=0:; fi
tag=$(cat "$dir/$ASOF_TARGET" 2>/dev/null)
case $1 in
window) cat "$dir/window" ;;
restore)
    [ "$tag" = "$ASOF_RUN" ] && exit 0
    echo "$ASOF_RUN" > "$dir/new.$$"
    ln "$dir/new.$$" "$dir/$ASOF_TARGET" || exit 9
    echo "$ASOF_AT" >> "$dir/made" ;;
progress)
    if [ -z "$tag" ]; then echo none
    elif [ "$tag" != "$ASOF_RUN" ]; then echo "foreign tagged $tag"
    elif [ -e "$dir/broken" ]; then echo "failed the disk is full"
    elif mkdir "$dir/asked-$tag" 2>/dev/null; then echo "restoring 40"
    else echo available; fi ;;
endpoint) echo "file://$dir/$ASOF_TARGET" ;;
teardown) [ "$tag" = "$ASOF_RUN" ] && rm "$dir/$ASOF_TARGET" && rm -r "$dir/asked-$tag"; exit 0 ;;
keys) cat "$dir/keys"; [ -n "$ASOF_ENDPOINT" ] ;;
esac
"#;

const EARLY: &str = "quiesce = \"early\"\n";

pub(crate) struct Story {
    pub(crate) scene: Scene,
    dir: tempfile::TempDir,
}

impl Story {
    /// A recovery file with a database, all hooks, references, and the bucket restored in place.
    pub(crate) async fn new() -> Self {
        let story = Self { scene: Scene::new(SIZE).await, dir: tempfile::tempdir().unwrap() };
        story.write("db", DATABASE);
        story.write("keys", "kept/0000\nover/0001\ngone/0002\n");
        let command = story.path("db");
        let made = std::process::Command::new("chmod").arg("+x").arg(&command).status();
        assert!(made.unwrap().success());
        let window = format!("@0 @{}\n", story.scene.at.0 + 60);
        story.write("window", &window);
        story.write(
            "recovery.toml",
            &story.file("in-place", &story.hooks(&["quiesce", "after-database", "resume"])),
        );
        story
    }

    /// Lets the application run while the database is restored.
    pub(crate) fn quiesce_late(&self) {
        self.write("recovery.toml", &self.read("recovery.toml").replace(EARLY, ""));
    }

    /// A recovery file that quiesces first.
    pub(crate) fn file(&self, target: &str, hooks: &str) -> String {
        let db = self.path("db");
        let db = db.display();
        format!(
            r#"
{EARLY}[[bucket]]
source = "s3://{BUCKET}"
target = "{target}"
[[database]]
kind = "command"
name = "orders"
source = "orders"
target = "restored"
window = ["{db}", "window"]
restore = ["{db}", "restore"]
progress = ["{db}", "progress"]
endpoint = ["{db}", "endpoint"]
teardown = ["{db}", "teardown"]
[references]
command = {{ shell = "'{db}' keys" }}
bucket = "s3://{BUCKET}"
[hooks]
{hooks}
"#
        )
    }

    pub(crate) fn hooks(&self, names: &[&str]) -> String {
        let db = self.path("db");
        let hook = |name: &&str| format!("{name} = [\"{}\", \"{name}\"]\n", db.display());
        names.iter().map(hook).collect::<Vec<_>>().concat()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Returns the number of calls of the script for this.
    pub(crate) fn calls(&self, what: &str) -> usize {
        self.read("calls").lines().filter(|line| line.split(' ').next() == Some(what)).count()
    }

    /// Returns the subcommands with which the script was called, each once, in the order of the first call.
    pub(crate) fn order(&self) -> Vec<String> {
        let calls = self.read("calls");
        let mut order: Vec<String> = Vec::new();
        for call in calls.lines().filter_map(|line| line.split(' ').next()) {
            if !order.iter().any(|before| before == call) {
                order.push(call.to_owned());
            }
        }
        order
    }

    pub(crate) fn arguments(&self, command: &str, more: &[&str]) -> Vec<String> {
        let path = self.path("recovery.toml");
        let first = [command, path.to_str().unwrap(), "--format", "json"];
        first.iter().chain(more).map(|&argument| argument.to_owned()).collect()
    }

    pub(crate) async fn asof(&self, command: &str, more: &[&str]) -> Run {
        let arguments = self.arguments(command, more);
        self.scene.subject.asof(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    /// `asof recover FILE --at T --yes`.
    pub(crate) async fn recover(&self) -> Run {
        self.asof("recover", &["--at", &self.at().to_string(), "--yes"]).await
    }

    /// The same, started by a shell that makes this of `"$0" "$@"`.
    pub(crate) async fn recover_in_shell(&self, script: &str, more: &[&str]) -> Run {
        let at = self.at().to_string();
        let arguments = self.arguments("recover", &[&["--at", &at, "--yes"], more].concat());
        self.in_shell(script, &arguments).await
    }

    pub(crate) async fn in_shell(&self, script: &str, arguments: &[String]) -> Run {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let command = self.scene.subject.command(&self.scene.subject.server.secret, &arguments);
        let mut shell = std::process::Command::new("bash");
        shell.args(["-c", script]).arg(command.get_program()).args(command.get_args());
        shell.env_clear().stdin(std::process::Stdio::null());
        shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        tokio::task::spawn_blocking(move || Run::of(&mut shell)).await.unwrap()
    }

    pub(crate) fn at(&self) -> Moment {
        self.scene.at
    }

    /// The directory of the recovery that was begun last.
    pub(crate) fn newest(&self) -> Option<PathBuf> {
        newest(&self.recoveries())
    }

    pub(crate) fn recoveries(&self) -> PathBuf {
        self.scene.subject.runs_dir().with_file_name("recoveries")
    }

    /// The database was restored once, to the right second, and the bucket is as it was.
    pub(crate) fn assert_recovered(&self, what: &str) {
        assert_eq!(self.read("made"), format!("{}\n", self.at()), "{what}: databases that were made");
        self.scene.assert_restored(what);
        self.scene.assert_grown_by(1, what);
    }
}

/// The directory of the recovery that was begun last.
pub(crate) fn newest(recoveries: &Path) -> Option<PathBuf> {
    std::fs::read_dir(recoveries).ok()?.filter_map(|entry| Some(entry.ok()?.path())).max()
}

/// The one report that a command printed.
pub(crate) fn report(run: &Run) -> Value {
    let mut reports = run.of_type("recovery");
    assert_eq!(reports.len(), 1, "reports in {run}");
    reports.remove(0)
}

/// The state of each step in a report.
pub(crate) fn states(report: &Value) -> Vec<String> {
    let steps = report["steps"].as_array().unwrap().iter();
    steps
        .map(|step| format!("{} {}", step["state"].as_str().unwrap(), step["step"].as_str().unwrap()))
        .collect()
}
