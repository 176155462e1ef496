//! `--metrics`: what the file says after runs that succeed, find something and fail.

use std::collections::BTreeMap;
use std::path::Path;

use asof::lab::{Fault, Operation};

use super::stage::{BUCKET, Stage};

const AT: &str = "2024-05-06T07:08:09Z";

/// The values in a file of metrics, by their names and labels.
pub(crate) fn values_of(file: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(file).unwrap();
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let samples = samples.map(|line| line.rsplit_once(' ').unwrap());
    samples.map(|(series, value)| (series.to_owned(), value.to_owned())).collect()
}

/// Runs a command with `--metrics`, and returns its output and the values.
fn measured(stage: &Stage, command: &str) -> (String, BTreeMap<String, String>) {
    let shown = stage.asof(&format!("{command} --metrics asof.prom")).run();
    (shown, values_of(&stage.path("asof.prom")))
}

/// A value of a command on the bucket, with this label.
fn of<'a>(
    values: &'a BTreeMap<String, String>,
    command: &'a str,
) -> impl Fn(&str, &str) -> Option<&'a str> + use<'a> {
    move |name, label| {
        let labels = format!("command=\"{command}\",place=\"s3://{BUCKET}\"{label}");
        values.get(&format!("asof_{name}{{{labels}}}")).map(String::as_str)
    }
}

const LAST_SUCCESS: &str = "last_success_timestamp_seconds";

#[test]
fn of_a_restore_and_what_it_leaves() {
    let stage = Stage::after_incident();
    stage.strike(Operation::DeleteObjects, Fault::AccessDenied);
    let (shown, values) = measured(&stage, &format!("restore s3://{BUCKET} --at {AT} --yes"));
    assert!(shown.starts_with("exit code 3"), "{shown}");
    let value = of(&values, "restore");
    let keys = |outcome: &str| value("keys", &format!(",outcome=\"{outcome}\""));
    assert_eq!((value("last_run_success", ""), value("last_run_exit_code", "")), (Some("0"), Some("3")));
    assert_eq!(value(LAST_SUCCESS, ""), None);
    assert_eq!((keys("copied"), keys("failed"), keys("deleted")), (Some("8"), Some("1"), Some("0")));
    assert_eq!((keys("conflicts"), keys("uncertain")), (Some("0"), Some("0")));
    assert_eq!(value("bytes", ",outcome=\"copied\""), Some("105020"));
}

#[test]
fn of_a_verify_that_finds_something_after_one_that_does_not() {
    let stage = Stage::after_incident();
    let verify = |at: &str| measured(&stage, &format!("verify s3://{BUCKET} --at {at}"));
    let (shown, first) = verify("2024-05-06T08:00:00Z");
    assert!(shown.starts_with("exit code 0"), "{shown}");
    let succeeded = of(&first, "verify")(LAST_SUCCESS, "").unwrap();
    let second: i64 = succeeded.split_once('.').unwrap().0.parse().unwrap();
    assert!((0..60).contains(&(chrono::Utc::now().timestamp() - second)), "{succeeded}");
    assert_eq!(of(&first, "verify")("last_run_success", ""), Some("1"));

    let (shown, values) = verify(AT);
    assert!(shown.starts_with("exit code 4"), "{shown}");
    let value = of(&values, "verify");
    assert_eq!((value("last_run_success", ""), value(LAST_SUCCESS, "")), (Some("0"), Some(succeeded)));
    assert_eq!(value("findings", ",finding=\"mismatched\""), Some("9"));
    let kinds = ["missing", "differs", "extra", "matched", "uncertain"];
    let keys = kinds.map(|outcome| value("keys", &format!(",outcome=\"{outcome}\"")).unwrap());
    assert_eq!(keys, ["6", "2", "1", "2", "0"]);

    // Of the run that fails, nothing is known but that it failed.
    stage.strike(Operation::ListObjectVersions, Fault::AccessDenied);
    let (shown, values) = verify(AT);
    assert!(shown.starts_with("exit code 1"), "{shown}");
    let value = of(&values, "verify");
    assert_eq!((value("last_run_success", ""), value(LAST_SUCCESS, "")), (Some("0"), Some(succeeded)));
    assert_eq!(values.len(), 5, "{values:?}");
}

#[test]
fn of_a_check_and_its_answer() {
    let stage = Stage::after_incident();
    let (shown, values) = measured(&stage, &format!("check s3://{BUCKET} --at {AT}"));
    assert!(shown.starts_with("exit code 0"), "{shown}");
    let value = of(&values, "check");
    assert_eq!(value("last_run_success", ""), Some("1"));
    assert_eq!(value("findings", ",finding=\"failed_checks\""), Some("0"));
    assert_eq!(value("restorable_since_timestamp_seconds", ""), None);
}

#[test]
fn wrong_usage_is_a_failed_run() {
    let stage = Stage::after_incident();
    let (shown, values) = measured(&stage, &format!("verify s3://{BUCKET} --at yesterday"));
    assert!(shown.starts_with("exit code 2"), "{shown}");
    let value = of(&values, "verify");
    assert_eq!((value("last_run_success", ""), value("last_run_exit_code", "")), (Some("0"), Some("2")));
}

#[test]
fn a_success_of_another_place_is_not_carried_over() {
    let stage = Stage::after_incident();
    measured(&stage, &format!("verify s3://{BUCKET}/avatars/ --at 2024-05-06T08:00:00Z"));
    let (shown, values) = measured(&stage, &format!("verify s3://{BUCKET} --at {AT}"));
    assert!(
        shown.contains("cannot read the time of the last success from asof.prom: it did not hold the metrics of asof verify for s3://prod-uploads; it is left out"),
        "{shown}"
    );
    assert_eq!(of(&values, "verify")(LAST_SUCCESS, ""), None);
    // A file that was never written is the first run's, about which there is nothing to say.
    std::fs::remove_file(stage.path("asof.prom")).unwrap();
    let (shown, _) = measured(&stage, &format!("verify s3://{BUCKET} --at {AT}"));
    assert!(!shown.contains("last success"), "{shown}");
}

#[test]
fn a_file_that_cannot_be_written_is_an_error_before_the_first_request() {
    let stage = Stage::after_incident();
    for command in ["verify", "restore --yes"] {
        let words = format!("{command} s3://{BUCKET} --at {AT} --metrics none/asof.prom");
        let shown = stage.asof(&words).changes_nothing();
        assert!(shown.starts_with("exit code 2") && shown.contains("cannot write none/asof.prom"), "{shown}");
    }
    assert_eq!(stage.lab.requests().all().iter().map(|(_, count)| count).sum::<u64>(), 0);
}

/// A slip of the pen must not cost a recovery file, a plan or a report.
#[test]
fn a_file_that_holds_something_else_is_not_replaced() {
    let stage = Stage::after_incident();
    for content in [&b"# the recovery file"[..], &[0xff; 9]] {
        stage.file("recovery.toml", content);
        let shown =
            stage.asof(&format!("verify s3://{BUCKET} --at {AT} --metrics recovery.toml")).changes_nothing();
        assert!(
            shown.starts_with("exit code 2") && shown.contains("something other than metrics"),
            "{shown}"
        );
        assert_eq!(std::fs::read(stage.path("recovery.toml")).unwrap(), content);
    }
    for command in [
        "drill recovery.toml --report recovery.toml",
        "drill recovery.toml --report new.json --metrics ./new.json",
        "verify s3://prod-uploads --at 2h --html page.html --metrics page.html",
    ] {
        let shown = stage.asof(command).changes_nothing();
        assert!(shown.starts_with("exit code 2") && shown.contains("names twice"), "{command}: {shown}");
    }
}

/// The file stands in a directory that goes away meanwhile.
#[test]
fn a_file_that_can_no_longer_be_written_is_no_success() {
    let stage = Stage::after_incident();
    let dir = stage.path("textfiles");
    std::fs::create_dir(&dir).unwrap();
    let gone = dir.clone();
    stage.lab.faults().before(Operation::ListObjectVersions, asof::lab::When::Always, move || {
        std::fs::remove_dir(&gone).ok();
    });
    let words = "verify s3://prod-uploads --at 2024-05-06T08:00:00Z --metrics textfiles/asof.prom";
    let shown = stage.asof(words).run();
    assert!(shown.starts_with("exit code 1") && shown.contains("cannot write the metrics"), "{shown}");
}

#[test]
fn previews_have_no_metrics() {
    let stage = Stage::after_incident();
    for words in [
        "restore s3://prod-uploads --at 2h --dry-run",
        "check --iam restore",
        "recover --list",
        "recover r.toml --init",
        "recover r.toml --abort",
        "drill --sweep",
    ] {
        let shown = stage.asof(&format!("{words} --metrics asof.prom")).changes_nothing();
        assert!(
            shown.starts_with("exit code 2") && shown.contains("cannot be used with"),
            "{words}: {shown}"
        );
        assert!(!stage.path("asof.prom").exists());
    }
}
