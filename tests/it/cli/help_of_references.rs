//! Help of `asof references`.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
#[expect(clippy::too_many_lines, reason = "a help text")]
fn of_references() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("references --help").changes_nothing(), @r#"
    exit code 0
    --- stdout
    Find keys that a database's rows name and the bucket did not hold at a past time

    Usage: asof references [OPTIONS] --at <TIME> --keys-from <FILE> <LOCATION>

    Arguments:
      <LOCATION>
              The bucket, or a prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --at <TIME>
              The past time: 2026-11-17T14:30:05Z, "2026-11-17 14:30:05 UTC", @1763389805, or an age:
              90m, 2h, 3d

          --keys-from <FILE>
              The keys that rows name (- for standard input), one a line, each whole; any number of
              them, in any order

      -0, --null
              After each key comes a NUL, not a line feed

          --against <s3://OTHER[/PREFIX]>
              Look for them in what this place holds now: one that the state was restored to, or the
              bucket itself

          --orphans
              Find objects that no row names too

          --allow-empty
              Exit with 0 if there is nothing to compare: no row names a key

          --all
              List every key in the table, not only the first of each kind

          --heal <LENGTH>
              Bring back keys that are not there but came at most this long after the past time:
              seconds, or 30s, 5m

      -y, --yes
              Do not ask

          --lifecycle-history <FILE>
              Lifecycle rules that the bucket had before: [{"from": TIME, "configuration": …}, …], as
              aws s3api get-bucket-lifecycle-configuration prints them

      -v, --verbose...
              Tell more on stderr: what lies below an error; twice: every request

      -h, --help
              Print help (see a summary with '-h')

    With --heal:
          --on-conflict <HOW>
              What to do about a key that somebody has changed since the plan, or a file in DIR that
              differs: leave it alone, or change it all the same

              Possible values:
              - skip:      It is left alone and listed, and the exit code is 3
              - overwrite: What is there stays as a noncurrent version; a file is replaced

              [default: skip]

          --rate <N/s>
              Keys written a second, copies and deletes together: 3000/s

              [default: 3000/s]

          --concurrency <N>
              Copies and delete requests under way at once, at most; a server that refuses or fails
              narrows it

              [default: 128]

          --state-dir <DIR>
              Where runs and marks are kept [default: $XDG_STATE_HOME/asof, or ~/.local/state/asof]

    Objects:
          --locks
              Give copies the retention and the legal hold of their versions

          --no-head
              Copy without a HEAD of each version first. Says that all have the bucket's default
              encryption

          --doubtful <HOW>
              Restore although keys are in doubt: leave those out, or trust the plan

              Possible values:
              - skip:  Leave these keys as they are
              - trust: Carry the change out; archived versions need --thaw all the same

          --thaw <TIER>
              Ask for archived versions, this fast; asof resume copies those that have arrived

              Possible values:
              - bulk:      Within 12 hours, the cheapest; from DEEP_ARCHIVE within 48
              - standard:  Within 5 hours; from DEEP_ARCHIVE within 12
              - expedited: Within minutes, the dearest; not from DEEP_ARCHIVE

          --thaw-days <N>
              How many days the thawed versions stay readable

              [default: 7]

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
