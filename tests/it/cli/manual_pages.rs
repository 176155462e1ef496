//! `asof manual` and `asof schema`: what they print, on a terminal and into a pipe.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use super::stage::Stage;
use super::terminal::typed_in;
use crate::support::schema::types;

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/manual/{name}.md"));
    fs::read_to_string(path).unwrap()
}

#[test]
fn topics() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("manual").changes_nothing(), @"");
}

#[test]
fn into_a_pipe_a_page_is_its_markdown() {
    let stage = Stage::new();
    for name in ["exit-codes", "internals"] {
        let output = stage.asof(&format!("manual {name}")).command.output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), page(name));
    }
    assert_eq!(stage.lab.requests().total(), 0);
}

#[test]
fn unknown_topic() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("manual restor").changes_nothing(), @"");
}

#[test]
fn on_a_terminal_it_is_formatted_and_paged() {
    let stage = Stage::new();
    let asof = stage.asof("manual exit-codes").env("PAGER", "sed 's/^/| /'");
    let shown = typed_in(&asof, "");
    assert!(shown.contains("\n| # Exit codes\n| \n| "), "{shown}");
    assert!(!shown.contains("|---|"), "{shown}");
    let without = stage.asof("manual exit-codes").env("PAGER", "no-such-pager 2>/dev/null");
    let shown = typed_in(&without, "");
    assert!(shown.contains("# Exit codes\n\n"), "{shown}");
    let coloured =
        stage.asof("manual exit-codes").env("PAGER", "cat").env_remove("NO_COLOR").env("TERM", "xterm");
    let shown = typed_in(&coloured, "");
    assert!(shown.contains("\u{1b}[1mExit\u{1b}[0m \u{1b}[1mcodes\u{1b}[0m\n"), "{shown:?}");
}

#[test]
fn the_json_page_names_every_type_of_the_schema() {
    let page = page("json");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let named: BTreeSet<String> = rows
        .filter_map(|row| row.split(" |").next())
        .flat_map(|cell| cell.split(", "))
        .map(|name| name.trim_matches('`').to_owned())
        .collect();
    assert_eq!(named, types().into_iter().collect());
    assert!(page.contains("    asof schema\n"), "it names the command that prints the schema");
}
