//! Ctrl-C during a restore.

use std::process::Command;
use std::time::Duration;

use asof::lab::{Fault, Operation, Rule, When};

use super::scene::Scene;

#[test]
fn ctrl_c_finishes_what_is_under_way_and_the_same_command_goes_on() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let scene = Scene::new(40).await;
        let (told, hears) = std::sync::mpsc::channel();
        scene.lab().faults().before(Operation::CopyObject, When::Nth(11), move || told.send(()).unwrap());
        scene.lab().faults().push(Rule::on(
            Operation::CopyObject,
            Fault::Delay(Duration::from_millis(200)),
            When::Always,
        ));
        let interrupt = move |process: u32| {
            hears.recv().unwrap();
            let sent = Command::new("kill").args(["-INT", &process.to_string()]).status().unwrap();
            assert!(sent.success());
        };
        let stopped = scene.restore_and(interrupt).await.expect_code(130);
        let copied = stopped.count("copied");
        assert!((10..80).contains(&copied), "{copied} copied in {stopped}");
        assert_eq!(stopped.count("failed") + stopped.count("conflicts"), 0, "{stopped}");
        assert!(stopped.stderr.contains("stopping"), "{stopped}");
        let requests = scene.lab().requests();
        // One more finds out whether conditions are honoured, and changes nothing.
        assert_eq!(requests.of(Operation::CopyObject), copied + 1, "copies under way were not finished");

        scene.lab().faults().clear();
        let restored = scene.restore().await.expect_code(0);
        let settled = restored.count("copied") + restored.count("deleted");
        assert_eq!(settled, scene.planned() - copied - stopped.count("deleted"), "{restored}");
        scene.assert_restored("after the second run");
    });
}
