//! Help of `asof check`.

use insta::assert_snapshot;

use super::help_text::help;
use super::stage::Stage;

#[test]
fn of_check() {
    assert_snapshot!(help(&Stage::new(), "check"), @r#"
    exit code 0
    --- stdout
    Check which past times can be restored, or print an IAM policy

    Usage: asof check [OPTIONS] [LOCATION]

    Arguments:
      [LOCATION]
              Bucket, or prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --at <TIME>
              Check whether this time can be restored

              Without --at and --window, check prints the time since which every second can be restored.

          --window <LENGTH>
              Check whether every second since this long ago can be restored: 24h, 7d

          --database <FILE>
              Also check which times the databases of this recovery file can be restored to

          --iam <USE>
              Print the least IAM policy for this use, without any request

              The policy is for the location, or for a placeholder BUCKET, and for --state-dir s3://….
              With --database, it is for the recovery file.

              Possible values:
              - plan:          Commands that change nothing: timeline, history, check, diff, verify
              - read:          Ls, cat, serve: read versions without restoring them
              - restore:       Restore in place, and undo --undelete copy
              - work:          Work: a shard of a plan set; with --state-dir s3://…, also the state
              - restore-to:    Restore into another bucket
              - remove-marker: Restore with --undelete remove-marker, and undo
              - thaw:          Restore with --thaw
              - recover:       Recover: buckets in place and RDS databases
              - drill:         Drill: buckets and databases into scratch copies

          --multipart-window <LENGTH>
              With --at: report multipart uploads started within this window before T [default: 1h]

          --doubtful <HOW>
              Accept keys whose state is uncertain: trust the listing

              Possible values:
              - trust: Trust the listing

          --metrics <FILE> (as in restore)
          --lifecycle-history <FILE>
              File with earlier lifecycle rules of the bucket

              JSON: [{"from": TIME, "configuration": …}, …], each configuration as aws s3api
              get-bucket-lifecycle-configuration prints it.

          --state-dir <DIR> (as in restore)
      -v, --verbose... (as in restore)
          --color <WHEN> (as in restore)
      -h, --help (as in restore)
    Server: as in restore
    Output: as in restore
    Examples:
      asof check s3://prod-uploads --at 2026-11-17T14:30:05Z
      asof check s3://prod-uploads --window 7d --database recovery.toml
      asof check s3://prod-uploads --iam restore
    "#);
}
