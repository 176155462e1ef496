//! Help of `asof work`.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
#[expect(clippy::too_many_lines, reason = "one snapshot")]
fn of_work() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("work --help").changes_nothing(), @"
    exit code 0
    --- stdout
    Apply one shard of a plan set, or resume it: the command of a task in an array job

    Usage: asof work [OPTIONS] <SET>

    Arguments:
      <SET>
              Plan set: the directory of asof diff --out DIR --shards, or its manifest.json

    Options:
          --shard <INDEX>
              Index of the shard, from 0 [default: the array index in the environment]

              Without it, asof reads JOB_COMPLETION_INDEX (Kubernetes), AWS_BATCH_JOB_ARRAY_INDEX or
              SLURM_ARRAY_TASK_ID.

          --parallelism <N>
              Number of workers at the same time; --rate is divided by it

              [default: 1]

      -y, --yes
              Apply the shard without a confirmation prompt; required

          --allow-mass-delete
              Allow the whole plan set to delete more than half of the keys in scope

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

      -v, --verbose...
              Increase verbosity (-v: error causes, -vv: every request)

          --color <WHEN>
              When to color output; auto: on a terminal, unless NO_COLOR is set

              [default: auto]
              [possible values: auto, always, never]

      -h, --help
              Print help (see a summary with '-h')

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
      asof work /shared/incident --shard 3 --yes --state-dir /shared/state
      asof work /shared/incident --yes --state-dir /shared/state --parallelism 16
      asof work /shared/incident --yes --state-dir /shared/state --doubtful skip --format json
    ");
}
