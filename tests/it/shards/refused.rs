//! Plan sets and state that do not belong together: refused in one line, and nothing is changed.

use std::fs;

use super::Cluster;
use crate::crash::block_on;
use crate::faults::scene::Scene;

impl Cluster {
    /// Shard 1 is refused with this code and message, and the bucket is as before.
    async fn refuses(&self, code: i32, message: &str) {
        let refused = self.work(1, &[]).await.expect_code(code);
        let errors: Vec<_> = refused.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
        assert_eq!(errors.len(), 1, "{refused}");
        assert!(errors[0].contains(message), "{message:?} in {refused}");
        self.scene.assert_undone(message);
        self.scene.assert_grown_by(0, message);
    }

    fn write_manifest(&self, text: &str) {
        fs::write(self.set().join("manifest.json"), text).unwrap();
    }
}

#[test]
fn a_set_that_is_not_as_it_was_written() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(10).await, 3).await;
        cluster.save("other", "4").await.expect_code(0);
        let manifest = fs::read_to_string(cluster.set().join("manifest.json")).unwrap();
        let shard = |set: &str, n: u32| cluster.path(set).join(format!("shard-{n:05}.plan"));
        let plan = fs::read(shard("set", 1)).unwrap();

        cluster.write_manifest(&manifest.replacen("\"major\": 1", "\"major\": 2", 1));
        cluster.refuses(2, "has format 2.0").await;
        cluster.write_manifest(&manifest.replacen("\"bucket\": \"scene\"", "\"bucket\": \"other\"", 1));
        cluster.refuses(2, "was changed or truncated").await;
        cluster.write_manifest(&manifest[..manifest.len() - 20]);
        cluster.refuses(2, "not the manifest of a plan set, or it is damaged").await;
        fs::remove_file(cluster.set().join("manifest.json")).unwrap();
        cluster.refuses(2, "it has no manifest.json").await;
        cluster.write_manifest(&manifest);

        fs::copy(shard("other", 1), shard("set", 1)).unwrap();
        cluster.refuses(2, "the plan of shard 1 in ").await;
        cluster.show(&[]).await.expect_code(2);
        fs::copy(shard("set", 2), shard("set", 1)).unwrap();
        cluster.refuses(2, "the plan of shard 1 in ").await;
        fs::write(shard("set", 1), &plan[..plan.len() - 1]).unwrap();
        cluster.refuses(2, "is damaged").await;
        fs::remove_file(shard("set", 1)).unwrap();
        cluster.refuses(2, "cannot read the plan").await;
        cluster.show(&[]).await.expect_code(2);
        fs::write(shard("set", 1), &plan).unwrap();
        let refused = cluster.work(3, &[]).await.expect_code(2);
        assert!(refused.stderr.contains("there is no shard 3: the plan set "), "{refused}");

        for shard in 0..3 {
            cluster.work(shard, &[]).await.expect_code(0);
        }
        cluster.scene.assert_restored("with every file in its place");
    });
}

/// Another manifest, or another set's state, after work has begun.
#[test]
fn a_manifest_that_changes_after_work_began() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(10).await, 2).await;
        cluster.work(0, &[]).await.expect_code(0);
        let path = cluster.set().join("manifest.json");
        let manifest = fs::read_to_string(&path).unwrap();
        fs::write(&path, manifest.replacen("\"requests\": ", "\"requests\": 1", 1)).unwrap();
        let refused = cluster.work(1, &[]).await.expect_code(2);
        assert!(refused.stderr.contains("was changed or truncated"), "{refused}");
        cluster.work(0, &[]).await.expect_code(2);
        fs::write(&path, manifest).unwrap();

        // The run of a set for another target time, under the ID of this one's.
        let json = cluster.run_dir(0).join("run.json");
        let run = fs::read_to_string(&json).unwrap();
        fs::write(&json, run.replacen("\"set\": \"2", "\"set\": \"1", 1)).unwrap();
        let refused = cluster.work(0, &[]).await.expect_code(5);
        assert!(refused.stderr.contains("is not of the plan set"), "{refused}");
        fs::write(&json, run).unwrap();
        cluster.work(0, &[]).await.expect_code(0);
    });
}
