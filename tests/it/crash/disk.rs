//! The disk with a run's state: full, read-only, with a torn or damaged journal.

use std::process::Command;
use std::time::Duration;

use super::cut::{Cut, newest, records};
use super::{WRITES, block_on, slow_down};
use crate::faults::scene::{IN_PARTS, Scene};
use crate::support::Run;

const SIZE: usize = 12;

/// Returns the same command with a limit of this many KiB on each of its files.
fn with_little_room(command: &Command, kib: u32) -> Command {
    let mut shell = Command::new("bash");
    // Without the trap, the limit would end the process; with it, writing fails as it does on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
    shell.args(["-c", &script]).arg(command.get_program()).args(command.get_args());
    shell.env_clear().stdin(std::process::Stdio::null());
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell
}

fn writes(scene: &Scene) -> u64 {
    WRITES.map(|operation| scene.lab().requests().of(operation)).iter().sum()
}

async fn run_with_little_room(scene: &Scene, kib: u32, arguments: &[&str]) -> Run {
    let command = scene.subject.command(&scene.subject.server.secret, arguments);
    let mut command = with_little_room(&command, kib);
    tokio::task::spawn_blocking(move || Run::of(&mut command)).await.unwrap().expect_code(1)
}

/// A disk that fills up during a run ends it after the requests in progress; it resumes once there is room.
#[test]
fn a_disk_that_is_full() {
    block_on(async {
        for kib in [0, 1, 2, 4] {
            let what = format!("{kib} KiB");
            let scene = Scene::new(SIZE).await;
            // Before its first change: that request only finds out about conditions. What is gone on with has a plan
            // already, so that the journal is the first that there is no room for.
            let begin = ["--concurrency", "1"];
            scene.restore_with_and(&begin, Cut::Write(1).arm(&scene)).await.expect_killed();
            scene.lab().faults().clear();
            scene.lab().requests().reset();
            let run = scene.runs().remove(0);
            let journal = scene.subject.runs_dir().join(&run);
            let before = records(&journal) as u64;
            let stopped = run_with_little_room(&scene, kib, &["resume", &run, "--concurrency", "4"]).await;
            let gone_on = format!("after fixing this: asof resume {run}");
            // Without any space, not even the lock of the bucket can be written.
            let first = if kib == 0 { "cannot write " } else { "cannot write the journal" };
            for said in [first, "(os error 27)", &gone_on] {
                assert!(stopped.stderr.contains(said), "{what}: {stopped}");
            }
            scene.assert_grown_by(1, &what);
            // The recorded ones, those in progress then, and two that tested the support for conditions.
            let noted = records(&journal) as u64 - before;
            let most = if kib == 0 { 0 } else { noted + 4 + 2 };
            assert!(writes(&scene) <= most, "{what}: {} changes, {noted} of them noted", writes(&scene));
            let resumed = scene.on_run("resume", &run, &[]).await.expect_code(0);
            scene.assert_honest(&resumed, &what);
            scene.assert_restored(&what);
            scene.assert_grown_by(1, &what);
        }
    });
}

/// Without room for its plan, a run leaves nothing behind.
#[test]
fn a_disk_that_is_full_at_once() {
    block_on(async {
        let scene = Scene::new(SIZE).await;
        let file = tempfile::NamedTempFile::new().unwrap();
        let plan = file.path().to_str().unwrap();
        scene.run("diff", &["--out", plan]).await.expect_code(0);
        let stopped = run_with_little_room(&scene, 1, &["restore", "--plan", plan, "--yes"]).await;
        assert!(stopped.stderr.contains("cannot write the plan"), "{stopped}");
        assert_eq!((writes(&scene), scene.runs().len()), (0, 0), "{stopped}");
    });
}

#[test]
fn a_state_directory_that_cannot_be_written() {
    block_on(async {
        let scene = Scene::new(1).await;
        let file = tempfile::NamedTempFile::new().unwrap();
        let place = file.path().join("state");
        let refused = scene.run("restore", &["--yes", "--state-dir", place.to_str().unwrap()]).await;
        let refused = refused.expect_code(1);
        assert!(refused.stderr.starts_with("error: cannot make "), "{refused}");
        assert!(refused.stderr.contains("use --state-dir for another directory"), "{refused}");
        assert_eq!(writes(&scene), 0, "{refused}");
    });
}

/// A page that cannot be written leaves no empty file, and does not replace the existing one.
#[test]
fn a_page_that_there_is_no_room_for_leaves_nothing() {
    block_on(async {
        let scene = Scene::new(SIZE).await;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("page.html");
        let page = path.to_str().unwrap();
        let url = format!("s3://{}", crate::faults::scene::BUCKET);
        let timeline = ["timeline", &url, "--html", page];
        let stopped = run_with_little_room(&scene, 1, &timeline).await;
        let said = format!("error: cannot write the page {page}: File too large (os error 27)\n");
        assert!(stopped.stderr.starts_with(&said), "{stopped}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "{stopped}");
        std::fs::write(&path, "an older page").unwrap();
        run_with_little_room(&scene, 1, &timeline).await;
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "an older page");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
        scene.subject.asof(&timeline).await.expect_code(0);
        assert!(std::fs::read_to_string(&path).unwrap().contains("</html>"));
    });
}

/// Recorded uploads are aborted as far as the records can be read; the others are listed for the user.
#[test]
fn a_damaged_list_of_uploads_does_not_keep_a_run_from_going_on() {
    block_on(async {
        let scene = Scene::new(SIZE).await;
        let options = ["--concurrency", "1", IN_PARTS[0], IN_PARTS[1]];
        // Behind the copies of one request and the one that finds out about conditions, in an upload's first parts.
        let cut = Cut::Write(SIZE as u64 + 4);
        scene.restore_with_and(&options, cut.arm(&scene)).await.expect_killed();
        scene.lab().faults().clear();
        let run = scene.runs().remove(0);
        let list = scene.subject.runs_dir().join(&run).join("uploads");
        let whole = std::fs::read(&list).unwrap();
        assert!(scene.lab().count_uploads(crate::faults::scene::BUCKET) > 0 && !whole.is_empty());
        std::fs::write(&list, [&b"\xff\xfe{\"bucket\n"[..], &whole, b"0123abcd {\"buc\xff"].concat())
            .unwrap();
        let resumed = scene.on_run("resume", &run, &[]).await.expect_code(0);
        for said in ["cannot read line 1 of ", "aws s3api list-multipart-uploads --bucket scene"] {
            assert!(resumed.stderr.contains(said), "{said:?} in {resumed}");
        }
        assert_eq!(scene.lab().count_uploads(crate::faults::scene::BUCKET), 0, "{resumed}");
        scene.assert_restored("a damaged list");
        // It is reported once, and kept.
        assert!(list.with_extension("damaged").exists());
        let again = scene.on_run("resume", &run, &[]).await.expect_code(0);
        assert!(!again.stderr.contains("cannot read"), "{again}");
    });
}

/// Kills a run in progress.
async fn killed() -> Scene {
    let scene = Scene::new(SIZE).await;
    slow_down(&scene, Duration::from_millis(5));
    scene.restore_with_and(&["--concurrency", "2"], Cut::Write(20).arm(&scene)).await.expect_killed();
    scene.lab().faults().clear();
    scene
}

#[test]
fn a_journal_that_is_torn() {
    block_on(async {
        for (cut, tail) in [(0, &b"1234"[..]), (1, b""), (30, b""), (0, &[0; 5000]), (7, b"\n\nxyz\n{}\n")] {
            let what = format!("{cut} bytes less, {tail:?}");
            let scene = killed().await;
            let path = newest(&scene.subject.runs_dir()).unwrap().join("journal");
            let journal = std::fs::read(&path).unwrap();
            std::fs::write(&path, [&journal[..journal.len() - cut], tail].concat()).unwrap();
            let resumed = scene.on_run("resume", &scene.runs()[0], &[]).await.expect_code(0);
            scene.assert_honest(&resumed, &what);
            scene.assert_restored(&what);
            scene.assert_grown_by(1, &what);
            // The torn record is gone for good: the journal can be resumed again.
            scene.on_run("resume", &scene.runs()[0], &[]).await.expect_code(0);
        }
    });
}

#[test]
fn a_journal_that_is_damaged_in_its_midst_is_refused() {
    block_on(async {
        let scene = killed().await;
        // The requests under way at the kill are still carried out.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let (run, before) = (scene.runs().remove(0), scene.versions());
        let path = scene.subject.runs_dir().join(&run).join("journal");
        let whole = std::fs::read(&path).unwrap();
        let lines: Vec<_> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        let with = |at: usize| {
            let mut bytes = whole.clone();
            bytes[at] ^= 4;
            bytes
        };
        let damaged = [with(20), with(whole.len() / 2), lines[1..].concat(), [lines[0], &whole].concat()];
        for (n, bytes) in damaged.iter().enumerate() {
            std::fs::write(&path, bytes).unwrap();
            for (command, more) in [("resume", &[][..]), ("undo", &["--yes"])] {
                let refused = scene.on_run(command, &run, more).await.expect_code(1);
                assert!(refused.stderr.contains("is damaged: "), "{n}: {refused}");
                assert!(!refused.stderr.contains("goes on"), "{n}: {refused}");
            }
            let listed = scene.subject.asof_alone(&["runs", "--format", "json"]).await.expect_code(0);
            let listed = listed.of_type("run");
            assert_eq!((listed.len(), listed[0]["state"].as_str()), (1, Some("damaged")), "{n}: {listed:?}");
            assert_eq!(std::fs::read(&path).unwrap(), *bytes, "{n}: written to");
        }
        assert_eq!(scene.versions(), before);
        std::fs::write(&path, &whole).unwrap();
        scene.assert_honest(&scene.on_run("resume", &run, &[]).await.expect_code(0), "mended");
    });
}
