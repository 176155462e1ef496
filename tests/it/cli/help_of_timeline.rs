//! Help of `asof timeline`.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
fn of_timeline() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("timeline --help").changes_nothing(), @r#"
    exit code 0
    --- stdout
    Show puts, overwrites and deletes over time: find the second before the damage

    Usage: asof timeline [OPTIONS] <LOCATION>

    Arguments:
      <LOCATION>
              The bucket, or a prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --from <TIME>
              Only what happened in this second or later: 2026-11-17T14:30:05Z, "2026-11-17 14:30:05
              UTC", @1763389805, or an age: 90m, 2h, 3d

          --to <TIME>
              Only what happened in this second or earlier

          --step <LENGTH>
              The length of a bar: 30s, 15m, 6h, 1d; wider where that would be too many [default: what
              fits the screen]

          --html <FILE>
              Write the chart into this file too, as a page for a browser

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
    "#);
}
