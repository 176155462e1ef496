//! A small incident with every kind of change, and the properties of every run on it, however it ended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use asof::lab::{Content, Lab, Options, Put, Quirks, Rule, VersionInfo};

use crate::servers::Server;
use crate::support::{Moment, Run, Subject, text};

pub(crate) const BUCKET: &str = "scene";

/// Keys of large objects, at most.
pub(crate) const LARGE: usize = 3;

/// The multipart threshold: large objects have several times as many bytes, the others fewer.
const THRESHOLD: usize = 40;

/// Copies the large objects in parts.
pub(crate) const IN_PARTS: [&str; 2] = ["--multipart-threshold", "40"];

/// A lab with the incident, in a bucket of its own.
pub(crate) struct Scene {
    pub(crate) subject: Subject,
    pub(crate) at: Moment,
    /// The contents of the bucket at T.
    then: BTreeMap<String, Content>,
    /// Its contents before any restore.
    now: BTreeMap<String, Content>,
    /// Every key's history before any restore.
    history: BTreeMap<String, Vec<VersionInfo>>,
    /// The keys that a restore changes.
    changed: BTreeSet<String>,
}

impl Scene {
    /// `size` keys of each kind; fewer of those that cost several requests each.
    pub(crate) async fn new(size: usize) -> Self {
        Self::with(size, Quirks { short_pages: Some(20), ..Quirks::default() }).await
    }

    pub(crate) async fn with(size: usize, quirks: Quirks) -> Self {
        let options = Options { quirks, min_part_bytes: 1, ..Options::default() };
        let subject = Subject::new(Server::with_options("lab", options).await);
        subject.lab().create_bucket(BUCKET);
        let few = size.min(30);
        let put = |kind: &str, body: &str| {
            for number in 0..if matches!(kind, "retyped" | "same") { few } else { size } {
                let key = format!("{kind}/{number:04}");
                subject.lab().put(BUCKET, &key, object(body, &key)).unwrap();
            }
        };
        for kind in ["kept", "over", "gone", "retyped", "same"] {
            put(kind, "then");
        }
        let large = |number: usize, body: &str| {
            let key = format!("large/{number:04}");
            subject.lab().put(BUCKET, &key, object(&body.repeat(THRESHOLD), &key)).unwrap();
        };
        (0..size.min(LARGE)).for_each(|number| large(number, "then"));
        let at = subject.moment().await;
        let then = state(subject.lab());
        put("over", "later");
        (0..size.min(LARGE)).for_each(|number| large(number, "later"));
        put("new", "new");
        put("same", "then");
        for number in 0..size {
            subject.lab().delete(BUCKET, &format!("gone/{number:04}")).unwrap();
        }
        for number in 0..few {
            let key = format!("retyped/{number:04}");
            let object = Put { content_type: Some("text/html".to_owned()), ..object("then", &key) };
            subject.lab().put(BUCKET, &key, object).unwrap();
        }
        for number in 0..few {
            subject.lab().put(BUCKET, &format!("odd\u{1}/{number}"), Put::of("new")).unwrap();
        }
        subject.moment().await;
        let now = state(subject.lab());
        let keys = now.keys().chain(then.keys()).filter(|key| now.get(*key) != then.get(*key));
        let changed = keys.cloned().collect();
        let keys: BTreeSet<_> = now.keys().chain(then.keys()).collect();
        let history = |key: &String| (key.clone(), subject.lab().versions(BUCKET, key));
        let history = keys.into_iter().map(history).collect();
        Self { subject, at, then, now, history, changed }
    }

    pub(crate) fn lab(&self) -> &Lab {
        self.subject.lab()
    }

    /// Returns the lab, to be passed to its callbacks.
    pub(crate) fn lab_again(&self) -> &Arc<Lab> {
        self.subject.server.lab.as_ref().unwrap()
    }

    /// Returns true if a key had this entry before any restore.
    pub(crate) fn held(&self, key: &str, version_id: &str) -> bool {
        self.history[key].iter().any(|entry| entry.version_id == version_id)
    }

    /// Returns the number of keys at T.
    pub(crate) fn keys_then(&self) -> usize {
        self.then.len()
    }

    /// Returns the number of keys that a restore has to change.
    pub(crate) fn planned(&self) -> u64 {
        self.changed.len() as u64
    }

    /// These keys.
    pub(crate) fn changed(&self) -> &BTreeSet<String> {
        &self.changed
    }

    /// The runs that were begun, the oldest first.
    pub(crate) fn runs(&self) -> Vec<String> {
        let Ok(runs) = std::fs::read_dir(self.subject.runs_dir()) else { return Vec::new() };
        let begun = |run: &std::fs::DirEntry| {
            let order = std::fs::metadata(run.path().join("run.json")).or_else(|_| run.metadata());
            order.unwrap().modified().unwrap()
        };
        let mut runs: Vec<_> = runs.map(Result::unwrap).collect();
        runs.sort_by_key(|run| (begun(run), run.file_name()));
        runs.into_iter().map(|run| run.file_name().into_string().unwrap()).collect()
    }

    /// A command about a run.
    pub(crate) async fn on_run(&self, command: &str, run: &str, more: &[&str]) -> Run {
        self.subject.asof(&[&[command, run, "--format", "json"], more].concat()).await
    }

    /// Forgets the faults before, and lays down this one.
    pub(crate) fn strike(&self, rule: Rule) {
        self.lab().faults().clear();
        self.lab().faults().push(rule);
    }

    pub(crate) async fn run(&self, command: &str, more: &[&str]) -> Run {
        let (url, at) = (format!("s3://{BUCKET}"), self.at.to_string());
        let arguments = [&[command, &url, "--at", &at, "--format", "json"], more].concat();
        self.subject.asof(&arguments).await
    }

    pub(crate) async fn restore(&self) -> Run {
        self.run("restore", &["--yes"]).await
    }

    /// Restores, few keys at a time, and calls `act` with the process's id while that runs.
    pub(crate) async fn restore_and(&self, act: impl FnOnce(u32) + Send + 'static) -> Run {
        self.restore_with_and(&["--concurrency", "2"], act).await
    }

    /// The same with these options.
    pub(crate) async fn restore_with_and(
        &self,
        more: &[&str],
        act: impl FnOnce(u32) + Send + 'static,
    ) -> Run {
        let (url, at) = (format!("s3://{BUCKET}"), self.at.to_string());
        let arguments = [&["restore", &url, "--at", &at, "--yes", "--format", "json"], more].concat();
        self.subject.asof_and(&arguments, act).await
    }

    pub(crate) fn versions(&self) -> usize {
        self.lab().count_versions(BUCKET)
    }

    /// The bucket is as it was, and no parts are left behind. An upload without parts may be, where the process was
    /// killed before it was told its id.
    pub(crate) fn assert_restored(&self, what: &str) {
        assert_eq!(self.lab().count_parts(BUCKET), 0, "{what}: parts left");
        self.assert_right_but_for(&BTreeSet::new(), what);
    }

    /// A run that got as far as changing keys: every key is accounted for, and right unless it was reported.
    pub(crate) fn assert_honest(&self, restored: &Run, what: &str) {
        let count = |member| restored.count(member);
        let (failed, conflicts) = (count("failed"), count("conflicts"));
        let done = count("copied") + count("deleted") + count("markers_removed") + count("skipped");
        let settled = done + conflicts + failed;
        assert_eq!(settled, self.planned(), "{what}: keys accounted for in {restored}");
        let keys = |kind: &str| -> BTreeSet<String> {
            restored.of_type(kind).iter().map(|line| text(line, "key").to_owned()).collect()
        };
        let reported = (keys("failure"), keys("conflict"));
        assert_eq!(
            (reported.0.len(), reported.1.len()),
            (usize::try_from(failed).unwrap(), usize::try_from(conflicts).unwrap(),)
        );
        let reported = &reported.0 | &reported.1;
        assert!(reported.is_subset(&self.changed), "{what}: reported what it had not planned: {restored}");
        let code = if reported.is_empty() { 0 } else { 3 };
        assert_eq!(restored.code(), Some(code), "{what}: exit code of {restored}");
        self.assert_right_but_for(&reported, what);
    }

    /// The bucket is as before any restore.
    pub(crate) fn assert_undone(&self, what: &str) {
        self.assert_undone_but_for(&BTreeSet::new(), what);
    }

    pub(crate) fn assert_right_but_for(&self, excepted: &BTreeSet<String>, what: &str) {
        let wrong = differing(&state(self.lab()), &self.then, excepted);
        assert!(wrong.is_empty(), "{what}: not restored, nor said so: {wrong:?}");
    }

    pub(crate) fn assert_undone_but_for(&self, excepted: &BTreeSet<String>, what: &str) {
        let wrong = differing(&state(self.lab()), &self.now, excepted);
        assert!(wrong.is_empty(), "{what}: not taken back, nor said so: {wrong:?}");
    }

    /// The keys that have more than one entry that they did not have before any restore.
    pub(crate) fn changed_more_than_once(&self) -> BTreeSet<String> {
        let new = |key: &String, before: &Vec<VersionInfo>| {
            self.lab().versions(BUCKET, key).iter().filter(|entry| !before.contains(entry)).count()
        };
        let twice = self.history.iter().filter(|(key, before)| new(key, before) > 1);
        twice.map(|(key, _)| key.clone()).collect()
    }

    /// Asserts that no key has more new entries than this, and that none lost an entry except delete markers.
    pub(crate) fn assert_grown_by(&self, most: usize, what: &str) {
        for (key, before) in &self.history {
            let after = self.lab().versions(BUCKET, key);
            let new = after.iter().filter(|entry| !before.contains(entry)).count();
            let most = if self.changed.contains(key) { most } else { 0 };
            assert!(new <= most, "{what}: {key:?} has {new} new entries: {after:?}");
            let lost = before.iter().any(|entry| entry.etag.is_some() && !after.contains(entry));
            assert!(!lost, "{what}: {key:?} has lost a version: {after:?}");
        }
    }
}

fn object(body: &str, key: &str) -> Put {
    Put { tags: [("key".to_owned(), key.to_owned())].into(), ..Put::of(format!("{body} {key}")) }
}

fn differing(
    found: &BTreeMap<String, Content>,
    wanted: &BTreeMap<String, Content>,
    excepted: &BTreeSet<String>,
) -> BTreeSet<String> {
    let keys = found.keys().chain(wanted.keys());
    let differing = keys.filter(|key| found.get(*key) != wanted.get(*key) && !excepted.contains(*key));
    differing.cloned().collect()
}

fn state(lab: &Lab) -> BTreeMap<String, Content> {
    lab.live(BUCKET).into_iter().map(|(key, live)| (key, live.content)).collect()
}
