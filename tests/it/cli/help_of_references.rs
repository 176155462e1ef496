//! Help of `asof references`.

use insta::assert_snapshot;

use super::help_text::help;
use super::stage::Stage;

#[test]
fn of_references() {
    let stage = Stage::new();
    assert_snapshot!(help(&stage, "references"), @r#"
    exit code 0
    --- stdout
    Find dangling references: keys in database rows that did not exist at a past time

    Usage: asof references [OPTIONS] --at <TIME> --keys-from <FILE> <LOCATION>

    Arguments:
      <LOCATION>
              Bucket, or prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --at <TIME> (as in restore)
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

          --all (as in diff)
          --heal <LENGTH>
              Restore missing keys that arrived within this time after T: seconds, or 30s, 5m

      -y, --yes (as in restore)
          --lifecycle-history <FILE>
              File with earlier lifecycle rules of the bucket

              JSON: [{"from": TIME, "configuration": …}, …], each configuration as aws s3api
              get-bucket-lifecycle-configuration prints it.

      -v, --verbose... (as in restore)
          --color <WHEN> (as in restore)
      -h, --help (as in restore)
    With --heal:
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

    Objects: as in restore
    Server: as in restore
    Output: as in diff
    Examples:
      asof references s3://prod-uploads --at 2026-11-17T14:30:05Z --keys-from keys.txt
      asof references s3://prod-uploads --at 2h --keys-from - --orphans
      asof references s3://prod-uploads --at 2h --keys-from keys.txt --heal 30s
    "#);
}
