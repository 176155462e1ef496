//! Marks that take snapshots of stores, all at once, without losing one.

use std::time::{Duration, Instant};

use asof::lab::Put;

use super::store_story::MARKED;
use super::story::{Story, report};
use crate::faults::scene::BUCKET;
use crate::support::Run;

const FIVE: [&str; 5] = ["a", "b", "c", "d", "e"];

/// Five volumes and a bucket, without hooks and without a database.
async fn volumes() -> Story {
    let story = Story::new().await;
    story.write("recovery.toml", &format!("[[bucket]]\nsource = \"s3://{BUCKET}\"\ntarget = \"in-place\"\n"));
    story.add_stores(&FIVE.map(|name| (name, MARKED)));
    story.scene.lab().clock().resume();
    story
}

fn snapshots_of(mark: &str) -> Vec<String> {
    FIVE.iter().map(|name| format!("snap-{name}-{mark}")).collect()
}

impl Story {
    fn write_later(&self) {
        for name in FIVE {
            self.write(name, "later");
        }
    }

    async fn mark(&self, name: &str) -> Run {
        self.asof("mark", &["--name", name]).await.expect_code(0)
    }

    async fn marks(&self) -> Vec<String> {
        let listed = self.asof("mark", &["--list"]).await.expect_code(0).of_type("mark");
        listed.iter().map(|mark| mark["name"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn everything_is_snapshot_at_once_and_restored_to_that_second() {
    let story = volumes().await;
    // None ends before all have started.
    let calls = story.path("store-calls");
    let have_started = format!("[ $(grep -c '^snapshot ' '{}') = 5 ]", calls.display());
    for name in FIVE {
        story.write(&format!("until-{name}-snapshot"), &have_started);
    }
    let run = story.mark("before-deploy").await;
    assert!(run.stderr.contains("the mark is crash-consistent only"), "{run}");
    let mark = run.of_type("mark").remove(0);
    assert_eq!(
        (&mark["consistency"], mark["snapshots"].as_array().unwrap().len()),
        (&"crash-consistent".into(), 5)
    );

    let live = story.scene.lab().live(BUCKET);
    story.scene.lab().put(BUCKET, "later", Put::of("later")).unwrap();
    story.write_later();
    let run = story.asof("recover", &["--at", "mark:before-deploy", "--yes"]).await.expect_code(0);
    let told =
        "the target time is that of the mark before-deploy: crash-consistent, the snapshots are as after";
    assert!(run.stderr.contains(told), "{run}");
    assert_eq!(story.scene.lab().live(BUCKET), live);
    for name in FIVE {
        assert_eq!(story.restored(name), format!("{name} then"), "{name}");
    }
    assert_eq!(report(&run)["ending"], "done");
}

#[tokio::test]
async fn a_time_without_a_mark_is_refused_with_the_nearest_marks() {
    let story = volumes().await;
    let none = story.recover().await.expect_code(5);
    assert!(none.stderr.contains("there is none before, there is none after"), "{none}");
    let at = |run: Run| {
        let at = run.of_type("mark").remove(0)["at"].as_str().unwrap().to_owned();
        chrono::DateTime::parse_from_rfc3339(&at).unwrap().timestamp()
    };
    let first = at(story.mark("first").await);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let second = at(story.mark("second").await);
    let human = |at: i64| chrono::DateTime::from_timestamp(at, 0).unwrap().format("%F %T UTC").to_string();
    let versions = story.scene.versions();
    let between = format!("@{}", first + 1);
    let run = story.asof("recover", &["--at", &between, "--yes"]).await.expect_code(5);
    let told = format!("the nearest before is {}, the nearest after is {}", human(first), human(second));
    assert!(run.stderr.contains(&told) && run.stderr.contains("nothing was changed"), "{run}");
    assert!(run.stderr.contains("the nearest marks: --at mark:first, --at mark:second"), "{run}");
    assert_eq!((story.stores_of("restore").len(), story.scene.versions()), (0, versions));
    // The time of a mark is as good as its name, and latest is the newest mark.
    for at in [format!("@{first}"), "latest".to_owned()] {
        let run = story.asof("recover", &["--at", &at, "--dry-run"]).await.expect_code(0);
        let name = if at == "latest" { "second" } else { "first" };
        assert!(run.stderr.contains(&format!("is that of the mark {name}: crash-consistent")), "{run}");
    }
    // A store that is new since is in no mark.
    let file = story.read("recovery.toml");
    story.add_stores(&[("new", MARKED)]);
    let run = story.asof("recover", &["--at", "mark:second", "--yes"]).await.expect_code(5);
    assert!(run.stderr.contains("the store new cannot be restored to "), "{run}");
    let run = story.asof("recover", &["--at", "latest", "--yes"]).await.expect_code(5);
    assert!(run.stderr.contains("no mark can be restored by all databases and stores"), "{run}");
    story.write("recovery.toml", &file);
}

#[tokio::test]
async fn if_one_of_five_fails_the_others_are_released() {
    let story = volumes().await;
    story.write("fail-c-snapshot", "");
    story.write("sleep-e-snapshot", "0.5");
    let run = story.asof("mark", &["--name", "m"]).await.expect_code(1);
    assert!(run.stderr.contains("the snapshot command of the store c (./store) failed"), "{run}");
    assert!(run.stderr.contains("no mark was made"), "{run}");
    for name in ["a", "b", "d", "e"] {
        assert!(
            run.stderr.contains(&format!("released the snapshot snap-{name}-m of the store {name}")),
            "{run}"
        );
    }
    assert_eq!((story.snapshots(), story.marks().await), (vec![], vec![]));
    std::fs::remove_file(story.path("fail-c-snapshot")).unwrap();
    let run = story.mark("m").await;
    assert!(!run.stderr.contains("release"), "{run}");
    assert_eq!((story.snapshots(), story.marks().await), (snapshots_of("m"), vec!["m".to_owned()]));
}

#[tokio::test]
async fn an_id_that_is_none_fails_the_mark() {
    let story = volumes().await;
    for (printed, told) in [
        (String::new(), "printed no ID"),
        ("a\nb".to_owned(), "printed an ID with control characters"),
        ("\u{1b}]0;title\u{7}".to_owned(), "printed an ID with control characters"),
        ("x".repeat(1025), "printed an ID of 1025 bytes; at most 1024 are allowed"),
        ("x".repeat(10 << 20), "printed more than 65536 bytes"),
    ] {
        story.write("print-b-snapshot", &printed);
        let run = story.asof("mark", &["--name", "m"]).await.expect_code(1);
        assert!(run.stderr.contains(told) && !run.stderr.contains('\u{1b}'), "{told}: {}", run.stderr);
        assert_eq!((story.snapshots(), story.marks().await), (vec![], vec![]), "{told}");
    }
}

/// Kills a mark as soon as `is_due`.
async fn kill_mark(story: &Story, name: &str, is_due: impl Fn() -> bool + Send + 'static) {
    let arguments = story.arguments("mark", &["--name", name]);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let kill = move |process: u32| {
        let began = Instant::now();
        while !is_due() && began.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(10));
        }
        crate::crash::kill(process);
    };
    story.scene.subject.asof_and(&arguments, kill).await.expect_killed();
}

#[tokio::test]
async fn the_snapshots_of_a_killed_mark_are_released_or_named_by_the_next() {
    let story = volumes().await;
    story.write("sleep-d-snapshot", "5");
    let marks = story.recoveries().with_file_name("marks");
    let taken = move || {
        std::fs::read_to_string(&marks).unwrap_or_default().matches("\"event\":\"taken\"").count() == 4
    };
    kill_mark(&story, "killed", taken).await;
    std::fs::remove_file(story.path("sleep-d-snapshot")).unwrap();
    let run = story.mark("next").await;
    for name in ["a", "b", "c", "e"] {
        let told = format!(
            "released the snapshot snap-{name}-killed of the store {name}, taken for the mark killed"
        );
        assert!(run.stderr.contains(&told), "{told} in {run}");
    }
    let told = "the mark killed ended while the store d was taking its snapshot, whose ID is unknown";
    assert!(run.stderr.contains(told), "{run}");
    // Its command has outlived asof.
    let there = [&["snap-d-killed".to_owned()], &snapshots_of("next")[..]].concat().into_iter();
    let there: std::collections::BTreeSet<_> = there.collect();
    assert_eq!(story.snapshots(), Vec::from_iter(there));
    assert_eq!(story.marks().await, ["next"]);
    let run = story.mark("after").await;
    assert!(!run.stderr.contains("killed"), "{run}");
}

/// A mark that is interrupted releases its snapshots itself, once the application is resumed.
#[tokio::test]
async fn at_the_deadline_the_application_is_resumed_and_then_the_snapshots_are_released() {
    let story = Story::new().await;
    story.add_stores(&[("a", MARKED), ("b", MARKED)]);
    story.write("sleep-b-snapshot", "30");
    let run = story.asof("mark", &["--name", "m", "--deadline", "10s"]).await.expect_code(1);
    assert!(run.stderr.contains("the application was resumed after 10 s"), "{run}");
    assert!(run.stderr.contains("released the snapshot snap-a-m of the store a"), "{run}");
    assert!(run.stderr.contains("the mark m ended while the store b was taking its snapshot"), "{run}");
    assert_eq!((story.calls("resume"), story.snapshots(), story.marks().await), (1, vec![], vec![]));
    // Quiesced, and in time.
    std::fs::remove_file(story.path("sleep-b-snapshot")).unwrap();
    let run = story.mark("m").await;
    assert_eq!(run.of_type("mark")[0]["consistency"], "quiesced");
    assert_eq!((story.calls("quiesce"), story.calls("resume")), (2, 2));
    story.write("window", "@0 -");
    let run = story.asof("recover", &["--at", "mark:m", "--dry-run"]).await.expect_code(0);
    assert!(run.stderr.contains("that of the mark m: quiesced, nothing was being written"), "{run}");
}

/// Puts the mark `name` some days back.
fn age(story: &Story, name: &str, days: i64) {
    let path = story.recoveries().with_file_name("marks");
    let old = chrono::Utc::now() - chrono::TimeDelta::days(days);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines = text.lines().map(|line| {
        let mut mark: serde_json::Value = serde_json::from_str(line).unwrap();
        if mark["name"] == name {
            mark["at"] = old.format("%FT%TZ").to_string().into();
        }
        format!("{mark}\n")
    });
    std::fs::write(&path, lines.collect::<String>()).unwrap();
}

#[tokio::test]
async fn old_marks_expire_and_their_snapshots_are_released() {
    let story = volumes().await;
    for name in ["old", "new"] {
        story.mark(name).await;
    }
    age(&story, "old", 31);
    let none = story.asof("mark", &["--expire", "32d"]).await.expect_code(0);
    assert_eq!((none.stdout.as_str(), story.marks().await.len()), ("", 2));
    story.write("fail-b-release", "");
    let run = story.asof("mark", &["--expire", "30d"]).await.expect_code(3);
    assert_eq!(run.of_type("expired_mark").remove(0)["name"], "old", "{run}");
    assert!(run.stderr.contains("left behind: the snapshot snap-b-old of the store b"), "{run}");
    assert_eq!(story.marks().await, ["new"]);
    let left = [&["snap-b-old".to_owned()], &snapshots_of("new")[..]].concat();
    let mut expected = left.clone();
    expected.sort();
    assert_eq!(story.snapshots(), expected);
    let run = story.asof("recover", &["--at", "mark:old", "--yes"]).await.expect_code(2);
    assert!(run.stderr.contains("there is no mark old"), "{run}");
    // Tried again, by whichever comes first.
    std::fs::remove_file(story.path("fail-b-release")).unwrap();
    let run = story.asof("mark", &["--expire", "30d"]).await.expect_code(0);
    assert!(run.stderr.contains("released the snapshot snap-b-old") && run.stdout.is_empty(), "{run}");
    assert_eq!(story.snapshots(), snapshots_of("new"));
    story.asof("mark", &["--expire", "30x"]).await.expect_code(2);
    story.asof("mark", &["--expire", "30d", "--name", "x"]).await.expect_code(2);
}

#[tokio::test]
async fn a_replaced_mark_s_snapshots_are_released() {
    let story = volumes().await;
    story.write("print-a-snapshot", "snap-a-first");
    story.write("snap-a-first", "");
    story.mark("m").await;
    std::fs::remove_file(story.path("print-a-snapshot")).unwrap();
    let run = story.asof("mark", &["--name", "m", "--replace"]).await.expect_code(0);
    assert!(run.stderr.contains("released the snapshot snap-a-first of the store a"), "{run}");
    // The other stores gave both marks the same snapshot.
    assert_eq!((run.stderr.matches("released").count(), story.snapshots()), (1, snapshots_of("m")), "{run}");
}

#[tokio::test]
async fn a_snapshot_that_an_unfinished_recovery_restores_is_kept() {
    let story = volumes().await;
    story.mark("m").await;
    story.write("fail-c-restore", "");
    story.asof("recover", &["--at", "mark:m", "--yes"]).await.expect_code(3);
    let begun = story.stores_of("restore").len();
    let at = story.asof("mark", &["--list"]).await.of_type("mark").remove(0)["at"].clone();
    // Old enough to expire, and not the only one.
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let run = story.asof("mark", &["--expire", "1s"]).await.expect_code(0);
    assert!(run.stderr.contains("kept the snapshot snap-c-m of the store c"), "{run}");
    assert_eq!(story.snapshots(), snapshots_of("m"));
    std::fs::remove_file(story.path("fail-c-restore")).unwrap();
    story.asof("recover", &["--at", at.as_str().unwrap(), "--yes"]).await.expect_code(0);
    assert_eq!((story.stores_of("restore").len(), story.restored("c")), (begun + 1, "c then".to_owned()));
    story.asof("mark", &["--expire", "1s"]).await.expect_code(0);
    assert_eq!(story.snapshots(), Vec::<String>::new());
}

#[tokio::test]
async fn a_drill_of_a_mark_is_torn_down() {
    let story = volumes().await;
    story.scene.lab().create_bucket("scratch");
    let file = story.read("recovery.toml").replace("in-place", "s3://scratch/drills");
    story.write("recovery.toml", &file);
    story.mark("m").await;
    story.write_later();
    // The newest mark is the latest time.
    let run = story.asof("drill", &[]).await.expect_code(0);
    assert!(run.stderr.contains("the target time is that of the mark m: crash-consistent"), "{run}");
    assert_eq!(report(&run)["ending"], "done");
    assert!(FIVE.iter().all(|name| !story.path(&format!("restored-{name}")).exists()), "{run}");
    assert_eq!(story.snapshots(), snapshots_of("m"), "a drill releases nothing");
}
