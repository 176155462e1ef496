//! Help of `asof drill`.

use insta::assert_snapshot;

use super::help_text::help;
use super::stage::Stage;

#[test]
fn of_drill() {
    assert_snapshot!(help(&Stage::new(), "drill"), @r"
    exit code 0
    --- stdout
    Rehearse a recovery into scratch copies, verify and time it, then tear it down

    Usage: asof drill [OPTIONS] <FILE>
           asof drill --sweep [OPTIONS] [FILE]

    Arguments:
      [FILE]
              Recovery file; all of its targets must be scratch copies

    Options:
          --sweep
              List RDS databases that drills left behind more than a day ago, and remove them

      -y, --yes
              Remove the databases listed by --sweep without asking

              Databases with deletion protection are left.

          --at <TIME>
              Target time as in restore, mark:NAME, or latest: the newest second all databases reach

              [default: latest]

          --keep
              Keep the scratch copies instead of tearing them down

          --report <FILE> (as in recover)
          --html <FILE> (as in recover)
          --metrics <FILE> (as in restore)
          --on-conflict <HOW> (as in restore)
          --rate <N/s> (as in restore)
          --concurrency <N> (as in restore)
          --lanes <N> (as in restore)
          --state-dir <DIR> (as in restore)
      -v, --verbose... (as in restore)
          --color <WHEN> (as in restore)
      -h, --help (as in restore)
    Objects: as in recover
    Server: as in restore
    Output: as in restore
    Examples:
      asof drill drill.toml
      asof drill drill.toml --at 2h --report drill.json --html drill.html
      asof drill drill.toml --sweep --yes
    ");
}
