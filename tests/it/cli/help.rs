//! Help and version.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
fn of_asof() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("--help").changes_nothing(), @"
    exit code 0
    --- stdout
    Restore versioned S3 buckets to a past second

    Usage: asof [OPTIONS] <COMMAND>

    Commands:
      timeline     Show puts, overwrites and deletes over time, and suggest a target time
      diff         Show what a restore would change
      restore      Restore a bucket, a prefix or selected keys to their state at a past time
      resume       Resume an interrupted or incomplete restore
      undo         Undo a restore, skipping keys changed since
      work         Apply one shard of a plan set, or resume it: the command of a task in an array job
      jobs         Print the array job that applies a plan set: for Kubernetes, AWS Batch or Slurm
      verify       Compare a bucket, or a copy of it, with its state at a past time
      references   Find dangling references: keys in database rows that did not exist at a past time
      show         Show a saved plan, or the plan of a run
      runs         List runs and their progress, or show the progress of a plan set
      recover      Restore buckets and databases to the same second, as described in a recovery file
      drill        Rehearse a recovery into scratch copies, verify and time it, then tear it down
      mark         Quiesce the application briefly and record a time to recover to
      history      List every version of one key, newest first
      ls           List the keys and folders that were live at a past time, as aws s3 ls does for now
      cat          Write an object as it was at a past time to stdout
      serve        Serve buckets as they were at a past time: a read-only S3 endpoint
      check        Check which past times can be restored, or print an IAM policy
      manual       Show a page of the manual, or list its topics
      schema       Print the JSON Schema of the --format json output
      completions  Print shell completions
      man          Print the man page: asof man | man -l -
      demo         Cause an incident in an embedded S3 and restore it; needs no AWS account
      lab          Run the embedded S3 server, to experiment and to test against
      help         Print this message or the help of the given subcommand(s)

    Options:
      -v, --verbose...    Increase verbosity (-v: error causes, -vv: every request)
          --color <WHEN>  Color the output; auto: on a terminal, unless NO_COLOR is set [default: auto]
                          [possible values: auto, always, never]
      -h, --help          Print help
      -V, --version       Print version

    Exit codes:
      0    done
      1    failed
      2    usage error, or a plan that cannot be read
      3    incomplete: keys failed, or changed since the plan (conflicts)
      4    differences or findings (verify, references, drill, diff --exit-code)
      5    refused, to protect data
      130  interrupted

    Read the manual: asof manual
    ");
}

#[test]
fn of_demo() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("demo --help").changes_nothing(), @"
    exit code 0
    --- stdout
    Cause an incident in an embedded S3 and restore it; needs no AWS account

    Usage: asof demo [OPTIONS]

    Options:
      -v, --verbose...    Increase verbosity (-v: error causes, -vv: every request)
          --color <WHEN>  Color the output; auto: on a terminal, unless NO_COLOR is set [default: auto]
                          [possible values: auto, always, never]
      -h, --help          Print help
    ");
}

#[test]
fn of_lab() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("lab --help").changes_nothing(), @"
    exit code 0
    --- stdout
    Run the embedded S3 server, to experiment and to test against

    Usage: asof lab [OPTIONS] <COMMAND>

    Commands:
      serve  Serve an in-memory versioned S3 on loopback until Ctrl-C
      wall   Serve a computed bucket of any size on loopback, to measure listings, until Ctrl-C
      help   Print this message or the help of the given subcommand(s)

    Options:
      -v, --verbose...    Increase verbosity (-v: error causes, -vv: every request)
          --color <WHEN>  Color the output; auto: on a terminal, unless NO_COLOR is set [default: auto]
                          [possible values: auto, always, never]
      -h, --help          Print help
    ");
}

#[test]
fn of_lab_serve() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("lab serve --help").changes_nothing(), @"
    exit code 0
    --- stdout
    Serve an in-memory versioned S3 on loopback until Ctrl-C

    Usage: asof lab serve [OPTIONS]

    Options:
          --listen <ADDRESS>  Loopback address to listen on; port 0 picks a free port [default:
                              127.0.0.1:9797]
          --region <REGION>   Region that requests must be signed for [default: us-east-1]
      -v, --verbose...        Increase verbosity (-v: error causes, -vv: every request)
          --color <WHEN>      Color the output; auto: on a terminal, unless NO_COLOR is set [default:
                              auto] [possible values: auto, always, never]
      -h, --help              Print help
    ");
}

#[test]
fn version() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("--version").hide(env!("CARGO_PKG_VERSION"), "VERSION").changes_nothing(), @"
    exit code 0
    --- stdout
    asof VERSION
    ");
}

#[test]
fn nothing_typed() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("").changes_nothing(), @"
    exit code 2
    --- stderr
    Restore versioned S3 buckets to a past second

    Usage: asof [OPTIONS] <COMMAND>

    Commands:
      timeline     Show puts, overwrites and deletes over time, and suggest a target time
      diff         Show what a restore would change
      restore      Restore a bucket, a prefix or selected keys to their state at a past time
      resume       Resume an interrupted or incomplete restore
      undo         Undo a restore, skipping keys changed since
      work         Apply one shard of a plan set, or resume it: the command of a task in an array job
      jobs         Print the array job that applies a plan set: for Kubernetes, AWS Batch or Slurm
      verify       Compare a bucket, or a copy of it, with its state at a past time
      references   Find dangling references: keys in database rows that did not exist at a past time
      show         Show a saved plan, or the plan of a run
      runs         List runs and their progress, or show the progress of a plan set
      recover      Restore buckets and databases to the same second, as described in a recovery file
      drill        Rehearse a recovery into scratch copies, verify and time it, then tear it down
      mark         Quiesce the application briefly and record a time to recover to
      history      List every version of one key, newest first
      ls           List the keys and folders that were live at a past time, as aws s3 ls does for now
      cat          Write an object as it was at a past time to stdout
      serve        Serve buckets as they were at a past time: a read-only S3 endpoint
      check        Check which past times can be restored, or print an IAM policy
      manual       Show a page of the manual, or list its topics
      schema       Print the JSON Schema of the --format json output
      completions  Print shell completions
      man          Print the man page: asof man | man -l -
      demo         Cause an incident in an embedded S3 and restore it; needs no AWS account
      lab          Run the embedded S3 server, to experiment and to test against
      help         Print this message or the help of the given subcommand(s)

    Options:
      -v, --verbose...    Increase verbosity (-v: error causes, -vv: every request)
          --color <WHEN>  Color the output; auto: on a terminal, unless NO_COLOR is set [default: auto]
                          [possible values: auto, always, never]
      -h, --help          Print help
      -V, --version       Print version

    Exit codes:
      0    done
      1    failed
      2    usage error, or a plan that cannot be read
      3    incomplete: keys failed, or changed since the plan (conflicts)
      4    differences or findings (verify, references, drill, diff --exit-code)
      5    refused, to protect data
      130  interrupted

    Read the manual: asof manual
    ");
}
