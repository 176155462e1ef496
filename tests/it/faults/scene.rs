//! A small incident with every kind of change in it, and what must hold of any run over it, however it ended.

use std::collections::{BTreeMap, BTreeSet};

use asof::lab::{Content, Lab, Options, Put, Quirks, Rule};

use crate::servers::Server;
use crate::support::{Moment, Run, Subject, text};

const BUCKET: &str = "scene";

/// A lab with the incident, in a bucket of its own.
pub(super) struct Scene {
    pub(super) subject: Subject,
    pub(super) at: Moment,
    /// What the bucket held at that moment.
    then: BTreeMap<String, Content>,
    /// The keys that a restore changes.
    changed: BTreeSet<String>,
}

impl Scene {
    /// `size` keys of each kind; fewer of those that cost several requests each.
    pub(super) async fn new(size: usize) -> Self {
        let quirks = Quirks { short_pages: Some(20), ..Quirks::default() };
        let options = Options { quirks, ..Options::default() };
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
        let at = subject.moment().await;
        let then = state(subject.lab());
        put("over", "later");
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
        Self { subject, at, then, changed }
    }

    pub(super) fn lab(&self) -> &Lab {
        self.subject.lab()
    }

    /// How many keys a restore has to change.
    pub(super) fn planned(&self) -> u64 {
        self.changed.len() as u64
    }

    /// Forgets the faults before, and lays down this one.
    pub(super) fn strike(&self, rule: Rule) {
        self.lab().faults().clear();
        self.lab().faults().push(rule);
    }

    pub(super) async fn run(&self, command: &str, more: &[&str]) -> Run {
        let (url, at) = (format!("s3://{BUCKET}"), self.at.to_string());
        let arguments = [&[command, &url, "--at", &at, "--format", "json"], more].concat();
        self.subject.asof(&arguments).await
    }

    pub(super) async fn restore(&self) -> Run {
        self.run("restore", &["--yes"]).await
    }

    /// Restores, few keys at a time, and calls `act` with the process's id while that runs.
    pub(super) async fn restore_and(&self, act: impl FnOnce(u32) + Send + 'static) -> Run {
        let (url, at) = (format!("s3://{BUCKET}"), self.at.to_string());
        let arguments = ["restore", &url, "--at", &at, "--yes", "--concurrency", "2", "--format", "json"];
        self.subject.asof_and(&arguments, act).await
    }

    pub(super) fn versions(&self) -> usize {
        self.lab().count_versions(BUCKET)
    }

    /// The bucket is as it was.
    pub(super) fn assert_restored(&self, what: &str) {
        self.assert_right_but_for(&BTreeSet::new(), what);
    }

    /// A run that got as far as changing keys: every key is accounted for, and right unless it was reported.
    pub(super) fn assert_honest(&self, restored: &Run, what: &str) {
        let count = |member| restored.count(member);
        let (failed, conflicts) = (count("failed"), count("conflicts"));
        let settled = count("copied") + count("deleted") + count("skipped") + conflicts + failed;
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

    fn assert_right_but_for(&self, excepted: &BTreeSet<String>, what: &str) {
        let now = state(self.lab());
        let wrong = now.keys().chain(self.then.keys()).filter(|key| now.get(*key) != self.then.get(*key));
        let wrong: BTreeSet<_> = wrong.filter(|key| !excepted.contains(*key)).collect();
        assert!(wrong.is_empty(), "{what}: not restored, nor said so: {wrong:?}");
    }
}

fn object(body: &str, key: &str) -> Put {
    Put { tags: [("key".to_owned(), key.to_owned())].into(), ..Put::of(format!("{body} {key}")) }
}

fn state(lab: &Lab) -> BTreeMap<String, Content> {
    lab.live(BUCKET).into_iter().map(|(key, live)| (key, live.content)).collect()
}
