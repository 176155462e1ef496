//! A swap that stops halfway, that is refused before it begins, or that has ended: its report and its undo.

use asof::lab::{Fault, RdsAction, Rule, When};

use super::{HOOKS, HOOKS_THAT_FAIL, Kind, Scene, kept, rds, restores};
use crate::crash::block_on;
use crate::support::bucket::Bucket;
use crate::support::{Moment, Run};

/// The scene with a bucket that is restored in place.
struct Paired {
    scene: Scene,
    bucket: Bucket,
    at: Moment,
}

impl Paired {
    async fn with(hooks: &str) -> Self {
        let scene = Scene::new(Kind::Instance).await;
        scene.databases.an_hour_back();
        let bucket = scene.databases.subject.bucket().await;
        bucket.put("k", "at T").await;
        let at = scene.databases.subject.moment().await;
        bucket.put("k", "later").await;
        scene.databases.subject.moment().await;
        let paired = Self { scene, bucket, at };
        paired.write(hooks);
        paired
    }

    fn write(&self, hooks: &str) {
        let bucket = self.bucket.url("");
        self.scene.write(&format!("[[bucket]]\nsource = \"{bucket}\"\ntarget = \"in-place\"\n{hooks}"));
    }

    async fn recover(&self) -> Run {
        self.scene.databases.recover(self.at).await
    }

    /// RDS refuses this request to rename something.
    fn deny(&self, when: When) {
        let denied = Rule::on(RdsAction::ModifyDBInstance, Fault::AccessDenied, when);
        rds(&self.scene.databases).faults().push(denied);
    }

    fn allow(&self) {
        rds(&self.scene.databases).faults().clear();
    }

    /// Returns the expected message: nothing has the source's name, and the source has another.
    fn half_swapped(&self) -> String {
        let (source, kept) = (self.scene.databases.id("src"), self.scene.databases.id(&kept(self.at)));
        format!("{source} may be named {kept} now: then {source} is unavailable until")
    }

    /// Removes an instance like its creator, which takes RDS a while.
    async fn remove(&self, id: &str) {
        let delete = self.scene.databases.sdk.delete_db_instance().skip_final_snapshot(true);
        delete.db_instance_identifier(id).send().await.unwrap();
        while self.scene.databases.instance(id).await.is_some() {}
    }

    /// The one run of the recovery.
    fn run(&self) -> String {
        let runs = std::fs::read_dir(self.scene.databases.subject.runs_dir()).unwrap();
        let mut runs: Vec<_> = runs.map(|run| run.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(runs.len(), 1, "{runs:?}");
        runs.remove(0)
    }
}

#[test]
fn a_swap_that_stops_halfway_says_that_nothing_has_the_source_s_name() {
    block_on(async {
        for (hooks, may_be_in_use) in [(HOOKS, false), ("", true)] {
            let paired = Paired::with(hooks).await;
            paired.deny(When::Nth(2));
            let run = paired.recover().await.expect_code(3);
            let half = paired.half_swapped();
            assert!(run.stderr.contains(&half), "{half}: {run}");
            let again = run.stderr.lines().find(|line| line.starts_with("after fixing this, "));
            assert!(again.is_some(), "{run}");
            let abort = run.stderr.lines().find(|line| line.starts_with("or undo it: "));
            assert_eq!(abort.unwrap().contains("--after-resume"), may_be_in_use, "{run}");
            let list = paired.scene.databases.subject.asof_alone(&["recover", "--list"]).await.expect_code(0);
            assert!(list.stdout.contains(&half), "{half}: {list}");
            paired.allow();
            let again = paired.recover().await.expect_code(0);
            paired.scene.assert_swapped(paired.at, &again.to_string()).await;
            assert!(!again.stderr.contains(&half), "{again}");
        }
    });
}

/// An undo of its bucket's run knows nothing of databases: nothing newer was made of the restored one, and nobody has the
/// source's name.
#[test]
fn an_abort_of_half_a_swap_gives_the_name_back_whatever_has_overtaken_it() {
    block_on(async {
        let paired = Paired::with(HOOKS).await;
        paired.deny(When::Nth(2));
        paired.recover().await.expect_code(3);
        paired.allow();
        paired.scene.databases.subject.asof(&["undo", &paired.run(), "--yes"]).await.expect_code(0);
        let refused = paired.recover().await.expect_code(5);
        let aborted = paired.scene.abort(&[]).await.expect_code(0);
        paired.scene.assert_untouched(paired.at, &aborted.to_string()).await;
        assert!(paired.scene.calls().contains("resume"), "{aborted}");
        assert_eq!(paired.bucket.get("k").await.as_deref(), Some("later"), "{aborted}");
        let half = paired.half_swapped();
        for told in [&*half, "was undone by run", "can only be aborted"] {
            assert!(refused.stderr.contains(told), "{told}: {refused}");
        }
    });
}

/// The database is still at T: its bucket stays there too, and the application waits.
#[test]
fn an_abort_that_cannot_give_the_names_back_undoes_nothing_else() {
    block_on(async {
        let paired = Paired::with(HOOKS_THAT_FAIL).await;
        paired.recover().await.expect_code(3);
        paired.write(HOOKS);
        paired.deny(When::Always);
        let run = paired.scene.abort(&["--after-resume"]).await.expect_code(3);
        paired.scene.assert_swapped(paired.at, &run.to_string()).await;
        assert_eq!(paired.bucket.get("k").await.as_deref(), Some("at T"), "{run}");
        assert!(!paired.scene.calls().contains("resume"), "{run}");
        assert!(run.stderr.contains("is the restored database or unavailable"), "{run}");
        paired.allow();
        let run = paired.scene.abort(&["--after-resume"]).await.expect_code(0);
        paired.scene.assert_untouched(paired.at, &run.to_string()).await;
        assert_eq!(paired.bucket.get("k").await.as_deref(), Some("later"), "{run}");
        assert!(paired.scene.calls().contains("resume"), "{run}");
    });
}

impl Paired {
    /// Without a quiesce hook, another user takes the name kept for the source while the database is restored.
    async fn refused_before_a_rename() -> Self {
        let paired = Self::with("").await;
        let (lab, name) =
            (rds(&paired.scene.databases).handle(), paired.scene.databases.id(&kept(paired.at)));
        let occupy = move || lab.occupy(&name);
        let restores = RdsAction::RestoreDBInstanceToPointInTime;
        rds(&paired.scene.databases).faults().before(restores, When::Nth(1), occupy);
        let run = paired.recover().await.expect_code(3);
        assert!(run.stderr.contains("the name is taken by the instance"), "{run}");
        assert_eq!(rds(&paired.scene.databases).asked(RdsAction::ModifyDBInstance), 0, "{run}");
        assert!(!run.stderr.contains("is unavailable until"), "{run}");
        paired
    }
}

/// Nothing was renamed, so that no application can have found the restored database.
#[test]
fn a_swap_that_was_refused_before_any_rename_is_aborted_without_more_ado() {
    block_on(async {
        let paired = Paired::refused_before_a_rename().await;
        let run = paired.scene.abort(&[]).await.expect_code(0);
        assert_eq!(paired.scene.there("dst").await, None, "{run}");
        assert_eq!(paired.scene.there("src").await.unwrap().resource_id, paired.scene.source, "{run}");
        assert_eq!(paired.bucket.get("k").await.as_deref(), Some("later"), "{run}");
    });
}

#[test]
fn a_bucket_that_was_written_to_before_any_rename_is_restored_again_before_it() {
    block_on(async {
        let paired = Paired::refused_before_a_rename().await;
        paired.bucket.put("k", "meanwhile").await;
        paired.remove(&paired.scene.databases.id(&kept(paired.at))).await;
        let run = paired.recover().await.expect_code(0);
        paired.scene.assert_swapped(paired.at, &run.to_string()).await;
        assert_eq!(paired.bucket.get("k").await.as_deref(), Some("at T"), "{run}");
    });
}

/// The target's name is free after a swap: that is no sign that the recovery was not made.
#[test]
fn a_swap_that_ended_is_told_again_and_not_begun_again() {
    block_on(async {
        let paired = Paired::with(HOOKS).await;
        let run = paired.recover().await.expect_code(0);
        let (source, kept) = (paired.scene.databases.id("src"), paired.scene.databases.id(&kept(paired.at)));
        let calls = paired.scene.calls();
        let again = paired.recover().await.expect_code(0);
        let start_over =
            format!("{source} is now the restored database: to recover it again, choose a time after");
        for told in ["already finished", &start_over] {
            assert!(again.stderr.contains(told), "{told}: {again}");
        }
        assert!(!again.stderr.contains("remove the existing"), "{again}");
        paired.scene.assert_swapped(paired.at, &again.to_string()).await;
        assert_eq!((restores(&paired.scene.databases), paired.scene.calls()), (1, calls), "{again}");
        let stays = format!("{source} stays the restored database, and the former one is kept as {kept}");
        assert!(run.stderr.contains(&stays), "{stays}: {run}");
    });
}
