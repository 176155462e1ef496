//! What `asof drill --help` says.

use insta::assert_snapshot;

use super::stage::Stage;

/// Where the options begin that a drill shares with a recovery.
const SHARED: &str = "      --report <FILE>";

#[test]
fn of_drill() {
    let stage = Stage::new();
    let [drill, recover] =
        ["drill --help", "recover --help"].map(|words| stage.asof(words).changes_nothing());
    let shared = |help: &str| {
        let end = help.find("\nExamples:").unwrap();
        help[help.find(SHARED).unwrap()..end].to_owned()
    };
    assert_eq!(shared(&drill), shared(&recover));
    let (own, _) = drill.split_at(drill.find(SHARED).unwrap());
    assert_snapshot!(own, @"
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
    ");
}
