//! The help text of `asof verify`.

use super::help_text::help;
use super::stage::Stage;
use insta::assert_snapshot;

#[test]
fn of_verify() {
    let stage = Stage::new();
    assert_snapshot!(help(&stage, "verify"), @r#"
    exit code 0
    --- stdout
    Compare a bucket, or a copy of it, with its state at a past time

    Usage: asof verify [OPTIONS] <LOCATION|SET>

    Arguments:
      <LOCATION|SET>
              Bucket, or prefix in it: s3://BUCKET[/PREFIX], or a plan set: ./SET

    Options:
          --at <TIME>
              Target time: 2026-11-17T14:30:05Z, @1794925805 (Unix time), or an age: 90m, 2h, 3d

              A plan set has its own, and its own keys.

          --against <s3://OTHER[/PREFIX]|DIR>
              Compare this bucket, prefix or local directory, into which the state was restored

          --all
              List every mismatch in the table, not only the first ones of each kind

          --doubtful <HOW>
              Accept keys whose state at T is uncertain: trust the listing

              Possible values:
              - trust: Trust the listing

          --allow-empty
              Exit with 0 if there are no keys to compare, neither at T nor now

          --html <FILE> (as in diff)
          --metrics <FILE> (as in restore)
          --state-dir <DIR> (as in restore)
          --state-profile <PROFILE> (as in restore)
      -v, --verbose... (as in restore)
          --color <WHEN> (as in restore)
      -h, --help (as in restore)
    Key selection: as in restore
    Server: as in restore
    Output: as in diff
    Examples:
      asof verify s3://prod-uploads --at 2026-11-17T14:30:05Z
      asof verify s3://prod-uploads --at 2h --against s3://scratch
      asof verify s3://prod-uploads/invoices/ --at 2h --against ./invoices --all
      asof verify s3://prod-uploads --at 2h --html verify.html
      asof verify /shared/incident
    "#);
}
