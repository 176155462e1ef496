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
    Compare the bucket, or another place, with its state at a past time

    Usage: asof verify [OPTIONS] --at <TIME> <LOCATION>

    Arguments:
      <LOCATION>
              The bucket, or a prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --at <TIME>
              The past time: 2026-11-17T14:30:05Z, "2026-11-17 14:30:05 UTC", @1763389805, or an age:
              90m, 2h, 3d

          --against <s3://OTHER[/PREFIX]|DIR>
              Compare what this place, or this local directory, holds, to which the state was restored

          --all
              List every mismatch in the table, not only the first of each kind

          --doubtful <HOW>
              Accept keys whose state at T is uncertain: trust takes the listing for the whole truth

              Possible values:
              - trust: Take the listing for the whole truth

          --allow-empty
              Exit with 0 if there is nothing to compare: no keys, neither at T nor now

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
