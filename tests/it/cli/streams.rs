//! Standard streams that end early, or never.

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use insta::assert_snapshot;

use super::stage::Stage;

/// Runs the command with a stdout that has no reader.
fn into_nowhere(stage: &Stage, words: &str) -> String {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut asof = stage.asof(words);
    asof.command.stdout(writer).stderr(Stdio::piped());
    let output = asof.command.spawn().unwrap().wait_with_output().unwrap();
    asof.show(&output)
}

/// `asof diff | head`: a reader that has read enough is no error.
#[test]
fn reader_that_has_gone_away() {
    let stage = Stage::new();
    // More than any buffer on the way holds.
    let put = |body: &str| (0..2000).for_each(|n| stage.put(&format!("uploads/{n:05}"), body));
    put("x");
    stage.time("2024-05-06T07:08:10Z");
    put("y");
    for words in ["--help", "diff --help"] {
        assert_eq!(into_nowhere(&stage, words), "exit code 0\n", "{words}");
    }
    for options in ["", "--all", "--format json", "--format csv"] {
        let words = format!("diff s3://prod-uploads --at 2024-05-06T07:08:09Z {options}");
        assert_eq!(into_nowhere(&stage, &words), "exit code 0\n", "{words}");
    }
    let words = "history s3://prod-uploads/uploads/00000";
    assert_eq!(into_nowhere(&stage, words), "exit code 0\n", "{words}");
}

/// A restore or a check whose results have no reader must not look as if it succeeded.
#[test]
fn reader_that_has_gone_away_before_the_work_was_done() {
    let stage = Stage::after_incident();
    let of = |command: &str| {
        into_nowhere(&stage, &format!("{command} s3://prod-uploads --at 2024-05-06T07:08:09Z"))
    };
    let stopped = of("verify");
    assert_snapshot!(stopped, @"
    exit code 1
    --- stderr
    error: cannot write results: the reader of stdout has gone away
      run the command again
    ");
    assert_eq!(of("restore --yes"), stopped);
    assert_eq!(of("diff --exit-code"), stopped);
    assert_eq!(of("diff --out a.plan"), stopped);
    assert_eq!(stage.writes(), 0);
}

/// Waits until a process catches the signal that it is going to be sent.
fn catches_interrupts(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.is_some_and(|mask| mask & 2 != 0)
}

/// Sends an interrupt to a process that is ready for it, unless it has ended.
fn interrupt(process: &mut Child) {
    let began = Instant::now();
    while process.try_wait().unwrap().is_none()
        && !catches_interrupts(process.id())
        && began.elapsed() < Duration::from_secs(20)
    {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(300));
    if process.try_wait().unwrap().is_none() {
        assert!(Command::new("kill").args(["-INT", &process.id().to_string()]).status().unwrap().success());
    }
}

/// Waits for the end of a process that was told to stop, and kills it if it does not.
fn ended(mut process: Child) -> Output {
    let stopped = Instant::now();
    while process.try_wait().unwrap().is_none() && stopped.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(10));
    }
    if process.try_wait().unwrap().is_none() {
        process.kill().unwrap();
    }
    process.wait_with_output().unwrap()
}

/// The writer of the keys may never end; Ctrl-C still stops a command that waits for it.
#[test]
fn one_interrupt_stops_a_command_that_waits_for_its_keys() {
    let stage = Stage::after_incident();
    for words in [
        "diff s3://prod-uploads --at 2024-05-06T07:08:09Z --keys-from -",
        "verify s3://prod-uploads --at 2024-05-06T07:08:09Z --keys-from -",
        "restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --keys-from -",
        "diff s3://prod-uploads --at 2024-05-06T07:08:09Z --lifecycle-history /dev/stdin",
        "check s3://prod-uploads --at 2024-05-06T07:08:09Z --lifecycle-history /dev/stdin",
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut asof = stage.asof(words);
        asof.command.stdin(reader).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = asof.command.spawn().unwrap();
        interrupt(&mut process);
        let output = ended(process);
        assert_eq!(output.status.code(), Some(130), "{words}: {output:?}");
        drop(writer);
    }
    assert_eq!(stage.writes(), 0);
}

/// No signal reached a command while it waited for somebody to read its page, or its list: it could only be killed.
#[test]
fn two_interrupts_abort_a_command_that_waits_for_a_reader() {
    let stage = Stage::after_incident();
    // More than a pipe holds.
    (0..2000).for_each(|n| stage.put(&format!("uploads/{n:050}"), "x"));
    let page = stage.path("page");
    assert!(Command::new("mkfifo").arg(&page).status().unwrap().success());
    let diff = "diff s3://prod-uploads --at 2024-05-06T07:08:09Z";
    for (options, both) in [
        (format!("--html {}", page.display()), false),
        ("--format csv".to_owned(), false),
        ("-vv".to_owned(), true),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut asof = stage.asof(&format!("{diff} {options}"));
        asof.command.stdout(writer.try_clone().unwrap()).stderr(if both {
            writer.into()
        } else {
            Stdio::piped()
        });
        let mut process = asof.command.spawn().unwrap();
        interrupt(&mut process);
        interrupt(&mut process);
        let output = ended(process);
        assert_eq!(output.status.code(), Some(130), "{options}: {output:?}");
        drop(reader);
    }
}
