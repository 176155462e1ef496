//! Lets asof restore a history, and compares its output and its effect with the model.

use std::collections::BTreeMap;

use asof::lab::{Lab, Put, Quirks, VersionInfo};

use super::history::History;
use super::state::{Model, State, changes};
use super::write::write;
use crate::support::{Bucket, Moment, Run, Subject};

/// The result of checking a history, with the reason for a failure.
pub(crate) type Verdict = Result<(), String>;

/// A bucket with a history, and the model of it.
struct Case<'a> {
    subject: &'a Subject,
    lab: &'a Lab,
    bucket: Bucket,
    model: Model,
}

/// Plays a history and checks everything about it.
pub(crate) async fn check(subject: &Subject, history: &History) -> Verdict {
    let lab = subject.lab();
    lab.set_quirks(Quirks {
        short_pages: Some(history.page),
        inclusive_key_marker: history.inclusive_marker,
        ..Quirks::default()
    });
    let bucket = subject.bucket().await;
    write(lab, &bucket, &history.events).await;
    let model = Model::replay(&history.events);
    same_state("what the lab holds before", &state(lab, &bucket.name), &model.now())?;
    let mut case = Case { subject, lab, bucket, model };
    let mut now = history.end();
    for (turn, at) in history.at.iter().enumerate() {
        now += 3_600;
        lab.clock().set(now * 1000);
        if let Some(to) = history.to.as_ref().filter(|_| turn == 0) {
            case.restore_elsewhere(*at, to).await?;
        }
        case.restore(*at, &history.prefix, now).await?;
    }
    Ok(())
}

impl Case<'_> {
    async fn asof(&self, code: i32, arguments: &[&str]) -> Result<Run, String> {
        let run = self.subject.asof(&[arguments, &["--format", "json"]].concat()).await;
        if run.code() == Some(code) { Ok(run) } else { Err(format!("not exit code {code}, but: {run}")) }
    }

    /// The model knows when an upload was completed, and lets a state be empty; the listing does not tell.
    async fn verify(&self, code: i32, arguments: &[&str]) -> Result<Run, String> {
        self.asof(code, &[&["verify"], arguments, &["--doubtful", "trust", "--allow-empty"]].concat()).await
    }

    /// In place: the output of `diff` before, the contents of the bucket after, and the output of `verify` and `diff`
    /// then.
    async fn restore(&mut self, at: i64, prefix: &str, now: i64) -> Verdict {
        let (url, time) = (self.bucket.url(prefix), Moment(at).to_string());
        let held = self.model.now();
        let wanted = splice(&held, self.model.at(at), prefix);
        let expected = changes(&held, &wanted);
        let diff = self.asof(0, &["diff", &url, "--at", &time]).await?;
        same("changes that diff lists", &diff.changes(), &expected)?;

        let before = self.versions();
        let count = self.lab.count_versions(&self.bucket.name);
        let restore = ["restore", &url, "--at", &time, "--yes", "--allow-mass-delete"];
        let restored = self.asof(0, &restore).await?;
        same_state("what the bucket holds after the restore", &state(self.lab, &self.bucket.name), &wanted)?;
        let kinds = |wanted: &str| expected.iter().filter(|(_, kind)| kind == wanted).count() as u64;
        same("keys deleted", &restored.count("deleted"), &kinds("delete"))?;
        same("keys copied", &restored.count("copied"), &(kinds("revert") + kinds("undelete")))?;
        for none in ["skipped", "conflicts", "failed"] {
            same(none, &restored.count(none), &0)?;
        }
        let grown = self.lab.count_versions(&self.bucket.name) - count;
        same("entries added to the history", &grown, &expected.len())?;
        for (key, entries) in before {
            let after = self.lab.versions(&self.bucket.name, &key);
            same(&format!("earlier entries of {key:?}"), &after.ends_with(&entries), &true)?;
        }
        self.model.becomes(now, wanted);

        let verified = self.verify(0, &[&url, "--at", &time]).await?;
        same("mismatches that verify finds", &verified.count("mismatched"), &0)?;
        let again = self.asof(0, &["diff", &url, "--at", &time]).await?;
        same("changes that a second diff lists", &again.changes(), &Vec::new())
    }

    /// Into another bucket, which has other contents at one of the keys, and an extra key.
    async fn restore_elsewhere(&self, at: i64, folder: &str) -> Verdict {
        let other = self.subject.bucket().await;
        let mut wanted: State =
            self.model.at(at).into_iter().map(|(key, content)| (format!("{folder}{key}"), content)).collect();
        if let Some(key) = wanted.keys().next() {
            self.lab.put(&other.name, key, Put::of("something else")).unwrap();
        }
        let (from, to, time) = (self.bucket.url(""), other.url(folder), Moment(at).to_string());
        let count = self.lab.count_versions(&self.bucket.name);
        let restored = self.asof(0, &["restore", &from, "--at", &time, "--to", &to, "--yes"]).await?;
        same("objects copied elsewhere", &restored.count("copied"), &(wanted.len() as u64))?;
        same_state("what the other bucket holds", &state(self.lab, &other.name), &wanted)?;
        same("entries of the source", &self.lab.count_versions(&self.bucket.name), &count)?;
        self.verify(0, &[&from, "--at", &time, "--against", &to]).await?;

        let beside = format!("{folder}beside\u{1}");
        self.lab.put(&other.name, &beside, Put::of("beside")).unwrap();
        wanted.insert(beside.clone(), state(self.lab, &other.name).remove(&beside).unwrap());
        let again = self.asof(0, &["restore", &from, "--at", &time, "--to", &to, "--yes"]).await?;
        same("objects copied elsewhere again", &again.count("copied"), &0)?;
        same_state("what the other bucket holds in the end", &state(self.lab, &other.name), &wanted)?;
        let verified = self.verify(4, &[&from, "--at", &time, "--against", &to]).await?;
        same("what is there beside", &verified.count("mismatched"), &1)
    }

    /// The history of every key.
    fn versions(&self) -> BTreeMap<String, Vec<VersionInfo>> {
        let keys = self.model.keys().into_iter();
        keys.map(|key| (key.clone(), self.lab.versions(&self.bucket.name, &key))).collect()
    }
}

/// Returns the contents of a bucket.
fn state(lab: &Lab, bucket: &str) -> State {
    lab.live(bucket).into_iter().map(|(key, live)| (key, live.content)).collect()
}

/// One state for the keys under a prefix, and the other for the rest.
fn splice(rest: &State, within: State, prefix: &str) -> State {
    let rest = rest.iter().filter(|(key, _)| !key.starts_with(prefix));
    let rest = rest.map(|(key, content)| (key.clone(), content.clone()));
    rest.chain(within.into_iter().filter(|(key, _)| key.starts_with(prefix))).collect()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Verdict {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?}, not {expected:?}")) }
}

/// Compares two states, and names the keys in which they differ.
fn same_state(what: &str, found: &State, expected: &State) -> Verdict {
    let differing = changes(found, expected);
    if differing.is_empty() {
        return Ok(());
    }
    let line = |(key, _): &(String, String)| {
        format!("\n  {key:?}: {:?}\n    not {:?}", found.get(key), expected.get(key))
    };
    Err(format!("{what} is wrong: {}", differing.iter().map(line).collect::<String>()))
}
