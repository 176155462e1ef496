//! Streams that end early.

use std::process::Stdio;

use insta::assert_snapshot;

use super::stage::Stage;

/// Runs the words with a stdout that nobody reads.
fn into_nowhere(stage: &Stage, words: &str) -> String {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut asof = stage.asof(words);
    asof.command.stdout(writer).stderr(Stdio::piped());
    let output = asof.command.spawn().unwrap().wait_with_output().unwrap();
    asof.show(&output)
}

/// `asof diff | head`: whoever has read enough is told nothing.
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

/// A restore or a check that nobody reads has not been done, and must not look as if it had.
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
    error: stopped, because whoever was to read the results has gone away
      run the command again
    ");
    assert_eq!(of("restore --yes"), stopped);
    assert_eq!(of("diff --exit-code"), stopped);
    assert_eq!(of("diff --out a.plan"), stopped);
    assert_eq!(stage.writes(), 0);
}
