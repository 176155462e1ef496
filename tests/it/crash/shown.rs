//! The runs as shown to a person, and the processes that may work on one.

use std::sync::{Arc, Mutex};

use asof::lab::{Fault, Operation, Put, Rule, When};
use insta::assert_snapshot;

use super::block_on;
use super::cut::Cut;
use crate::cli::stage::{BUCKET, Stage};
use crate::faults::scene::Scene;

const AT: &str = "s3://prod-uploads --at 2024-05-06T07:08:09Z";

/// The one run of the stage whose name is not among these.
fn another(stage: &Stage, known: &[String]) -> String {
    let runs = std::fs::read_dir(stage.path(".local/state/asof/runs")).unwrap();
    let mut runs = runs.map(|run| run.unwrap().file_name().into_string().unwrap());
    runs.find(|run| !known.contains(run)).unwrap()
}

/// The columns of a table of runs without their widths, and without ages.
fn columns(text: &str) -> String {
    let line = |line: &str| {
        let mut cells: Vec<_> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        if cells.len() == 7 && cells[1] != "AGE" {
            cells[1] = "SOME";
        }
        cells.join(" | ") + "\n"
    };
    text.lines().map(line).collect()
}

fn without_names(text: &str, runs: &[String]) -> String {
    // Runs of the same second come in any order, and the first line carries the schema.
    let mut lines: Vec<_> = text.lines().map(|line| line.replace("\"schema\":1,", "")).collect();
    for line in &mut lines {
        for (n, run) in runs.iter().enumerate() {
            *line = line.replace(run, &format!("RUN-{n}"));
        }
    }
    lines.sort();
    lines.join("\n")
}

#[test]
fn runs_and_how_far_they_are() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("runs").run(), @"
    exit code 0
    --- stderr
    no runs in HOME/.local/state/asof
    ");

    let mut runs = Vec::new();
    stage.asof(&format!("restore {AT} --yes --quiet")).run();
    runs.push(another(&stage, &runs));
    stage.asof(&format!("undo {} --yes --quiet", runs[0])).run();
    runs.push(another(&stage, &runs));
    // Another writer changes one key, and another key cannot be changed.
    let lab = Arc::downgrade(&stage.lab);
    stage.lab.faults().before(Operation::CopyObject, When::Nth(1), move || {
        lab.upgrade().unwrap().put(BUCKET, "readme.txt", Put::of("theirs")).unwrap();
    });
    let denied = Rule::on(Operation::CopyObject, Fault::AccessDenied, When::Always);
    stage.lab.faults().push(denied.under("avatars/7"));
    stage.asof(&format!("restore {AT} --yes --quiet --exclude uploads/*")).run();
    runs.push(another(&stage, &runs));
    stage.lab.faults().clear();
    assert_snapshot!(without_names(&columns(&stage.asof("runs").run()), &runs), @"
    --- stdout
    RUN | AGE | STATE | DONE | LEFT | UNDONE BY | WHAT
    RUN | SOME | done | 9 of 9 | - | - | undo of RUN
    RUN | SOME | done | 9 of 9 | - | RUN | s3://prod-uploads as of 2024-05-06 07:08:09 UTC
    RUN | SOME | incomplete | 0 of 2 | 2 | - | s3://prod-uploads as of 2024-05-06 07:08:09 UTC
    exit code 0
    ");
    assert_snapshot!(without_names(&stage.asof("runs --format json").run(), &runs), @r#"
    --- stdout
    exit code 0
    {"type":"run","run":"RUN","state":"done","began":"TIME","undoes":"RUN","undone_by":null,"location":"s3://prod-uploads","to":null,"at":"2024-05-06T07:08:09Z","changes":9,"done":9,"left":0}
    {"type":"run","run":"RUN","state":"done","began":"TIME","undoes":null,"undone_by":"RUN","location":"s3://prod-uploads","to":null,"at":"2024-05-06T07:08:09Z","changes":9,"done":9,"left":0}
    {"type":"run","run":"RUN","state":"incomplete","began":"TIME","undoes":null,"undone_by":null,"location":"s3://prod-uploads","to":null,"at":"2024-05-06T07:08:09Z","changes":2,"done":0,"left":2}
    "#);
    assert_snapshot!(stage.asof("runs --format csv").run(), @"
    exit code 2
    --- stderr
    error: invalid value 'csv' for '--format <FORMAT>'
      [possible values: table, json]

    For more information, try '--help'.
    ");
}

/// A killed run is shown as interrupted, and as done once it was resumed.
#[test]
fn interrupted_and_then_done() {
    block_on(async {
        let scene = Scene::new(3).await;
        let shown = async || {
            let run = scene.subject.asof_alone(&["runs"]).await.expect_code(0);
            let table = columns(&run.stdout);
            table.lines().nth(1).unwrap().split(" | ").skip(2).take(2).collect::<Vec<_>>().join(" ")
        };
        scene.restore_with_and(&["--concurrency", "1"], Cut::Record(7).arm(&scene)).await;
        let interrupted = shown().await;
        assert!(interrupted.starts_with("interrupted "), "{interrupted}");
        assert!(interrupted.ends_with(" of 18"), "{interrupted}");
        scene.on_run("resume", &scene.runs()[0], &[]).await.expect_code(0);
        assert_eq!(shown().await, "done 18 of 18");
    });
}

/// While one process works on a run, no other may.
#[test]
fn a_run_belongs_to_one_process() {
    let stage = Arc::new(Stage::after_incident());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (again, notes) = (Arc::downgrade(&stage), Arc::clone(&seen));
    stage.lab.faults().before(Operation::CopyObject, When::Nth(3), move || {
        let stage = again.upgrade().unwrap();
        let run = another(&stage, &[]);
        let mut notes = notes.lock().unwrap();
        for words in ["runs".to_owned(), format!("resume {run}"), format!("undo {run} --yes")] {
            notes.push(stage.asof(&words).run());
        }
    });
    let restored = stage.asof(&format!("restore {AT} --yes --quiet --concurrency 1")).run();
    assert_eq!(restored, "exit code 0\n");
    let seen = seen.lock().unwrap();
    assert_snapshot!(columns(&seen[0]), @"
    exit code 0
    --- stdout
    RUN | AGE | STATE | DONE | LEFT | UNDONE BY | WHAT
    RUN | SOME | running | 1 of 9 | - | - | s3://prod-uploads as of 2024-05-06 07:08:09 UTC
    ");
    assert_snapshot!(seen[1], @"
    exit code 5
    --- stderr
    error: another process is working on the run RUN
      hint: wait for it to finish, or stop it; its journal keeps completed changes
    ");
    assert_snapshot!(seen[2], @"
    exit code 5
    --- stderr
    error: another process is working on the run RUN
      hint: wait for it to finish, or stop it; its journal keeps completed changes
    ");
}

/// Without options, a run resumes on the server and with the options of its start.
#[test]
fn going_on_elsewhere() {
    block_on(async {
        let scene = Scene::new(3).await;
        scene.restore_with_and(&["--concurrency", "1"], Cut::Write(6).arm(&scene)).await.expect_killed();
        scene.lab().faults().clear();
        let run = scene.runs().remove(0);
        let path = scene.subject.runs_dir().join(&run).join("run.json");
        let order = std::fs::read_to_string(&path).unwrap();

        // The server has another address now.
        let gone = order.replace(&scene.subject.server.url, "http://127.0.0.1:1");
        std::fs::write(&path, &gone).unwrap();
        let lost = scene.subject.asof_alone(&["resume", &run]).await.expect_code(1);
        assert!(lost.stderr.contains("127.0.0.1:1"), "{lost}");
        // By now the request under way at the kill has been carried out.
        let before = scene.versions();
        let denied = ["resume", &run, "--endpoint-url", &scene.subject.server.url, "--path-style"];
        let denied = scene.subject.asof_as("wrong", &denied[..2]).await.expect_code(1);
        assert!(
            denied.stderr.contains("AWS_SECRET_ACCESS_KEY") || denied.stderr.contains("credentials"),
            "{denied}"
        );
        assert_eq!(scene.versions(), before);
        let resumed = scene.on_run("resume", &run, &[]).await.expect_code(0);
        scene.assert_honest(&resumed, "at another address");

        // The options kept by the run are enough.
        std::fs::write(&path, &order).unwrap();
        scene.subject.asof_alone(&["resume", &run]).await.expect_code(0);
        scene.subject.asof_alone(&["undo", &run, "--yes"]).await.expect_code(0);
        scene.assert_undone("without a word of the server");
    });
}
