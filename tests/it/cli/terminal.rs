//! The confirmation prompt of a restore, on a pseudo-terminal created by util-linux's `script`.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use insta::assert_snapshot;

use super::doubt::{AT, expired};
use super::stage::{Asof, BUCKET, Stage};

/// Restores the bucket on a terminal on which `answer` is typed.
fn answered(stage: &Stage, answer: &str) -> String {
    let restore = "restore s3://prod-uploads/avatars --at 2024-05-06T07:08:09Z --no-progress";
    typed(stage, restore, answer)
}

/// Runs `asof` with these words on a terminal on which `answer` is typed.
pub(super) fn typed(stage: &Stage, words: &str, answer: &str) -> String {
    typed_in(&stage.asof(words), answer)
}

/// The same in an environment of its own.
pub(super) fn typed_in(asof: &Asof<'_>, answer: &str) -> String {
    asof.show(&answer_to(&asof.command, answer))
}

/// Runs a command on a terminal on which `answer` is typed.
pub(crate) fn answer_to(command: &Command, answer: &str) -> Output {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let quoted: Vec<_> = words.map(|word| format!("'{}'", word.to_string_lossy())).collect();
    let variables = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--echo", "never", "--command", &quoted.join(" "), "/dev/null"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(variables)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a terminal is made by util-linux's script");
    // Kept open to the end: for script, the end of its input is the end of the session.
    let mut keyboard = child.stdin.take().unwrap();
    // A command that asks nothing may have ended.
    drop(writeln!(keyboard, "{answer}"));
    let mut output = child.wait_with_output().unwrap();
    drop(keyboard);
    output.stdout.retain(|byte| *byte != b'\r');
    output
}

#[test]
fn right_name() {
    let stage = Stage::after_incident();
    assert_snapshot!(answered(&stage, BUCKET), @"
    exit code 0
    --- stdout
    prod-uploads/avatars as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1         13 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               1

      under avatars/  1 revert

    Type the bucket name (prod-uploads) to confirm: done in N s: 1 copied (13 B), 0 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads/avatars --at 2024-05-06T07:08:09Z     undo it: asof undo RUN
    ");
    assert!(stage.writes() > 0);
}

#[test]
fn wrong_name() {
    let stage = Stage::after_incident();
    let refused = answered(&stage, "yes");
    assert_snapshot!(refused, @"
    exit code 2
    --- stdout
    prod-uploads/avatars as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  1         13 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               1

      under avatars/  1 revert

    Type the bucket name (prod-uploads) to confirm: error: confirmation does not match the bucket name prod-uploads; nothing was changed
    ");
    assert_eq!(answered(&stage, "prod"), refused);
    assert_eq!(answered(&stage, ""), refused);
    assert_eq!(stage.writes(), 0);
}

#[test]
fn keys_in_doubt() {
    let restore = format!("restore s3://prod-uploads/uploads {AT} --no-progress");
    for answer in ["stop", "", "yes", BUCKET] {
        let stage = expired();
        let shown = typed(&stage, &restore, answer);
        assert!(shown.starts_with("exit code 5\n"), "{answer}: {shown}");
        assert_eq!(stage.writes(), 0);
    }
    let stage = expired();
    assert_snapshot!(typed(&stage, &restore, "skip"), @"
    exit code 0
    --- stdout
    prod-uploads/uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      warning: the target time is before the oldest version here (2024-05-06 07:08:10 UTC): no keys
        existed then
      warning: a restore to this time deletes the only key
      versioning enabled · no locks · SSE-S3 default
      history complete for T ≥ TIME UTC by the current lifecycle rules; keys that have
        expired entirely are not listed

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  1          7 B   created since T; deleted (delete marker)
      unchanged               1
      lifecycle               2                uncertain: lifecycle rules may have removed the version
                                               live at T
      1 uncertain key is not among the changes: the version live at T may have been removed

      under uploads/  1 delete

    the state at 2024-05-06 07:08:09 UTC is uncertain: lifecycle rules may have removed versions of 2 keys: uploads/deleted.jpg, uploads/overwritten.jpg
    skip leaves these keys unchanged, trust assumes the listing is complete; skip, trust or stop: 1 uncertain key is left unchanged
    nothing to change
    ");
    assert_eq!(stage.writes(), 0);
    assert_snapshot!(typed(&stage, &restore, "trust\n1"), @"
    exit code 0
    --- stdout
    prod-uploads/uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      warning: the target time is before the oldest version here (2024-05-06 07:08:10 UTC): no keys
        existed then
      warning: a restore to this time deletes the only key
      versioning enabled · no locks · SSE-S3 default
      history complete for T ≥ TIME UTC by the current lifecycle rules; keys that have
        expired entirely are not listed

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  1          7 B   created since T; deleted (delete marker)
      unchanged               1
      lifecycle               2                uncertain: lifecycle rules may have removed the version
                                               live at T
      1 uncertain key is not among the changes: the version live at T may have been removed

      under uploads/  1 delete

    the state at 2024-05-06 07:08:09 UTC is uncertain: lifecycle rules may have removed versions of 2 keys: uploads/deleted.jpg, uploads/overwritten.jpg
    skip leaves these keys unchanged, trust assumes the listing is complete; skip, trust or stop: Type the number of keys to delete (1) to confirm: done in N s: 0 copied (0 B), 1 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads/uploads --at 2024-05-06T07:08:09Z     undo it: asof undo RUN
    ");
    assert!(!stage.keys(BUCKET).contains(&"uploads/overwritten.jpg".to_owned()));
}
