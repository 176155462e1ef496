//! Estimated costs.

use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

const AT: &str = "--at 2024-05-06T07:08:09Z";
const PRICES: &str = "name = \"eu-central-1, June 2026\"\n\n[class.STANDARD]\nwrite = 5.4\nread = 0.43\n";

/// The lines of the output about costs.
fn costs(shown: &str) -> Vec<&str> {
    shown.lines().filter(|line| line.contains("estimated")).collect()
}

#[test]
fn a_server_that_is_not_aws_has_no_prices() {
    let stage = Stage::after_incident();
    for format in ["table", "json"] {
        let shown = stage.asof(&format!("diff s3://{BUCKET} {AT} --format {format}")).changes_nothing();
        assert_eq!(costs(&shown), Vec::<&str>::new(), "{shown}");
    }
}

#[test]
fn prices_of_a_file() {
    let stage = Stage::after_incident();
    let file = stage.file("prices.toml", PRICES.as_bytes());
    let plan = stage.path("a.plan");
    let prices = format!("--prices {}", file.display());
    assert!(stage.lab.create_bucket("scratch"));
    // 8 copies, a HEAD for each, one LIST to check them.
    let line = "  estimated cost: $0.05 (prices: eu-central-1, June 2026)";
    let diff =
        stage.asof(&format!("diff s3://{BUCKET} {AT} --out {} {prices}", plan.display())).changes_nothing();
    assert_eq!(costs(&diff), [line], "{diff}");
    let json = "\"estimated_cost_usd\":0.0";
    for words in [
        format!("diff s3://{BUCKET} {AT} --json {prices}"),
        format!("restore s3://{BUCKET} {AT} --dry-run --json {prices}"),
        format!("restore s3://{BUCKET} {AT} --to s3://scratch --dry-run --json {prices}"),
        format!("show {} --json {prices}", plan.display()),
    ] {
        let shown = stage.asof(&words).changes_nothing();
        assert!(shown.contains(json), "{words}: {shown}");
    }
    let shown = stage.asof(&format!("show {} {prices}", plan.display())).changes_nothing();
    assert_eq!(costs(&shown), [line], "{shown}");
    let restored = stage.asof(&format!("restore s3://{BUCKET} {AT} --yes {prices}")).run();
    assert_eq!(costs(&restored), [line], "{restored}");
    let versus = stage.asof(&format!("diff s3://{BUCKET} {AT} --versus 2024-05-06T07:30:00Z {prices}"));
    assert!(versus.changes_nothing().starts_with("exit code 2"));
}

#[test]
fn a_class_without_a_price_has_no_estimate() {
    let stage = Stage::after_incident();
    let file = stage.file("prices.toml", PRICES.replace("class.STANDARD", "class.STANDARD_IA").as_bytes());
    let shown = stage.asof(&format!("diff s3://{BUCKET} {AT} --prices {}", file.display())).changes_nothing();
    assert_eq!(costs(&shown), Vec::<&str>::new(), "{shown}");
}

#[test]
fn a_file_without_prices_is_refused() {
    let stage = Stage::after_incident();
    let file = stage.file("prices.toml", b"name = \"x\"\n[class.STANDARD]\nwrite = -1\nread = 0\n");
    let refused = |path: &str| {
        let diff = format!("diff s3://{BUCKET} {AT} --prices {path}");
        stage.asof(&diff).hide(path, "FILE").changes_nothing()
    };
    assert_snapshot!(refused(file.to_str().unwrap()), @"
    exit code 2
    --- stderr
    error: cannot read prices from HOME/prices.toml: a price of STANDARD is negative or not a number
      hint: asof manual large-buckets shows the format
    ");
    assert_snapshot!(refused("/no/such/file"), @"
    exit code 2
    --- stderr
    error: cannot read prices from FILE: No such file or directory (os error N)
    ");
    assert_eq!(stage.lab.requests().total(), 0);
}
