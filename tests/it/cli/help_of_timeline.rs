//! Help of `asof timeline`.

use insta::assert_snapshot;

use super::help_text::help;
use super::stage::Stage;

#[test]
fn of_timeline() {
    let stage = Stage::new();
    assert_snapshot!(help(&stage, "timeline"), @r"
    exit code 0
    --- stdout
    Show puts, overwrites and deletes over time, and suggest a target time

    Usage: asof timeline [OPTIONS] <LOCATION>

    Arguments:
      <LOCATION>
              Bucket, or prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --from <TIME>
              Start of the period: 2026-11-17T14:30:05Z, @1794925805 (Unix time), or an age: 6h

          --to <TIME>
              End of the period, inclusive

          --step <LENGTH>
              Length of a bar: 30s, 15m, 6h, 1d [default: fits the screen]

          --html <FILE>
              Also write the chart to this file, as an HTML page

          --state-dir <DIR> (as in restore)
      -v, --verbose... (as in restore)
          --color <WHEN> (as in restore)
      -h, --help (as in restore)
    Server: as in restore
    Output: as in diff
    Examples:
      asof timeline s3://prod-uploads --from 6h
      asof timeline s3://prod-uploads/invoices/ --from 2d --to 1d --step 1h
      asof timeline s3://prod-uploads --from 6h --html incident.html
    ");
}
