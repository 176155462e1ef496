//! Help of the commands that a bucket is worked on with.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
#[expect(clippy::too_many_lines, reason = "a help text")]
fn of_diff() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("diff --help").changes_nothing(), @r#"
    exit code 0
    --- stdout
    Show what a restore to a past time would change; change nothing

    Usage: asof diff [OPTIONS] --at <TIME> <LOCATION>

    Arguments:
      <LOCATION>
              The bucket, or a prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --at <TIME>
              The past time: 2026-11-17T14:30:05Z, "2026-11-17 14:30:05 UTC", @1763389805, or an age:
              90m, 2h, 3d

          --versus <TIME>
              Compare with this later time instead of now

          --all
              List every key in the table, not only the first of each kind

          --out <PLAN>
              Save the plan in this file, for asof restore --plan; a file of that name is replaced

          --undelete <HOW>
              How keys come back that were deleted: by a copy, or, where only delete markers lie above
              their version, by removing these

              Possible values:
              - copy:          Copy the version
              - remove-marker: Remove the delete markers above it, by their version ids: a thousand a
                request, but the history is no longer whole

              [default: copy]

          --only <KIND>
              Only changes of this kind; may be given several times: --only undelete,revert

              Possible values:
              - undelete: Keys deleted since
              - revert:   Keys overwritten since
              - delete:   Keys created since

          --exit-code
              Exit with 4 if there are differences

          --state-dir <DIR>
              Where runs and marks are kept [default: $XDG_STATE_HOME/asof, or ~/.local/state/asof]

      -v, --verbose...
              Tell more on stderr: what lies below an error; twice: every request

      -h, --help
              Print help (see a summary with '-h')

    Which keys:
          --include <GLOB>
              Only keys that match; * crosses /. May be given several times

          --exclude <GLOB>
              No keys that match. May be given several times

          --keys-from <FILE>
              Only the keys in this file (- for standard input), one a line

          --trust-etag
              Take versions of equal ETag and size for the same object, without a HEAD of either

          --multipart-window <LENGTH>
              Caution about uploads in parts begun at most this long before the past time; without it,
              1h

          --lifecycle-history <FILE>
              Lifecycle rules that the bucket had before: [{"from": TIME, "configuration": …}, …], as
              aws s3api get-bucket-lifecycle-configuration prints them

    Server:
          --endpoint-url <URL>
              The server's address, if it is not AWS

          --region <REGION>
              The bucket's region

          --profile <PROFILE>
              The profile in the AWS configuration files

          --path-style
              Name the bucket in the path, not in the host name

          --expected-bucket-owner <ACCOUNT>
              Refuse every bucket that another AWS account owns

          --request-payer <PAYER>
              Agree to pay for requests to Requester Pays buckets

              [possible values: requester]

          --list-concurrency <N>
              Listing requests under way at once, at most; throttling narrows it

              [default: 64]

          --read-timeout <SECONDS>
              Seconds without data after which a reply has stalled and its request is retried

              [default: 60]

    Output:
          --format <FORMAT>
              The form of the results

              Possible values:
              - table: For a person
              - json:  JSON Lines
              - csv:   Comma-separated values

              [default: table]

          --json
              Short for --format json

      -q, --quiet
              Only results and errors

          --no-progress
              Show no progress

          --progress
              Show progress even if stderr is not a terminal
    "#);
}

#[test]
fn of_show() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("show --help").changes_nothing(), @"
    exit code 0
    --- stdout
    Show a plan that diff has saved

    Usage: asof show [OPTIONS] <PLAN>

    Arguments:
      <PLAN>
              The plan's file; or a run, for its plan; or latest, for the newest run's

    Options:
          --all
              List every key in the table, not only the first of each kind

          --state-dir <DIR>
              Where runs and marks are kept [default: $XDG_STATE_HOME/asof, or ~/.local/state/asof]

      -v, --verbose...
              Tell more on stderr: what lies below an error; twice: every request

      -h, --help
              Print help (see a summary with '-h')

    Output:
          --format <FORMAT>
              The form of the results

              Possible values:
              - table: For a person
              - json:  JSON Lines
              - csv:   Comma-separated values

              [default: table]

          --json
              Short for --format json

      -q, --quiet
              Only results and errors

          --no-progress
              Show no progress

          --progress
              Show progress even if stderr is not a terminal
    ");
}

#[test]
fn of_history() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("history --help").changes_nothing(), @"
    exit code 0
    --- stdout
    Show every version of one key, newest first

    Usage: asof history [OPTIONS] <LOCATION>

    Arguments:
      <LOCATION>
              The object: s3://BUCKET/KEY

    Options:
          --at <TIME>
              Mark the version live at this time

          --state-dir <DIR>
              Where runs and marks are kept [default: $XDG_STATE_HOME/asof, or ~/.local/state/asof]

      -v, --verbose...
              Tell more on stderr: what lies below an error; twice: every request

      -h, --help
              Print help (see a summary with '-h')

    Server:
          --endpoint-url <URL>
              The server's address, if it is not AWS

          --region <REGION>
              The bucket's region

          --profile <PROFILE>
              The profile in the AWS configuration files

          --path-style
              Name the bucket in the path, not in the host name

          --expected-bucket-owner <ACCOUNT>
              Refuse every bucket that another AWS account owns

          --request-payer <PAYER>
              Agree to pay for requests to Requester Pays buckets

              [possible values: requester]

          --list-concurrency <N>
              Listing requests under way at once, at most; throttling narrows it

              [default: 64]

          --read-timeout <SECONDS>
              Seconds without data after which a reply has stalled and its request is retried

              [default: 60]

    Output:
          --format <FORMAT>
              The form of the results

              Possible values:
              - table: For a person
              - json:  JSON Lines
              - csv:   Comma-separated values

              [default: table]

          --json
              Short for --format json

      -q, --quiet
              Only results and errors

          --no-progress
              Show no progress

          --progress
              Show progress even if stderr is not a terminal
    ");
}

#[test]
fn the_manual_page_and_the_completions_know_every_command() {
    let stage = Stage::new();
    let man = stage.asof("man").changes_nothing();
    let shells = ["bash", "zsh", "fish", "elvish", "powershell"];
    let completions = shells.map(|shell| stage.asof(&format!("completions {shell}")).changes_nothing());
    for command in
        ["timeline", "diff", "restore", "resume", "undo", "verify", "check", "recover", "drill", "mark"]
    {
        assert!(man.contains(&format!("asof\\-{command}")), "{command}");
        for completions in &completions {
            assert!(completions.contains(command), "{command}");
        }
    }
}
