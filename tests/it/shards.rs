//! Plan sets: cut, shown, and applied by several workers at once, some of which are killed.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::faults::scene::{BUCKET, Scene};
use crate::support::Run;

mod bucket;
mod environment;
mod guards;
mod refused;
mod saved;
mod sets;
mod state;
mod worked;

/// A plan set of a scene's restore, in a directory of its own.
struct Cluster {
    scene: Scene,
    dir: tempfile::TempDir,
}

impl Cluster {
    /// Cuts the restore of `scene` into `shards`.
    async fn of(scene: Scene, shards: u32) -> Self {
        let cluster = Self { scene, dir: tempfile::tempdir().unwrap() };
        cluster.save("set", &shards.to_string()).await.expect_code(0);
        cluster
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn set(&self) -> PathBuf {
        self.path("set")
    }

    async fn save(&self, name: &str, shards: &str) -> Run {
        let out = self.path(name);
        self.scene.run("diff", &["--out", out.to_str().unwrap(), "--shards", shards]).await
    }

    async fn show(&self, more: &[&str]) -> Run {
        let set = self.set();
        self.scene.subject.asof(&[&["show", set.to_str().unwrap()], more].concat()).await
    }

    async fn work(&self, shard: u32, more: &[&str]) -> Run {
        self.work_and(shard, more, |_| ()).await
    }

    /// Applies a shard, and calls `act` with the process's ID meanwhile.
    async fn work_and(&self, shard: u32, more: &[&str], act: impl FnOnce(u32) + Send + 'static) -> Run {
        let (set, shard) = (self.set(), shard.to_string());
        let arguments = ["work", set.to_str().unwrap(), "--shard", &shard, "--yes", "--format", "json"];
        self.scene.subject.asof_and(&[&arguments, more].concat(), act).await
    }

    /// The directory of a shard's run.
    fn run_dir(&self, shard: u32) -> PathBuf {
        self.scene.subject.runs_dir().join(self.run_id(shard))
    }

    fn run_id(&self, shard: u32) -> String {
        format!("{}-{shard:05}", manifest(&self.set())["id"].as_str().unwrap())
    }
}

fn manifest(set: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(set.join("manifest.json")).unwrap()).unwrap()
}

/// The bucket's URL.
fn url() -> String {
    format!("s3://{BUCKET}")
}
