//! Every suggested command is run as printed, by a shell that knows neither the server nor the state directory. It must
//! be accepted, and so must the commands that it suggests.

use std::collections::BTreeSet;
use std::process::{Command, Output};

use asof::lab::{Fault, Operation, Put, Rule, When};

use super::references::uploads;
use super::stage::{BUCKET, Stage};
use crate::support::binary;

/// Answers prompts, since there is no terminal.
const ASOF: &str = r#"#!/bin/sh
yes=--yes
case $1 in
restore | recover | undo) ;;
references) case $* in *--heal*) ;; *) yes= ;; esac ;;
*) yes= ;;
esac
for word; do
    case $word in --yes | --dry-run | --init) yes= ;; esac
done
exec "$ASOF_BINARY" "$@" $yes
"#;

const AT: &str = "--at 2024-05-06T07:08:09Z";

/// The depth to which suggestions of suggestions are followed.
const DEPTH: usize = 3;

struct Shell {
    stage: Stage,
    /// The options needed to reach the server and the state.
    options: String,
    seen: BTreeSet<String>,
}

impl Shell {
    fn new(stage: Stage) -> Self {
        std::fs::create_dir(stage.path("bin")).unwrap();
        stage.file("bin/asof", ASOF.as_bytes());
        let chmod = Command::new("chmod").arg("+x").arg(stage.path("bin/asof")).status();
        assert!(chmod.unwrap().success());
        let options = format!(
            "--endpoint-url {} --region us-east-1 --path-style --state-dir 'the state'",
            stage.lab.url()
        );
        Self { stage, options, seen: BTreeSet::new() }
    }

    fn run(&self, command: &str) -> Output {
        let asof = self.stage.asof("");
        let known = asof.command.get_envs().filter_map(|(name, value)| Some((name, value?)));
        let path = std::env::var("PATH").unwrap();
        Command::new("bash")
            .args(["-c", command])
            .current_dir(self.stage.home())
            .env_clear()
            .envs(known.filter(|(name, _)| *name != "AWS_REGION"))
            // A server that does not answer.
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            .env("AWS_MAX_ATTEMPTS", "1")
            .env("PATH", format!("{}:{path}", self.stage.path("bin").display()))
            .env("ASOF_BINARY", binary())
            .output()
            .unwrap()
    }

    /// Runs a command with the options, and all suggested commands. Returns the suggestions.
    fn follow(&mut self, command: &str) -> Vec<String> {
        let output = self.run(&format!("{command} {}", self.options));
        self.follow_output(&output, command)
    }

    fn follow_output(&mut self, output: &Output, command: &str) -> Vec<String> {
        let suggested = suggestions(output);
        for suggestion in &suggested {
            self.try_it(suggestion, command, DEPTH);
        }
        suggested
    }

    fn try_it(&mut self, suggestion: &str, from: &str, depth: usize) {
        if depth == 0 || !self.seen.insert(suggestion.to_owned()) {
            return;
        }
        let output = self.run(suggestion);
        let code = output.status.code();
        let text = || format!("{}{}", utf8(&output.stdout), utf8(&output.stderr));
        assert!(
            matches!(code, Some(0 | 3 | 4 | 5)),
            "{code:?} of what {from} suggests:\n{suggestion}\n{}",
            text()
        );
        for next in suggestions(&output) {
            self.try_it(&next, suggestion, depth - 1);
        }
    }
}

fn utf8(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Returns the commands that an output suggests: the text after a colon, up to the end of the line or the next column.
fn suggestions(output: &Output) -> Vec<String> {
    let text = [utf8(&output.stdout), utf8(&output.stderr)].concat();
    let columns = text.lines().flat_map(|line| line.split("     "));
    let commands = columns.filter_map(|column| Some(column.split_once(": asof ")?.1));
    commands.map(|command| format!("asof {}", command.trim_end())).collect()
}

/// Asserts that each of these commands begins with its verb, in this order.
#[track_caller]
fn assert_verbs(suggested: &[String], verbs: &[&str]) {
    let found: Vec<_> = suggested.iter().map(|command| command.split(' ').nth(1).unwrap()).collect();
    assert_eq!(found, verbs, "{suggested:?}");
}

#[test]
fn from_the_timeline_to_the_undo_of_an_undo() {
    let mut shell = Shell::new(Stage::after_incident());
    let suggested = shell.follow("asof timeline s3://prod-uploads");
    assert_verbs(&suggested, &["diff"]);
    let verbs: BTreeSet<_> = shell.seen.iter().map(|command| command.split(' ').nth(1).unwrap()).collect();
    assert_eq!(verbs.into_iter().collect::<Vec<_>>(), ["diff", "restore", "undo", "verify"]);
    for command in &shell.seen {
        assert!(command.contains("/the state'"), "{command}");
    }
}

#[test]
fn of_keys_that_bite() {
    let stage = Stage::new();
    let prefix = "it's a \u{1b}[2J\u{202e}\nkey!\\";
    for name in ["1", "2"] {
        stage.put(&format!("{prefix}{name}"), "then");
    }
    stage.time("2024-05-06T07:08:10Z");
    stage.delete(&format!("{prefix}1"));
    let mut shell = Shell::new(stage);
    let place = r"$'s3://prod-uploads/it\'s a \033[2J\342\200\256\012key!\\'";
    assert_verbs(&shell.follow(&format!("asof diff {place} {AT} --include '*1'")), &["restore"]);
    // Restored, undone, and the undo undone.
    let undone = shell.seen.iter().filter(|command| command.starts_with("asof undo ")).count();
    assert_eq!(undone, 2, "{:?}", shell.seen);
    assert!(shell.stage.keys(BUCKET).contains(&format!("{prefix}1")));
}

#[test]
fn with_all_options_of_a_diff() {
    let stage = Stage::after_incident();
    stage.file("the keys", b"uploads/2024/04/01.jpg\nreadme.txt\n");
    stage.file("rules.json", b"[]");
    let mut shell = Shell::new(stage);
    let diff = format!(
        "asof diff s3://prod-uploads {AT} --include '*' --exclude '*.tmp' --keys-from 'the keys' --trust-etag \
         --lifecycle-history rules.json --multipart-window 2h --undelete remove-marker --only undelete,revert"
    );
    let suggested = shell.follow(&diff);
    assert_verbs(&suggested, &["restore"]);
    for option in ["--multipart-window 2h", "--only undelete,revert", "--undelete remove-marker"] {
        assert!(suggested[0].contains(option), "{suggested:?}");
    }
    // A restore of a part makes no claim about the whole.
    let restored = shell.seen.iter().find(|command| command.starts_with("asof diff ")).unwrap();
    assert!(restored.contains("--only undelete,revert"), "{restored}");
    assert!(!shell.seen.iter().any(|command| command.starts_with("asof verify ")), "{:?}", shell.seen);
}

#[test]
fn of_a_saved_plan() {
    let mut shell = Shell::new(Stage::after_incident());
    assert_verbs(&shell.follow(&format!("asof diff s3://prod-uploads {AT} --out 'my plan'")), &["restore"]);
    let mut shell = Shell::new(Stage::after_incident());
    shell.run(&format!("asof diff s3://prod-uploads {AT} --out 'my plan' {}", shell.options));
    assert_verbs(&shell.follow("asof show 'my plan'"), &["restore"]);
    assert_verbs(&shell.follow("asof show latest"), &["restore"]);
    assert_verbs(&shell.follow("asof restore --plan 'my plan' --only delete --dry-run"), &["restore"]);
}

#[test]
fn of_a_dry_run() {
    for to in ["", "--to s3://scratch/there", "--to './a directory'"] {
        let mut shell = Shell::new(Stage::after_incident());
        shell.stage.lab.create_bucket("scratch");
        let dry = format!("asof restore s3://prod-uploads {AT} {to} --rate 2000/s --dry-run");
        let writes = shell.stage.writes();
        shell.run(&format!("{dry} {}", shell.options));
        assert_eq!(shell.stage.writes(), writes, "{to}");
        assert!(!shell.stage.path("a directory").exists());
        assert_verbs(&shell.follow(&dry), &["restore"]);
    }
}

#[test]
fn where_keys_fail_conflict_or_lie_in_an_archive() {
    let shell = &mut Shell::new(Stage::after_incident());
    let lab = std::sync::Arc::downgrade(&shell.stage.lab);
    shell.stage.lab.faults().before(Operation::CopyObject, When::Nth(1), move || {
        lab.upgrade().unwrap().put(BUCKET, "readme.txt", Put::of("theirs")).unwrap();
    });
    let denied = Rule::on(Operation::CopyObject, Fault::AccessDenied, When::Always);
    shell.stage.lab.faults().push(denied.under("avatars/7"));
    let restore = format!("asof restore s3://prod-uploads {AT}");
    assert_verbs(&shell.follow(&format!("{restore} --rate 1000/s")), &["resume", "resume"]);
    for command in &shell.seen {
        assert!(command.contains(" --rate 1000/s"), "{command}");
    }

    let stage = Stage::new();
    let frozen = Put { storage_class: Some("GLACIER".to_owned()), ..Put::of("frozen") };
    stage.lab.put(BUCKET, "ledger.csv", frozen).unwrap();
    stage.time("2024-05-06T07:08:10Z");
    stage.delete("ledger.csv");
    stage.lab.set_thaw(std::time::Duration::from_hours(12));
    let shell = &mut Shell::new(stage);
    assert_verbs(&shell.follow(&format!("asof diff s3://prod-uploads {AT}")), &["restore"]);
    assert!(shell.seen.iter().any(|command| command.starts_with("asof resume ")), "{:?}", shell.seen);
}

#[test]
fn where_a_run_is_interrupted() {
    let stage = Stage::new();
    let keys: Vec<_> = (0..200).map(|number| format!("uploads/{number}")).collect();
    for key in &keys {
        stage.put(key, "then");
    }
    stage.time("2024-05-06T07:08:10Z");
    for key in &keys {
        stage.delete(key);
    }
    let delay = Fault::Delay(std::time::Duration::from_millis(100));
    stage.strike(Operation::CopyObject, delay);
    let mut shell = Shell::new(stage);
    // Stopped in progress, however slow the machine is.
    let begun = shell.stage.path("begun");
    let mark = begun.clone();
    shell.stage.lab.faults().before(Operation::CopyObject, When::Nth(20), move || {
        std::fs::write(&mark, "").unwrap();
    });
    let restore = format!("asof restore s3://prod-uploads {AT} --concurrency 2 {}", shell.options);
    let output = shell.run(&format!(
        "{restore} & until [ -e {} ]; do sleep 0.05; done; kill -TERM $!; wait $!",
        begun.display()
    ));
    assert_verbs(&suggestions(&output), &["resume"]);
    shell.stage.lab.faults().clear();
    shell.try_it(&suggestions(&output)[0], "an interrupted run", DEPTH);
}

#[test]
fn of_verify() {
    let mut shell = Shell::new(Stage::after_incident());
    shell.stage.lab.create_bucket("scratch");
    for place in ["", "--against s3://scratch/there", "--against ./there"] {
        std::fs::create_dir_all(shell.stage.path("there")).unwrap();
        let verify = format!("asof verify s3://prod-uploads {AT} --multipart-window 30m {place}");
        let suggested = shell.follow(&verify);
        assert_verbs(&suggested, &["restore"]);
        assert!(suggested[0].contains("--multipart-window 30m"), "{suggested:?}");
    }
}

#[test]
fn of_references_and_what_they_heal() {
    let mut shell = Shell::new(uploads());
    std::fs::rename(shell.stage.path("rows"), shell.stage.path("the rows")).unwrap();
    let references = format!("asof references s3://prod-uploads/uploads/ {AT} --keys-from 'the rows'");
    let suggested = shell.follow(&references);
    assert_verbs(&suggested, &["references"]);
    assert!(suggested[0].contains("/the state'"), "{suggested:?}");
    assert!(shell.seen.iter().any(|command| command.starts_with("asof undo ")), "{:?}", shell.seen);
}

#[test]
fn of_errors() {
    let mut shell = Shell::new(Stage::after_incident());
    for command in ["resume", "undo"] {
        let suggested = shell.follow(&format!("asof {command} 20240506T070809Z-0000"));
        assert_verbs(&suggested, &["runs"]);
    }
    assert_verbs(&shell.follow("asof diff s3://prod-uploads --at mark:none"), &["mark"]);
    let output = shell.run("asof drill 'no file.toml'");
    assert_verbs(&suggestions(&output), &["recover"]);
    shell.try_it(&suggestions(&output)[0], "asof drill", 1);
    assert!(shell.stage.path("no file.toml").exists());
}

/// The recovery file written by `--init` is a start and cannot be drilled, so no drill is suggested.
#[test]
fn of_a_recovery_file_to_begin_with() {
    let mut shell = Shell::new(Stage::after_incident());
    let writes = shell.stage.writes();
    let output = shell.run(&format!("asof recover --init 'a file.toml' {}", shell.options));
    let suggested = suggestions(&output);
    assert_verbs(&suggested, &["recover"]);
    assert!(suggested[0].contains("--dry-run"), "{suggested:?}");
    shell.try_it(&suggested[0], "asof recover --init", 1);
    assert_eq!(shell.stage.writes(), writes, "nothing was changed");
}

#[test]
fn of_marks_recoveries_and_drills() {
    let stage = Stage::after_incident();
    stage.lab.clock().resume();
    stage.lab.create_bucket("scratch");
    stage.file("in place.toml", b"[[bucket]]\nsource = \"s3://prod-uploads\"\ntarget = \"in-place\"\n");
    stage.file("scratch.toml", b"[[bucket]]\nsource = \"s3://prod-uploads\"\ntarget = \"s3://scratch/d\"\n");
    let mut shell = Shell::new(stage);
    assert_verbs(&shell.follow("asof mark 'in place.toml' --name quiet"), &["recover"]);
    assert_verbs(&shell.follow(&format!("asof recover 'in place.toml' {AT}")), &["undo"]);
    let kept = format!("asof drill scratch.toml {AT} --keep");
    assert_verbs(&shell.follow(&kept), &[]);
    assert_verbs(&shell.follow(&kept), &["drill"]);
}
