//! The index of the shard, as the engines pass it.

use super::Cluster;
use crate::crash::block_on;
use crate::faults::scene::Scene;
use crate::support::Run;

impl Cluster {
    /// Applies the shard selected by the environment.
    async fn work_by(&self, variables: &[(&'static str, &'static str)]) -> Run {
        let set = self.set();
        let arguments = ["work", set.to_str().unwrap(), "--yes", "--format", "json"];
        let mut command = self.scene.subject.command(&self.scene.subject.server.secret, &arguments);
        command.envs(variables.iter().copied());
        tokio::task::spawn_blocking(move || Run::of(&mut command)).await.unwrap()
    }
}

#[test]
fn the_index_comes_from_the_environment() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(10).await, 3).await;
        for (shard, name) in
            (0..).zip(["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "SLURM_ARRAY_TASK_ID"])
        {
            let index: &'static str = ["0", "1", "2"][shard as usize];
            let run = cluster.work_by(&[(name, index)]).await.expect_code(0);
            assert_eq!(run.summary()["run"], cluster.run_id(shard), "{run}");
        }
        cluster.scene.assert_restored("by the environment");
    });
}

#[test]
fn an_index_that_is_missing_or_ambiguous_is_refused() {
    block_on(async {
        let cluster = Cluster::of(Scene::new(3).await, 3).await;
        let before = cluster.scene.lab().requests().total();
        let two = [("JOB_COMPLETION_INDEX", "1"), ("SLURM_ARRAY_TASK_ID", "2")];
        let cases: [(&[(&str, &str)], &str); 4] = [
            (&[], "cannot tell which shard to apply"),
            (&two, "JOB_COMPLETION_INDEX is 1, but SLURM_ARRAY_TASK_ID is 2"),
            (
                &[("SLURM_ARRAY_TASK_ID", "one")],
                "cannot read the index of the shard from SLURM_ARRAY_TASK_ID",
            ),
            (&[("SLURM_ARRAY_TASK_ID", "3")], "there is no shard 3"),
        ];
        for (variables, message) in cases {
            let refused = cluster.work_by(variables).await.expect_code(2);
            assert!(refused.stderr.contains(message) && refused.stderr.contains("hint: "), "{refused}");
        }
        assert_eq!(cluster.scene.lab().requests().total(), before, "refused before any request");
    });
}
