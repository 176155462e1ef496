//! Marks: seconds in which the application was quiesced.

use std::time::{Duration, Instant};

use super::story::Story;

async fn story(more: &str) -> Story {
    let story = Story::new().await;
    let hooks = story.hooks(&["quiesce", "resume"]);
    let dump = story.path("db");
    let mark = format!("{hooks}[mark]\ndump = [\"{}\", \"dump\"]\n{more}", dump.display());
    story.write("recovery.toml", &story.file("in-place", &mark));
    story
}

#[tokio::test]
async fn a_mark_is_a_time_to_go_back_to() {
    let story = story("").await;
    let run = story.asof("mark", &["--name", "before-deploy"]).await.expect_code(0);
    assert_eq!(story.order(), ["quiesce", "dump", "resume"]);
    let mark = run.of_type("mark").remove(0);
    assert_eq!(mark["name"], "before-deploy");
    let marked = chrono::DateTime::parse_from_rfc3339(mark["at"].as_str().unwrap()).unwrap();
    let age = chrono::Utc::now().timestamp() - marked.timestamp();
    assert!((0..60).contains(&age), "{age} s ago, by the server's clock: {run}");
    let diff = ["diff", "s3://scene", "--at", "mark:before-deploy", "--format", "json"];
    let diff = story.scene.subject.asof(&diff).await.expect_code(0);
    assert_eq!(diff.summary()["at"], mark["at"]);
    let none = story.scene.subject.asof(&["diff", "s3://scene", "--at", "mark:other"]).await.expect_code(2);
    assert!(none.stderr.contains("there is no mark other in "), "{none}");
    assert!(none.stderr.contains("asof/marks") && none.stderr.contains("asof mark --list"), "{none}");
}

/// The second of a mark may be that of a database dump: it must not be lost by a typing error.
#[tokio::test]
async fn a_name_is_given_to_one_mark_unless_it_is_to_be_replaced() {
    let story = story("").await;
    let at = |run: &crate::support::Run| run.of_type("mark").remove(0)["at"].clone();
    let name = ["--name", "before-deploy"];
    let first = at(&story.asof("mark", &name).await.expect_code(0));
    let calls = story.read("calls");
    let again = story.asof("mark", &name).await.expect_code(2);
    assert!(again.stderr.contains("the mark before-deploy already exists, at "), "{again}");
    assert_eq!(story.read("calls"), calls, "nothing was done, the application was not stopped");
    let replaced = at(&story.asof("mark", &["--name", "before-deploy", "--replace"]).await.expect_code(0));
    assert_ne!(first, replaced);
    story.asof("mark", &["--name", "unquiet", "--replace"]).await.expect_code(0);
    let listed = story.asof("mark", &["--list"]).await.expect_code(0).of_type("mark");
    let listed: Vec<_> = listed.iter().map(|mark| (mark["name"].clone(), mark["at"].clone())).collect();
    assert_eq!(listed[0], ("before-deploy".into(), replaced), "{listed:?}");
    assert_eq!(listed.len(), 2, "the one that was replaced is not listed: {listed:?}");
}

#[tokio::test]
async fn marks_are_listed_in_the_order_of_their_seconds() {
    let story = story("").await;
    let subject = &story.scene.subject;
    let none = subject.asof(&["mark", "--list"]).await.expect_code(0);
    assert!(none.stdout.is_empty() && none.stderr.contains("no marks in "), "{none}");
    let marks = story.recoveries().with_file_name("marks");
    std::fs::create_dir_all(marks.parent().unwrap()).unwrap();
    let line = |name: &str, at: &str, more: &str| {
        format!("{{\"name\":\"{name}\",\"at\":\"{at}\",\"file\":\"/r.toml\"{more}}}\n")
    };
    let lines = [
        line("late", "2024-05-07T00:00:00Z", ",\"consistency\":\"quiesced\""),
        line("old", "2024-05-06T00:00:00Z", ""),
        line("live", "2024-05-06T12:00:00Z", ",\"consistency\":\"unquiesced\""),
    ];
    std::fs::write(&marks, lines.concat()).unwrap();
    let listed = subject.asof(&["mark", "--list"]).await.expect_code(0);
    let rows: Vec<Vec<_>> = listed
        .stdout
        .lines()
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    assert_eq!(rows[0], ["NAME", "SECOND", "AGE", "CONSISTENCY", "SNAPSHOTS", "FILE"], "{listed}");
    let shown: Vec<_> = rows[1..].iter().map(|row| (row[0], row[1], row[3], row[5])).collect();
    assert_eq!(
        shown,
        [
            ("old", "2024-05-06 00:00:00 UTC", "unknown", "/r.toml"),
            ("live", "2024-05-06 12:00:00 UTC", "unquiesced", "/r.toml"),
            ("late", "2024-05-07 00:00:00 UTC", "quiesced", "/r.toml"),
        ],
        "{listed}"
    );
    let json = subject.asof(&["mark", "--list", "--json"]).await.expect_code(0).of_type("mark");
    assert_eq!(json[1]["consistency"], "unquiesced");
    assert!(json[1]["age_s"].as_u64() > Some(0), "{json:?}");
    // Those of one file.
    let of_file = story.asof("mark", &["--list"]).await.expect_code(0);
    assert_eq!(of_file.of_type("mark").len(), 0, "{of_file}");
}

/// A mark that is made anew is another time, which the same words do not hide: the recovery to the old one is not gone on
/// with.
#[tokio::test]
async fn a_mark_that_is_made_anew_is_another_time() {
    let story = story("").await;
    let second = story.at().0;
    // A second earlier there was nothing.
    let file = story.read("recovery.toml");
    story.write("recovery.toml", &file.replacen("[[bucket]]\n", "[[bucket]]\nallow-mass-delete = true\n", 1));
    let marks = story.recoveries().with_file_name("marks");
    let mark = |second: i64| {
        let at = crate::support::Moment(second);
        let line = format!("{{\"name\":\"m\",\"at\":\"{at}\",\"file\":\"\"}}\n");
        std::fs::create_dir_all(marks.parent().unwrap()).unwrap();
        std::fs::write(&marks, line).unwrap();
    };
    mark(second - 1);
    story.write("fail-quiesce", "");
    let again = ["--at", "mark:m", "--yes"];
    story.asof("recover", &again).await.expect_code(1);
    let run = story.asof("recover", &again).await.expect_code(1);
    assert!(run.stderr.contains("resuming the recovery"), "{run}");
    std::fs::remove_file(story.path("fail-quiesce")).unwrap();
    mark(second);
    let run = story.asof("recover", &again).await.expect_code(0);
    assert!(!run.stderr.contains("resuming the recovery"), "{run}");
    story.assert_recovered("to the mark as it is now");
}

#[tokio::test]
async fn after_the_deadline_the_application_goes_on() {
    for slow in ["quiesce", "dump"] {
        let story = story("deadline = \"5m\"\n").await;
        story.write(&format!("sleep-{slow}"), "60");
        let began = Instant::now();
        let run = story.asof("mark", &["--deadline", "4s"]).await.expect_code(1);
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}: {run}", began.elapsed());
        assert!(run.stderr.contains("the application was resumed after 4 s"), "{run}");
        assert_eq!(story.order().last().map(String::as_str), Some("resume"), "{slow}");
        let marks = story.recoveries().with_file_name("marks");
        assert_eq!(std::fs::read_to_string(marks).unwrap_or_default(), "");
    }
}

#[tokio::test]
async fn no_mark_is_made_if_a_hook_fails() {
    for failing in ["quiesce", "dump"] {
        let story = story("").await;
        story.write(&format!("fail-{failing}"), "");
        let run = story.asof("mark", &[]).await.expect_code(1);
        assert!(run.stderr.contains("failed: exit status: 7"), "{run}");
        assert_eq!(story.calls("resume"), 1, "{failing}");
    }
}

/// A disk that was full has torn the last line: the next mark is a line of its own all the same.
#[tokio::test]
async fn a_mark_after_a_torn_one_is_found() {
    let story = story("").await;
    story.asof("mark", &["--name", "first"]).await.expect_code(0);
    let marks = story.recoveries().with_file_name("marks");
    let whole = std::fs::read_to_string(&marks).unwrap();
    std::fs::write(&marks, format!("{whole}{}", &whole[..20])).unwrap();
    story.asof("mark", &["--name", "second"]).await.expect_code(0);
    for name in ["mark:first", "mark:second"] {
        story.scene.subject.asof(&["diff", "s3://scene", "--at", name]).await.expect_code(0);
    }
}

/// Commands may contain passwords, so only the user who runs asof can read the stored ones.
#[tokio::test]
async fn what_is_kept_is_nobody_elses_and_tells_no_password() {
    use std::os::unix::fs::PermissionsExt;
    let story = story("").await;
    let secret = "quiesce = { shell = \"PGPASSWORD=secret false\" }";
    let file = story.read("recovery.toml");
    let before = file.lines().find(|line| line.starts_with("quiesce = [")).unwrap();
    story.write("recovery.toml", &file.replace(before, secret));
    let run = story.recover().await.expect_code(1);
    let recovery = story.newest().unwrap();
    let kept = |name: &str| std::fs::read_to_string(recovery.join(name)).unwrap();
    for text in [&run.stderr, &run.stdout, &kept("journal"), &kept("report.json")] {
        assert!(!text.contains("secret"), "{text}");
    }
    assert!(run.stderr.contains("the quiesce hook (a shell command) failed"), "{run}");
    for dir in [&*recovery, &*story.recoveries()] {
        let mode = std::fs::metadata(dir).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", dir.display());
    }
}

#[tokio::test]
async fn a_mark_among_writers_and_an_application_that_stands_still_are_told() {
    let story = story("").await;
    let without = |hook: &str, story: &Story| {
        let file = story.read("recovery.toml");
        let lines = file.lines().filter(|line| !line.starts_with(hook)).collect::<Vec<_>>();
        story.write("recovery.toml", &lines.join("\n"));
    };
    let whole = story.asof("mark", &[]).await.expect_code(0);
    assert!(
        !whole.stderr.contains("still quiesced") && !whole.stderr.contains("writers continue"),
        "{whole}"
    );
    without("resume", &story);
    for (command, more) in [("mark", vec![]), ("recover", vec!["--yes", "--at"])] {
        let at = story.at().to_string();
        let more: Vec<_> = more.into_iter().chain((command == "recover").then_some(&*at)).collect();
        let run = story.asof(command, &more).await.expect_code(0);
        assert!(
            run.stderr.contains("the application is still quiesced: the file has no resume hook"),
            "{run}"
        );
    }
    without("quiesce", &story);
    let run = story.asof("mark", &[]).await.expect_code(0);
    assert!(run.stderr.contains("has no quiesce hook, so writers continue"), "{run}");
}
