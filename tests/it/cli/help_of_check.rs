//! Help of `asof check`.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
#[expect(clippy::too_many_lines, reason = "a help text")]
fn of_check() {
    assert_snapshot!(Stage::new().asof("check --help").changes_nothing(), @r#"
    exit code 0
    --- stdout
    Say whether a past time can be restored, or since when every one can; exit 5 if not

    Usage: asof check [OPTIONS] [LOCATION]

    Arguments:
      [LOCATION]
              The bucket, or a prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --at <TIME>
              Can this past time be restored? Without it, and without --window: since when can every
              time be?

          --window <LENGTH>
              Can every second of so long a time up to now be restored? 24h, 7d

          --database <FILE>
              Ask the databases of this recovery file, as asof recover takes it, too: which times can
              they be restored to?

          --iam <USE>
              Print the least IAM policy for a use of asof on the place, or on a bucket BUCKET; look at
              nothing. With --database, for that file's recovery

              Possible values:
              - plan:          Look, and change nothing: timeline, history, check, diff, verify
              - restore:       Restore in place, and undo --undelete copy
              - restore-to:    Restore into another bucket
              - remove-marker: Restore with --undelete remove-marker, and undo
              - thaw:          Restore with --thaw
              - recover:       Recover: buckets in place, and databases of RDS
              - drill:         Drill: buckets and databases into scratch copies, to see that it can be
                done

          --multipart-window <LENGTH>
              With --at: doubt keys that held a multipart upload started within this window before T;
              without it, 1h

          --doubtful <HOW>
              Accept keys whose state is uncertain: trust takes the listing for the whole truth

              Possible values:
              - trust: Take the listing for the whole truth

          --lifecycle-history <FILE>
              Lifecycle rules that the bucket had before: [{"from": TIME, "configuration": …}, …], as
              aws s3api get-bucket-lifecycle-configuration prints them

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
    "#);
}
