//! `asof runs`, and `--prune`.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::stage::Stage;

const AT: &str = "s3://prod-uploads --at 2024-05-06T07:08:09Z";

fn runs_dir(stage: &Stage) -> PathBuf {
    stage.path(".local/state/asof/runs")
}

fn runs(stage: &Stage) -> Vec<String> {
    let runs = std::fs::read_dir(runs_dir(stage)).unwrap();
    let mut runs: Vec<_> = runs.map(|run| run.unwrap().file_name().into_string().unwrap()).collect();
    runs.sort();
    runs
}

/// Begins a run, makes it this many days old, and returns its ID.
fn aged(stage: &Stage, words: &str, days: i64) -> String {
    let before = if runs_dir(stage).exists() { runs(stage) } else { Vec::new() };
    let shown = stage.asof(words).run();
    let new = runs(stage).into_iter().find(|run| !before.contains(run));
    let new = new.unwrap_or_else(|| panic!("no run: {shown}"));
    let began = chrono::Utc::now() - chrono::Duration::days(days);
    let aged = format!("{}-{}", began.format("%Y%m%dT%H%M%SZ"), new.split_once('-').unwrap().1);
    std::fs::rename(runs_dir(stage).join(&new), runs_dir(stage).join(&aged)).unwrap();
    let path = runs_dir(stage).join(&aged).join("run.json");
    let mut order: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    order["began"] = began.format("%Y-%m-%dT%H:%M:%SZ").to_string().into();
    std::fs::write(&path, order.to_string()).unwrap();
    aged
}

#[test]
fn old_runs_that_are_done_are_removed_and_no_others() {
    let stage = Stage::after_incident();
    let done = aged(&stage, &format!("restore {AT} --yes --quiet"), 100);
    let undo = aged(&stage, &format!("undo {done} --yes --quiet"), 95);
    let late = aged(&stage, &format!("restore {AT} --yes --quiet --include uploads/*"), 10);
    let denied = asof::lab::Rule::on(
        asof::lab::Operation::CopyObject,
        asof::lab::Fault::AccessDenied,
        asof::lab::When::Always,
    );
    stage.lab.faults().push(denied);
    let incomplete = aged(&stage, &format!("restore {AT} --yes --quiet"), 120);

    let listed = stage.asof("runs").run();
    let of_done = listed.lines().find(|line| line.contains("100 d")).unwrap();
    assert!(of_done.contains(" done ") && listed.contains("UNDONE BY"), "{listed}");
    let json = String::from_utf8(stage.asof("runs --json").command.output().unwrap().stdout).unwrap();
    let of_done = json.lines().find(|line| line.contains(&format!("\"run\":\"{done}\""))).unwrap();
    assert!(of_done.contains(&format!("\"undone_by\":\"{undo}\"")), "{of_done}");

    let unasked = stage.asof("runs --prune 90d").run();
    assert!(unasked.starts_with("exit code 2\n"), "{unasked}");
    assert_eq!(runs(&stage).len(), 4);
    let none = stage.asof("runs --prune 200d --yes").run();
    assert!(none.contains("no finished runs are older than 200 d"), "{none}");
    let output = stage.asof("runs --prune 90d --yes").command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{err}");
    assert!(out.contains(&done) && out.contains(&undo) && !out.contains(&incomplete), "{out}");
    assert!(err.contains("removed 2 runs"), "{err}");
    let mut left = vec![incomplete, late];
    left.sort();
    assert_eq!(runs(&stage), left);
}

/// A process that was killed between making the directory and writing into it has changed nothing.
#[test]
fn a_run_that_was_never_written_is_cleaned_up() {
    let stage = Stage::after_incident();
    stage.asof(&format!("restore {AT} --yes --quiet")).run();
    let kept = runs(&stage);
    let old = SystemTime::now() - Duration::from_hours(1);
    let make = |name: &str, file: Option<&str>, old: Option<SystemTime>| {
        let dir = runs_dir(&stage).join(name);
        std::fs::create_dir(&dir).unwrap();
        if let Some(file) = file {
            std::fs::write(dir.join(file), "").unwrap();
        }
        if let Some(old) = old {
            std::fs::File::open(&dir).unwrap().set_modified(old).unwrap();
        }
    };
    make("20240506T070809Z-0001", None, Some(old));
    make("20240506T070809Z-0002", Some("lock"), Some(old));
    // Another process may be about to fill it; another run may have lost some of its files.
    make("20240506T070809Z-0003", None, None);
    make("20240506T070809Z-0004", Some("journal"), Some(old));
    let shown = stage.asof("runs").run();
    assert_eq!(shown.matches("it changed nothing").count(), 2, "{shown}");
    let mut left =
        [kept, vec!["20240506T070809Z-0003".to_owned(), "20240506T070809Z-0004".to_owned()]].concat();
    left.sort();
    assert_eq!(runs(&stage), left);
}

#[test]
fn latest_is_the_newest_run() {
    let stage = Stage::after_incident();
    for command in ["resume latest", "undo latest --yes", "show latest"] {
        let none = stage.asof(command).changes_nothing();
        assert!(none.starts_with("exit code 2\n") && none.contains("there is no run in "), "{none}");
    }
    let old = aged(&stage, &format!("restore {AT} --yes --quiet --include avatars/*"), 3);
    let new = aged(&stage, &format!("restore {AT} --yes --quiet --include readme.txt"), 2);
    let shown = stage.asof("show latest --json").command.output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("readme.txt") && !shown.contains("avatars/7"), "{shown}");
    let shown = stage.asof(&format!("show {old} --json")).command.output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("avatars/7") && !shown.contains("readme.txt"), "{shown}");
    for command in ["resume latest --yes", "undo latest --yes"] {
        let output = stage.asof(command).command.output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{err}");
        assert!(err.contains(&format!("latest is run {new}")) && !err.contains(&old), "{err}");
    }
    assert_eq!(stage.lab.live("prod-uploads")["readme.txt"].content.body.as_ref(), b"", "as it was before");
    assert_eq!(stage.lab.live("prod-uploads")["avatars/7/me.png"].content.body.as_ref(), b"the face of 7");
}
