//! Metrics that runs write, the alert rules and the dashboard of `fixtures/monitoring`, as Prometheus reads them.
//! `tests/servers/promtool.sh` installs its `promtool`.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::cli::stage::Stage;
use crate::recover::story::Story;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/monitoring")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

/// Runs `promtool` with these words and this input.
fn promtool(words: &[&str], input: &str) -> Output {
    let promtool =
        std::env::var("ASOF_TEST_PROMTOOL").expect("ASOF_TEST_PROMTOOL is not set: see tests/run.sh");
    let pipes = Command::new(promtool)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = pipes.unwrap();
    // It need not read its input.
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

/// Holds metrics to what `promtool` accepts: it prints nothing, not even a warning.
fn assert_accepted(metrics: &str) {
    let output = promtool(&["check", "metrics"], metrics);
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told);
    assert!(output.status.success() && told.is_empty(), "{told}\n{metrics}");
}

/// A name that the format has to escape.
const ODD: &str = "./it's \"a\" \\ \n {}";

#[test]
#[ignore = "needs promtool: bash tests/run.sh --only monitoring"]
fn metrics_of_buckets_are_accepted() {
    let stage = Stage::after_incident();
    let at = "--at 2024-05-06T07:08:09Z";
    let runs: [(String, &[&str], &str); 7] = [
        (format!("verify s3://prod-uploads {at}"), &[], "exit code 4"),
        (format!("restore s3://prod-uploads {at}"), &["--to", ODD], "exit code 0"),
        (format!("verify s3://prod-uploads {at}"), &["--against", ODD], "exit code 0"),
        ("check s3://prod-uploads".to_owned(), &[], "exit code 0"),
        (format!("check s3://prod-uploads {at}"), &[], "exit code 0"),
        (format!("restore s3://prod-uploads --yes {at}"), &[], "exit code 0"),
        ("verify s3://prod-uploads --at tomorrow".to_owned(), &[], "exit code 2"),
    ];
    for (words, more, code) in runs {
        let file = stage.path("asof.prom");
        let asof = more.iter().fold(stage.asof(&words), |asof, argument| asof.arg(argument));
        let shown = asof.arg("--metrics").arg("asof.prom").run();
        assert!(shown.starts_with(code), "{words}: {shown}");
        assert_accepted(&fs::read_to_string(&file).unwrap());
        fs::remove_file(file).unwrap();
    }
}

#[tokio::test]
#[ignore = "needs promtool: bash tests/run.sh --only monitoring"]
async fn metrics_of_recovery_files_are_accepted() {
    let story = Story::new().await;
    let (at, file) = (story.at().to_string(), story.path("asof.prom"));
    let measured = ["--at", &at, "--metrics", file.to_str().unwrap()];
    story.scene.lab().create_bucket("scratch");
    // Two copies of a bucket have steps of the same words.
    let twice = "target = \"s3://scratch/drills\"\n[[bucket]]\nsource = \"s3://BUCKET\"\ntarget = \"s3://scratch/again\"";
    let twice = twice.replace("BUCKET", crate::faults::scene::BUCKET);
    let (in_place, text) = (story.read("recovery.toml"), story.file("s3://scratch/drills", ""));
    story.write("recovery.toml", &text.replacen("target = \"s3://scratch/drills\"", &twice, 1));
    story.asof("drill", &measured).await.expect_code(0);
    let metrics = fs::read_to_string(&file).unwrap();
    assert!(metrics.contains(": restore (2)\""), "{metrics}");
    assert_accepted(&metrics);
    story.write("recovery.toml", &in_place);
    let recover = [&measured[..], &["--yes"]].concat();
    story.asof("recover", &recover).await.expect_code(0);
    assert_accepted(&fs::read_to_string(&file).unwrap());
}

/// Runs the tests of the alert rules on these rules.
fn test_rules(rules: &str) -> Output {
    let work = tempfile::tempdir().unwrap();
    fs::write(work.path().join("alerts.yml"), rules).unwrap();
    let tests = work.path().join("alerts.test.yml");
    fs::write(&tests, read("alerts.test.yml")).unwrap();
    promtool(&["test", "rules", tests.to_str().unwrap()], "")
}

/// Every rule is tested both ways: the tests fail if it never fires, and if it always does.
#[test]
#[ignore = "needs promtool: bash tests/run.sh --only monitoring"]
fn alert_rules_fire_when_they_should_and_only_then() {
    let rules = read("alerts.yml");
    let path = folder().join("alerts.yml");
    let checked = promtool(&["check", "rules", "--lint-fatal", path.to_str().unwrap()], "");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let tested = test_rules(&rules);
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stderr));
    let expressions = rules.lines().filter(|line| line.trim_start().starts_with("expr: "));
    let expressions: Vec<_> = expressions.collect();
    assert_eq!(expressions.len(), rules.matches("- alert: ").count());
    for expression in expressions {
        for instead in ["vector(0) > 1", "vector(1)"] {
            let altered = rules.replace(expression, &format!("        expr: {instead}"));
            assert_ne!(altered, rules);
            assert!(
                !test_rules(&altered).status.success(),
                "no test needs {expression} to be more than {instead}"
            );
        }
    }
}

/// The queries of the dashboard's panels.
fn queries() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&read("dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect()
}

#[test]
#[ignore = "needs promtool: bash tests/run.sh --only monitoring"]
fn queries_of_the_dashboard_are_valid() {
    let (queries, work) = (queries(), tempfile::tempdir().unwrap());
    assert!(queries.len() >= 10, "{queries:?}");
    // As recording rules, since promtool parses no bare query.
    let rules = queries.iter().enumerate().map(|(n, query)| {
        format!("      - {{ record: \"query:{n}\", expr: {} }}\n", serde_json::to_string(query).unwrap())
    });
    let rules: String = rules.collect();
    let file = work.path().join("queries.yml");
    fs::write(&file, format!("groups:\n  - name: queries\n    rules:\n{rules}")).unwrap();
    let checked = promtool(&["check", "rules", file.to_str().unwrap()], "");
    assert!(checked.status.success(), "{}\n{rules}", String::from_utf8_lossy(&checked.stderr));
}

/// Grafana shows one of two panels with the same number.
#[test]
fn panels_of_the_dashboard_have_a_place_of_their_own() {
    let dashboard: Value = serde_json::from_str(&read("dashboard.json")).unwrap();
    let (mut taken, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for panel in dashboard["panels"].as_array().unwrap() {
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().unwrap());
        assert!(x + w <= 24 && ids.insert(panel["id"].as_u64()), "{panel:#}");
        for cell in (x..x + w).flat_map(|x| (y..y + h).map(move |y| [x, y])) {
            assert!(taken.insert(cell), "{} overlaps another panel", panel["title"]);
        }
    }
}
