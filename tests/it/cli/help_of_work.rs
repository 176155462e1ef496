//! Help of `asof work`.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
fn of_work() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("work --help").changes_nothing(), @"
    exit code 0
    ");
}
