//! Help and version.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
fn of_asof() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("--help").changes_nothing(), @"
    exit code 0
    --- stdout
    Puts a versioned S3 bucket back to the state it had at a past second

    Usage: asof [OPTIONS] <COMMAND>

    Commands:
      timeline     Show puts, overwrites and deletes over time: find the second before the damage
      diff         Show what a restore to a past time would change; change nothing
      restore      Put the objects back to their versions at a past time
      resume       Go on with a restore that was interrupted, or that left keys behind
      undo         Put back what a restore has changed, where nobody has changed it since
      verify       Compare the bucket, or another place, with its state at a past time
      references   Find keys that a database's rows name and the bucket did not hold at a past time
      show         Show a plan that diff has saved
      runs         List the restores that were begun, and how far each is
      recover      Put buckets and databases back to the same second, as a recovery file says
      drill        Do the same into scratch copies, check and time it, and tear them down
      mark         Stop the application for a moment, and note a time to go back to
      history      Show every version of one key, newest first
      check        Say whether a past time can be restored, or since when every one can; exit 5 if not
      manual       Read the manual: list its topics, or show one
      schema       Print the JSON Schema of the lines that --format json prints
      completions  Print what lets a shell complete asof's commands and options
      man          Print the manual page: asof man | man -l -
      demo         Make an incident in an embedded S3 and undo it: no AWS account needed
      lab          The embedded S3, to try things out and to test against
      help         Print this message or the help of the given subcommand(s)

    Options:
      -v, --verbose...  Tell more on stderr: what lies below an error; twice: every request
      -h, --help        Print help
      -V, --version     Print version

    Exit codes: 0 done; 1 failed; 2 wrong usage, or a plan that cannot be read; 3 incomplete (some keys
    failed or were changed by somebody meanwhile); 4 differences found (verify, references, diff
    --exit-code); 5 refused, to lose nothing; 130 interrupted.
    ");
}

#[test]
fn of_demo() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("demo --help").changes_nothing(), @"
    exit code 0
    --- stdout
    Make an incident in an embedded S3 and undo it: no AWS account needed

    Usage: asof demo [OPTIONS]

    Options:
      -v, --verbose...  Tell more on stderr: what lies below an error; twice: every request
      -h, --help        Print help
    ");
}

#[test]
fn of_lab() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("lab --help").changes_nothing(), @"
    exit code 0
    --- stdout
    The embedded S3, to try things out and to test against

    Usage: asof lab [OPTIONS] <COMMAND>

    Commands:
      serve  Serve a versioned S3 on loopback, in memory, until Ctrl-C
      wall   Serve a computed bucket of any size on loopback, to measure how it is listed, until Ctrl-C
      help   Print this message or the help of the given subcommand(s)

    Options:
      -v, --verbose...  Tell more on stderr: what lies below an error; twice: every request
      -h, --help        Print help
    ");
}

#[test]
fn of_lab_serve() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("lab serve --help").changes_nothing(), @"
    exit code 0
    --- stdout
    Serve a versioned S3 on loopback, in memory, until Ctrl-C

    Usage: asof lab serve [OPTIONS]

    Options:
          --listen <ADDRESS>  The loopback address to listen on; port 0 picks a free one [default:
                              127.0.0.1:9797]
          --region <REGION>   The region that requests must be signed for [default: us-east-1]
      -v, --verbose...        Tell more on stderr: what lies below an error; twice: every request
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
    Puts a versioned S3 bucket back to the state it had at a past second

    Usage: asof [OPTIONS] <COMMAND>

    Commands:
      timeline     Show puts, overwrites and deletes over time: find the second before the damage
      diff         Show what a restore to a past time would change; change nothing
      restore      Put the objects back to their versions at a past time
      resume       Go on with a restore that was interrupted, or that left keys behind
      undo         Put back what a restore has changed, where nobody has changed it since
      verify       Compare the bucket, or another place, with its state at a past time
      references   Find keys that a database's rows name and the bucket did not hold at a past time
      show         Show a plan that diff has saved
      runs         List the restores that were begun, and how far each is
      recover      Put buckets and databases back to the same second, as a recovery file says
      drill        Do the same into scratch copies, check and time it, and tear them down
      mark         Stop the application for a moment, and note a time to go back to
      history      Show every version of one key, newest first
      check        Say whether a past time can be restored, or since when every one can; exit 5 if not
      manual       Read the manual: list its topics, or show one
      schema       Print the JSON Schema of the lines that --format json prints
      completions  Print what lets a shell complete asof's commands and options
      man          Print the manual page: asof man | man -l -
      demo         Make an incident in an embedded S3 and undo it: no AWS account needed
      lab          The embedded S3, to try things out and to test against
      help         Print this message or the help of the given subcommand(s)

    Options:
      -v, --verbose...  Tell more on stderr: what lies below an error; twice: every request
      -h, --help        Print help
      -V, --version     Print version

    Exit codes: 0 done; 1 failed; 2 wrong usage, or a plan that cannot be read; 3 incomplete (some keys
    failed or were changed by somebody meanwhile); 4 differences found (verify, references, diff
    --exit-code); 5 refused, to lose nothing; 130 interrupted.
    ");
}
