//! `asof diff --out DIR --shards`, and `asof show` of the set.

use std::fs;

use super::{Cluster, manifest};
use crate::crash::block_on;
use crate::faults::scene::Scene;

#[test]
fn shards_add_up_to_the_plan() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(60).await, 4).await;
        let plan = cluster.scene.run("diff", &[]).await.expect_code(0);
        let set = manifest(&cluster.set());
        let shards = set["shards"].as_array().unwrap();
        assert_eq!(shards.len(), 4);
        let sum = |pointer: &str| -> u64 {
            shards.iter().map(|s| s.pointer(pointer).unwrap().as_u64().unwrap()).sum()
        };
        assert_eq!(sum("/undelete/keys"), plan.count("undeletes"));
        assert_eq!(sum("/revert/keys"), plan.count("reverts"));
        assert_eq!(sum("/delete/keys"), plan.count("deletes"));
        let requests: Vec<_> = shards.iter().map(|shard| shard["requests"].as_u64().unwrap()).collect();
        let (least, most) = (requests.iter().min().unwrap(), requests.iter().max().unwrap());
        assert!(most - least <= 2, "{requests:?}");
        // The plan files hold the same changes, in the same order.
        let mut changes = Vec::new();
        for index in 0..4 {
            let shard = cluster.set().join(format!("shard-{index:05}.plan"));
            let shown = cluster.scene.subject.asof(&["show", shard.to_str().unwrap(), "--json"]).await;
            changes.extend(shown.expect_code(0).changes());
        }
        assert_eq!(changes, plan.changes());
    });
}

#[test]
fn a_set_is_shown() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(30).await, 3).await;
        let shown = cluster.show(&["--format", "json"]).await.expect_code(0);
        let set = manifest(&cluster.set());
        let [head] = &shown.of_type("plan_set")[..] else { panic!("{shown}") };
        assert_eq!(head["set"], set["id"]);
        assert_eq!((head["shards"].as_u64(), &head["requests"]), (Some(3), &set["requests"]));
        let shards = shown.of_type("shard");
        assert_eq!(shards.len(), 3);
        assert_eq!(shards[0]["first_key"], set["shards"][0]["first_key"]);
        let changes = shown.count("undeletes") + shown.count("reverts") + shown.count("deletes");
        assert_eq!(changes, cluster.scene.planned());

        let text = cluster.show(&[]).await.expect_code(0);
        for part in [
            &format!("plan set {}: 3 shards, ", set["id"].as_str().unwrap()),
            "shard  requests  undelete  revert  delete",
            "apply it: asof work ",
            "--shard 0 --yes",
            "one task per shard, 0 to 2: asof manual shards",
        ] {
            assert!(text.stdout.contains(part), "{part:?} in {text}");
        }
        let csv = cluster.show(&["--format", "csv"]).await.expect_code(0);
        assert_eq!(csv.stdout.lines().count(), 4, "{csv}");
        assert!(csv.stdout.starts_with("shard,file,first_key,last_key,undeletes,"), "{csv}");
        let path = cluster.set().join("manifest.json");
        let same =
            cluster.scene.subject.asof(&["show", path.to_str().unwrap(), "--json"]).await.expect_code(0);
        assert_eq!(same.of_type("shard"), shards);
    });
}

#[test]
fn only_a_new_directory_becomes_a_set() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(3).await, 2).await;
        let before = fs::read(cluster.set().join("manifest.json")).unwrap();
        let refused = cluster.save("set", "2").await.expect_code(2);
        assert!(refused.stderr.contains("it is a plan set already"), "{refused}");
        assert_eq!(fs::read(cluster.set().join("manifest.json")).unwrap(), before);
        fs::create_dir(cluster.path("other")).unwrap();
        fs::write(cluster.path("other").join("file"), "").unwrap();
        let refused = cluster.save("other", "2").await.expect_code(2);
        assert!(refused.stderr.contains("the directory is not empty"), "{refused}");
        for shards in ["0", "10001", "many"] {
            cluster.save("new", shards).await.expect_code(2);
        }
        assert!(!cluster.path("new").exists());
        cluster.save("auto", "auto").await.expect_code(0);
        assert_eq!(manifest(&cluster.path("auto"))["shards"].as_array().unwrap().len(), 1);
    });
}
