use std::time::Instant;

use super::*;

fn shell(text: &str) -> Program {
    Program::new(["/bin/sh", "-c", text])
}

#[tokio::test]
async fn what_a_program_prints_is_read_and_how_it_ends_is_told() {
    let environment = vec![("ASOF_RUN".to_owned(), "r1".to_owned())];
    let printed = shell("echo $ASOF_RUN").read("it", &environment, RunLimits::default()).await;
    assert_eq!(printed.unwrap(), "r1\n");
    let failed = shell("exit 3").run("the hook", &environment, RunLimits::default()).await.unwrap_err();
    assert!(failed.to_string().starts_with("the hook (a shell command) failed"), "{failed}");
    let missing = Program::new(["/no/such/program"]);
    let missing = missing.run("the hook", &environment, RunLimits::default()).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Usage);
}

/// Errors go into logs, journals and reports.
#[tokio::test]
async fn what_a_program_was_told_is_not_shown() {
    let secret = "PGPASSWORD=secret";
    for words in [
        vec!["/usr/bin/env", secret, "false"],
        vec!["/bin/sh", "-c", "PGPASSWORD=secret false"],
        vec!["/no/such/program", "postgres://u:secret@h"],
    ] {
        let error = Program::new(words).run("the hook", &Environment::new(), RunLimits::default()).await;
        let told = error.unwrap_err().to_string();
        assert!(told.contains("the hook (") && !told.contains("secret"), "{told}");
    }
}

/// The system stops a background process that reads from the terminal, and a shell's children with it.
#[tokio::test]
async fn a_program_that_is_stopped_is_told_and_killed() {
    let began = Instant::now();
    let shell = shell("(sleep 30; kill -CONT $$) & kill -STOP $$; exit 0");
    let told = shell.run("the quiesce hook", &Environment::new(), RunLimits::default()).await.unwrap_err();
    assert!(told.to_string().starts_with("the quiesce hook was stopped: it tried to read"), "{told}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

/// A shell's children hold its output open; if they were not killed too, reading would not end.
#[tokio::test]
async fn a_program_is_killed_with_what_it_has_started() {
    let began = Instant::now();
    let run_limits = RunLimits { deadline: Some(Duration::from_millis(100)), cancel: None };
    let take =
        |mut output: std::fs::File| std::io::copy(&mut output, &mut std::io::sink()).map_err(Error::from);
    let late = shell("sleep 30 & sleep 30").pipe("it", &Environment::new(), run_limits, take).await;
    assert!(late.unwrap_err().to_string().contains("was stopped after"));
    let cancel = Cancel::default();
    cancel.stop();
    let run_limits = RunLimits { deadline: None, cancel: Some(&cancel) };
    let stopped = shell("sleep 30; true").read("it", &Environment::new(), run_limits).await;
    assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Interrupted);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
