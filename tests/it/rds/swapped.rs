//! `cut-over = "rename"`: the restored database gets its source's name. Wherever it is killed, there is one outcome; an
//! abort gives every database its own name back; the name of no other database is taken.

mod killed;
mod refused;
mod stopped;

use asof::lab::RdsAction;

use super::{databases, rds, restores};
use crate::crash::block_on;
use crate::support::databases::{Databases, TAG};
use crate::support::{Moment, Run};

/// The name under which the source is kept.
fn kept(at: Moment) -> String {
    let at: String = at.to_string().to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("src-before-{at}")
}

/// The resource that is restored and swapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Instance,
    Cluster,
}

/// The database that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct There {
    resource_id: String,
    is_restored: bool,
    endpoint: String,
}

/// A source, and a recovery file that restores and swaps it.
struct Scene {
    databases: Databases,
    kind: Kind,
    /// The source's resource id.
    source: String,
}

impl Scene {
    async fn new(kind: Kind) -> Self {
        Self::with(kind, "").await
    }

    /// With these hooks.
    async fn with(kind: Kind, hooks: &str) -> Self {
        let databases = databases().await;
        let id = databases.id("src");
        match kind {
            Kind::Instance => databases.plain_instance(&id).await,
            Kind::Cluster => crate::contract::databases::make_cluster(&databases, &id).await,
        }
        databases.later().await;
        let scene = Self { databases, kind, source: String::new() };
        scene.write(hooks);
        let source = scene.there("src").await.unwrap().resource_id;
        Self { source, ..scene }
    }

    fn write(&self, hooks: &str) {
        let kind = match self.kind {
            Kind::Instance => "rds",
            Kind::Cluster => "cluster",
        };
        let hooks = hooks.replace("DIR", self.databases.dir.path().to_str().unwrap());
        self.databases.write(kind, &format!("cut-over = \"rename\"\n{hooks}"));
    }

    async fn there(&self, name: &str) -> Option<There> {
        let id = self.databases.id(name);
        let is_ours = |tags: &[aws_sdk_rds::types::Tag]| tags.iter().any(|tag| tag.key() == Some(TAG));
        match self.kind {
            Kind::Instance => {
                let there = self.databases.instance(&id).await?;
                Some(There {
                    resource_id: there.dbi_resource_id()?.to_owned(),
                    is_restored: is_ours(there.tag_list()),
                    endpoint: there.endpoint()?.address()?.to_owned(),
                })
            }
            Kind::Cluster => {
                let described = self.databases.sdk.describe_db_clusters().db_cluster_identifier(&id).send();
                let described = described.await.ok()?;
                let there = described.db_clusters().first()?;
                Some(There {
                    resource_id: there.db_cluster_resource_id()?.to_owned(),
                    is_restored: is_ours(there.tag_list()),
                    endpoint: there.endpoint()?.to_owned(),
                })
            }
        }
    }

    async fn abort(&self, more: &[&str]) -> Run {
        let path = self.databases.path();
        let abort = ["recover", path.to_str().unwrap(), "--abort", "--yes", "--format", "json"];
        self.databases.subject.asof(&[&abort[..], more].concat()).await
    }

    fn calls(&self) -> String {
        std::fs::read_to_string(self.databases.dir.path().join("calls")).unwrap_or_default()
    }

    /// The restored one has the source's name, and the source the other.
    async fn assert_swapped(&self, at: Moment, what: &str) {
        let old = self.there(&kept(at)).await.unwrap_or_else(|| panic!("{what}: the source is gone"));
        assert_eq!((&old.resource_id, old.is_restored), (&self.source, false), "{what}");
        let now = self.there("src").await.unwrap_or_else(|| panic!("{what}: nothing has the source's name"));
        assert!(now.is_restored && now.resource_id != self.source, "{what}: {now:?}");
        assert!(now.endpoint.starts_with(&format!("{}.", self.databases.id("src"))), "{what}: {now:?}");
        assert_eq!(self.there("dst").await, None, "{what}");
        assert_eq!(restores(&self.databases), 1, "{what}");
    }

    /// The source has its own name, and nothing else is there.
    async fn assert_untouched(&self, at: Moment, what: &str) {
        let source = self.there("src").await.unwrap_or_else(|| panic!("{what}: the source is gone"));
        assert_eq!((&source.resource_id, source.is_restored), (&self.source, false), "{what}");
        for name in ["dst", &kept(at)] {
            assert_eq!(self.there(name).await, None, "{what}: {name}");
        }
    }

    fn renames(&self) -> RdsAction {
        match self.kind {
            Kind::Instance => RdsAction::ModifyDBInstance,
            Kind::Cluster => RdsAction::ModifyDBCluster,
        }
    }
}

const HOOKS: &str = "[hooks]\nquiesce = { shell = \"echo quiesce >> 'DIR/calls'\" }\n\
    resume = { shell = \"echo resume $ASOF_HOST $ASOF_DB_IDENTIFIER >> 'DIR/calls'\" }\n";
const HOOKS_THAT_FAIL: &str =
    "[hooks]\nquiesce = { shell = \"echo quiesce >> 'DIR/calls'\" }\nresume = [\"false\"]\n";

#[test]
fn a_restored_database_gets_its_source_s_name_before_the_application_is_resumed() {
    block_on(async {
        for kind in [Kind::Instance, Kind::Cluster] {
            let scene = Scene::with(kind, HOOKS).await;
            let at = scene.databases.at();
            let run = scene.databases.recover(at).await.expect_code(0);
            scene.assert_swapped(at, &run.to_string()).await;
            assert_eq!(rds(&scene.databases).asked(scene.renames()), 2, "{run}");
            let source = scene.databases.id("src");
            let calls = scene.calls();
            assert!(calls.starts_with(&format!("quiesce\nresume {source}.")), "{calls}");
            assert!(calls.ends_with(&format!(" {source}\n")), "{calls}");
            assert!(run.stderr.contains("database orders: swap names with source"), "{run}");
        }
    });
}

/// Its source carries the tag of a finished recovery, and the target's name is free again.
#[test]
fn the_same_file_recovers_once_more() {
    block_on(async {
        for kind in [Kind::Instance, Kind::Cluster] {
            let scene = Scene::with(kind, HOOKS).await;
            let at = scene.databases.at();
            scene.databases.recover(at).await.expect_code(0);
            let first = scene.there("src").await.unwrap();
            rds(&scene.databases).handle().backdate(&scene.databases.id("src"), 2 * 60 * 60 * 1000);
            let later = Moment(at.0 + 600);
            let run = scene.databases.recover(later).await.expect_code(0);
            assert!(!run.stderr.contains("cut over"), "{run}");
            let second = scene.there("src").await.unwrap();
            assert!(second.is_restored && second.resource_id != first.resource_id, "{run}");
            let old = [scene.there(&kept(at)).await, scene.there(&kept(later)).await];
            assert_eq!(old.map(|kept| kept.unwrap().resource_id), [scene.source.clone(), first.resource_id]);
            assert_eq!(scene.there("dst").await, None);
        }
    });
}

/// RDS would not rename it until then, and the application can go on meanwhile.
#[test]
fn the_first_backup_is_waited_for_before_the_application_is_quiesced() {
    block_on(async {
        let scene = Scene::with(Kind::Instance, HOOKS).await;
        rds(&scene.databases).set_restoring(&[
            "creating",
            "backing-up",
            "backing-up",
            "backing-up",
            "available",
        ]);
        let at = scene.databases.at();
        let run = scene.databases.recover(at).await.expect_code(0);
        scene.assert_swapped(at, &run.to_string()).await;
        let waited = run.stderr.find("backing-up, before it can be renamed");
        let quiesced = run.stderr.find("begun   quiesce hook");
        assert!(waited.is_some() && waited < quiesced, "{run}");
    });
}

/// Settings applied after the application was resumed go to the database that has the source's name by then.
#[test]
fn the_rest_is_configured_under_the_new_name() {
    block_on(async {
        let databases = databases().await;
        super::make_tuned(&databases, &databases.id("src")).await;
        databases.later().await;
        let mut scene = Scene { databases, kind: Kind::Instance, source: String::new() };
        scene.source = scene.there("src").await.unwrap().resource_id;
        scene.write("");
        let at = scene.databases.at();
        scene.databases.recover(at).await.expect_code(0);
        scene.assert_swapped_but_for_tags(at).await;
        let shape = async |id: String| {
            let there = scene.databases.instance(&id).await.unwrap();
            let mut shape = crate::support::databases::shape(&there);
            shape.remove("tags");
            shape
        };
        let old = shape(scene.databases.id(&kept(at))).await;
        assert_eq!(shape(scene.databases.id("src")).await, old);
    });
}

impl Scene {
    /// Of a source that carries the tag of a recovery of long ago.
    async fn assert_swapped_but_for_tags(&self, at: Moment) {
        assert_eq!(self.there(&kept(at)).await.unwrap().resource_id, self.source);
        assert_ne!(self.there("src").await.unwrap().resource_id, self.source);
        assert_eq!(self.there("dst").await, None);
    }
}

#[test]
fn a_drill_renames_nothing() {
    block_on(async {
        for kind in [Kind::Instance, Kind::Cluster] {
            let scene = Scene::new(kind).await;
            let at = scene.databases.at();
            let run = scene.databases.drill(at).await.expect_code(0);
            scene.assert_untouched(at, &run.to_string()).await;
        }
    });
}
