//! Options accepted by several commands, so that a script can pass them to all.

use super::stage::{BUCKET, Stage};

const AT: &str = "--at 2024-05-06T07:08:09Z";

/// Lines of JSON, each with its type and key.
fn lines(stage: &Stage, words: &str) -> Vec<serde_json::Value> {
    let output = stage.asof(words).command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{words}: {}{text}", String::from_utf8_lossy(&output.stderr));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn changes(lines: &[serde_json::Value]) -> Vec<(String, String)> {
    let word = |line: &serde_json::Value, name: &str| line[name].as_str().unwrap().to_owned();
    let changes = lines.iter().filter(|line| line["type"] == "change");
    changes.map(|line| (word(line, "change"), word(line, "key"))).collect()
}

/// A script sets these once, for every command in it.
#[test]
fn server_and_state_are_taken_by_every_command() {
    let stage = Stage::after_incident();
    stage.file("rows", b"readme.txt\n");
    stage.file("r.toml", b"[[bucket]]\nsource = \"s3://prod-uploads\"\ntarget = \"s3://scratch/d\"\n");
    stage.lab.create_bucket("scratch");
    let options =
        format!("--endpoint-url {} --region us-east-1 --path-style --state-dir state", stage.lab.url());
    for command in [
        format!("timeline s3://{BUCKET}"),
        format!("history s3://{BUCKET}/readme.txt {AT}"),
        format!("check s3://{BUCKET} {AT}"),
        format!("diff s3://{BUCKET} {AT} --out plan"),
        "show plan".to_owned(),
        format!("restore s3://{BUCKET} {AT} --dry-run"),
        format!("restore s3://{BUCKET} {AT} --yes"),
        "runs".to_owned(),
        "show latest".to_owned(),
        "resume latest --yes".to_owned(),
        "undo latest --yes".to_owned(),
        format!("verify s3://{BUCKET} {AT}"),
        format!("references s3://{BUCKET} {AT} --keys-from rows"),
        format!("recover r.toml {AT} --dry-run"),
        "mark --list".to_owned(),
        format!("drill r.toml {AT}"),
        "runs --prune 90d --yes".to_owned(),
    ] {
        for json in ["", " --json"] {
            let shown = stage.asof(&format!("{command} {options}{json}")).env_remove("AWS_REGION");
            let shown = shown.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9").run();
            let ok = ["exit code 0\n", "exit code 4\n"].iter().any(|code| shown.starts_with(code));
            assert!(ok, "{command}{json}: {shown}");
            let out =
                shown.split("--- stderr").next().unwrap().split("--- stdout\n").nth(1).unwrap_or_default();
            assert!(json.is_empty() || out.lines().all(|line| line.starts_with('{')), "{command}: {shown}");
        }
    }
    let contradiction = stage.asof(&format!("diff s3://{BUCKET} {AT} --json --format csv")).changes_nothing();
    assert!(contradiction.contains("cannot be used with"), "{contradiction}");
}

/// Help offers `--format` exactly where it is accepted.
#[test]
fn a_format_is_offered_where_it_is_taken() {
    let stage = Stage::new();
    for (command, csv) in [
        ("timeline s3://abc", true),
        ("history s3://abc/k", true),
        ("diff s3://abc --at 1h", true),
        ("verify s3://abc --at 1h", true),
        ("show plan", true),
        ("references s3://abc --at 1h --keys-from rows", true),
        ("check s3://abc", false),
        ("restore s3://abc --at 1h --yes", false),
        ("resume run", false),
        ("undo run --yes", false),
        ("runs", false),
        ("recover r.toml --at 1h", false),
        ("drill r.toml", false),
        ("mark r.toml", false),
    ] {
        let verb = command.split(' ').next().unwrap();
        let help = stage.asof(&format!("{verb} --help")).run();
        assert_eq!(help.contains("csv"), csv, "{help}");
        let refused = stage.asof(&format!("{command} --format csv")).changes_nothing();
        let is_usage = refused.contains("invalid value 'csv' for '--format <FORMAT>'");
        assert_eq!(is_usage, !csv, "{refused}");
        assert!(csv || refused.contains("[possible values: table, json]\n"), "{refused}");
    }
}

#[test]
fn a_dry_run_shows_what_diff_shows() {
    let stage = Stage::after_incident();
    for options in ["", "--json", "--only delete,revert", "--undelete remove-marker --include avatars/*"] {
        let diff = stage.asof(&format!("diff s3://{BUCKET} {AT} {options}")).changes_nothing();
        for yes in ["", "--yes"] {
            let dry = stage.asof(&format!("restore s3://{BUCKET} {AT} {options} --dry-run {yes}"));
            assert_eq!(dry.changes_nothing(), diff, "{options}");
        }
    }
    stage.asof(&format!("diff s3://{BUCKET} {AT} --out plan")).run();
    let shown = stage.asof("show plan").changes_nothing();
    assert_eq!(stage.asof("restore --plan plan --dry-run").changes_nothing(), shown);
    assert!(!stage.path(".local/state/asof/runs").exists(), "no run was begun");
}

#[test]
fn a_dry_run_into_another_place_changes_nothing() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    for to in ["s3://scratch/there", "./there"] {
        let dry = format!("restore s3://{BUCKET} {AT} --to {to} --dry-run");
        let shown = stage.asof(&dry).changes_nothing();
        assert!(shown.starts_with("exit code 0\n"), "{shown}");
        let restore = format!("apply it: asof restore s3://{BUCKET} {AT} --to {to}\n");
        assert!(shown.contains(&restore), "{shown}");
        let found = changes(&lines(&stage, &format!("{dry} --json")));
        assert_eq!(found.len(), 10, "{found:?}");
        assert!(!stage.path("there").exists() && stage.keys("scratch").is_empty());
    }
}

#[test]
fn only_some_kinds_of_change() {
    let stage = Stage::after_incident();
    let diff = format!("diff s3://{BUCKET} {AT} --json");
    let all = changes(&lines(&stage, &diff));
    let kinds = |kinds: &[&str]| -> Vec<_> {
        all.iter().filter(|(kind, _)| kinds.contains(&kind.as_str())).cloned().collect()
    };
    stage.lab.requests().reset();
    let found = lines(&stage, &format!("{diff} --only undelete --only delete"));
    assert_eq!(changes(&found), kinds(&["undelete", "delete"]));
    assert_eq!(
        stage.lab.requests().of(asof::lab::Operation::HeadObject),
        0,
        "what is excluded is not compared"
    );
    let summary = found.last().unwrap();
    let counts = ["undeletes", "reverts", "deletes", "excluded", "write_requests"].map(|name| &summary[name]);
    assert_eq!(counts, [6, 0, 1, 2, 7], "{summary}");

    // The commonest incident, in one command.
    let restored = stage.asof(&format!("restore s3://{BUCKET} {AT} --only undelete --yes")).run();
    assert!(restored.contains("6 copied") && restored.contains("excluded by --only"), "{restored}");
    assert!(!restored.contains("asof verify"), "{restored}");
    let check = format!("check it: asof diff s3://{BUCKET} {AT} --only undelete  ");
    assert!(restored.contains(&check), "{restored}");
    assert!(stage.keys(BUCKET).contains(&"uploads/junk.tmp".to_owned()));
    assert_eq!(changes(&lines(&stage, &diff)), kinds(&["revert", "delete"]));
    // The run makes no claim about the whole bucket either, and its plan names the selection.
    let resumed = stage.asof("resume latest").run();
    assert!(!resumed.contains("asof verify") && resumed.contains("--only undelete"), "{resumed}");
    let shown = stage.asof("show latest").run();
    assert!(shown.contains("with --only undelete"), "{shown}");
    let to = stage.asof(&format!("restore s3://{BUCKET} {AT} --only undelete --to s3://scratch --yes"));
    assert!(to.changes_nothing().contains("cannot be used with"));
}

#[test]
fn only_some_changes_of_a_plan() {
    let stage = Stage::after_incident();
    stage.asof(&format!("diff s3://{BUCKET} {AT} --out all")).run();
    stage.asof(&format!("diff s3://{BUCKET} {AT} --out some --only undelete,revert")).run();
    let shown = stage.asof("restore --plan all --only delete,revert --dry-run").changes_nothing();
    for line in ["undelete                0 ", "revert                  2 ", "delete                  1 "] {
        assert!(shown.contains(line), "{shown}");
    }
    assert!(shown.contains("asof restore --plan all --only revert,delete"), "{shown}");
    let none = stage.asof("restore --plan some --only delete --yes").changes_nothing();
    assert!(
        none.starts_with("exit code 2\n") && none.contains("it was created with --only undelete,revert"),
        "{none}"
    );
    let restored = stage.asof("restore --plan all --only delete --yes").run();
    assert!(restored.contains("0 copied (0 B), 1 deleted"), "{restored}");
    let restored = stage.asof("restore --plan some --yes").run();
    assert!(restored.contains("8 copied") && !restored.contains("asof verify"), "{restored}");
    assert_eq!(changes(&lines(&stage, &format!("diff s3://{BUCKET} {AT} --json"))), []);
}
