//! `asof timeline` after a restore: neither asof's own changes nor noise are incidents.

use super::stage::Stage;

/// The bursts as JSON has them, and the time that is suggested.
fn bursts(stage: &Stage, words: &str) -> (Vec<serde_json::Value>, serde_json::Value) {
    let output = stage.asof(&format!("{words} --format json")).command.output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let at = lines.last().unwrap()["at"].clone();
    (lines.into_iter().filter(|line| line["type"] == "burst").collect(), at)
}

/// Returns the event, the count and the origin of each burst.
fn origins(bursts: &[serde_json::Value]) -> Vec<(&str, u64, Option<&str>)> {
    let mut origins = Vec::new();
    for burst in bursts {
        let event = burst["event"].as_str().unwrap();
        origins.push((event, burst["count"].as_u64().unwrap(), burst["origin"].as_str()));
    }
    origins.sort_unstable();
    origins
}

fn done(stage: &Stage, words: &str) {
    let said = stage.asof(words).run();
    assert!(said.starts_with("exit code 0"), "{words}: {said}");
}

/// An incident two hours ago, and its restore now: the clock runs then, since the files of a run are dated by this machine.
fn restored() -> Stage {
    let stage = Stage::new();
    (0..40).for_each(|n| stage.put(&format!("docs/{n:02}"), &format!("document {n}")));
    let ago = chrono::Utc::now() - chrono::TimeDelta::hours(2);
    stage.time(&ago.to_rfc3339());
    (0..8).for_each(|n| stage.delete(&format!("docs/{n:02}")));
    (0..30).for_each(|n| stage.put(&format!("docs/junk-{n:02}"), &format!("junk {n}")));
    stage.lab.clock().resume();
    done(&stage, "restore s3://prod-uploads --at 3h --yes --state-dir state");
    stage
}

#[test]
fn asofs_own_runs_are_marked_and_never_suggested() {
    let stage = restored();
    let words = "timeline s3://prod-uploads --from 4h --state-dir state";
    let (found, at) = bursts(&stage, words);
    // The restore's deletes are more than the incident's.
    let expected =
        [("delete", 8, None), ("delete", 30, Some("asof")), ("put", 8, Some("asof")), ("put", 30, None)];
    assert_eq!(origins(&found), expected);
    let incident = found.iter().find(|burst| burst["event"] == "delete").unwrap();
    assert_eq!((incident["count"].as_u64(), &incident["before"]), (Some(8), &at));
    assert!(found.is_sorted_by_key(|burst| burst["from"].as_str().unwrap().to_owned()), "{found:?}");

    let run = found.last().unwrap()["runs"][0].as_str().unwrap();
    let table = stage.asof(&format!("{words} --html page.html")).command.output().unwrap();
    let table = String::from_utf8(table.stdout).unwrap();
    let page = std::fs::read_to_string(stage.path("page.html")).unwrap();
    for shown in [&table, &page] {
        assert_eq!(shown.matches(&format!("(made by asof: {run})")).count(), 2, "{shown}");
    }

    // An undo follows on the restore, and may look like one burst with it.
    done(&stage, &format!("undo {run} --yes --state-dir state"));
    let (found, again) = bursts(&stage, words);
    assert_eq!(again, at);
    let own = found.iter().filter(|burst| burst["origin"] == "asof").count();
    assert!(own >= 2 && found.len() == own + 2, "{found:?}");
}

#[test]
fn a_restore_that_is_kept_elsewhere_is_known_by_its_copies() {
    let stage = restored();
    let (found, at) = bursts(&stage, "timeline s3://prod-uploads --from 4h --state-dir other");
    let expected = [
        ("delete", 8, None),
        ("delete", 30, Some("restore")),
        ("put", 8, Some("restore")),
        ("put", 30, None),
    ];
    assert_eq!(origins(&found), expected);
    let incident = found.iter().find(|burst| burst["event"] == "delete").unwrap();
    assert_eq!((incident["count"].as_u64(), &incident["before"]), (Some(8), &at));
    let table = stage.asof("timeline s3://prod-uploads --from 4h --state-dir other").run();
    assert!(table.contains("(copies of older versions: a restore?)"), "{table}");
    assert!(table.contains("(with copies of older versions: a restore?)"), "{table}");
}

/// The files of a run are dated by this machine, and its versions by the server.
#[test]
fn own_runs_are_known_on_a_server_with_another_clock() {
    for skew in [-600, 600] {
        let stage = Stage::new();
        (0..40).for_each(|n| stage.put(&format!("docs/{n:02}"), &format!("document {n}")));
        stage.lab.clock().set_skew(skew * 1000);
        stage.lab.clock().resume();
        done(
            &stage,
            "restore s3://prod-uploads --at 2024-03-01T00:00:00Z --yes --allow-mass-delete --state-dir state",
        );
        let (found, at) = bursts(&stage, "timeline s3://prod-uploads --from 1h --state-dir state");
        assert_eq!((origins(&found), at), (vec![("delete", 40, Some("asof"))], serde_json::Value::Null));
    }
}

#[test]
fn a_handful_beside_a_thousand_is_not_listed() {
    let stage = Stage::new();
    (0..1000).for_each(|n| stage.put(&format!("docs/{n:03}"), "x"));
    stage.time("2024-05-06T07:00:00Z");
    (0..6).for_each(|n| stage.delete(&format!("docs/{n:03}")));
    stage.time("2024-05-06T08:00:00Z");
    (6..1000).for_each(|n| stage.delete(&format!("docs/{n:03}")));
    stage.time("2024-05-06T09:00:00Z");
    let (found, at) = bursts(&stage, "timeline s3://prod-uploads --from 2024-05-06T00:00:00Z");
    assert_eq!((origins(&found), at), (vec![("delete", 994, None)], "2024-05-06T07:59:59Z".into()));
    let table = stage.asof("timeline s3://prod-uploads --from 2024-05-06T00:00:00Z").run();
    assert!(table.contains("1 burst is not listed (below 1% of the largest)"), "{table}");
}
