//! What `asof verify --help` says.

use super::stage::Stage;
use insta::assert_snapshot;

#[test]
#[expect(clippy::too_many_lines, reason = "a help text")]
fn of_verify() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("verify --help").changes_nothing(), @r#"
    exit code 0
    --- stdout
    Compare a bucket, or a copy of it, with its state at a past time

    Usage: asof verify [OPTIONS] --at <TIME> <LOCATION>

    Arguments:
      <LOCATION>
              Bucket, or prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --at <TIME>
              Target time: 2026-11-17T14:30:05Z, @1794925805 (Unix time), or an age: 90m, 2h, 3d

          --against <s3://OTHER[/PREFIX]|DIR>
              Compare this bucket, prefix or local directory, into which the state was restored

          --all
              List every mismatch in the table, not only the first ones of each kind

          --doubtful <HOW>
              Accept keys whose state at T is uncertain: trust the listing

              Possible values:
              - trust: Trust the listing

          --allow-empty
              Exit with 0 if there are no keys to compare, neither at T nor now

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
      asof verify s3://prod-uploads --at 2026-11-17T14:30:05Z
      asof verify s3://prod-uploads --at 2h --against s3://scratch
      asof verify s3://prod-uploads/invoices/ --at 2h --against ./invoices --all
    "#);
}
