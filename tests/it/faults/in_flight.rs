//! The bound on concurrent requests of a run.

use std::time::Duration;

use asof::lab::{Fault, Operation, Rule, When};

use super::scene::Scene;
use super::stops::block_on;

/// Each batch of marker removals looks at its keys afterwards, all at once: with several batches, several times as many
/// requests were in flight as allowed.
#[test]
fn batches_together_look_at_no_more_keys_at_once_than_allowed() {
    block_on(async {
        let scene = Scene::new(200).await;
        let dir = tempfile::tempdir().unwrap();
        let plan = dir.path().join("plan");
        let plan = plan.to_str().unwrap();
        let delete = ["--undelete", "remove-marker", "--out", plan];
        scene.run("diff", &delete).await.expect_code(0);
        scene.lab().requests().reset();
        scene.strike(Rule::on(Operation::HeadObject, Fault::Delay(Duration::from_millis(10)), When::Always));
        let most = 8;
        let restore =
            ["restore", "--plan", plan, "--yes", "--lanes", "4", "--concurrency", "8", "--format", "json"];
        scene.subject.asof(&restore).await.expect_code(0);
        let requests = scene.lab().requests();
        assert!(requests.of(Operation::HeadObject) >= 200, "each key is looked at");
        // As many again by other changes.
        assert!(requests.most_in_flight() <= 2 * most, "{} in flight", requests.most_in_flight());
        scene.lab().faults().clear();
        scene.assert_restored("removed markers");
    });
}
