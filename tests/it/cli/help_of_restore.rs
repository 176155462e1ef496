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
    Restore a bucket, a prefix or selected keys to their state at a past time

    Usage: asof restore [OPTIONS] --at <TIME> <LOCATION>
           asof restore [OPTIONS] --plan <PLAN>

    Arguments:
      [LOCATION]
              Bucket, or prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --at <TIME>
              Target time: 2026-11-17T14:30:05Z, @1794925805 (Unix time), or an age: 90m, 2h, 3d

          --plan <PLAN>
              Apply this plan, saved by asof diff --out

              Location, target time and keys are those of the plan; the bucket is not listed again.

          --to <s3://OTHER[/PREFIX]|DIR>
              Restore into this bucket, prefix or local directory instead of in place

              The folder of the source prefix is removed from the keys.

          --no-case-collisions
              In a directory, skip and report keys that differ from another key in case only

          --undelete <HOW>
              How to restore deleted keys: copy the version, or remove its delete markers

              remove-marker applies to keys that have only delete markers above the version; other keys
              are copied.

              Possible values:
              - copy:          Copy the version
              - remove-marker: Remove its delete markers, 1,000 per request; the history is no longer
                complete

              [default: copy]

          --only <KIND>
              Restrict to this kind of change; repeatable, or a list: --only undelete,revert

              Possible values:
              - undelete: Keys deleted since T
              - revert:   Keys overwritten since T
              - delete:   Keys created since T

          --prices <FILE>
              Estimate the cost with the prices in this file (TOML or JSON) [default: AWS in us-east-1]

              A server that is not AWS has no default prices.

      -n, --dry-run
              Show the changes as asof diff does, and apply nothing

      -y, --yes
              Skip the confirmation prompt

          --allow-mass-delete
              Allow deleting more than half of the keys in scope

              Without it, asof asks for the number of keys, and refuses --yes.

          --metrics <FILE>
              Also write metrics of the run to this file, for Prometheus, even if the run fails

              The text format that the textfile collector of node_exporter reads from files named
              *.prom.

          --on-conflict <HOW>
              Conflict policy, for keys changed since the plan or files in DIR that differ

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

          --lanes <N>
              Places in the key order to write from at once [default: by plan size, up to 16]

              S3 limits writes per key range. More lanes spread them over more ranges. A run that is
              resumed keeps its lanes.

          --state-dir <DIR>
              Directory for runs and marks [default: $XDG_STATE_HOME/asof or ~/.local/state/asof]

              s3://BUCKET/PREFIX keeps runs where other machines can resume and undo them.

          --state-profile <PROFILE>
              Profile of the server with --state-dir s3://… [default: that of the bucket]

      -v, --verbose...
              Increase verbosity (-v: error causes, -vv: every request)

          --color <WHEN>
              Color the output; auto: on a terminal, unless NO_COLOR is set

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
              Policy for uncertain keys: skip them, or trust the listing

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

    Key selection:
          --include <GLOB>
              Restrict to keys that match; * also matches /; repeatable

          --exclude <GLOB>
              Skip keys that match; repeatable

          --keys-from <FILE>
              Restrict to the keys in this file, one per line (- for stdin)

          --trust-etag
              Treat versions with equal ETag and size as the same object, without HEAD requests

          --multipart-window <LENGTH>
              Warn about multipart uploads started within this window before T [default: 1h]

          --lifecycle-history <FILE>
              File with earlier lifecycle rules of the bucket

              JSON: [{"from": TIME, "configuration": …}, …], each configuration as aws s3api
              get-bucket-lifecycle-configuration prints it.

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

          --progress [<FORM>]
              Show progress even when stderr is not a terminal: a line of text per second, or of JSON

              [possible values: text, json]

    Examples:
      asof restore s3://prod-uploads --at 2026-11-17T14:30:05Z
      asof restore s3://prod-uploads/invoices/ --at 2h --to s3://scratch/invoices/
      asof restore --plan incident.plan --yes
    "#);
}

#[test]
fn of_those_that_work_on_runs() {
    let stage = Stage::new();
    for (command, said) in [
        ("resume", "Resume an interrupted or incomplete restore"),
        ("undo", "Undo a restore"),
        ("runs", "List runs and their progress"),
    ] {
        let help = stage.asof(&format!("{command} --help")).changes_nothing();
        assert!(help.starts_with("exit code 0\n") && help.contains(said), "{help}");
        assert!(help.contains("--state-dir <DIR>"), "{help}");
    }
}
