//! Ten thousand changes, while one request in twenty fails, in every possible way.
//!
//! CI makes fewer changes, because most of the time passes between attempts; `just crash` makes all, through
//! `ASOF_STORM_KEYS`.

use std::time::Duration;

use asof::lab::{Fault, Operation, Quirks, Rule, When};

use super::{WRITES, block_on, variable};
use crate::faults::matrix::can_meet;
use crate::faults::scene::Scene;
use crate::support::Run;

/// Keys of each of three kinds that CI has time for; 3,300 make ten thousand changes.
const KEYS: u64 = 600;

const FAULTS: [Fault; 7] = [
    Fault::SlowDown,
    Fault::Reset,
    Fault::ReplyLost,
    Fault::Truncated,
    Fault::ErrorInOk,
    Fault::SlowDownInOk,
    Fault::Delay(Duration::from_millis(50)),
];

/// Each of the faults strikes one in twenty of those writes that those before it have left, and one in forty reads: one
/// that fails all its attempts ends the survey.
fn strike(scene: &Scene) {
    let reads = [Operation::HeadObject, Operation::GetObjectTagging].map(|read| (read, 0.025));
    for (operation, p) in WRITES.map(|write| (write, 0.05)).into_iter().chain(reads) {
        for (seed, fault) in (1..).zip(FAULTS).filter(|(_, fault)| can_meet(operation, *fault)) {
            scene.lab().faults().push(Rule::on(operation, fault, When::Probability { p, seed }));
        }
    }
    // One of a thousand keys in the reply.
    let fault = Fault::KeyErrors { every: 19 };
    scene.lab().faults().push(Rule::on(Operation::DeleteObjects, fault, When::Every(2)));
}

async fn storm(scene: &Scene, what: &str) -> Run {
    strike(scene);
    let restored = scene.run("restore", &["--yes", "--rate", "20000/s"]).await;
    scene.lab().faults().clear();
    scene.assert_honest(&restored, what);
    scene.assert_grown_by(1, what);
    let run = scene.runs().remove(0);
    let resumed = scene.on_run("resume", &run, &[]).await.expect_code(0);
    scene.assert_honest(&resumed, what);
    scene.assert_restored(what);
    scene.assert_grown_by(1, what);
    restored
}

#[test]
fn one_request_in_twenty_fails_in_each_way() {
    block_on(async {
        let size = usize::try_from(variable("ASOF_STORM_KEYS", KEYS)).unwrap();
        let scene = Scene::new(size).await;
        let restored = storm(&scene, "storm").await;
        let injected = scene.lab().faults().injected();
        assert!(injected > size as u64 / 4, "hardly any fault was met: {injected} for {restored}");
        assert_eq!((restored.count("conflicts"), restored.count("skipped")), (0, 0), "{restored}");
    });
}

/// The markers were put, but the replies lost: only a read keeps the next round from putting a second marker on each
/// key.
#[test]
fn a_lost_reply_to_deletes_on_a_server_that_ignores_conditions() {
    block_on(async {
        let scene = Scene::with(20, Quirks { ignores_conditions: true, ..Quirks::default() }).await;
        // The first request has one key, and finds out about conditions.
        scene.strike(Rule::on(Operation::DeleteObjects, Fault::ReplyLost, When::Nth(2)));
        let restored = scene.restore().await.expect_code(0);
        assert_eq!(scene.lab().faults().injected(), 1, "{restored}");
        scene.assert_honest(&restored, "deletes");
        scene.assert_grown_by(1, "deletes");
    });
}

/// Without conditions, only a look keeps a lost reply from being made up for twice.
#[test]
fn on_a_server_that_ignores_conditions() {
    block_on(async {
        let scene = Scene::with(200, Quirks { ignores_conditions: true, ..Quirks::default() }).await;
        let restored = storm(&scene, "storm without conditions").await;
        assert!(restored.stderr.contains("ignores conditional writes"), "{restored}");
    });
}
