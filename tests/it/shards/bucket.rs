//! Plan sets in a bucket.

use asof::lab::{Fault, Lab, Operation, Put, Rule, When};

use super::{Cluster, url};
use crate::crash::block_on;
use crate::faults::scene::{BUCKET, Scene};
use crate::support::Run;

const STATE: &str = "state";
const SET: &str = "s3://state/sets/incident";

/// A cluster whose set is in a bucket.
async fn cluster(size: usize, shards: &str) -> Cluster {
    let cluster = Cluster { scene: Scene::new(size).await, dir: tempfile::tempdir().unwrap() };
    cluster.scene.lab().create_bucket(STATE);
    cluster.save_at(SET, shards).await.expect_code(0);
    cluster
}

impl Cluster {
    async fn save_at(&self, place: &str, shards: &str) -> Run {
        self.scene.run("diff", &["--out", place, "--shards", shards]).await
    }

    async fn on_place(&self, command: &str, place: &str, more: &[&str]) -> Run {
        self.scene.subject.asof(&[&[command, place, "--format", "json"], more].concat()).await
    }

    async fn work_at(&self, place: &str, shard: u32) -> Run {
        self.on_place("work", place, &["--shard", &shard.to_string(), "--yes"]).await
    }

    fn names(&self) -> Vec<String> {
        self.scene.lab().live(STATE).into_keys().collect()
    }
}

fn read(lab: &Lab, key: &str) -> Vec<u8> {
    lab.live(STATE)[key].content.body.to_vec()
}

fn write(lab: &Lab, key: &str, bytes: Vec<u8>) {
    lab.put(STATE, key, Put::of(bytes)).unwrap();
}

#[test]
fn a_set_in_a_bucket_is_applied_and_undone() {
    block_on(async {
        let cluster = cluster(30, "3").await;
        let names = ["manifest.json", "shard-00000.plan", "shard-00001.plan", "shard-00002.plan"];
        assert_eq!(cluster.names(), names.map(|name| format!("sets/incident/{name}")));
        let shown = cluster.on_place("show", SET, &[]).await.expect_code(0);
        assert_eq!(shown.of_type("shard").len(), 3);
        let manifest = format!("{SET}/manifest.json");
        cluster.on_place("show", &manifest, &[]).await.expect_code(0);
        cluster.work_at(SET, 1).await.expect_code(0);
        let again = cluster.work_at(SET, 1).await.expect_code(0);
        assert!(again.stderr.contains("already applied"), "{again}");
        let progress = cluster.on_place("runs", SET, &[]).await.expect_code(0).summary();
        assert_eq!(
            (&progress["progress"]["applied"], &progress["progress"]["not_begun"]),
            (&1.into(), &2.into())
        );
        cluster.on_place("resume", SET, &["--yes"]).await.expect_code(0);
        cluster.scene.assert_restored("from a set in a bucket");
        cluster.on_place("verify", SET, &[]).await.expect_code(0);
        let undo = "s3://state/sets/undo";
        cluster.on_place("undo", SET, &["--out", undo]).await.expect_code(0);
        for shard in 0..3 {
            cluster.work_at(undo, shard).await.expect_code(0);
        }
        cluster.scene.assert_undone("by a set in a bucket");
    });
}

/// A set is written once, to an empty prefix, and not among the keys that it restores.
#[test]
fn only_an_empty_prefix_becomes_a_set() {
    block_on(async {
        let cluster = cluster(3, "2").await;
        let refused = cluster.save_at(SET, "2").await.expect_code(2);
        assert!(refused.stderr.contains("it has a plan set already"), "{refused}");
        let refused = cluster.save_at("s3://state/sets", "2").await.expect_code(2);
        assert!(refused.stderr.contains("the prefix has objects"), "{refused}");
        let requests = cluster.scene.lab().requests();
        requests.reset();
        let inside = format!("{}/sets/incident", url());
        let refused = cluster.save_at(&inside, "2").await.expect_code(5);
        assert!(refused.stderr.contains(&format!("it is among the keys of s3://{BUCKET}")), "{refused}");
        // The first page is requested beside the settings.
        assert_eq!(requests.of(Operation::ListObjectVersions), 1, "refused before the listing");
        let none = cluster.on_place("show", "s3://state/none", &[]).await.expect_code(2);
        assert!(none.stderr.contains("it has no manifest.json"), "{none}");
        cluster.scene.assert_undone("refused");
    });
}

/// A set whose writer fails before its manifest is no set.
#[test]
fn a_set_without_its_manifest_is_not_applied() {
    block_on(async {
        let cluster = cluster(10, "2").await;
        let denied = Rule::on(Operation::PutObject, Fault::AccessDenied, When::Always);
        cluster.scene.lab().faults().push(denied.under("sets/half/manifest"));
        cluster.save_at("s3://state/sets/half", "2").await.expect_code(1);
        cluster.scene.lab().faults().clear();
        assert!(cluster.names().contains(&"sets/half/shard-00001.plan".to_owned()));
        let refused = cluster.work_at("s3://state/sets/half", 0).await.expect_code(2);
        assert!(refused.stderr.contains("it has no manifest.json"), "{refused}");
        cluster.scene.assert_undone("half a set");
    });
}

/// Missing, truncated and exchanged plans, and a changed manifest: refused, and nothing is changed.
#[test]
fn a_set_in_a_bucket_that_is_not_as_it_was_written() {
    block_on(async {
        let cluster = cluster(10, "3").await;
        let lab = cluster.scene.lab();
        let (manifest, plan) = ("sets/incident/manifest.json", "sets/incident/shard-00001.plan");
        let (sealed, bytes) = (read(lab, manifest), read(lab, plan));
        let text = String::from_utf8(sealed.clone()).unwrap();
        for (changed, message) in [
            (text.replacen("\"major\": 1", "\"major\": 2", 1), "has format 2.0"),
            (text.replacen("\"bucket\": \"scene\"", "\"bucket\": \"other\"", 1), "was changed or truncated"),
            (text[..text.len() - 20].to_owned(), "not the manifest of a plan set, or it is damaged"),
        ] {
            write(lab, manifest, changed.into_bytes());
            let refused = cluster.work_at(SET, 1).await.expect_code(2);
            assert!(
                refused.stderr.contains(message) && refused.stderr.contains(SET),
                "{message:?} in {refused}"
            );
        }
        write(lab, manifest, sealed);
        for changed in [bytes[..bytes.len() - 1].to_vec(), read(lab, "sets/incident/shard-00002.plan")] {
            write(lab, plan, changed);
            let refused = cluster.work_at(SET, 1).await.expect_code(2);
            assert!(refused.stderr.contains("it is damaged, or not the one of the plan set"), "{refused}");
        }
        lab.delete(STATE, plan).unwrap();
        for command in
            [&["show", SET][..], &["work", SET, "--shard", "1", "--yes"], &["resume", SET, "--yes"]]
        {
            let refused = cluster.scene.subject.asof(command).await.expect_code(2);
            assert!(refused.stderr.contains("shard-00001.plan: it does not exist"), "{refused}");
        }
        cluster.scene.assert_undone("with damaged files");
        write(lab, plan, bytes);
        cluster.on_place("resume", SET, &["--yes"]).await.expect_code(0);
        cluster.scene.assert_restored("with every file in its place");
    });
}
