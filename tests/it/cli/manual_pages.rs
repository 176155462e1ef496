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
    assert_snapshot!(stage.asof("manual").changes_nothing(), @"
    exit code 0
    --- stdout
    quickstart       Install asof, try it without an AWS account, and restore your first bucket.
    runbooks         Commands to copy for the common incidents.
    timeline         Find the second before the damage.
    read-the-past    List and read objects as they were at T, without restoring them.
    serve            Serve buckets as they were at T: a read-only S3 endpoint for any S3 client.
    restore          Put a bucket, a prefix or a selection of keys back to its state at T.
    runs-and-undo    Resume an interrupted restore, undo a restore, and manage the state directory.
    plans            Save a diff as a plan, have it reviewed, and apply exactly that plan.
    shards           Apply a plan with many machines: one worker per shard of a plan set.
    directory        Download the state at T into a local directory.
    archives         Restore versions in GLACIER, DEEP_ARCHIVE or Intelligent-Tiering archives.
    references       Find database rows that point to objects missing from the bucket.
    troubleshooting  Causes and fixes by error text.
    concepts         How asof decides what a bucket contained at the target time.
    permissions      Print and assign the least IAM policy for each use of asof.
    recovery-file    Restore buckets and databases to the same second with one file.
    rds-and-aurora   Restore Amazon RDS instances and clusters as part of a recovery.
    stores           Restore queues, volumes, tables and search indexes to the same second.
    volumes          Snapshot all volumes at once, and restore them together with the buckets.
    recipes          Start from tested commands for PostgreSQL, MariaDB, DynamoDB and RabbitMQ.
    message-queues   What a recovery can make consistent in a queue, and what it cannot.
    drill            Rehearse a recovery into scratch copies, verify and time it, then tear it down.
    mark             Record a second to recover to, for databases without point-in-time recovery.
    scheduling       Run checks and drills from cron, systemd, Kubernetes or GitHub Actions.
    monitoring       Write metrics for Prometheus, with alert rules and a dashboard for Grafana.
    guarantees       What asof promises, the limits of each promise, and the test that holds it.
    exit-codes       The exit codes of asof and what to do about each.
    json             The objects that asof prints with --format json.
    plan-format      The format of the file that diff --out writes.
    performance      Measured time, memory and requests, with the commands that measure them.
    large-buckets    What to expect and which options to set for many millions of versions.
    servers          Which S3-compatible servers work with asof, and what is lost on each.
    security         What asof protects, what it leaves to you, and how to report a vulnerability.
    compared         How asof differs from other ways to restore a bucket, as of November 2026.
    internals        How asof lists, decides, finds bursts and survives crashes.
    changelog        What changed for users, by version, and what stays compatible.
    glossary         The terms of asof.

    read one: asof manual TOPIC
    ");
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
    assert_snapshot!(stage.asof("manual restor").changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value 'restor' for '[TOPIC]'
      [possible values: quickstart, runbooks, timeline, read-the-past, serve, restore, runs-and-undo, plans, shards, directory, archives, references, troubleshooting, concepts, permissions, recovery-file, rds-and-aurora, stores, volumes, recipes, message-queues, drill, mark, scheduling, monitoring, guarantees, exit-codes, json, plan-format, performance, large-buckets, servers, security, compared, internals, changelog, glossary]

      tip: a similar value exists: 'restore'

    For more information, try '--help'.
    ");
}

#[test]
fn on_a_terminal_it_is_formatted_and_paged() {
    let stage = Stage::new();
    let asof = stage.asof("manual exit-codes").env("PAGER", "sed 's/^/| /'");
    let shown = typed_in(&asof, "");
    assert!(shown.contains("\n| # Exit codes\n|\n| The exit codes"), "{shown}");
    assert!(!shown.contains("|---|"), "{shown}");
    let without = stage.asof("manual exit-codes").env("PAGER", "no-such-pager 2>/dev/null");
    // less, where there is one, waits for a key.
    let shown = typed_in(&without, "\nq\n");
    assert!(shown.contains("# Exit codes"), "{shown}");
    let coloured =
        stage.asof("manual exit-codes").env("PAGER", "cat").env_remove("NO_COLOR").env("TERM", "xterm");
    let shown = typed_in(&coloured, "");
    assert!(shown.contains("\u{1b}[1mExit\u{1b}[0m \u{1b}[1mcodes\u{1b}[0m\n"), "{shown:?}");
}

#[test]
fn the_json_page_names_every_type_of_the_schema() {
    let page = page("json");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")).skip(1);
    let named: BTreeSet<String> = rows
        .filter_map(|row| row.split(" |").next())
        .flat_map(|cell| cell.split(", "))
        .map(|name| name.trim_matches('`').to_owned())
        .collect();
    assert_eq!(named, types().into_iter().collect());
    assert!(page.contains("    asof schema\n"), "it names the command that prints the schema");
}
