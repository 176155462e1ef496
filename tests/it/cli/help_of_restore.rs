//! Help of the commands that change a bucket.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
#[expect(clippy::too_many_lines, reason = "one snapshot")]
fn of_restore() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("restore --help").changes_nothing(), @r#"
    exit code 0
    --- stdout
    Put the objects back to their versions at a past time

    Usage: asof restore [OPTIONS] --at <TIME> <LOCATION>
           asof restore [OPTIONS] --plan <PLAN>

    Arguments:
      [LOCATION]
              The bucket, or a prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --at <TIME>
              The past time: 2026-11-17T14:30:05Z, "2026-11-17 14:30:05 UTC", @1763389805, or an age:
              90m, 2h, 3d

          --plan <PLAN>
              Carry out exactly this plan, which asof diff --out has saved: place, time and keys are the
              plan's, and nothing is listed again

          --to <s3://OTHER[/PREFIX]|DIR>
              Restore into this bucket or folder, or this local directory, instead of in place; the
              folder of the source prefix is cut off the keys

          --no-case-collisions
              In DIR, leave out keys that differ from another in upper and lower case only, and report
              them

          --undelete <HOW>
              How keys come back that were deleted: by a copy, or, where only delete markers lie above
              their version, by removing these

              Possible values:
              - copy:          Copy the version
              - remove-marker: Remove the delete markers above it, by their version ids: a thousand a
                request, but the history is no longer whole

              [default: copy]

          --only <KIND>
              Only changes of this kind; may be given several times: --only undelete,revert

              Possible values:
              - undelete: Keys deleted since
              - revert:   Keys overwritten since
              - delete:   Keys created since

      -n, --dry-run
              Show what would be changed, as asof diff does, and change nothing

      -y, --yes
              Do not ask

          --allow-mass-delete
              Allow deleting more than half of the keys in scope; without it, their number has to be
              typed, and --yes is refused

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

#[test]
fn of_those_that_work_on_runs() {
    let stage = Stage::new();
    for (command, said) in [
        ("resume", "Go on with a restore that was interrupted"),
        ("undo", "Put back what a restore has changed"),
        ("runs", "List the restores that were begun"),
    ] {
        let help = stage.asof(&format!("{command} --help")).changes_nothing();
        assert!(help.starts_with("exit code 0\n") && help.contains(said), "{help}");
        assert!(help.contains("--state-dir <DIR>"), "{help}");
    }
}
