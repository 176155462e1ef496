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
    Put buckets and databases back to the same second, as a recovery file says

    Usage: asof recover [OPTIONS] --at <TIME> <FILE>
           asof recover --abort <FILE>
           asof recover --adopt <FILE>
           asof recover --list [FILE]
           asof recover --init <FILE>

    Arguments:
      [FILE]
              The recovery file

    Options:
          --init
              Write a recovery file to begin with, and do nothing else

          --list
              List the recoveries that are not finished; those of FILE if one is given

          --abort
              Abort the recovery of FILE: undo its runs, remove the databases that it restored, resume
              the application

          --adopt
              Resume the recovery of FILE whose state directory is lost, by the tags of the RDS
              databases that it restored

          --after-resume
              Abort even after the resume hook was started, when the application may use the restored
              databases that are removed

          --at <TIME>
              The past time, as restore takes it; a mark: mark:NAME; or latest: the newest second that
              every database reaches

          --wait
              If the target time is newer than a database's latest restorable time, wait until the
              database reaches it

      -n, --dry-run
              Show what would be restored, and change nothing

      -y, --yes
              Do not ask

          --report <FILE>
              Write the report into this file too, as JSON

          --html <FILE>
              Write the report into this file too, as a page for a browser

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

      -v, --verbose...
              Tell more on stderr: what lies below an error; twice: every request

      -h, --help
              Print help (see a summary with '-h')

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

          --multipart-window <LENGTH>
              Caution about uploads in parts begun at most this long before the past time; without it,
              1h

          --deadline <LENGTH>
              Stop after this, whatever has been done; without it, what the file says, or 12h

          --settings-from <FILE>
              Take an RDS source's settings from this file, as aws rds describe-db-instances or
              describe-db-clusters printed it

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

              [default: table]

          --json
              Short for --format json

      -q, --quiet
              Only results and errors

          --no-progress
              Show no progress

          --progress
              Show progress even if stderr is not a terminal
    ");
}

#[test]
fn of_mark() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("mark --help").changes_nothing(), @"
    exit code 0
    --- stdout
    Stop the application for a moment, and note a time to go back to

    Usage: asof mark [OPTIONS] <FILE>
           asof mark --list [FILE]

    Arguments:
      [FILE]
              The recovery file

    Options:
          --list
              List the marks, the oldest first; those of FILE if one is given

          --name <NAME>
              The mark's name, for --at mark:NAME; without it, its time

          --replace
              Replace the mark of this name

          --deadline <LENGTH>
              Let the application go on after this, whatever has been done; without it, what the file
              says, or 5m

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

              [default: table]

          --json
              Short for --format json

      -q, --quiet
              Only results and errors

          --no-progress
              Show no progress

          --progress
              Show progress even if stderr is not a terminal
    ");
}
