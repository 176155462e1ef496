//! `asof check --database`: the times that a bucket and its databases can be restored to together.

use asof::lab::{Fault, RdsAction, Rule, When};
use insta::assert_snapshot;
use serde_json::Value;

use super::check::lines;
use super::doubt::{AT, expired};
use super::stage::Stage;
use crate::contract::databases::make_cluster;
use crate::crash::block_on;
use crate::servers::{Kind, Server};
use crate::support::databases::Databases;
use crate::support::{Moment, Subject};

/// The present, to the second.
fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

/// After an incident, beside databases with these names, whose window commands are these shell scripts.
fn beside(databases: &[(&str, &str)]) -> Stage {
    let stage = Stage::after_incident();
    recovery_file(&stage, databases);
    stage
}

/// A recovery file about databases; all that it names beside their windows would leave a trace.
fn recovery_file(stage: &Stage, databases: &[(&str, &str)]) {
    let entry = |(name, window): &(&str, &str)| {
        format!(
            "[[database]]\nkind = \"command\"\nname = \"{name}\"\ntarget = \"{name}-2\"\n\
             window = {{ shell = '''{window}''' }}\nrestore = [\"touch\", \"trace\"]\n\
             progress = [\"touch\", \"trace\"]\nteardown = [\"touch\", \"trace\"]\n"
        )
    };
    let bucket = "[[bucket]]\nsource = \"s3://elsewhere\"\ntarget = \"in-place\"\n";
    let hooks = "[hooks]\nquiesce = [\"touch\", \"trace\"]\nresume = [\"touch\", \"trace\"]\n";
    let text = bucket.to_owned() + &databases.iter().map(entry).collect::<String>() + hooks;
    stage.file("recovery.toml", text.as_bytes());
}

/// Output of a check with the recovery file, and it alone.
fn check(stage: &Stage, options: &str) -> String {
    let shown = stage.asof(&format!("check s3://prod-uploads --database recovery.toml {options}"));
    let shown = shown.changes_nothing();
    assert!(!stage.path("trace").exists(), "more than windows was asked for: {shown}");
    shown
}

/// Exit code, the databases' lines, and the summary.
fn answer(stage: &Stage, options: &str) -> (String, Vec<Value>, Value) {
    let shown = check(stage, &format!("--format json {options}"));
    let summary = lines(&shown, "summary").pop().unwrap_or_else(|| panic!("no summary in {shown}"));
    let (buckets, databases): (Vec<_>, Vec<_>) =
        lines(&shown, "check").into_iter().partition(|line| line["subject"] != "database");
    assert_eq!(buckets.len(), 8, "{shown}");
    assert!(buckets.iter().all(|line| line.get("name").is_none() && line.get("earliest").is_none()));
    (shown.lines().next().unwrap().to_owned(), databases, summary)
}

#[test]
fn a_time_that_the_database_reaches() {
    let stage =
        beside(&[("orders", "echo 2024-05-01T00:00:00Z 2024-05-06T07:08:09Z"), ("users", "echo - -")]);
    assert_snapshot!(check(&stage, AT), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)

      passed       versioning enabled
      passed       history complete
      passed       no MFA delete
      passed       no locks
      passed       no replication from here
      passed       no ACLs
      passed       SSE-S3 default
      passed       no policy on conditional writes
      passed       database orders: restorable from 2024-05-01 00:00:00 UTC to 2024-05-06 07:08:09 UTC
      passed       database users: restorable times unknown

      uncertain               0 of 11 keys

    yes: the state at 2024-05-06 07:08:09 UTC can be restored
    ");
    assert_snapshot!(check(&stage, &format!("{AT} --format json")), @r#"
    exit code 0
    --- stdout
    {"schema":1,"type":"check","subject":"versioning","verdict":"passed","message":"versioning enabled"}
    {"type":"check","subject":"lifecycle","verdict":"passed","message":"history complete"}
    {"type":"check","subject":"mfa-delete","verdict":"passed","message":"no MFA delete"}
    {"type":"check","subject":"object-lock","verdict":"passed","message":"no locks"}
    {"type":"check","subject":"replication","verdict":"passed","message":"no replication from here"}
    {"type":"check","subject":"ownership","verdict":"passed","message":"no ACLs"}
    {"type":"check","subject":"encryption","verdict":"passed","message":"SSE-S3 default"}
    {"type":"check","subject":"policy","verdict":"passed","message":"no policy on conditional writes"}
    {"type":"check","subject":"database","verdict":"passed","message":"database orders: restorable from 2024-05-01 00:00:00 UTC to 2024-05-06 07:08:09 UTC","name":"orders","earliest":"2024-05-01T00:00:00Z","latest":"2024-05-06T07:08:09Z"}
    {"type":"check","subject":"database","verdict":"passed","message":"database users: restorable times unknown","name":"users","earliest":null,"latest":null}
    {"type":"summary","command":"check","bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","window_from":null,"restorable":true,"restorable_from":null,"keys_possibly_expired":false,"keys":11,"versions":19,"doubtful":0,"list_requests":1,"elapsed_ms":0}
    "#);
}

#[test]
fn a_time_that_it_does_not() {
    let stage =
        beside(&[("orders", "echo 2024-05-01T00:00:00Z 2024-05-06T07:08:08Z"), ("users", "echo @0 -")]);
    assert_snapshot!(check(&stage, AT), @"
    exit code 5
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)

      passed       versioning enabled
      passed       history complete
      passed       no MFA delete
      passed       no locks
      passed       no replication from here
      passed       no ACLs
      passed       SSE-S3 default
      passed       no policy on conditional writes
      failed       the database orders cannot be restored to 2024-05-06 07:08:09 UTC: its latest restorable time is 2024-05-06 07:08:08 UTC
      passed       database users: restorable from 1970-01-01 00:00:00 UTC, latest time unknown

      uncertain               0 of 11 keys

    no: a restore to 2024-05-06 07:08:09 UTC would be uncertain
      the database orders cannot be restored to 2024-05-06 07:08:09 UTC: its latest restorable time is 2024-05-06 07:08:08 UTC
    ");
    let (code, databases, summary) = answer(&stage, "--at 2024-04-30T23:59:59Z");
    assert_eq!((&*code, &summary["restorable"]), ("exit code 5", &Value::Bool(false)));
    let verdicts: Vec<_> = databases.iter().map(|line| &line["verdict"]).collect();
    assert_eq!(verdicts, ["failed", "passed"]);
    assert!(
        databases[0]["message"]
            .as_str()
            .unwrap()
            .ends_with("its earliest restorable time is 2024-05-01 00:00:00 UTC")
    );
    // Databases are restored to whole seconds: as recover does, T's second counts.
    assert_eq!(answer(&stage, "--at 2024-05-06T07:08:08.900Z").0, "exit code 0");
}

#[test]
fn a_database_that_cannot_be_asked() {
    for (window, why) in [
        ("echo no such host >&2; exit 7", "failed: exit status: 7"),
        ("echo yesterday", "printed \"yesterday\"; it must print the earliest"),
        ("no-such-program", "exit status: 127"),
    ] {
        let stage = beside(&[("orders", window), ("users", "echo @0 -")]);
        for options in [AT, "--window 7d", ""] {
            let (code, databases, summary) = answer(&stage, options);
            assert_eq!((&*code, &summary["restorable"]), ("exit code 5", &Value::Bool(false)), "{options}");
            assert_eq!(
                (&databases[0]["verdict"], &databases[0]["earliest"]),
                (&Value::from("unknown"), &Value::Null)
            );
            assert!(databases[0]["message"].as_str().unwrap().contains(why), "{}", databases[0]);
            assert_eq!(databases[1]["verdict"], "passed");
        }
    }
    let stage = beside(&[("orders", "echo no such host >&2; exit 7")]);
    assert_snapshot!(check(&stage, ""), @"
    exit code 5
    --- stdout
    prod-uploads

      passed       versioning enabled
      passed       history complete
      passed       no MFA delete
      passed       no locks
      passed       no replication from here
      passed       no ACLs
      passed       SSE-S3 default
      passed       no policy on conditional writes
      unknown      database orders: restorable times unknown (the window command of the database orders (a shell command) failed: exit status: 7; its output is above)

      uncertain               0 of 11 keys, for earlier times

    no: there is no time since which every second is restorable
      database orders: restorable times unknown (the window command of the database orders (a shell command) failed: exit status: 7; its output is above)
    --- stderr
    no such host
    ");
}

#[test]
fn every_second_of_a_window() {
    let day = 24 * 60 * 60;
    let (earliest, latest) = (now() - 10 * day, now() - 300);
    for (printed, window, code, verdict) in [
        (format!("@{earliest} @{latest}"), "9d", 0, "passed"),
        (format!("@{earliest} @{latest}"), "11d", 5, "failed"),
        (format!("- @{latest}"), "11d", 0, "passed"),
        (format!("@{earliest} -"), "9d", 0, "passed"),
        // Nothing was backed up for two days.
        (format!("@{earliest} @{}", now() - 2 * day), "9d", 0, "warned"),
        (format!("@{earliest} @{}", now() - 2 * day), "1d", 5, "failed"),
    ] {
        let stage = beside(&[("orders", &format!("echo {printed}"))]);
        let (ended, databases, _) = answer(&stage, &format!("--window {window}"));
        assert_eq!(ended, format!("exit code {code}"), "{printed} {window}");
        assert_eq!(databases[0]["verdict"], verdict, "{printed} {window}");
    }
}

#[test]
fn since_when_every_time_can_be_restored() {
    // Later than the earliest time of the bucket, and the later of the two.
    let stage = beside(&[
        ("orders", "echo 2024-06-01T00:00:00Z -"),
        ("users", "echo 2024-07-01T00:00:00Z 2024-07-09T12:00:00Z"),
    ]);
    assert_snapshot!(check(&stage, ""), @"
    exit code 0
    --- stdout
    prod-uploads

      passed       versioning enabled
      passed       history complete
      passed       no MFA delete
      passed       no locks
      passed       no replication from here
      passed       no ACLs
      passed       SSE-S3 default
      passed       no policy on conditional writes
      passed       database orders: restorable from 2024-06-01 00:00:00 UTC, latest time unknown
      warned       database users: restorable from 2024-07-01 00:00:00 UTC to 2024-07-09 12:00:00 UTC and no further (AGE ago): are its backups still running?

      uncertain               0 of 11 keys, for earlier times

    every second since 2024-07-01 00:00:00 UTC can be restored, up to 2024-07-09 12:00:00 UTC
    ");
    assert_eq!(answer(&stage, "").2["restorable_from"], "2024-07-01T00:00:00Z");
    recovery_file(&stage, &[("orders", "echo @1000 @1999"), ("users", "echo @2000 -")]);
    assert_snapshot!(check(&stage, "").split_once("earlier times\n\n").unwrap().1, @"
    no: there is no time since which every second is restorable
      the database orders cannot be restored to 1970-01-01 00:33:20 UTC: its latest restorable time is 1970-01-01 00:33:19 UTC
    ");
    // Earlier than the earliest time that the bucket's lifecycle rules allow.
    let stage = expired();
    let alone = stage.asof("check s3://prod-uploads --format json").changes_nothing();
    recovery_file(&stage, &[("orders", "echo 2024-06-01T00:00:00Z -")]);
    let (_, _, summary) = answer(&stage, "");
    assert_eq!(summary["restorable_from"], lines(&alone, "summary")[0]["restorable_from"]);
}

#[test]
fn files_that_are_of_no_use() {
    let stage = beside(&[]);
    assert_snapshot!(check(&stage, ""), @"
    exit code 2
    --- stderr
    error: recovery.toml names no database and no store
      hint: leave --database out to check the bucket alone
    ");
    stage.file("recovery.toml", b"[[database]]\nkind = \"oracle\"\n");
    assert_snapshot!(check(&stage, ""), @"
    exit code 2
    --- stderr
    error: recovery.toml, line 2, column 8: unknown variant `oracle`, expected one of `rds`, `aurora`, `cluster`, `command`
      hint: asof recover --init writes a template with every setting
    ");
    assert_snapshot!(stage.asof("check s3://prod-uploads --database none.toml").changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot read the recovery file none.toml: No such file or directory (os error N)
      hint: create one from a template: asof recover --init none.toml
    ");
    assert_snapshot!(stage.asof("check --iam plan --database recovery.toml").changes_nothing(), @"
    exit code 2
    --- stderr
    error: --database is only used with --iam recover
      hint: leave it out
    ");
    assert_eq!(
        stage.lab.requests().all().iter().map(|(_, count)| count).sum::<u64>(),
        0,
        "nothing was asked"
    );
}

#[test]
fn databases_of_rds() {
    block_on(async {
        for (kind, asking) in [
            ("rds", RdsAction::DescribeDBInstances),
            ("rds", RdsAction::DescribeDBInstanceAutomatedBackups),
            ("aurora", RdsAction::DescribeDBClusters),
        ] {
            let databases = Databases::new(Subject::new(Server::find(Kind::Lab).await)).await;
            match kind {
                "rds" => databases.plain_instance(&databases.id("src")).await,
                _ => make_cluster(&databases, &databases.id("src")).await,
            }
            databases.later().await;
            let (bucket, file) = (databases.subject.bucket().await, databases.write(kind, ""));
            let (place, file) = (format!("s3://{}", bucket.name), file.to_str().unwrap().to_owned());
            let verdict = async |second: i64| {
                let at = Moment(second).to_string();
                let words = ["check", &place, "--at", &at, "--database", &file, "--format", "json"];
                let run = databases.subject.asof(&words).await;
                (run.code().unwrap(), run.of_type("check").pop().unwrap())
            };
            let hour = databases.at().0;
            // Logs are shipped every five minutes, and the source is two hours old.
            for (second, code, expected) in
                [(hour, 0, "passed"), (hour + 57 * 60, 5, "failed"), (hour - 70 * 60, 5, "failed")]
            {
                let (ended, line) = verdict(second).await;
                assert_eq!((ended, &line["verdict"]), (code, &Value::from(expected)), "{line}");
                assert!(line["earliest"].is_string() && line["latest"].is_string(), "{line}");
            }
            let denied = Rule::on(asking, Fault::AccessDenied, When::Always);
            databases.lab.as_ref().unwrap().faults().push(denied);
            let (ended, line) = verdict(hour).await;
            assert_eq!((ended, &line["verdict"]), (5, &Value::from("unknown")), "{line}");
            assert_eq!(line["permission"], format!("rds:{asking:?}"), "{line}");
        }
    });
}
