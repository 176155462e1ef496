//! Help of `asof check`.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
#[expect(clippy::too_many_lines, reason = "a help text")]
fn of_check() {
    assert_snapshot!(Stage::new().asof("check --help").changes_nothing(), @r#"
    exit code 0
    --- stdout
    Check which past times can be restored, or print an IAM policy

    Usage: asof check [OPTIONS] [LOCATION]

    Arguments:
      [LOCATION]
              Bucket, or prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --at <TIME>
              Check whether this time can be restored

              Without --at and --window, check prints the time since which every second can be restored.

          --window <LENGTH>
              Check whether every second since this long ago can be restored: 24h, 7d

          --database <FILE>
              Also check which times the databases of this recovery file can be restored to

          --iam <USE>
              Print the least IAM policy for this use, without any request

              The policy is for the location, or for a placeholder BUCKET. With --database, it is for
              the recovery file.

              Possible values:
              - plan:          Commands that change nothing: timeline, history, check, diff, verify
              - restore:       Restore in place, and undo --undelete copy
              - restore-to:    Restore into another bucket
              - remove-marker: Restore with --undelete remove-marker, and undo
              - thaw:          Restore with --thaw
              - recover:       Recover: buckets in place and RDS databases
              - drill:         Drill: buckets and databases into scratch copies

          --multipart-window <LENGTH>
              With --at: report multipart uploads started within this window before T [default: 1h]

          --doubtful <HOW>
              Accept keys whose state is uncertain: trust the listing

              Possible values:
              - trust: Trust the listing

          --lifecycle-history <FILE>
              File with earlier lifecycle rules of the bucket

              JSON: [{"from": TIME, "configuration": …}, …], each configuration as aws s3api
              get-bucket-lifecycle-configuration prints it.

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
      asof check s3://prod-uploads --at 2026-11-17T14:30:05Z
      asof check s3://prod-uploads --window 7d --database recovery.toml
      asof check s3://prod-uploads --iam restore
    "#);
}
