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
    Show what a restore would change

    Usage: asof diff [OPTIONS] --at <TIME> <LOCATION>

    Arguments:
      <LOCATION>
              Bucket, or prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --at <TIME>
              Target time: 2026-11-17T14:30:05Z, @1794925805 (Unix time), or an age: 90m, 2h, 3d

          --versus <TIME>
              Compare with this later time instead of now

          --all
              List every key in the table, not only the first ones of each kind

          --out <PLAN>
              Save the plan to this file, for asof restore --plan

              An existing plan of this name is replaced. With --shards, it is a new directory for the
              plan set.

          --shards <N>
              Cut the plan into this many shards, for asof work; auto: one per 500,000 requests

          --undelete <HOW>
              How to restore deleted keys: copy the version, or remove its delete markers

              remove-marker applies to keys that have only delete markers above the version; other keys
              are copied.

              Possible values:
              - copy:          Copy the version
              - remove-marker: Remove its delete markers, 1,000 per request; the history is no longer
                complete

              [default: copy]

          --only <KIND>
              Restrict to this kind of change; repeatable, or a list: --only undelete,revert

              Possible values:
              - undelete: Keys deleted since T
              - revert:   Keys overwritten since T
              - delete:   Keys created since T

          --prices <FILE>
              Estimate the cost with the prices in this file (TOML or JSON) [default: AWS in us-east-1]

              A server that is not AWS has no default prices.

          --exit-code
              Exit with code 4 if there are differences

          --state-dir <DIR>
              Directory for runs and marks [default: $XDG_STATE_HOME/asof or ~/.local/state/asof]

      -v, --verbose...
              Increase verbosity (-v: error causes, -vv: every request)

          --color <WHEN>
              When to color output; auto: on a terminal, unless NO_COLOR is set

              [default: auto]
              [possible values: auto, always, never]

      -h, --help
              Print help (see a summary with '-h')

    Key selection:
          --include <GLOB>
              Restrict to keys that match; * also matches /; repeatable

          --exclude <GLOB>
              Skip keys that match; repeatable

          --keys-from <FILE>
              Restrict to the keys in this file, one per line (- for stdin)

          --trust-etag
              Treat versions with equal ETag and size as the same object, without HEAD requests

          --multipart-window <LENGTH>
              Warn about multipart uploads started within this window before T [default: 1h]

          --lifecycle-history <FILE>
              File with earlier lifecycle rules of the bucket

              JSON: [{"from": TIME, "configuration": …}, …], each configuration as aws s3api
              get-bucket-lifecycle-configuration prints it.

    Server:
          --endpoint-url <URL>
              URL of the S3 server, if it is not AWS

          --region <REGION>
              Region of the bucket

          --profile <PROFILE>
              Profile in the AWS configuration files

          --path-style
              Put the bucket name into the path instead of the host name

          --expected-bucket-owner <ACCOUNT>
              Refuse buckets that another AWS account owns

          --request-payer <PAYER>
              Accept the charges of Requester Pays buckets

              [possible values: requester]

          --list-concurrency <N>
              Maximum number of listing requests in flight; asof lowers it while S3 throttles

              [default: 64]

          --read-timeout <SECONDS>
              Retry a request if its reply sends no data for this many seconds

              [default: 60]

    Output:
          --format <FORMAT>
              Output format

              Possible values:
              - table: Human-readable table
              - json:  JSON Lines
              - csv:   Comma-separated values

              [default: table]

          --json
              Shorthand for --format json

      -q, --quiet
              Print results and errors only

          --no-progress
              Hide the progress display

          --progress
              Show progress even when stderr is not a terminal

    Examples:
      asof diff s3://prod-uploads --at 2026-11-17T14:30:05Z
      asof diff s3://prod-uploads/invoices/ --at 2h --out incident.plan
      asof diff s3://prod-uploads --at 2d --versus 1d --format json
      asof diff s3://prod-uploads --at 2h --out /shared/incident --shards 64
    "#);
}

#[test]
fn of_show() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("show --help").changes_nothing(), @"
    exit code 0
    --- stdout
    Show a saved plan, or the plan of a run

    Usage: asof show [OPTIONS] <PLAN>

    Arguments:
      <PLAN>
              Plan file, plan set, or a run whose plan to show, or latest for the newest run

    Options:
          --all
              List every key or shard in the table, not only the first ones

          --prices <FILE>
              Estimate the cost with the prices in this file (TOML or JSON)

              Without it there is no estimate: a plan does not name its server.

          --state-dir <DIR>
              Directory for runs and marks [default: $XDG_STATE_HOME/asof or ~/.local/state/asof]

      -v, --verbose...
              Increase verbosity (-v: error causes, -vv: every request)

          --color <WHEN>
              When to color output; auto: on a terminal, unless NO_COLOR is set

              [default: auto]
              [possible values: auto, always, never]

      -h, --help
              Print help (see a summary with '-h')

    Output:
          --format <FORMAT>
              Output format

              Possible values:
              - table: Human-readable table
              - json:  JSON Lines
              - csv:   Comma-separated values

              [default: table]

          --json
              Shorthand for --format json

      -q, --quiet
              Print results and errors only

          --no-progress
              Hide the progress display

          --progress
              Show progress even when stderr is not a terminal

    Examples:
      asof show incident.plan
      asof show latest --all
      asof show incident.plan --format csv
      asof show /shared/incident
    ");
}

#[test]
fn of_history() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("history --help").changes_nothing(), @"
    exit code 0
    --- stdout
    List every version of one key, newest first

    Usage: asof history [OPTIONS] <LOCATION>

    Arguments:
      <LOCATION>
              Object: s3://BUCKET/KEY

    Options:
          --at <TIME>
              Mark the version that was live at this time

          --state-dir <DIR>
              Directory for runs and marks [default: $XDG_STATE_HOME/asof or ~/.local/state/asof]

      -v, --verbose...
              Increase verbosity (-v: error causes, -vv: every request)

          --color <WHEN>
              When to color output; auto: on a terminal, unless NO_COLOR is set

              [default: auto]
              [possible values: auto, always, never]

      -h, --help
              Print help (see a summary with '-h')

    Server:
          --endpoint-url <URL>
              URL of the S3 server, if it is not AWS

          --region <REGION>
              Region of the bucket

          --profile <PROFILE>
              Profile in the AWS configuration files

          --path-style
              Put the bucket name into the path instead of the host name

          --expected-bucket-owner <ACCOUNT>
              Refuse buckets that another AWS account owns

          --request-payer <PAYER>
              Accept the charges of Requester Pays buckets

              [possible values: requester]

          --list-concurrency <N>
              Maximum number of listing requests in flight; asof lowers it while S3 throttles

              [default: 64]

          --read-timeout <SECONDS>
              Retry a request if its reply sends no data for this many seconds

              [default: 60]

    Output:
          --format <FORMAT>
              Output format

              Possible values:
              - table: Human-readable table
              - json:  JSON Lines
              - csv:   Comma-separated values

              [default: table]

          --json
              Shorthand for --format json

      -q, --quiet
              Print results and errors only

          --no-progress
              Hide the progress display

          --progress
              Show progress even when stderr is not a terminal

    Examples:
      asof history s3://prod-uploads/avatars/7/me.png
      asof history s3://prod-uploads/avatars/7/me.png --at 2h
      asof history s3://prod-uploads/avatars/7/me.png --format csv
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
