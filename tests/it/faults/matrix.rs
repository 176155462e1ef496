//! Every fault at every operation that asof sends: transient ones leave no trace, permanent ones are reported.
//!
//! A case is a lab and its processes, and mostly waits between attempts; so this many run at once.

use std::future::Future;
use std::time::Duration;

use asof::lab::{Fault, Instead, Operation, Rule, When};
use asof::limits;
use futures::{StreamExt as _, stream};

use super::scene::{IN_PARTS, LARGE, Scene};
use crate::support::Run;

const SIDE_BY_SIDE: usize = 12;

/// Keys of each kind.
const SIZE: usize = 4;

const FAULTS: [Fault; 20] = [
    Fault::SlowDown,
    Fault::InternalError,
    Fault::Reset,
    Fault::ReplyLost,
    Fault::Closed,
    Fault::Truncated,
    Fault::ErrorInOk,
    Fault::SlowDownInOk,
    Fault::Delay(Duration::from_millis(400)),
    Fault::Conflict,
    Fault::NoResult(Instead::Empty),
    Fault::NoResult(Instead::Preamble),
    Fault::NoResult(Instead::Half),
    Fault::NoResult(Instead::BlanksAndError),
    Fault::ResultLost(Instead::Empty),
    Fault::ResultLost(Instead::Preamble),
    Fault::ResultLost(Instead::Half),
    Fault::ResultLost(Instead::BlanksAndError),
    Fault::Stalled,
    Fault::Latin1Header,
];

/// So that a reply that stalls is not waited for long.
const SOON: [&str; 2] = ["--read-timeout", "1"];

/// Every operation that asof sends: those that read, then those that write.
pub(crate) const OPERATIONS: [Operation; 8] = [
    Operation::GetBucketVersioning,
    Operation::GetBucketEncryption,
    Operation::ListObjectVersions,
    Operation::HeadObject,
    Operation::GetObjectTagging,
    Operation::CopyObject,
    Operation::DeleteObjects,
    Operation::DeleteObject,
];

const READS: usize = 5;

/// The additional requests of a multipart copy.
const OF_PARTS: [Operation; 3] =
    [Operation::CreateMultipartUpload, Operation::UploadPartCopy, Operation::CompleteMultipartUpload];

/// Returns true if the fault can occur: replies without a body are neither cut off nor contain errors; only writes
/// race.
pub(crate) fn can_meet(operation: Operation, fault: Fault) -> bool {
    if matches!(fault, Fault::Conflict) {
        return operation == Operation::CopyObject;
    }
    let of_body = matches!(
        fault,
        Fault::Truncated
            | Fault::ErrorInOk
            | Fault::SlowDownInOk
            | Fault::NoResult(_)
            | Fault::ResultLost(_)
            | Fault::Stalled
    );
    !(of_body && matches!(operation, Operation::HeadObject | Operation::DeleteObject))
}

fn all<C, F>(operations: &[Operation], case: C)
where
    C: Fn(Operation, Fault) -> F,
    F: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let of = |operation: &Operation| FAULTS.map(|fault| (*operation, fault));
    let cases = operations.iter().flat_map(of).filter(|(operation, fault)| can_meet(*operation, *fault));
    let cases = stream::iter(cases).map(|(operation, fault)| case(operation, fault));
    runtime.block_on(cases.buffer_unordered(SIDE_BY_SIDE).collect::<Vec<()>>());
}

async fn restore(scene: &Scene) -> Run {
    scene.run("restore", &[&["--yes"], &SOON[..]].concat()).await
}

/// The first two requests fail, of each command's.
async fn passes(operation: Operation, fault: Fault) {
    let what = format!("{operation:?} {fault:?}");
    let scene = Scene::new(SIZE).await;
    let rule = Rule::on(operation, fault, When::First(2));

    scene.strike(rule.clone());
    let diff = scene.run("diff", &SOON).await.expect_code(0);
    assert_eq!(diff.changes().len() as u64, scene.planned(), "{what}: {diff}");
    scene.strike(rule.clone());
    let restored = restore(&scene).await.expect_code(0);
    scene.assert_honest(&restored, &what);
    scene.assert_restored(&what);
    scene.strike(rule);
    let verified = scene.run("verify", &SOON).await.expect_code(0);
    assert_eq!(verified.count("mismatched"), 0, "{what}: {verified}");
    assert!(scene.lab().faults().injected() >= 1, "{what}: never met");
}

#[test]
fn passing_faults_of_reads_leave_no_trace() {
    all(&OPERATIONS[..READS], passes);
}

#[test]
fn passing_faults_of_writes_leave_no_trace() {
    all(&OPERATIONS[READS..], passes);
}

/// The same of copies in parts.
async fn passes_in_parts(operation: Operation, fault: Fault) {
    let what = format!("{operation:?} {fault:?}");
    let scene = Scene::new(SIZE).await;
    scene.strike(Rule::on(operation, fault, When::First(2)));
    let restored = scene.run("restore", &[&["--yes"], &IN_PARTS[..], &SOON].concat()).await.expect_code(0);
    scene.assert_honest(&restored, &what);
    scene.assert_restored(&what);
    assert!(scene.lab().faults().injected() >= 1, "{what}: never met");
}

#[test]
fn passing_faults_of_copies_in_parts_leave_no_trace() {
    all(&OF_PARTS, passes_in_parts);
}

/// Without an answer, nothing is planned or changed.
async fn ends_the_run(operation: Operation, fault: Fault) {
    let what = format!("{operation:?} {fault:?}");
    let scene = Scene::new(SIZE).await;
    scene.strike(Rule::on(operation, fault, When::Always));
    let before = scene.versions();
    let (diff, verified) = tokio::join!(scene.run("diff", &SOON), scene.run("verify", &SOON));
    let restored = restore(&scene).await;
    if matches!(fault, Fault::Delay(_) | Fault::Latin1Header) {
        assert_eq!((diff.code(), verified.code(), restored.code()), (Some(0), Some(4), Some(0)), "{what}");
        return scene.assert_restored(&what);
    }
    for run in [diff, verified, restored] {
        let run = run.expect_code(1);
        assert!(run.stderr.starts_with("error: "), "{what}: {run}");
        assert_eq!(run.of_type("summary"), Vec::<serde_json::Value>::new(), "{what}: {run}");
    }
    assert_eq!(scene.versions(), before, "{what}: written to");
}

#[test]
fn lasting_faults_of_reads_end_the_run() {
    all(&OPERATIONS[..READS], ends_the_run);
}

/// The requests that read the bucket's settings, and the name of each one's check in a diff.
const SETTINGS: [(Operation, &str); 7] = [
    (Operation::GetBucketVersioning, "versioning"),
    (Operation::GetBucketLifecycleConfiguration, "lifecycle"),
    (Operation::GetObjectLockConfiguration, "object-lock"),
    (Operation::GetBucketReplication, "replication"),
    (Operation::GetBucketOwnershipControls, "ownership"),
    (Operation::GetBucketEncryption, "encryption"),
    (Operation::GetBucketPolicy, "policy"),
];

/// An empty answer is not an empty configuration: without rules, a history would be complete.
#[test]
fn a_setting_that_is_not_answered_is_never_a_check_that_passed() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let answers = [Instead::Empty, Instead::Preamble, Instead::Half, Instead::BlanksAndError];
    let cases = SETTINGS.iter().flat_map(|setting| answers.map(|answer| (*setting, answer)));
    let cases = cases.map(|((operation, subject), answer)| async move {
        let scene = Scene::new(1).await;
        scene.strike(Rule::on(operation, Fault::NoResult(answer), When::Always));
        let diff = scene.run("diff", &[]).await;
        let passed = |check: &serde_json::Value| check["subject"] == subject && check["verdict"] == "passed";
        let passed = diff.of_type("check").iter().any(passed);
        assert!(!passed && matches!(diff.code(), Some(0 | 1)), "{operation:?} {answer:?}: {diff}");
    });
    runtime.block_on(stream::iter(cases).buffer_unordered(SIDE_BY_SIDE).collect::<Vec<()>>());
}

/// The keys concerned are reported, and no others; work that was done without a reply is found done.
async fn is_reported(operation: Operation, fault: Fault) {
    let what = format!("{operation:?} {fault:?}");
    let scene = Scene::new(SIZE).await;
    scene.strike(Rule::on(operation, fault, When::Always));
    let restored = restore(&scene).await;
    scene.assert_honest(&restored, &what);
    let done_all_the_same = matches!(
        fault,
        Fault::ReplyLost
            | Fault::Closed
            | Fault::Truncated
            | Fault::ResultLost(_)
            | Fault::Stalled
            | Fault::Delay(_)
            | Fault::Latin1Header
    );
    let concerned = match operation {
        _ if done_all_the_same => 0,
        Operation::CopyObject => 3 * SIZE + SIZE.min(LARGE),
        _ => SIZE,
    };
    assert_eq!(restored.count("failed"), concerned as u64, "{what}: {restored}");
    assert_eq!(restored.count("conflicts"), 0, "{what}: {restored}");
    // It ends because attempts do: those at the first delete, which finds out about conditions, and those at the others.
    let keys = if operation == Operation::DeleteObjects { 2 } else { (3 * SIZE + LARGE) as u64 };
    let sent = scene.lab().requests().of(operation);
    let refused = matches!(fault, Fault::SlowDown | Fault::SlowDownInOk);
    let attempts = if refused { limits::REFUSALS + 1 } else { limits::ATTEMPTS };
    assert!(sent <= keys * u64::from(attempts) + 1, "{what}: {sent} requests");

    scene.lab().faults().clear();
    let again = scene.restore().await.expect_code(0);
    assert_eq!(again.count("copied") + again.count("deleted"), concerned as u64, "{what}: {again}");
    scene.assert_restored(&what);
}

#[test]
fn lasting_faults_of_writes_are_reported() {
    all(&OPERATIONS[READS..], is_reported);
}

async fn one_key(rule: Rule, key: &str) {
    let what = format!("{rule:?}");
    let scene = Scene::new(SIZE).await;
    scene.strike(rule.under(key));
    let restored = scene.restore().await.expect_code(3);
    scene.assert_honest(&restored, &what);
    assert_eq!(restored.count("failed"), 1, "{what}: {restored}");
    assert_eq!(restored.of_type("failure")[0]["key"], key, "{what}: {restored}");
    let verified = scene.run("verify", &[]).await.expect_code(4);
    assert_eq!(verified.count("mismatched"), 1, "{what}: {verified}");
}

#[test]
fn one_key_that_cannot_be_changed_is_reported_alone() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let cases = [
        (Operation::CopyObject, "over/0003"),
        (Operation::CopyObject, "gone/0000"),
        (Operation::DeleteObject, "odd\u{1}/2"),
    ];
    let faults = [Fault::SlowDown, Fault::Reset, Fault::AccessDenied];
    let cases = cases.into_iter().flat_map(|(operation, key)| {
        faults.map(|fault| one_key(Rule::on(operation, fault, When::Always), key))
    });
    runtime.block_on(futures::future::join_all(cases));
}

/// Inside a reply that says of every key that it failed.
#[test]
fn keys_that_a_delete_never_takes_are_reported() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let scene = Scene::new(SIZE).await;
        let fault = Fault::KeyErrors { every: 1 };
        scene.strike(Rule::on(Operation::DeleteObjects, fault, When::Always));
        let restored = scene.restore().await.expect_code(3);
        scene.assert_honest(&restored, "DeleteObjects");
        assert_eq!(restored.count("failed"), SIZE as u64, "{restored}");
    });
}

/// Neither the changes nor the reads after them get an answer any more.
#[test]
fn a_server_that_goes_away_after_the_survey_has_every_key_reported() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let scene = Scene::new(SIZE).await;
        let away = |operation| Rule::on(operation, Fault::Reset, When::Always);
        for operation in &OPERATIONS[READS..] {
            scene.lab().faults().push(away(*operation));
        }
        // The survey looks at others.
        for keys in ["over", "gone", "new", "odd"] {
            scene.lab().faults().push(away(Operation::HeadObject).under(keys));
        }
        let before = scene.versions();
        let restored = scene.restore().await.expect_code(3);
        scene.assert_honest(&restored, "away");
        assert_eq!(restored.count("failed"), scene.planned(), "{restored}");
        assert_eq!(scene.versions(), before);
    });
}
