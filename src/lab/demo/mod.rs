//! `asof demo`: creates a bucket with months of history, breaks it, and lets the real binary find and undo the damage.
//!
//! The steps are processes of this same executable, over HTTP, as a user would type them. Their result is judged by the
//! lab's store: every key's bytes, metadata, tags and storage class are compared with a snapshot taken at T.

mod history;
mod incident;
mod steps;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::clock::real_millis;
use super::{Content, Lab, Options};
use crate::endpoint::time::iso;
use steps::{Step, Terminal};

const BUCKET: &str = "prod-uploads";
const MINUTE: i64 = 60 * 1_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// The age of the incident.
const AGO: i64 = 3 * 60 * MINUTE;
/// The age of the bucket's history.
const AGE: i64 = 120 * DAY;

/// Runs the demo; returns false if any result was wrong.
pub async fn demo(out: &mut (impl Write + Send)) -> io::Result<bool> {
    let lab = Lab::start(Options::default()).await?;
    let at = (real_millis() - AGO) / MINUTE * MINUTE + 6_000;
    let before = stage(&lab, at, out)?;
    let terminal = Terminal::new(&lab)?;
    // From here on, T is the time that the timeline suggests.
    let told = terminal.run(&first_step(), out).await?.unwrap_or_default();
    let Some(found) = suggested(&told) else {
        writeln!(out, "the timeline should have suggested {}", second(at))?;
        return Ok(false);
    };
    let mut as_expected = found == second(at);
    if !as_expected {
        writeln!(out, "the timeline should have suggested {}, not {found}", second(at))?;
    }
    for step in steps(found) {
        as_expected &= terminal.run(&step, out).await?.is_some();
    }
    let equal = judge(&before, &contents(&lab), out)?;
    lab.shutdown().await;
    Ok(as_expected && equal)
}

/// Returns the first command.
fn first_step() -> Step {
    Step::new("what happened, and when?", &["timeline", &format!("s3://{BUCKET}"), "--from", "6h"])
}

/// Returns the time that a timeline suggests.
fn suggested(told: &str) -> Option<&str> {
    let line = told.lines().find(|line| line.starts_with("the last second before"))?;
    line.split_once("--at ").map(|(_, at)| at.trim())
}

/// Returns the other commands.
fn steps(at: &str) -> Vec<Step> {
    let bucket = format!("s3://{BUCKET}");
    let key = format!("{bucket}/{}", history::TOLD);
    let step = |comment: &'static str, words: &[&str]| Step::new(comment, words);
    vec![
        step("what would a restore to the second before it change?", &["diff", &bucket, "--at", at]),
        step("read one file as it was then, before anything is restored", &["cat", &key, "--at", at]),
        step("apply it", &["restore", &bucket, "--at", at, "--yes"]),
        step("is the bucket as it was at T?", &["verify", &bucket, "--at", at]),
        step("is anything left to change?", &["diff", &bucket, "--at", at, "--exit-code"]),
        step("a restore adds to the history and erases nothing", &["history", &key, "--at", at]),
    ]
}

/// Creates the history and the incident; returns the state at T, before the incident.
fn stage(lab: &Lab, at: i64, out: &mut impl Write) -> io::Result<BTreeMap<String, Content>> {
    lab.clock().set(at - AGE);
    lab.create_bucket(BUCKET);
    history::make(lab, BUCKET, at - AGE, at);
    let before = contents(lab);
    writeln!(out, "An in-memory bucket with {} months of history: s3://{BUCKET}", AGE / (30 * DAY))?;
    writeln!(out, "  {} objects, {} versions", before.len(), lab.count_versions(BUCKET))?;
    writeln!(out)?;
    writeln!(out, "The incident:")?;
    for line in incident::stage(lab, BUCKET, at) {
        writeln!(out, "  {}  {}", clock_time(line.at), line.what)?;
    }
    lab.clock().resume();
    writeln!(out, "so the last good second is {}.", second(at))?;
    Ok(before)
}

fn contents(lab: &Lab) -> BTreeMap<String, Content> {
    lab.live(BUCKET).into_iter().map(|(key, live)| (key, live.content)).collect()
}

/// Compares the bucket with the snapshot, and prints the verdict in one line.
fn judge(
    before: &BTreeMap<String, Content>,
    after: &BTreeMap<String, Content>,
    out: &mut impl Write,
) -> io::Result<bool> {
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    let wrong: Vec<&&String> = keys.iter().filter(|key| before.get(**key) != after.get(**key)).collect();
    let verdict = match wrong.first() {
        None => format!(
            "the bucket equals its state before the incident: {} objects, byte for byte, metadata and tags too",
            before.len()
        ),
        Some(first) => {
            format!("NOT as before the incident: {} keys differ, the first is {first:?}", wrong.len())
        }
    };
    writeln!(out, "\nverdict: {verdict}")?;
    out.flush()?;
    Ok(wrong.is_empty())
}

/// Formats a time for `--at`.
fn second(at: i64) -> String {
    format!("{}Z", iso(at, false).trim_end_matches(".000Z"))
}

/// Formats a time as `14:30:05`.
fn clock_time(at: i64) -> String {
    iso(at, false).chars().skip(11).take(8).collect()
}

#[cfg(test)]
mod tests;
