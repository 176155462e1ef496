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
    Find dangling references: keys in database rows that did not exist at a past time

    Usage: asof references [OPTIONS] --at <TIME> --keys-from <FILE> <LOCATION>

    Arguments:
      <LOCATION>
              Bucket, or prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --at <TIME>
              Target time: 2026-11-17T14:30:05Z, @1794925805 (Unix time), or an age: 90m, 2h, 3d

          --keys-from <FILE>
              File with the keys that rows point to, one per line, in any order (- for stdin)

      -0, --null
              Keys end in NUL instead of a line feed

          --against <s3://OTHER[/PREFIX]>
              Compare with the current state of this bucket or prefix, into which T was restored

          --orphans
              Also find orphans: objects without rows

          --allow-empty
              Exit with 0 if there is nothing to compare: the file has no keys

          --all
              List every key in the table, not only the first ones of each kind

          --heal <LENGTH>
              Restore missing keys that arrived within this time after T: seconds, or 30s, 5m

      -y, --yes
              Skip the confirmation prompt

          --lifecycle-history <FILE>
              File with earlier lifecycle rules of the bucket

              JSON: [{"from": TIME, "configuration": …}, …], each configuration as aws s3api
              get-bucket-lifecycle-configuration prints it.

      -v, --verbose...
              Increase verbosity (-v: error causes, -vv: every request)

          --color <WHEN>
              When to color output; auto: on a terminal, unless NO_COLOR is set

              [default: auto]
              [possible values: auto, always, never]

      -h, --help
              Print help (see a summary with '-h')

    With --heal:
          --on-conflict <HOW>
              How to handle conflicts: keys changed since the plan, or files in DIR that differ

              Possible values:
              - skip:      Leave it unchanged and list it; exit with 3
              - overwrite: Change it: the other version becomes noncurrent; in a directory, the file is
                replaced

              [default: skip]

          --rate <N/s>
              Maximum number of keys written per second, copies and deletes together

              [default: 3000/s]

          --concurrency <N>
              Maximum number of copies and delete requests in flight

              asof lowers it while the server throttles or fails.

              [default: 128]

          --state-dir <DIR>
              Directory for runs and marks [default: $XDG_STATE_HOME/asof or ~/.local/state/asof]

    Objects:
          --locks
              Copy the Object Lock retention and legal hold of each version

          --no-head
              Skip the HEAD request before each copy

              Use it only if every version has the default encryption of the bucket.

          --doubtful <HOW>
              How to handle uncertain keys: skip them, or trust the listing

              Possible values:
              - skip:  Leave these keys unchanged
              - trust: Apply their changes; archived versions still need --thaw

          --thaw <TIER>
              Thaw archived versions with this retrieval tier

              asof resume copies them when they are ready.

              Possible values:
              - bulk:      Within 12 hours, from DEEP_ARCHIVE within 48; cheapest
              - standard:  Within 5 hours, from DEEP_ARCHIVE within 12
              - expedited: Within minutes, not from DEEP_ARCHIVE; most expensive

          --thaw-days <N>
              Number of days that thawed versions stay readable

              [default: 7]

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
      asof references s3://prod-uploads --at 2026-11-17T14:30:05Z --keys-from keys.txt
      asof references s3://prod-uploads --at 2h --keys-from - --orphans
      asof references s3://prod-uploads --at 2h --keys-from keys.txt --heal 30s
    "#);
}
