//! Drills: their findings, their changes, their leftovers.

use std::sync::Arc;

use asof::lab::{Operation, Versioning, When};

use super::story::{Story, report, states};
use crate::faults::scene::BUCKET;
use crate::support::Run;

const SCRATCH: &str = "scratch";

async fn story() -> Story {
    let story = Story::new().await;
    story.scene.lab().create_bucket(SCRATCH);
    story.scene.lab().put(SCRATCH, "drills/mine.txt", asof::lab::Put::of("mine"));
    story.write(
        "recovery.toml",
        &story.file("s3://scratch/drills", &story.hooks(&["quiesce", "after-database", "resume"])),
    );
    story
}

impl Story {
    fn assert_gone(&self, versions: usize) {
        let lab = self.scene.lab();
        assert_eq!(lab.count_versions(BUCKET), versions, "versions of the source");
        let left: Vec<_> = lab.live(SCRATCH).into_keys().collect();
        assert_eq!((left, lab.count_versions(SCRATCH)), (vec!["drills/mine.txt".to_owned()], 1));
        assert!(!self.path("restored").exists(), "the database was torn down");
    }
}

#[tokio::test]
async fn a_drill_restores_checks_and_leaves_nothing() {
    let story = story().await;
    let versions = story.scene.versions();
    let kept = story.path("report.json");
    let (at, kept) = (story.at().to_string(), kept.to_str().unwrap().to_owned());
    let run = story.asof("drill", &["--at", &at, "--report", &kept]).await.expect_code(0);
    let told = report(&run);
    assert_eq!(told["ending"], "done", "{told:#}");
    assert!(states(&told).iter().all(|step| step.starts_with("done ")), "{told:#}");
    let counts = |step: &str| {
        let steps = told["steps"].as_array().unwrap();
        steps.iter().find(|s| s["step"].as_str().unwrap().ends_with(step)).unwrap()["counts"].clone()
    };
    assert_eq!(counts("verify copy")["matched"], story.scene.keys_then());
    assert_eq!(counts("references")["keys"], 3);
    assert!(counts(": restore")["bytes_copied"].as_u64() > Some(0));
    assert!(told["age_ms"].as_u64() > Some(0) && told["elapsed_ms"].as_u64() > Some(0));
    assert_eq!(std::fs::read_to_string(kept).unwrap().trim(), run.stdout.trim());
    // The application is neither stopped nor started.
    assert_eq!((story.calls("quiesce"), story.calls("resume"), story.calls("after-database")), (0, 0, 1));
    story.assert_gone(versions);
}

#[tokio::test]
async fn a_drill_finds_a_missing_object_and_a_dangling_row() {
    let story = story().await;
    story.write("keys", "kept/0000\nkept/0001\nnever/<b>was\n");
    let versions = story.scene.versions();
    // Once the copy exists, one of its objects is deleted before the check.
    let (lab, whole) = (Arc::clone(story.scene.lab_again()), story.scene.keys_then() + 1);
    story.scene.lab().faults().before(Operation::ListObjectVersions, When::Always, move || {
        let live = lab.live(SCRATCH);
        if live.len() == whole
            && let Some(key) = live.keys().find(|key| key.ends_with("kept/0001"))
        {
            lab.delete(SCRATCH, key);
        }
    });
    let page = story.path("page.html");
    let html = page.to_str().unwrap();
    let run = story.asof("drill", &["--at", &story.at().to_string(), "--html", html]).await.expect_code(4);
    let told = report(&run);
    assert_eq!(told["ending"], "inconsistent", "{told:#}");
    let page = std::fs::read_to_string(page).unwrap();
    for part in ["FAILED with findings", "never/&lt;b&gt;was", "verify copy", told["id"].as_str().unwrap()] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    let mut findings: Vec<_> = told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| format!("{} {}", f["finding"].as_str().unwrap(), f["key"].as_str().unwrap()))
        .collect();
    findings.sort();
    assert_eq!(findings, ["dangling kept/0001", "dangling never/<b>was", "missing kept/0001"], "{told:#}");
    story.assert_gone(versions);
}

/// The right time in the wrong year: nothing is restored, and an empty comparison proves nothing.
#[tokio::test]
async fn a_drill_that_restores_nothing_has_found_something() {
    let story = story().await;
    let versions = story.scene.versions();
    story.write("keys", "");
    let at = crate::support::Moment(story.at().0 - 31_536_000).to_string();
    let run = story.asof("drill", &["--at", &at]).await.expect_code(4);
    let told = report(&run);
    let findings = told["findings"].as_array().unwrap();
    let of_bucket: Vec<_> = findings
        .iter()
        .filter(|finding| finding["detail"].as_str().unwrap().contains("the oldest version here is from"))
        .collect();
    assert_eq!((of_bucket.len(), findings.len()), (1, 2), "{told:#}");
    assert!(findings.iter().all(|finding| finding["finding"] == "nothing-compared"), "{told:#}");
    story.assert_gone(versions);

    let file = story.read("recovery.toml");
    let file = file.replacen("[[bucket]]\n", "[[bucket]]\nallow-empty = true\n", 1);
    story.write("recovery.toml", &file.replace("[references]\n", "[references]\nallow-empty = true\n"));
    story.asof("drill", &["--at", &at]).await.expect_code(0);
}

#[tokio::test]
async fn a_drill_that_fails_tears_down_too() {
    let story = story().await;
    let versions = story.scene.versions();
    story.write("broken", "");
    let run = story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(1);
    assert_eq!(report(&run)["ending"], "failed");
    story.assert_gone(versions);
}

/// Sends this signal to a drill during its after-database hook.
async fn struck(story: &Story, signal: &'static str) -> Run {
    // Longer than a busy machine takes to send the signal.
    story.write("sleep-after-database", "4");
    let at = story.at().to_string();
    let arguments = story.arguments("drill", &["--at", &at]);
    let calls = story.path("calls");
    let strike = move |process: u32| {
        let began = std::time::Instant::now();
        let is_called = || std::fs::read_to_string(&calls).unwrap_or_default().contains("after-database");
        while !is_called() && began.elapsed().as_secs() < 20 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let sent = std::process::Command::new("kill").args([signal, &process.to_string()]).status();
        assert!(sent.unwrap().success());
    };
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    story.scene.subject.asof_and(&arguments, strike).await
}

#[tokio::test]
async fn a_drill_that_is_stopped_tears_down_too() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let story = story().await;
        let versions = story.scene.versions();
        let run = struck(&story, signal).await.expect_code(130);
        assert_eq!(report(&run)["ending"], "interrupted", "{signal}: {run}");
        story.assert_gone(versions);
    }
}

#[tokio::test]
async fn what_a_killed_drill_has_left_the_next_tears_down() {
    let story = story().await;
    let versions = story.scene.versions();
    struck(&story, "-KILL").await.expect_killed();
    assert!(story.path("restored").exists());
    let file = story.read("recovery.toml");
    story.write("recovery.toml", &file.replace("s3://scratch/drills", "s3://scratch/others"));
    let lost = story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(2);
    assert!(lost.stderr.contains("may have left copies at s3://scratch/drills"), "{lost}");
    story.write("recovery.toml", &file);
    let run = story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(0);
    assert!(run.stderr.contains("tearing down leftovers of the drill "), "{run}");
    story.assert_gone(versions);
}

/// Nothing has been requested yet when the next drill tears down its leftovers.
#[tokio::test]
async fn a_killed_drill_in_another_region_is_torn_down_by_the_next() {
    let story = story().await;
    let versions = story.scene.versions();
    let region = Some("eu-west-3".to_owned());
    assert!(story.scene.lab().demand(SCRATCH, asof::lab::Demands { region, ..Default::default() }));
    struck(&story, "-KILL").await.expect_killed();
    story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(0);
    story.assert_gone(versions);
}

/// As Kubernetes mounts a file: a link into a directory that has another name in the next pod.
#[tokio::test]
async fn a_file_behind_a_link_that_moves_is_the_same_file() {
    let story = story().await;
    let versions = story.scene.versions();
    let (file, link) = (story.read("recovery.toml"), story.path("recovery.toml"));
    let mount = |dir: &str| {
        std::fs::create_dir(story.path(dir)).unwrap();
        story.write(&format!("{dir}/recovery.toml"), &file);
        std::fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink(story.path(dir).join("recovery.toml"), &link).unwrap();
    };
    mount("first");
    struck(&story, "-KILL").await.expect_killed();
    mount("second");
    let run = story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(0);
    assert!(run.stderr.contains("tearing down leftovers of the drill "), "{run}");
    story.assert_gone(versions);
}

#[tokio::test]
async fn copies_are_kept_on_request_and_torn_down_by_the_next_drill() {
    let story = story().await;
    let (versions, at) = (story.scene.versions(), story.at().to_string());
    let run = story.asof("drill", &["--at", &at, "--keep"]).await.expect_code(0);
    assert!(run.stderr.contains("kept, tagged "), "{run}");
    assert_eq!(story.scene.lab().live(SCRATCH).len(), story.scene.keys_then() + 1);
    assert!(story.path("restored").exists());
    let run = story.asof("drill", &["--at", &at]).await.expect_code(0);
    assert!(run.stderr.contains("tearing down leftovers of the drill "), "{run}");
    story.assert_gone(versions);
}

/// A resource that cannot be torn down is reported even when the drill's journal cannot be written.
#[tokio::test]
async fn what_is_left_is_told_beside_other_trouble() {
    let story = story().await;
    story.write("full-after-database", "");
    story.write("fail-teardown", "");
    let at = story.at().to_string();
    let arguments = story.arguments("drill", &["--at", &at]);
    let run = story.in_shell("trap '' XFSZ; exec \"$0\" \"$@\"", &arguments).await.expect_code(1);
    for told in ["cannot write the journal", "left behind: database orders: "] {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
}

/// A database that existed before is never torn down.
#[tokio::test]
async fn a_foreign_database_is_left_unchanged() {
    let story = story().await;
    story.write("restored", "another\n");
    let run = story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(5);
    assert!(run.stderr.contains("tagged another"), "{run}");
    assert_eq!(story.read("restored"), "another\n");
    std::fs::remove_file(story.path("restored")).unwrap();
    let run = story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(0);
    assert!(!run.stderr.contains("tearing down leftovers"), "{run}");
}

#[tokio::test]
async fn what_is_not_scratch_is_refused() {
    let story = story().await;
    for (from, to, told) in [
        ("s3://scratch/drills", "in-place", "is restored in place"),
        ("s3://scratch/drills", "s3://scene/drills", "overlap"),
        ("target = \"restored\"", "target = \"orders\"", "is also a source"),
        ("teardown = [", "wait = [", "has no teardown command"),
        ("progress = [", "wait = [", "has no progress command"),
        ("target = \"restored\"", "target = \"\"", "has an empty target"),
    ] {
        let before = story.read("recovery.toml");
        story.write("recovery.toml", &before.replace(from, to));
        let run = story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(2);
        assert!(run.stderr.contains(told), "{told} in {run}");
        story.write("recovery.toml", &before);
    }
    assert_eq!(story.calls("restore"), 0);
}

/// A scratch bucket need not keep versions.
#[tokio::test]
async fn a_scratch_bucket_without_versions_will_do() {
    let story = story().await;
    let versions = story.scene.versions();
    story.scene.lab().set_versioning(SCRATCH, Versioning::Suspended);
    story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(0);
    story.assert_gone(versions);
}

/// Copies that were kept and cannot be torn down are removed by hand; the next drill sees that, and ends the one that
/// kept them.
#[tokio::test]
async fn what_was_kept_is_not_drilled_over() {
    let story = story().await;
    let (versions, at) = (story.scene.versions(), story.at().to_string());
    let file = story
        .read("recovery.toml")
        .lines()
        .filter(|line| !line.starts_with("teardown"))
        .collect::<Vec<_>>()
        .join("\n");
    story.write("recovery.toml", &file);
    let kept = report(&story.asof("drill", &["--at", &at, "--keep"]).await.expect_code(0));
    let again = story.asof("drill", &["--at", &at, "--keep"]).await.expect_code(2);
    let told = format!("the drill {} of this file kept its copies", kept["id"].as_str().unwrap());
    assert!(again.stderr.contains(&told) && again.stderr.contains("without --keep"), "{again}");
    std::fs::remove_file(story.path("restored")).unwrap();
    let ended = story.asof("drill", &["--at", &at]).await.expect_code(2);
    assert!(ended.stderr.contains("tearing down leftovers of the drill "), "{ended}");
    assert!(ended.stderr.contains("has no teardown command"), "{ended}");
    story.assert_gone(versions);
    story.asof("drill", &["--at", &at, "--keep"]).await.expect_code(0);
}

/// A progress command that does not look at the tag, and a teardown command that does not either, take nothing down that
/// was there before.
#[tokio::test]
async fn a_database_that_was_not_asked_for_is_not_torn_down() {
    let story = story().await;
    story.write("restored", "another\n");
    let db = story.path("db");
    let blind = |name: &str, script: &str| {
        let before = format!("{name} = [\"{}\", \"{name}\"]", db.display());
        let after = format!("{name} = {{ shell = \"{script}\" }}");
        story.write("recovery.toml", &story.read("recovery.toml").replace(&before, &after));
    };
    let restored = story.path("restored").display().to_string();
    blind("progress", &format!("if [ -e {restored} ]; then echo available; else echo none; fi"));
    blind("teardown", &format!("rm {restored}"));
    let run = story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(5);
    assert!(run.stderr.contains("before the restore was requested"), "{run}");
    assert_eq!((story.calls("restore"), &*story.read("restored")), (0, "another\n"));
    std::fs::remove_file(story.path("restored")).unwrap();
    story.asof("drill", &["--at", &story.at().to_string()]).await.expect_code(0);
}

/// On the page and in the table as well as in the report.
#[tokio::test]
async fn a_drill_that_compared_nothing_proves_nothing() {
    let story = story().await;
    story.write("keys", "");
    let (page, file, at) = (story.path("page.html"), story.path("recovery.toml"), story.at().to_string());
    let arguments = ["drill", file.to_str().unwrap(), "--at", &at, "--html", page.to_str().unwrap()];
    let run = story.scene.subject.asof(&arguments).await.expect_code(4);
    let page = std::fs::read_to_string(page).unwrap();
    for text in [&run.stdout, &page] {
        assert!(text.contains("FAILED with findings") && text.contains("nothing-compared"), "{text}");
        assert!(text.contains("printed no keys, so nothing was compared"), "{text}");
    }
}

/// Of an upload that was not ended no version tells, and its parts are paid for.
#[tokio::test]
async fn uploads_that_a_killed_drill_has_begun_are_abandoned() {
    let story = story().await;
    let process = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let (at, known) = (story.at().to_string(), Arc::clone(&process));
    story.scene.lab().faults().before(Operation::UploadPartCopy, When::Always, move || {
        while process.load(std::sync::atomic::Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        crate::crash::kill(process.load(std::sync::atomic::Ordering::SeqCst));
    });
    // One at a time: the process may not know the ID of an upload that has just begun.
    let arguments = ["--at", &at, "--multipart-threshold", "40", "--concurrency", "1"];
    let arguments = story.arguments("drill", &arguments);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let tell = move |id: u32| known.store(id, std::sync::atomic::Ordering::SeqCst);
    story.scene.subject.asof_and(&arguments, tell).await.expect_killed();
    story.scene.lab().faults().clear();
    assert!(story.scene.lab().count_uploads(SCRATCH) > 0);
    story.asof("drill", &["--at", &at]).await.expect_code(0);
    assert_eq!(story.scene.lab().count_uploads(SCRATCH), 0);
}

/// Late uploads are brought back by a run of their own.
#[tokio::test]
async fn uploads_that_a_killed_heal_of_a_drill_has_begun_are_abandoned() {
    let story = story().await;
    let file = story.read("recovery.toml").replace("[references]\n", "[references]\nheal = \"1h\"\n");
    story.write("recovery.toml", &file);
    story.write("keys", "kept/0000\nnew/large\n");
    story.scene.lab().put(BUCKET, "new/large", asof::lab::Put::of("new".repeat(40))).unwrap();
    let process = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let (at, known, calls) = (story.at().to_string(), Arc::clone(&process), story.path("calls"));
    story.scene.lab().faults().before(Operation::UploadPartCopy, When::Always, move || {
        if std::fs::read_to_string(&calls).is_ok_and(|calls| calls.contains("keys ")) {
            crate::crash::kill(process.load(std::sync::atomic::Ordering::SeqCst));
        }
    });
    let arguments = ["--at", &at, "--multipart-threshold", "40", "--concurrency", "1"];
    let arguments = story.arguments("drill", &arguments);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let tell = move |id: u32| known.store(id, std::sync::atomic::Ordering::SeqCst);
    story.scene.subject.asof_and(&arguments, tell).await.expect_killed();
    story.scene.lab().faults().clear();
    assert!(story.scene.lab().count_uploads(SCRATCH) > 0);
    story.asof("drill", &["--at", &at]).await.expect_code(0);
    assert_eq!(story.scene.lab().count_uploads(SCRATCH), 0);
}

/// Nothing can be left in it, so nothing blocks the next drill.
#[tokio::test]
async fn a_scratch_bucket_that_does_not_exist_is_mended_in_the_file() {
    let story = story().await;
    let versions = story.scene.versions();
    let (at, right) = (story.at().to_string(), story.read("recovery.toml"));
    story.write("recovery.toml", &right.replace("s3://scratch/", "s3://scratsch/"));
    let run = story.asof("drill", &["--at", &at]).await.expect_code(1);
    assert!(run.stderr.contains("scratsch does not exist"), "{run}");
    story.write("recovery.toml", &right);
    story.asof("drill", &["--at", &at]).await.expect_code(0);
    story.assert_gone(versions);
}
