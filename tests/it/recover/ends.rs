//! The end of a recovery when something outside its steps fails: the report, the journal, the hook after a failure.

use super::story::{Story, report};

/// Without the trap, the file size limit, which simulates a full disk, would kill the process.
const FULL: &str = "trap '' XFSZ; exec \"$0\" \"$@\"";

/// A report without a reader does not change the result.
#[tokio::test]
async fn a_report_that_nobody_reads_changes_nothing() {
    let story = Story::new().await;
    let nobody = "{ \"$0\" \"$@\"; echo \"ended with $?\" >&2; } | true";
    let script = format!("set -o pipefail; {nobody}");
    let run = story.recover_in_shell(&script, &[]).await.expect_code(0);
    for told in ["cannot write the report to stdout", "a copy is in ", "ended with 0", "asof undo "] {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
    assert!(!run.stderr.contains("run the command again"), "{run}");
    assert!(story.newest().unwrap().join("report.json").exists());
    story.assert_recovered("nobody reads");
}

/// A copy of the report that cannot be written is reported, after all steps.
#[tokio::test]
async fn a_copy_of_the_report_that_cannot_be_written_is_told_last() {
    let story = Story::new().await;
    let page = story.path("pages");
    std::fs::create_dir(&page).unwrap();
    let page = page.join("page.html");
    // The directory was there when it began.
    let mut file = story.read("recovery.toml");
    let after = file.find("after-database = ").unwrap();
    file.insert_str(after, "# ");
    let away = format!("after-database = {{ shell = \"rm -r '{}'\" }}\n", page.parent().unwrap().display());
    story.write("recovery.toml", &format!("{file}{away}"));
    let run = story.recover_in_shell("exec \"$0\" \"$@\"", &["--html", page.to_str().unwrap()]).await;
    let run = run.expect_code(1);
    assert_eq!(report(&run)["ending"], "done");
    for told in ["cannot write the page ", "a copy is in ", "asof undo "] {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
    story.assert_recovered("without a page");
}

/// The journal cannot be written while the application is quiesced.
#[tokio::test]
async fn a_journal_that_cannot_be_written_is_told_with_what_stands_still() {
    let story = Story::new().await;
    story.write("full-after-database", "");
    // The bucket's restore, in progress meanwhile, finishes, so that it needs no further quiesce.
    let done =
        format!("grep -q '\"done\",\"step\":{{\"bucket\":0}}' '{}'/*/journal", story.recoveries().display());
    story.write("until-after-database", &done);
    let run = story.recover_in_shell(FULL, &[]).await.expect_code(3);
    for told in
        ["cannot write the journal", "the application is still quiesced", "after fixing this, resume it"]
    {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
    assert!(!run.stderr.contains("--state-dir"), "{run}");
    assert_eq!((report(&run)["ending"].as_str(), story.calls("resume")), (Some("failed"), 0), "{run}");
    std::fs::remove_file(story.path("full-after-database")).unwrap();
    story.recover().await.expect_code(0);
    story.assert_recovered("once there is room");
    assert_eq!((story.calls("quiesce"), story.calls("resume")), (1, 1));
}

/// If the quiesce cannot be recorded, nothing else is begun, and the application is resumed.
#[tokio::test]
async fn an_application_whose_stop_cannot_be_noted_is_let_go_on() {
    let story = Story::new().await;
    story.write("full-quiesce", "");
    let versions = story.scene.versions();
    let run = story.recover_in_shell(FULL, &[]).await.expect_code(3);
    assert!(run.stderr.contains("cannot write the journal"), "{run}");
    assert!(!run.stderr.contains("still"), "{run}");
    assert_eq!((story.calls("resume"), story.calls("restore"), story.scene.versions()), (1, 0, versions));
}

/// Both hooks fail: the report must not suggest that the application runs.
#[tokio::test]
async fn a_resume_hook_that_fails_after_a_failed_quiesce_hook_is_told() {
    let story = Story::new().await;
    story.write("fail-quiesce", "");
    story.write("fail-resume", "");
    let run = story.recover().await.expect_code(1);
    assert_eq!(report(&run)["ending"], "not_begun");
    for told in
        ["the application may still be quiesced", "resume the application by hand", "the resume hook ("]
    {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
    assert!(!run.stderr.contains("the resume hook has been run\n"), "{run}");
}

/// The suggested command resumes the recovery, wherever its state is kept.
#[tokio::test]
async fn the_command_that_is_told_goes_on() {
    let story = Story::new().await;
    story.write("broken", "");
    let state = story.path("state of it");
    let more = ["--state-dir", state.to_str().unwrap(), "--doubtful", "skip", "--thaw", "bulk"];
    let run = story.recover_in_shell("exec \"$0\" \"$@\"", &more).await.expect_code(3);
    let told = run.stderr.lines().find_map(|line| line.strip_prefix("after fixing this, resume it: asof "));
    let told = told.unwrap_or_else(|| panic!("no command in {run}"));
    for repeated in [" --yes", " --doubtful skip --thaw bulk", " --state-dir '"] {
        assert!(told.contains(repeated), "{repeated} in {told}");
    }
    std::fs::remove_file(story.path("broken")).unwrap();
    let run = story.recover_in_shell(&format!("exec \"$0\" {told}"), &[]).await.expect_code(0);
    assert!(run.stderr.contains("resuming the recovery"), "{run}");
    story.assert_recovered("by the command that was told");
    let undo = run.stderr.lines().find_map(|line| line.strip_prefix("undo the bucket's restore: asof "));
    let undo = format!("exec \"$0\" {} --yes", undo.unwrap());
    story.recover_in_shell(&undo, &[]).await.expect_code(0);
}

/// Each must be undone before the one below it.
#[tokio::test]
async fn the_commands_that_are_told_undo_every_run_of_a_recovery() {
    let story = Story::new().await;
    let file = story.read("recovery.toml").replace("[references]\n", "[references]\nheal = \"1h\"\n");
    story.write("recovery.toml", &file);
    story.write("keys", "kept/0000\nnew/0001\n");
    let run = story.recover().await.expect_code(0);
    let told = |line: &str| Some(line.strip_prefix("undo the bucket's restore: asof ")?.to_owned());
    let commands: Vec<_> = run.stderr.lines().filter_map(told).collect();
    assert_eq!(commands.len(), 2, "{run}");
    for command in commands {
        story.recover_in_shell(&format!("exec \"$0\" {command} --yes"), &[]).await.expect_code(0);
    }
    story.scene.assert_undone("by the commands that were told");
}

/// A hook that asks for a password on the terminal would be waited for without end: commands have none.
#[tokio::test]
async fn a_hook_that_asks_on_the_terminal_is_told() {
    let story = Story::new().await;
    let hook = format!("quiesce = [\"{}\", \"quiesce\"]", story.path("db").display());
    let asking = "quiesce = { shell = \"read password < /dev/tty\" }";
    story.write("recovery.toml", &story.read("recovery.toml").replace(&hook, asking));
    // Versions differ in which of them returns the exit code of its child.
    let script = "script --quiet --command \"$(printf '%q ' \"$0\" \"$@\"); echo ended with \\$?\" /dev/null";
    let run = story.recover_in_shell(script, &[]).await;
    assert!(run.stdout.contains("ended with 1"), "{run}");
    assert!(run.stdout.contains("it tried to read from the terminal, and commands run without one"), "{run}");
    assert!(run.stdout.contains("nothing was changed; the resume hook has been run"), "{run}");
}

/// After two Ctrl-C and the same command again, each hook runs only once at a time.
#[tokio::test]
async fn a_recovery_that_is_aborted_kills_its_hook_and_says_what_may_stand_still() {
    let story = Story::new().await;
    let hook = format!("quiesce = [\"{}\", \"quiesce\"]", story.path("db").display());
    let (runs, late) = (story.path("runs"), story.path("late"));
    let shell = format!("touch '{}'; sleep 3; touch '{}'", runs.display(), late.display());
    let slow = format!("quiesce = {{ shell = \"{shell}\" }}");
    story.write("recovery.toml", &story.read("recovery.toml").replace(&hook, &slow));
    let at = story.at().to_string();
    let arguments = story.arguments("recover", &["--at", &at, "--yes"]);
    let strike = move |process: u32| {
        let began = std::time::Instant::now();
        let pause = || std::thread::sleep(std::time::Duration::from_millis(100));
        while !runs.exists() && began.elapsed().as_secs() < 20 {
            pause();
        }
        for _ in 0..2 {
            let sent = std::process::Command::new("kill").args(["-INT", &process.to_string()]).status();
            assert!(sent.unwrap().success());
            pause();
        }
    };
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let run = story.scene.subject.asof_and(&arguments, strike).await.expect_code(130);
    assert!(
        run.stderr.contains("the application may still be quiesced; run the same command again"),
        "{run}"
    );
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert!(!late.exists(), "the hook lives on");
}

/// Neither has found anything to resume.
#[tokio::test]
async fn of_two_that_are_begun_at_once_one_begins() {
    let story = Story::new().await;
    story.write("sleep-window", "0.5");
    story.write("sleep-quiesce", "1");
    let (one, other) = tokio::join!(story.recover(), story.recover());
    let mut codes = [one.code(), other.code()];
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(5)], "{one}\n{other}");
    assert_eq!((story.calls("quiesce"), story.calls("restore")), (1, 1), "{one}\n{other}");
    story.assert_recovered("two at once");
}

/// A path is only a way to a file.
#[tokio::test]
async fn the_same_file_by_another_path_goes_on() {
    let story = Story::new().await;
    let link = tempfile::tempdir().unwrap();
    let link = link.path().join("link");
    std::os::unix::fs::symlink(story.path(""), &link).unwrap();
    story.write("fail-after-database", "");
    story.recover().await.expect_code(3);
    std::fs::remove_file(story.path("fail-after-database")).unwrap();
    let (file, at) = (link.join("./recovery.toml"), story.at().to_string());
    let typed = ["recover", file.to_str().unwrap(), "--format", "json", "--yes", "--at", &at];
    story.scene.subject.asof(&typed).await.expect_code(0);
    assert_eq!(story.calls("quiesce"), 1);
    story.assert_recovered("by another path");
}
