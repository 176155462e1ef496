//! The changes that a restore after the incident would make, and the result of a verify.

use super::{T, now, ran};
use crate::engine::Verdict;
use crate::model::{Instant, Version};
use crate::plan::{Action, Change, Sums};
use crate::report::changes::Closing;
use crate::report::html::{ChangesPage, PageFile};
use crate::report::{Heading, Purpose};
use crate::resolve::Caution;

fn version(size: u64, age: i64) -> Version {
    Version { last_modified: Instant::from_millis((T - age) * 1000), size, ..Version::default() }
}

fn changes() -> Vec<Change> {
    let then = |n: u64| Some(version(40_000 + n * 977, 86_400 + i64::try_from(n).unwrap() * 61));
    let now = |n: u64| Some(version(512 + n, -70));
    let deleted = (0..8214).map(|n| {
        let key = format!("uploads/2026/{:02}/{n:05}.jpg", n % 11 + 1);
        Change::new(key, Action::Undelete, None, then(n))
    });
    let overwritten = (0..312).map(|n| {
        let key = format!("uploads/thumbs/{n:05}.jpg");
        Change::new(key, Action::Revert, now(n), then(n))
    });
    let hostile = ["uploads/<script>alert(1)</script>", "uploads/a\u{202e}gpj.exe"].map(str::to_owned);
    let long = format!("uploads/{}/x", "a-very-long-name-without-a-break".repeat(31));
    let created = (0..57).map(|n| format!("uploads/tmp/{n}.part")).chain(hostile).chain([long]);
    let created = created.map(|key| Change::new(key, Action::Delete, now(1), None));
    let mut all: Vec<_> = deleted.chain(overwritten).chain(created).collect();
    all.iter_mut().step_by(1000).for_each(|change| change.cautions.push(Caution::SameSecond));
    all
}

/// The page of these changes beside a million unchanged keys.
fn page(purpose: Purpose, command: &str, changes: &[Change], closing: Closing<'_>) -> String {
    let file = PageFile { path: "page.html".into(), ran: ran(command) };
    let place = "s3://prod-uploads/uploads/".parse().unwrap();
    let heading = Heading::new(&place, Instant::from_millis(T * 1000), purpose, now())
        .notes(vec![
            "versioning enabled · history complete since 2026-10-18 00:00 UTC · no locks · SSE-KMS"
                .to_owned(),
        ])
        .restore("asof restore s3://prod-uploads/uploads/ --at 2026-11-17T14:30:04Z".to_owned());
    let mut page = ChangesPage::new(file, heading);
    let mut sums = Sums::default();
    (sums.unchanged, sums.existed, sums.present) = (1_195_587, 1_204_113, 1_195_959);
    for change in changes {
        sums.add(change);
        page.change(change);
    }
    page.render(&sums, closing).unwrap()
}

pub(super) fn diff() -> String {
    let command = "asof diff s3://prod-uploads/uploads/ --at 2026-11-17T14:30:04Z --html diff.html";
    page(Purpose::Restore, command, &changes(), Closing::NextStep(None))
}

pub(super) fn different() -> String {
    let changes: Vec<_> = changes().into_iter().step_by(97).collect();
    let text = "1,195,587 keys match, 89 do not\n  restore them: asof restore s3://prod-uploads/uploads/ --at 2026-11-17T14:30:04Z";
    let command = "asof verify s3://prod-uploads/uploads/ --at 2026-11-17T14:30:04Z --html verify.html";
    page(Purpose::Verify, command, &changes, Closing::Verified(Verdict::Different, text))
}

pub(super) fn verified() -> String {
    let text = "verified: 1,195,587 keys are as they were at 2026-11-17 14:30:04 UTC";
    let command = "asof verify s3://prod-uploads/uploads/ --at 2026-11-17T14:30:04Z --html verify.html";
    page(Purpose::Verify, command, &[], Closing::Verified(Verdict::Verified, text))
}
