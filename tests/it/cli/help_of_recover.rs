//! The help of commands that bring databases and buckets to one second.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
#[expect(clippy::too_many_lines, reason = "a snapshot")]
fn of_recover() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("recover --help").changes_nothing(), @"
    exit code 0
    --- stdout
    Restore buckets and databases to the same second, as described in a recovery file

    Usage: asof recover [OPTIONS] --at <TIME> <FILE>
           asof recover --abort <FILE>
           asof recover --adopt <FILE>
           asof recover --list [FILE]
           asof recover --init <FILE>

    Arguments:
      [FILE]
              Recovery file

    Options:
          --init
              Write a commented recovery file to start from, and exit

          --list
              List unfinished recoveries, of FILE if given

          --abort
              Abort the recovery: undo its runs, remove its databases, resume the application

          --adopt
              Resume a recovery whose state directory is lost, by the tags of its RDS databases

          --after-resume
              Allow --abort after the resume hook was started

              The application may already use the restored databases, which are removed.

          --at <TIME>
              Target time as in restore, mark:NAME, or latest: the newest second all databases reach

          --wait
              Wait until every database can be restored to the target time

      -n, --dry-run
              Show what would be restored and change nothing

      -y, --yes
              Skip the confirmation prompt

          --report <FILE>
              Also write the report to this file, as JSON

          --html <FILE>
              Also write the report to this file, as an HTML page

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

          --multipart-window <LENGTH>
              Warn about multipart uploads started within this window before T [default: 1h]

          --deadline <LENGTH>
              Stop after this time [default: the file's deadline, or 12h]

          --settings-from <FILE>
              Read the settings of an RDS source from this file; repeatable

              The output of aws rds describe-db-instances or describe-db-clusters.

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
      asof recover recovery.toml --init
      asof recover recovery.toml --at 2026-11-17T14:30:05Z --dry-run
      asof recover recovery.toml --at mark:before-deploy --html report.html
    ");
}

#[test]
fn of_mark() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("mark --help").changes_nothing(), @"
    exit code 0
    --- stdout
    Quiesce the application briefly and record a time to recover to

    Usage: asof mark [OPTIONS] <FILE>
           asof mark --list [FILE]

    Arguments:
      [FILE]
              Recovery file

    Options:
          --list
              List marks, oldest first, of FILE if given

          --name <NAME>
              Name of the mark, for --at mark:NAME [default: its time]

          --replace
              Replace an existing mark of this name

          --deadline <LENGTH>
              Resume the application after at most this time [default: the file's deadline, or 5m]

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
      asof mark recovery.toml --name before-deploy
      asof mark recovery.toml --deadline 2m
      asof mark --list
    ");
}
