//! Help of `asof timeline`.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
fn of_timeline() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("timeline --help").changes_nothing(), @"
    exit code 0
    --- stdout
    Show puts, overwrites and deletes over time, and suggest a target time

    Usage: asof timeline [OPTIONS] <LOCATION>

    Arguments:
      <LOCATION>
              Bucket, or prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --from <TIME>
              Start of the period: 2026-11-17T14:30:05Z, @1794925805 (Unix time), or an age: 6h

          --to <TIME>
              End of the period, inclusive

          --step <LENGTH>
              Length of a bar: 30s, 15m, 6h, 1d [default: fits the screen]

          --html <FILE>
              Also write the chart to this file, as an HTML page

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
      asof timeline s3://prod-uploads --from 6h
      asof timeline s3://prod-uploads/invoices/ --from 2d --to 1d --step 1h
      asof timeline s3://prod-uploads --from 6h --html incident.html
    ");
}
