//! Many changes, while one request in twenty fails at random.

use std::time::Duration;

use asof::lab::{Fault, Rule, When};
use futures::future::join_all;

use super::matrix::{OPERATIONS, can_meet};
use super::scene::Scene;

/// Keys of each kind: a thousand changes.
const SIZE: usize = 320;

async fn storm(seed: u64, fault: Fault) {
    let what = format!("{fault:?} with seed {seed}");
    let scene = Scene::new(SIZE).await;
    let some = When::Probability { p: 0.05, seed };
    for operation in OPERATIONS.into_iter().filter(|operation| can_meet(*operation, fault)) {
        scene.lab().faults().push(Rule::on(operation, fault, some));
    }
    let restored = scene.restore().await.expect_code(0);
    assert!(scene.lab().faults().injected() > 10, "{what}: hardly ever met: {restored}");
    scene.assert_honest(&restored, &what);
    scene.assert_restored(&what);
}

#[test]
fn one_request_in_twenty_fails() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let faults = [
        Fault::SlowDown,
        Fault::InternalError,
        Fault::Reset,
        Fault::ReplyLost,
        Fault::Truncated,
        Fault::ErrorInOk,
        Fault::Delay(Duration::from_millis(50)),
    ];
    runtime.block_on(join_all((1..).zip(faults).map(|(seed, fault)| storm(seed, fault))));
}
