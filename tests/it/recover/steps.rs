//! Recoveries that succeed, and recoveries that fail at one step.

use asof::lab::{Fault, Operation, Rule, Versioning, When};

use super::story::{Story, report, states};
use crate::faults::scene::BUCKET;

#[tokio::test]
async fn buckets_and_databases_come_back_to_one_second() {
    let story = Story::new().await;
    let run = story.recover().await.expect_code(0);
    story.assert_recovered("recovered");
    assert_eq!(
        story.order(),
        ["window", "progress", "quiesce", "restore", "endpoint", "after-database", "keys", "resume"]
    );
    for hook in ["quiesce", "after-database", "resume", "restore"] {
        assert_eq!(story.calls(hook), 1, "{hook}");
    }
    let report = report(&run);
    assert_eq!(report["ending"], "done");
    assert_eq!(report["at"], story.at().to_string());
    assert!(states(&report).iter().all(|step| step.starts_with("done ")), "{report:#}");
    assert!(run.stderr.contains("database orders: restoring, 40 %"), "{run}");
    assert!(run.stderr.contains("asof undo "), "{run}");
    // The same command starts over: the first recovery has ended.
    std::fs::remove_file(story.path("restored")).unwrap();
    story.recover().await.expect_code(0);
    assert_eq!(story.read("made").lines().count(), 2);
}

#[tokio::test]
async fn the_newest_second_is_that_of_the_database_that_reaches_least() {
    let story = Story::new().await;
    story.write("window", &format!("@0 {}.700Z\n", story.at().to_string().trim_end_matches('Z')));
    let run = story.asof("recover", &["--at", "latest", "--yes"]).await.expect_code(0);
    assert_eq!(report(&run)["at"], story.at().to_string());
    story.assert_recovered("latest");
}

/// Servers date by whole seconds: what has T's date may be written up to a second after the instant to which the database
/// is restored, whose rows still name what was deleted then.
#[tokio::test]
async fn objects_deleted_in_the_very_second_come_back() {
    let story = Story::new().await;
    let clock = story.scene.lab().clock();
    let now = clock.now();
    clock.set(story.at().0 * 1000 + 500);
    story.scene.lab().delete(BUCKET, "kept/0000").unwrap();
    clock.set(now);
    let run = story.recover().await.expect_code(0);
    assert!(story.scene.lab().live(BUCKET).contains_key("kept/0000"), "{run}");
}

/// The right second, in the wrong year.
#[tokio::test]
async fn a_recovery_that_deletes_most_keys_needs_leave_of_its_file() {
    let story = Story::new().await;
    let versions = story.scene.versions();
    let at = crate::support::Moment(story.at().0 - 31_536_000).to_string();
    let refused = story.asof("recover", &["--at", &at, "--yes"]).await.expect_code(5);
    for told in ["before the oldest version here", "allow-mass-delete = true in the [[bucket]] of s3://"] {
        assert!(refused.stderr.contains(told), "{told}: {refused}");
    }
    assert_eq!((story.calls("quiesce"), story.scene.versions()), (0, versions), "{refused}");
    let file = story.read("recovery.toml").replace("[references]\n", "[references]\nallow-empty = true\n");
    story.write("recovery.toml", &file.replacen("[[bucket]]\n", "[[bucket]]\nallow-mass-delete = true\n", 1));
    story.write("keys", "");
    story.asof("recover", &["--at", &at, "--yes"]).await.expect_code(0);
    assert!(story.scene.lab().live(BUCKET).is_empty());
}

#[tokio::test]
async fn what_no_database_reaches_is_refused_before_anything_is_done() {
    let story = Story::new().await;
    for (window, told) in [
        ("@0 @100", "its latest restorable time is 1970-01-01 00:01:40 UTC"),
        ("@1999999999 -", "its earliest restorable time is "),
    ] {
        story.write("window", window);
        let run = story.recover().await.expect_code(5);
        assert!(run.stderr.contains(told), "{run}");
    }
    story.write("window", "yesterday");
    let run = story.recover().await.expect_code(1);
    assert!(run.stderr.contains("printed \"yesterday\""), "{run}");
    story.write("window", "@0 -");
    let run = story.asof("recover", &["--at", "latest", "--yes"]).await.expect_code(2);
    assert!(run.stderr.contains("not all of them report it"), "{run}");
    assert_eq!(story.order(), ["window"]);
    assert!(story.newest().is_none());
}

#[tokio::test]
async fn nothing_is_changed_if_the_application_cannot_be_stopped() {
    let story = Story::new().await;
    story.write("fail-quiesce", "");
    let (versions, at) = (story.scene.versions(), story.at());
    let run = story.recover().await.expect_code(1);
    assert_eq!(report(&run)["ending"], "not_begun");
    assert!(run.stderr.contains("nothing was changed; the resume hook has been run"), "{run}");
    assert_eq!(story.order(), ["window", "progress", "quiesce", "resume"]);
    assert_eq!(story.scene.versions(), versions);
    // Once it is restorable, the same command continues.
    std::fs::remove_file(story.path("fail-quiesce")).unwrap();
    let run = story.recover().await.expect_code(0);
    assert!(run.stderr.contains("resuming the recovery"), "{run}");
    story.assert_recovered(&at.to_string());
}

#[tokio::test]
async fn a_database_that_fails_is_told_and_gone_on_with() {
    let story = Story::new().await;
    story.write("broken", "");
    let run = story.recover().await.expect_code(3);
    let told = report(&run);
    assert_eq!(told["ending"], "failed");
    let states = states(&told);
    assert!(states.contains(&"failed database orders: wait until available".to_owned()), "{states:?}");
    assert!(states.contains(&format!("done bucket s3://{BUCKET}: restore")), "{states:?}");
    assert!(states.contains(&"not_begun resume hook".to_owned()), "{states:?}");
    for told in [
        "the disk is full",
        "the application is still quiesced",
        "after fixing this, resume it: asof recover ",
    ] {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
    assert_eq!(story.calls("resume"), 0);
    std::fs::remove_file(story.path("broken")).unwrap();
    let run = story.recover().await.expect_code(0);
    assert_eq!(report(&run)["ending"], "done");
    story.assert_recovered("gone on with");
    for hook in ["quiesce", "after-database", "resume"] {
        assert_eq!(story.calls(hook), 1, "{hook}");
    }
}

#[tokio::test]
async fn a_foreign_database_is_left_unchanged() {
    let story = Story::new().await;
    story.write("restored", "another\n");
    let versions = story.scene.versions();
    let run = story.recover().await.expect_code(5);
    for told in ["the target name is already taken (tagged another)", "nothing was changed"] {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
    // The application went on all the time.
    assert_eq!(story.order(), ["window", "progress"]);
    assert_eq!((story.scene.versions(), &*story.read("restored")), (versions, "another\n"));
    assert!(story.newest().is_none());
}

/// The file then names another target, and the recovery continues: the database is identified by its source.
#[tokio::test]
async fn a_target_that_is_taken_meanwhile_is_changed_and_gone_on_with() {
    let story = Story::new().await;
    let file = story.read("recovery.toml").replace("name = \"orders\"\n", "");
    let quiesce = format!("quiesce = [\"{}\", \"quiesce\"]", story.path("db").display());
    let taken = story.path("restored");
    let taking = format!("quiesce = {{ shell = \"echo another > '{}'\" }}", taken.display());
    assert!(file.contains(&quiesce), "{file}");
    story.write("recovery.toml", &file.replace(&quiesce, &taking));
    let run = story.recover().await.expect_code(3);
    assert!(run.stderr.contains("database orders: the target name is already taken"), "{run}");
    let file = story.read("recovery.toml").replace("target = \"restored\"", "target = \"restored-2\"");
    story.write("recovery.toml", &file);
    let run = story.recover().await.expect_code(0);
    assert!(run.stderr.contains("resuming the recovery"), "{run}");
    assert_eq!((&*story.read("restored"), story.calls("resume")), ("another\n", 1));
    assert!(!story.read("restored-2").is_empty());
    story.assert_recovered("into another target");
}

/// A progress command that reports any recovery's database as available would keep this one from ever being restored.
#[tokio::test]
async fn a_progress_command_that_does_not_tell_whose_it_is_is_refused() {
    let story = Story::new().await;
    let db = story.path("db");
    let progress = format!("progress = [\"{}\", \"progress\"]", db.display());
    let file = story.read("recovery.toml").replace(&progress, "progress = [\"echo\", \"available\"]");
    story.write("recovery.toml", &file);
    let run = story.recover().await.expect_code(5);
    assert!(run.stderr.contains("make the command compare ASOF_RUN"), "{run}");
    assert_eq!(story.calls("quiesce"), 0);
}

/// A missing command does not appear later: asof does not wait for it.
#[tokio::test]
async fn a_wait_command_that_cannot_be_started_is_told_at_once() {
    let story = Story::new().await;
    let progress = format!("progress = [\"{}\", \"progress\"]", story.path("db").display());
    let wait = "wait = [\"/no/such/program\"]";
    story.write("recovery.toml", &story.read("recovery.toml").replace(&progress, wait));
    let began = std::time::Instant::now();
    let run = story.recover().await.expect_code(3);
    assert!(began.elapsed().as_secs() < 60, "{:?}: {run}", began.elapsed());
    assert!(
        run.stderr.contains("failed  database orders: wait until available: cannot start the wait command"),
        "{run}"
    );
}

/// The user can fix the shown cause meanwhile.
#[tokio::test]
async fn a_question_that_fails_is_told_when_it_begins_to() {
    let story = Story::new().await;
    let (db, made, once) = (story.path("db"), story.path("made"), story.path("once"));
    let progress = format!("progress = [\"{}\", \"progress\"]", db.display());
    let shell = format!(
        "[ -e '{}' ] && [ ! -e '{}' ] && touch '{}' && exit 7; exec '{}' progress",
        made.display(),
        once.display(),
        once.display(),
        db.display()
    );
    let failing = format!("progress = {{ shell = \"{shell}\" }}");
    story.write("recovery.toml", &story.read("recovery.toml").replace(&progress, &failing));
    let run = story.recover().await.expect_code(0);
    assert_eq!(run.stderr.matches("database orders: retrying, since ").count(), 1, "{run}");
    story.assert_recovered("asked again");
}

/// Resuming on a bucket whose versioning has been suspended meanwhile would overwrite null versions for good.
#[tokio::test]
async fn a_bucket_that_keeps_no_versions_any_more_is_not_gone_on_with() {
    let story = Story::new().await;
    story.scene.strike(Rule::on(Operation::CopyObject, Fault::AccessDenied, When::Always));
    let run = story.recover().await.expect_code(3);
    assert!(run.stderr.contains("incomplete: 12 failed"), "{run}");
    story.scene.lab().faults().clear();
    story.scene.lab().set_versioning(BUCKET, Versioning::Suspended);
    let versions = story.scene.versions();
    let run = story.recover().await.expect_code(3);
    assert!(run.stderr.contains("versioning is suspended"), "{run}");
    assert_eq!(story.scene.versions(), versions, "{run}");
    story.scene.lab().set_versioning(BUCKET, Versioning::Enabled);
    story.recover().await.expect_code(0);
    story.assert_recovered("once it keeps versions again");
}

/// Without a quiesce hook a bucket in use is changed only when the database is there.
#[tokio::test]
async fn a_bucket_in_place_waits_for_the_database() {
    let story = Story::new().await;
    story.write("recovery.toml", &story.file("in-place", ""));
    story.write("broken", "");
    let versions = story.scene.versions();
    let run = story.recover().await.expect_code(3);
    assert!(states(&report(&run)).contains(&format!("not_begun bucket s3://{BUCKET}: restore")), "{run}");
    assert_eq!(story.scene.versions(), versions);
    std::fs::remove_file(story.path("broken")).unwrap();
    story.recover().await.expect_code(0);
    story.assert_recovered("after the database");
}

#[tokio::test]
async fn rows_that_dangle_are_named() {
    let story = Story::new().await;
    story.write("keys", "kept/0000\nnever/was\nnew/0001\n");
    let run = story.recover().await.expect_code(4);
    let told = report(&run);
    assert_eq!(told["ending"], "inconsistent");
    let findings: Vec<_> = told["findings"].as_array().unwrap().iter().map(|f| f["key"].clone()).collect();
    assert_eq!(findings, ["never/was", "new/0001"], "{told:#}");
    assert_eq!(story.calls("resume"), 1);
}

/// The exit code of a pipe is that of its last command.
#[tokio::test]
async fn rows_that_name_no_keys_at_all_are_not_taken_for_consistent() {
    let story = Story::new().await;
    let keys = format!("'{}' keys", story.path("db").display());
    story.write("recovery.toml", &story.read("recovery.toml").replace(&keys, "false | sort"));
    let run = story.recover().await.expect_code(4);
    let told = report(&run);
    assert_eq!(told["ending"], "inconsistent", "{told:#}");
    let finding = &told["findings"][0];
    assert_eq!((&finding["finding"], &finding["key"]), (&"nothing-compared".into(), &"".into()));
    assert!(
        finding["detail"].as_str().unwrap().contains("printed no keys, so nothing was compared"),
        "{told:#}"
    );
    assert!(
        run.stderr.contains("the rows were not compared") && !run.stderr.contains("rows name objects"),
        "{run}"
    );
}

/// Archived objects cannot be healed: they are named, not only counted.
#[tokio::test]
async fn what_arrived_late_in_an_archive_is_named() {
    let story = Story::new().await;
    let frozen = asof::lab::Put { storage_class: Some("GLACIER".to_owned()), ..asof::lab::Put::of("late") };
    story.scene.lab().put(BUCKET, "new/frozen", frozen).unwrap();
    story.write("keys", "kept/0000\nnew/0001\nnew/frozen\n");
    let file = story.read("recovery.toml").replace("[references]\n", "[references]\nheal = \"100d\"\n");
    story.write("recovery.toml", &file);
    let told = report(&story.recover().await.expect_code(4));
    let findings = told["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{told:#}");
    assert_eq!((&findings[0]["finding"], &findings[0]["key"]), (&"dangling".into(), &"new/frozen".into()));
    assert!(findings[0]["detail"].as_str().unwrap().contains("it is archived"), "{told:#}");
}

#[tokio::test]
async fn what_arrived_a_little_late_can_be_healed() {
    let story = Story::new().await;
    story.write("keys", "kept/0000\nnew/0001\n");
    let file = story.read("recovery.toml").replace("[references]\n", "[references]\nheal = \"1h\"\n");
    story.write("recovery.toml", &file);
    let run = story.recover().await.expect_code(0);
    let told = report(&run);
    assert_eq!(told["ending"], "done", "{told:#}");
    assert!(story.scene.lab().live(BUCKET).contains_key("new/0001"));
    assert!(!story.scene.lab().live(BUCKET).contains_key("new/0000"));
}

#[tokio::test]
async fn nobody_is_there_to_ask() {
    let story = Story::new().await;
    let run = story.asof("recover", &["--at", &story.at().to_string()]).await.expect_code(2);
    assert!(run.stderr.contains("there is no terminal to confirm on"), "{run}");
    assert_eq!(story.order(), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_is_written_to_begin_with_and_never_over_another() {
    let story = Story::new().await;
    let before = story.read("recovery.toml");
    let run = story.asof("recover", &["--init"]).await.expect_code(2);
    assert!(run.stderr.contains("existing files are not overwritten"), "{run}");
    assert_eq!(story.read("recovery.toml"), before);
    std::fs::remove_file(story.path("recovery.toml")).unwrap();
    story.asof("recover", &["--init"]).await.expect_code(0);
    assert!(story.read("recovery.toml").contains("[[bucket]]"));
}

#[tokio::test]
async fn what_cannot_be_in_the_file_is_told_with_its_line() {
    let story = Story::new().await;
    story.write("recovery.toml", "[[bucket]]\nsource = \"s3://prod\"\ntarget = \"in-place\"\nsauce = 1\n");
    let run = story.recover().await.expect_code(2);
    assert!(run.stderr.contains("recovery.toml, line 4, column 1: unknown field `sauce`"), "{run}");
    let rds = story.file("in-place", "").replace("kind = \"command\"", "kind = \"rds\"");
    story.write("recovery.toml", &rds);
    let run = story.recover().await.expect_code(2);
    assert!(run.stderr.contains("has kind rds, which has no window"), "{run}");
}

/// From cron, asof starts in another directory than that of the file's author.
#[tokio::test]
async fn commands_run_in_the_directory_of_the_file() {
    let story = Story::new().await;
    let dir = story.path("").display().to_string();
    story.write("recovery.toml", &story.read("recovery.toml").replace(&dir, "./"));
    assert!(story.read("recovery.toml").contains("restore = [\"./db\", \"restore\"]"));
    story.recover().await.expect_code(0);
    story.assert_recovered("by relative commands");
}

/// The file says it of each bucket: they may be of several accounts.
#[tokio::test]
async fn a_bucket_of_another_owner_than_the_file_expects_is_not_restored() {
    let story = Story::new().await;
    let options = |owner: &str| format!("expected-bucket-owner = \"{owner}\"\nrequest-payer = \"requester\"");
    let lab = story.scene.subject.lab();
    lab.demand(BUCKET, asof::lab::Demands { requester_pays: true, ..Default::default() });
    let file = story.read("recovery.toml");
    let with = |owner: &str| file.replace("[[database]]", &format!("{}\n[[database]]", options(owner)));
    story.write("recovery.toml", &with("999999999999"));
    let refused = story.recover().await.expect_code(1);
    assert!(refused.stderr.contains("the bucket is not owned by account 999999999999"), "{refused}");
    story.write("recovery.toml", &with(asof::lab::ACCOUNT));
    story.recover().await.expect_code(0);
}
