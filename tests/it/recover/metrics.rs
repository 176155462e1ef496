//! `--metrics` of recoveries and drills.

use std::collections::BTreeMap;
use std::process::Command;

use super::story::Story;
use crate::cli::metrics::values_of;
use crate::faults::scene::BUCKET;
use crate::support::Run;

/// The values in the file, without the labels that are always the same.
fn values(story: &Story, command: &str) -> BTreeMap<String, String> {
    let file = story.path("recovery.toml");
    let labels = format!("{{command=\"{command}\",place=\"{}\"", file.display());
    let values = values_of(&story.path("asof.prom"));
    let name = |series: &str| {
        assert!(series.contains(&labels), "{series} of {labels}");
        series.replacen(&labels, "{", 1).replace("{,", "{").replace("{}", "")
    };
    values.iter().map(|(series, value)| (name(series), value.clone())).collect()
}

fn number(values: &BTreeMap<String, String>, name: &str) -> f64 {
    values[name].parse().unwrap()
}

async fn drill(story: &Story) -> Run {
    let file = story.path("asof.prom");
    story.asof("drill", &["--at", &story.at().to_string(), "--metrics", file.to_str().unwrap()]).await
}

fn scratch(story: &Story) {
    story.scene.lab().create_bucket("scratch");
    story.write("recovery.toml", &story.file("s3://scratch/drills", ""));
}

#[tokio::test]
async fn of_a_drill() {
    let story = Story::new().await;
    scratch(&story);
    drill(&story).await.expect_code(0);
    let of_drill = values(&story, "drill");
    let value = |name: &str| of_drill.get(name).map(String::as_str);
    assert_eq!(value("asof_last_run_success"), Some("1"), "{of_drill:?}");
    assert_eq!(value("asof_drill_copies_left"), Some("0"), "{of_drill:?}");
    for name in ["asof_recovery_time_seconds", "asof_recovery_point_age_seconds{target=\"time\"}"] {
        assert!(number(&of_drill, name) > 0.0, "{of_drill:?}");
    }
    for step in ["restore", "verify copy"] {
        let series = format!("asof_recovery_step_duration_seconds{{step=\"bucket s3://{BUCKET}: {step}\"}}");
        assert!(value(&series).is_some(), "{series} in {of_drill:?}");
    }
    assert!(value("asof_bytes{outcome=\"copied\"}") > Some("0"), "{of_drill:?}");
    for kind in ["dangling", "mismatched"] {
        assert_eq!(value(&format!("asof_findings{{finding=\"{kind}\"}}")), Some("0"), "{of_drill:?}");
    }

    // A row without an object, and then a database that cannot be restored.
    story.write("keys", "kept/0000\nnever/was\n");
    drill(&story).await.expect_code(4);
    let found = values(&story, "drill");
    assert_eq!(found["asof_last_run_success"], "0");
    assert_eq!(found["asof_findings{finding=\"dangling\"}"], "1");
    let succeeded = &of_drill["asof_last_success_timestamp_seconds"];
    assert_eq!(&found["asof_last_success_timestamp_seconds"], succeeded);
    assert!(found.contains_key("asof_recovery_time_seconds"), "{found:?}");
    story.write("fail-restore", "");
    drill(&story).await.expect_code(1);
    let failed = values(&story, "drill");
    assert_eq!(failed["asof_last_run_success"], "0");
    assert_eq!(failed["asof_last_run_exit_code"], "1");
    assert_eq!(&failed["asof_last_success_timestamp_seconds"], succeeded);
    assert_eq!(failed.get("asof_recovery_time_seconds"), None, "{failed:?}");
}

#[tokio::test]
async fn of_a_recovery() {
    let story = Story::new().await;
    let file = story.path("asof.prom");
    let more = ["--at", &story.at().to_string(), "--yes", "--metrics", file.to_str().unwrap()];
    story.asof("recover", &more).await.expect_code(0);
    let values = values(&story, "recover");
    assert_eq!(values["asof_last_run_success"], "1", "{values:?}");
    assert!(number(&values, "asof_recovery_downtime_seconds") > 0.0, "{values:?}");
    assert!(number(&values, "asof_keys{outcome=\"copied\"}") > 0.0, "{values:?}");
    assert_eq!(values.get("asof_drill_copies_left"), None, "{values:?}");
}

/// The second Ctrl-C ends the process at once, and yet the file does not tell of the success before.
#[tokio::test]
async fn of_a_drill_that_is_aborted() {
    let story = Story::new().await;
    scratch(&story);
    drill(&story).await.expect_code(0);
    story.write("sleep-restore", "60");
    let begun = story.path("calls");
    let before = story.calls("restore");
    let file = story.path("asof.prom");
    let arguments =
        story.arguments("drill", &["--at", &story.at().to_string(), "--metrics", file.to_str().unwrap()]);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let strike = move |process: u32| {
        let restores = || {
            let calls = std::fs::read_to_string(&begun).unwrap_or_default();
            calls.lines().filter(|line| line.starts_with("restore ")).count()
        };
        let started = std::time::Instant::now();
        while restores() == before && started.elapsed().as_secs() < 20 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        for _ in 0..2 {
            assert!(Command::new("kill").args(["-INT", &process.to_string()]).status().unwrap().success());
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    };
    let run = story.scene.subject.asof_and(&arguments, strike).await.expect_code(130);
    assert!(run.stderr.contains("aborted"), "{run}");
    let values = values(&story, "drill");
    assert_eq!(values["asof_last_run_success"], "0");
    assert_eq!(values["asof_last_run_exit_code"], "130");
    assert!(number(&values, "asof_last_success_timestamp_seconds") > 0.0, "{values:?}");
}
