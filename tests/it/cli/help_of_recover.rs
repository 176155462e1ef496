//! Help of the commands that restore databases and buckets to the same second.

use insta::assert_snapshot;

use super::help_text::help;
use super::stage::Stage;

#[test]
fn of_recover() {
    let stage = Stage::new();
    assert_snapshot!(help(&stage, "recover"), @r"
    exit code 0
    --- stdout
    Restore buckets and databases to the same second, as described in a recovery file

    Usage: asof recover [OPTIONS] --at <TIME> <FILE>
           asof recover --abort <FILE>
           asof recover --adopt <FILE>
           asof recover --list [FILE]
           asof recover --init [--recipe <NAME>] <FILE>

    Arguments:
      [FILE]
              Recovery file

    Options:
          --init
              Write a commented recovery file to start from, and exit

          --recipe <NAME>
              With --init: write the recovery file and commands for this server

              [possible values: postgres-wal, pgbackrest, mariadb-binlog, dynamodb-pitr, ebs-volumes,
              rabbitmq-outbox, rabbitmq-stream]

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

      -y, --yes (as in restore)
          --report <FILE>
              Also write the report to this file, as JSON

          --html <FILE>
              Also write the report to this file, as an HTML page

          --metrics <FILE> (as in restore)
          --on-conflict <HOW> (as in restore)
          --rate <N/s> (as in restore)
          --concurrency <N> (as in restore)
          --lanes <N> (as in restore)
          --state-dir <DIR> (as in restore)
      -v, --verbose... (as in restore)
          --color <WHEN> (as in restore)
      -h, --help (as in restore)
    Objects:
          --locks (as in restore)
          --no-head (as in restore)
          --doubtful <HOW> (as in restore)
          --thaw <TIER> (as in restore)
          --thaw-days <N> (as in restore)
          --multipart-window <LENGTH>
              Warn about multipart uploads started within this window before T [default: 1h]

          --deadline <LENGTH>
              Stop after this time [default: the file's deadline, or 12h]

          --settings-from <FILE>
              Read the settings of an RDS source from this file; repeatable

              The output of aws rds describe-db-instances or describe-db-clusters.

    Server: as in restore
    Output: as in restore
    Examples:
      asof recover recovery.toml --init
      asof recover recovery.toml --init --recipe postgres-wal
      asof recover recovery.toml --at 2026-11-17T14:30:05Z --dry-run
      asof recover recovery.toml --at mark:before-deploy --html report.html
    ");
}

#[test]
fn of_mark() {
    let stage = Stage::new();
    assert_snapshot!(help(&stage, "mark"), @r"
    exit code 0
    --- stdout
    Quiesce the application briefly and record a time to recover to

    Usage: asof mark [OPTIONS] <FILE>
           asof mark --list [FILE]
           asof mark --expire <AGE> <FILE>

    Arguments:
      [FILE]
              Recovery file

    Options:
          --list
              List marks, oldest first, of FILE if given

          --expire <AGE>
              Remove marks of FILE older than this, such as 30d, and release their snapshots

          --name <NAME>
              Name of the mark, for --at mark:NAME [default: its time]

          --replace
              Replace an existing mark of this name

          --deadline <LENGTH>
              Resume the application after at most this time [default: the file's deadline, or 5m]

          --state-dir <DIR> (as in restore)
      -v, --verbose... (as in restore)
          --color <WHEN> (as in restore)
      -h, --help (as in restore)
    Server: as in restore
    Output: as in restore
    Examples:
      asof mark recovery.toml --name before-deploy
      asof mark recovery.toml --deadline 2m
      asof mark --list
      asof mark recovery.toml --expire 30d
    ");
}
