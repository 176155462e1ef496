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
    let (own, shared) = drill.split_at(drill.find(SHARED).unwrap());
    assert_eq!(shared, &recover[recover.find(SHARED).unwrap()..]);
    assert_snapshot!(own, @"
    exit code 0
    --- stdout
    Do the same into scratch copies, check and time it, and tear them down

    Usage: asof drill [OPTIONS] <FILE>
           asof drill --sweep [OPTIONS] [FILE]

    Arguments:
      [FILE]
              The recovery file; every target in it has to be a scratch one

    Options:
          --sweep
              List the RDS databases that drills left behind more than a day ago, and remove them

      -y, --yes
              Remove what --sweep lists without asking; databases protected from deletion are left

          --at <TIME>
              The past time, as restore takes it; a mark: mark:NAME; or latest: the newest second that
              every database reaches

              [default: latest]

          --keep
              Leave the copies, to look at them
    ");
}
