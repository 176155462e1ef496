//! `asof demo`: makes a bucket with months of history, breaks it, and lets the real binary find and undo the damage.
//!
//! The steps are processes of this same executable, over HTTP, as a person would type them. What they come to is not
//! judged by them but by the lab's store: every key's bytes, metadata, tags and class against a snapshot taken at T.

mod history;
mod incident;
mod steps;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::clock::real_millis;
use super::time::iso;
use super::{Content, Lab, Options};
use steps::{Step, Terminal};

const BUCKET: &str = "prod-uploads";
const MINUTE: i64 = 60 * 1_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// How long ago the incident began.
const AGO: i64 = 3 * 60 * MINUTE;
/// How far the bucket's history goes back.
const AGE: i64 = 120 * DAY;

/// Runs the demo; false when anything came out otherwise than it should.
pub async fn demo(out: &mut (impl Write + Send)) -> io::Result<bool> {
    let lab = Lab::start(Options::default()).await?;
    let at = (real_millis() - AGO) / MINUTE * MINUTE + 6_000;
    let before = stage(&lab, at, out)?;
    let terminal = Terminal::new(&lab)?;
    // From here on, the second to go back to is the one that the timeline suggests.
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

/// What is typed first.
fn first_step() -> Step {
    Step::new("what happened, and when?", &["timeline", &format!("s3://{BUCKET}"), "--from", "6h"])
}

/// The time that a timeline suggests.
fn suggested(told: &str) -> Option<&str> {
    let line = told.lines().find(|line| line.starts_with("the last second before"))?;
    line.split_once("--at ").map(|(_, at)| at.trim())
}

/// What is typed then.
fn steps(at: &str) -> Vec<Step> {
    let bucket = format!("s3://{BUCKET}");
    let key = format!("{bucket}/{}", history::TOLD);
    let step = |comment: &'static str, words: &[&str]| Step::new(comment, words);
    vec![
        step("what would a restore to the second before it change?", &["diff", &bucket, "--at", at]),
        step("carry it out", &["restore", &bucket, "--at", at, "--yes"]),
        step("is the bucket as it was?", &["verify", &bucket, "--at", at]),
        step("and is there nothing left to change?", &["diff", &bucket, "--at", at, "--exit-code"]),
        step("a restore adds to history, it erases nothing", &["history", &key, "--at", at]),
    ]
}

/// Makes the history and the incident; what was live at T, before the incident.
fn stage(lab: &Lab, at: i64, out: &mut impl Write) -> io::Result<BTreeMap<String, Content>> {
    lab.clock().set(at - AGE);
    lab.create_bucket(BUCKET);
    history::make(lab, BUCKET, at - AGE, at);
    let before = contents(lab);
    writeln!(out, "A bucket in memory, {} months of it: s3://{BUCKET}", AGE / (30 * DAY))?;
    writeln!(out, "  {} objects live, {} versions in all", before.len(), lab.count_versions(BUCKET))?;
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

/// Compares the bucket with the snapshot, and says the verdict in one line.
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

/// An instant as `--at` takes it.
fn second(at: i64) -> String {
    format!("{}Z", iso(at, false).trim_end_matches(".000Z"))
}

/// `14:30:05` of an instant.
fn clock_time(at: i64) -> String {
    iso(at, false).chars().skip(11).take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: i64 = 1_794_925_866_000;

    async fn staged() -> (Lab, BTreeMap<String, Content>, String) {
        let lab = Lab::start(Options::default()).await.unwrap();
        let mut out = Vec::new();
        let before = stage(&lab, AT, &mut out).unwrap();
        (lab, before, String::from_utf8(out).unwrap())
    }

    #[tokio::test]
    async fn the_same_bucket_every_time_with_all_kinds_of_damage() {
        let (lab, before, told) = staged().await;
        let after = contents(&lab);
        assert!(before.len() > 2_000, "{told}");
        assert!(lab.count_versions(BUCKET) > before.len() + 1_000);
        assert!(before.keys().any(|key| !after.contains_key(key)));
        assert!(after.keys().any(|key| !before.contains_key(key)));
        assert!(before.iter().any(|(key, content)| after.get(key).is_some_and(|now| now != content)));
        assert!(before.contains_key(history::TOLD));
        assert!(before.values().any(|content| !content.tags.is_empty() && !content.metadata.is_empty()));
        let (_, again, told_again) = staged().await;
        assert_eq!((before, told), (again, told_again));
    }

    #[tokio::test]
    async fn the_incident_begins_after_t_and_ends_before_now() {
        let (lab, before, _) = staged().await;
        let after = lab.live(BUCKET);
        let changed = after.iter().filter(|(key, live)| before.get(*key) != Some(&live.content));
        assert!(changed.clone().count() > 0);
        assert!(changed.clone().all(|(_, live)| live.last_modified >= AT + 1_000));
        assert!(changed.clone().all(|(_, live)| live.last_modified < AT + AGO));
        let unchanged = after.iter().filter(|(key, live)| before.get(*key) == Some(&live.content));
        assert!(unchanged.clone().all(|(_, live)| live.last_modified < AT + 1_000));
    }

    #[tokio::test]
    async fn the_verdict_sees_one_byte_one_tag_and_one_key() {
        let (lab, before, _) = staged().await;
        assert!(judge(&before, &before, &mut Vec::new()).unwrap());
        assert!(!judge(&before, &contents(&lab), &mut Vec::new()).unwrap());
        let key = before.keys().next().unwrap().clone();
        let mut other = before.clone();
        other.get_mut(&key).unwrap().tags.insert("new".to_owned(), String::new());
        assert!(!judge(&before, &other, &mut Vec::new()).unwrap());
        other.remove(&key);
        assert!(!judge(&before, &other, &mut Vec::new()).unwrap());
    }
}
