//! The guards of a worker, which consider the whole plan set.

use asof::lab::{Options, Put};

use super::Cluster;
use crate::crash::block_on;
use crate::faults::scene::Scene;
use crate::servers::Server;
use crate::support::Subject;

#[test]
fn a_worker_needs_yes() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(3).await, 2).await;
        let set = cluster.set();
        let refused = cluster.scene.subject.asof(&["work", set.to_str().unwrap(), "--shard", "0"]).await;
        let refused = refused.expect_code(2);
        assert!(refused.stderr.contains("it needs --yes"), "{refused}");
        assert!(refused.stderr.contains("review the plan set first: asof show "), "{refused}");
        cluster.scene.assert_undone("without --yes");
    });
}

/// The last shard deletes every key of its range: that is no mass delete if the plan keeps most keys, and the shards of a
/// plan that deletes most keys are refused, even those that delete none.
#[test]
fn a_mass_delete_is_one_of_the_whole_set() {
    block_on(async {
        let subject = Subject::new(Server::with_options("lab", Options::default()).await);
        let dir = tempfile::tempdir().unwrap();
        for (bucket, kept, refused) in [("most-kept", 60, false), ("few-kept", 10, true)] {
            let lab = subject.lab();
            lab.create_bucket(bucket);
            let put = |kind: &'static str, n: usize| {
                for number in 0..n {
                    lab.put(bucket, &format!("{kind}/{number:03}"), Put::of(kind)).unwrap();
                }
            };
            put("a-over", 1);
            put("b-kept", kept);
            let at = subject.moment().await.to_string();
            put("a-over", 1);
            put("z-new", 20);
            subject.moment().await;
            let (set, url) = (dir.path().join(bucket), format!("s3://{bucket}"));
            let set = set.to_str().unwrap();
            let saved = ["diff", &url, "--at", &at, "--out", set, "--shards", "2"];
            subject.asof(&saved).await.expect_code(0);
            if refused {
                // On its own, a shard that deletes every key of its range is no smaller a mistake.
                let plan = format!("{set}/shard-00001.plan");
                let alone = subject.asof(&["restore", "--plan", &plan, "--yes"]).await.expect_code(5);
                assert!(alone.stderr.contains("--allow-mass-delete"), "{alone}");
            }
            for shard in ["0", "1"] {
                let work = ["work", set, "--shard", shard, "--yes"];
                if refused {
                    let run = subject.asof(&work).await.expect_code(5);
                    assert!(run.stderr.contains("--allow-mass-delete"), "{run}");
                }
                let allowed: &[&str] = if refused { &["--allow-mass-delete"] } else { &[] };
                subject.asof(&[&work, allowed].concat()).await.expect_code(0);
            }
            assert_eq!(lab.live(bucket).len(), kept + 1);
        }
    });
}
