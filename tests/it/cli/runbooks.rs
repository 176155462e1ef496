//! The runbooks of the manual, run verbatim, block by block, by a shell that stops at the first command that fails.
//!
//! | in the manual | in the test |
//! |---|---|
//! | `s3://prod-uploads`, `s3://prod-scratch` | buckets of the lab |
//! | `2026-11-17T14:31:06Z` | the second before the damage, three hours ago |
//! | a name to type | `--yes` |
//! | `RUN` | the latest run |
//! | `recovery.toml` | the recovery file in recovery-file.md; all its commands are one script, which records its calls |

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use asof::lab::Content;

use super::stage::{BUCKET, Stage};
use crate::support::{Moment, binary};

const RUNBOOKS: &str = include_str!("../../../src/manual/runbooks.md");
const RECOVERY_FILE: &str = include_str!("../../../src/manual/recovery-file.md");
const TIME: &str = "2026-11-17T14:31:06Z";
const SCRATCH: &str = "prod-scratch";

/// Runs `asof` as typed by a person who follows the runbook.
const ASOF: &str = r#"#!/bin/sh
case $1 in restore | recover | undo) set -- "$@" --yes ;; esac
for word; do
    shift
    [ "$word" != RUN ] || word=$(ls "$HOME/.local/state/asof/runs" | tail -1)
    set -- "$@" "$word"
done
exec "$ASOF_BINARY" "$@"
"#;

/// Every command that the recovery file names.
const COMMAND: &str = r#"#!/bin/sh
name=${0##*/}
echo "$ASOF_AT $name $*" >> "$HOME/calls"
case $name in
db-window) echo "@0 $(date -u +%Y-%m-%dT%H:%M:%SZ)" ;;
db-restore) echo "$ASOF_RUN" > "$HOME/$ASOF_TARGET" ;;
db-progress) if [ -e "$HOME/$ASOF_TARGET" ]; then echo available; else echo none; fi ;;
db-endpoint) echo postgres://restored/orders ;;
db-teardown) rm "$HOME/$ASOF_TARGET" ;;
psql) cat "$HOME/rows" ;;
esac
"#;
const COMMANDS: [&str; 9] = [
    "bin/kubectl",
    "bin/psql",
    "db-window",
    "db-restore",
    "db-progress",
    "db-endpoint",
    "db-teardown",
    "db-check",
    "grant-and-migrate",
];

/// The text of a runbook: from its heading up to the next one.
fn section(heading: &str) -> &'static str {
    let (_, rest) = RUNBOOKS.split_once(&format!("\n{heading}\n")).unwrap();
    rest.split_once("\n#").map_or(rest, |(section, _)| section)
}

/// The fenced blocks of a language in a text.
fn blocks(text: &'static str, language: &str) -> impl Iterator<Item = &'static str> {
    let blocks = text.split(&format!("```{language}\n")).skip(1).collect::<Vec<_>>();
    blocks.into_iter().map(|block| block.split_once("```").unwrap().0)
}

struct Incident {
    stage: Stage,
    at: Moment,
    then: BTreeMap<String, Content>,
}

impl Incident {
    /// T is three hours ago; `damage` begins one second later. Half an hour later, a user uploads.
    fn new(damage: impl FnOnce(&Stage)) -> Self {
        let (stage, now) = (Stage::new(), chrono::Utc::now().timestamp());
        let at = Moment((now - 3 * 60 * 60) / 60 * 60 + 6);
        let time = |second: i64| stage.time(&Moment(second).to_string());
        stage.lab.create_bucket(SCRATCH);
        for number in 0..40 {
            time(at.0 - 86_400 + number * 600);
            stage.put(&upload(number), &format!("upload {number}"));
            stage.put(&format!("avatars/{number}/me.png"), &format!("the face of {number}"));
        }
        time(at.0);
        let then = contents(&stage, BUCKET);
        let rows: Vec<_> = then.keys().map(String::as_str).collect();
        stage.file("rows", rows.join("\n").as_bytes());
        time(at.0 + 1);
        damage(&stage);
        time(at.0 + 1800);
        stage.put("uploads/2026/late.jpg", "written since");
        stage.lab.clock().resume();
        let incident = Self { stage, at, then };
        incident.install();
        incident
    }

    fn install(&self) {
        std::fs::create_dir(self.stage.path("bin")).unwrap();
        self.stage.file("bin/asof", ASOF.as_bytes());
        for name in COMMANDS {
            self.stage.file(name, COMMAND.as_bytes());
        }
        let mut chmod = Command::new("chmod");
        chmod.arg("+x").arg("bin/asof").args(COMMANDS).current_dir(self.stage.home());
        assert!(chmod.status().unwrap().success());
        let file = blocks(RECOVERY_FILE, "toml").next().unwrap();
        self.stage.file("recovery.toml", file.as_bytes());
    }

    /// Runs a block, every command of which must succeed, and returns their output.
    fn run(&self, block: &str) -> String {
        let asof = self.stage.asof("");
        let path = std::env::var("PATH").unwrap();
        let output = Command::new("sh")
            .args(["-euc", &block.replace(TIME, &self.at.to_string())])
            .current_dir(self.stage.home())
            .env_clear()
            .envs(asof.command.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .env("PATH", format!("{}:{path}", self.stage.path("bin").display()))
            .env("ASOF_BINARY", binary())
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{}: {block}\n{out}{err}", output.status);
        out.into_owned()
    }

    /// Runs the blocks of a runbook, and returns the output of each.
    fn runbook(&self, heading: &str) -> Vec<String> {
        let blocks = blocks(section(heading), "sh");
        let printed: Vec<_> = blocks.map(|block| self.run(block)).collect();
        assert!(!printed.is_empty(), "no block below {heading}");
        printed
    }

    fn now(&self) -> BTreeMap<String, Content> {
        contents(&self.stage, BUCKET)
    }

    /// Returns the option that the timeline suggests at its end.
    fn suggestion(&self) -> String {
        format!("--at {}", self.at)
    }
}

fn upload(number: i64) -> String {
    format!("uploads/2026/{number:03}.jpg")
}

fn contents(stage: &Stage, bucket: &str) -> BTreeMap<String, Content> {
    stage.lab.live(bucket).into_iter().map(|(key, live)| (key, live.content)).collect()
}

fn delete_uploads(stage: &Stage) {
    (0..40).for_each(|number| stage.delete(&upload(number)));
}

fn overwrite_avatars(stage: &Stage) {
    (0..40).for_each(|number| stage.put(&format!("avatars/{number}/me.png"), "502 Bad Gateway"));
}

#[test]
fn dropped_table() {
    let incident = Incident::new(delete_uploads);
    let printed = incident.runbook("## A table was dropped at 14:31");
    assert!(printed[0].contains(&incident.suggestion()), "{}", printed[0]);
    assert_eq!(incident.now(), incident.then);
    let calls = std::fs::read_to_string(incident.stage.path("calls")).unwrap();
    for call in ["db-restore", "grant-and-migrate", "kubectl scale deploy/app --replicas=3"] {
        assert!(calls.contains(&format!("{} {call}", incident.at)), "{call} in {calls}");
    }
}

#[test]
fn mass_deletion() {
    let incident = Incident::new(delete_uploads);
    let printed = incident.runbook("## Objects were mass-deleted");
    assert!(printed[0].contains(&incident.suggestion()), "{}", printed[0]);
    let now = incident.now();
    assert!(incident.then.iter().all(|(key, content)| now.get(key) == Some(content)));
    assert_eq!(now.len(), incident.then.len() + 1, "what was written since is still there");
}

#[test]
fn bad_deploy() {
    let incident = Incident::new(overwrite_avatars);
    let damaged = incident.now();
    let [todo, undo] = blocks(section("## A bad deploy overwrote files"), "sh").collect::<Vec<_>>()[..]
    else {
        panic!("what is to be done, and how it is taken back")
    };
    let printed = incident.run(todo);
    assert!(printed.contains(&incident.suggestion()), "{printed}");
    let differs = |key: &&String| incident.now().get(*key) != incident.then.get(*key);
    let keys: BTreeSet<_> = damaged.keys().chain(incident.then.keys()).collect();
    let differing: Vec<_> = keys.into_iter().filter(differs).collect();
    assert_eq!(differing, ["uploads/2026/late.jpg"]);
    incident.run(undo);
    assert_eq!(incident.now(), damaged);
}

#[test]
fn proof() {
    let incident = Incident::new(|_| {});
    let versions = incident.stage.lab.count_versions(BUCKET);
    // A real recovery has made this, and the application uses it.
    incident.stage.file("orders_restored", b"live");
    incident.runbook("## Prove that you can restore");
    for name in ["drill.json", "drill-2h.json"] {
        let report = std::fs::read_to_string(incident.stage.path(name)).unwrap();
        assert!(report.contains("\"ending\":\"done\""), "{report}");
    }
    assert_eq!(incident.stage.lab.count_versions(BUCKET), versions);
    assert_eq!(contents(&incident.stage, SCRATCH), BTreeMap::new());
    assert!(!incident.stage.path("orders_drill").exists());
    assert_eq!(std::fs::read_to_string(incident.stage.path("orders_restored")).unwrap(), "live");
}
