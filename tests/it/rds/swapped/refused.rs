//! Swaps that are refused, before anything is changed or in the midst of it; and the warnings before.

use asof::lab::{RdsAction, When};

use super::{HOOKS, HOOKS_THAT_FAIL, Kind, Scene, kept, rds, restores};
use crate::crash::block_on;

#[test]
fn what_is_renamed_to_what_is_said_before() {
    block_on(async {
        for (kind, instances) in [(Kind::Instance, false), (Kind::Cluster, true)] {
            let scene = Scene::new(kind).await;
            let (path, at) = (scene.databases.path(), scene.databases.at());
            let preview = ["recover", path.to_str().unwrap(), "--at", &at.to_string(), "--dry-run"];
            let run = scene.databases.subject.asof(&preview).await.expect_code(0);
            let (source, target) = (scene.databases.id("src"), scene.databases.id("dst"));
            let old = scene.databases.id(&kept(at));
            let renamed = format!("at the end, {source} is renamed to {old}, and {target} to {source}");
            for words in [&*renamed, "every connection drops", "read replicas and proxies"] {
                assert!(run.stdout.contains(words), "{words}: {run}");
            }
            assert_eq!(run.stdout.contains("their instances keep their names"), instances, "{run}");
            scene.assert_untouched(at, &run.to_string()).await;
        }
    });
}

#[test]
fn a_name_that_is_taken_is_refused_before_anything_is_changed() {
    block_on(async {
        let scene = Scene::with(Kind::Instance, HOOKS).await;
        let at = scene.databases.at();
        scene.databases.plain_instance(&scene.databases.id(&kept(at))).await;
        let run = scene.databases.recover(at).await.expect_code(5);
        assert!(run.stderr.contains("the name is taken by the instance"), "{run}");
        assert!(run.stderr.contains("nothing was changed"), "{run}");
        // It may be the former production database.
        assert!(run.stderr.contains("may have done this"), "{run}");
        assert!(!run.stderr.contains("remove"), "{run}");
        assert_eq!((restores(&scene.databases), &*scene.calls()), (0, ""), "{run}");
        assert_eq!(scene.there("src").await.unwrap().resource_id, scene.source);
    });
}

#[test]
fn a_name_that_is_too_long_is_refused_before_anything_is_changed() {
    block_on(async {
        let scene = Scene::with(Kind::Instance, HOOKS).await;
        let path = scene.databases.path();
        let text = std::fs::read_to_string(&path).unwrap();
        let (source, long) = (scene.databases.id("src"), "s".repeat(40));
        std::fs::write(&path, text.replace(&source, &long)).unwrap();
        let run = scene.databases.recover(scene.databases.at()).await.expect_code(2);
        assert!(run.stderr.contains("has up to 39 lowercase letters"), "{run}");
        assert_eq!((restores(&scene.databases), &*scene.calls()), (0, ""), "{run}");
    });
}

/// Another user takes the source's old name before the restored database has it: both that database and the renamed one
/// stay.
#[test]
fn a_name_that_a_third_takes_in_the_midst_is_left_to_them() {
    block_on(async {
        let scene = Scene::with(Kind::Instance, HOOKS).await;
        let at = scene.databases.at();
        let (lab, source) = (rds(&scene.databases).handle(), scene.databases.id("src"));
        let occupy = move || lab.occupy(&source);
        rds(&scene.databases).faults().before(RdsAction::ModifyDBInstance, When::Nth(2), occupy);
        let run = scene.databases.recover(at).await.expect_code(3);
        assert!(run.stderr.contains("the name is taken by the instance"), "{run}");
        assert!(!scene.calls().contains("resume"), "{run}");
        assert!(scene.there("dst").await.unwrap().is_restored, "{run}");
        assert_eq!(scene.there(&kept(at)).await.unwrap().resource_id, scene.source);
        // Neither the same command nor an abort overwrites it.
        scene.databases.recover(at).await.expect_code(3);
        let aborted = scene.abort(&[]).await.expect_code(3);
        assert!(aborted.stderr.contains("the name is taken by the instance"), "{aborted}");
        assert!(scene.there("dst").await.unwrap().is_restored, "{aborted}");
        let delete = scene.databases.sdk.delete_db_instance().skip_final_snapshot(true);
        delete.db_instance_identifier(scene.databases.id("src")).send().await.unwrap();
        for _ in 0..4 {
            scene.databases.instance(&scene.databases.id("src")).await;
        }
        let aborted = scene.abort(&[]).await.expect_code(0);
        scene.assert_untouched(at, &aborted.to_string()).await;
    });
}

/// A cluster's instances have other names with it.
#[test]
fn a_recovery_is_not_resumed_with_another_cut_over() {
    block_on(async {
        let scene = Scene::with(Kind::Cluster, "[hooks]\nafter-database = [\"false\"]\n").await;
        let at = scene.databases.at();
        scene.databases.recover(at).await.expect_code(3);
        scene.databases.write("cluster", "[hooks]\nafter-database = [\"true\"]\n");
        let run = scene.databases.recover(at).await.expect_code(2);
        assert!(run.stderr.contains("since it started, its file has another cut-over"), "{run}");
        scene.write("[hooks]\nafter-database = [\"true\"]\n");
        let run = scene.databases.recover(at).await.expect_code(0);
        scene.assert_swapped(at, &run.to_string()).await;
    });
}

/// Without a quiesce hook the application uses the restored database as soon as that has the name: what it writes is not
/// removed without being asked for.
#[test]
fn an_abort_of_names_that_an_application_may_use_has_to_be_asked_for() {
    block_on(async {
        let scene = Scene::with(Kind::Instance, "[hooks]\nresume = [\"false\"]\n").await;
        let at = scene.databases.at();
        let run = scene.databases.recover(at).await.expect_code(3);
        scene.assert_swapped(at, &run.to_string()).await;
        let refused = scene.abort(&[]).await.expect_code(5);
        assert!(refused.stderr.contains("--after-resume"), "{refused}");
        scene.assert_swapped(at, &refused.to_string()).await;
        let aborted = scene.abort(&["--after-resume"]).await.expect_code(0);
        scene.assert_untouched(at, &aborted.to_string()).await;
    });
}

/// The restored database is removed after the swap: it is not restored again from a name that is not its source's.
#[test]
fn a_swapped_database_that_is_gone_is_not_restored_again() {
    block_on(async {
        let scene = Scene::with(Kind::Instance, HOOKS_THAT_FAIL).await;
        let at = scene.databases.at();
        scene.databases.recover(at).await.expect_code(3);
        let states = ["failed"; 9];
        rds(&scene.databases).set_states(&scene.databases.id("src"), &states);
        let run = scene.databases.recover(at).await.expect_code(3);
        assert!(run.stderr.contains("the restored database has failed since"), "{run}");
        assert_eq!(restores(&scene.databases), 1, "{run}");
    });
}

/// The source, kept under another name, is removed by its owner.
async fn remove_kept(scene: &Scene, at: crate::support::Moment) {
    let id = scene.databases.id(&kept(at));
    let delete = scene.databases.sdk.delete_db_instance().skip_final_snapshot(true);
    delete.db_instance_identifier(&id).send().await.unwrap();
    for _ in 0..4 {
        scene.databases.instance(&id).await;
    }
    assert_eq!(scene.there(&kept(at)).await, None);
}

/// The restored one is the only one left: it keeps the name by which the application finds it.
#[test]
fn an_abort_takes_the_name_from_no_restored_database_whose_source_is_gone() {
    block_on(async {
        let scene = Scene::with(Kind::Instance, HOOKS_THAT_FAIL).await;
        let at = scene.databases.at();
        scene.databases.recover(at).await.expect_code(3);
        remove_kept(&scene, at).await;
        let restored = scene.there("src").await;
        let aborted = scene.abort(&["--after-resume"]).await.expect_code(3);
        for words in ["cannot give the instance", "nothing was renamed", &kept(at)] {
            assert!(aborted.stderr.contains(words), "{words}: {aborted}");
        }
        assert_eq!(scene.there("src").await, restored, "{aborted}");
        assert_eq!(rds(&scene.databases).asked(scene.renames()), 2, "{aborted}");
    });
}

/// Nothing was undone: the recovery can still be finished, and is not in the way of another for ever.
#[test]
fn a_recovery_that_cannot_be_aborted_without_its_source_can_be_finished() {
    block_on(async {
        let scene = Scene::with(Kind::Instance, HOOKS_THAT_FAIL).await;
        let at = scene.databases.at();
        scene.databases.recover(at).await.expect_code(3);
        remove_kept(&scene, at).await;
        let aborted = scene.abort(&["--after-resume"]).await.expect_code(3);
        assert!(aborted.stderr.contains("nothing was undone; or finish the recovery instead: "), "{aborted}");
        scene.write(HOOKS);
        let run = scene.databases.recover(at).await.expect_code(0);
        assert!(scene.there("src").await.unwrap().is_restored, "{run}");
        assert!(scene.calls().contains("resume"), "{run}");
    });
}

/// It is not needed any more: the application uses the restored one.
#[test]
fn a_recovery_is_finished_whose_source_was_removed_after_the_swap() {
    block_on(async {
        let scene = Scene::with(Kind::Instance, HOOKS_THAT_FAIL).await;
        let at = scene.databases.at();
        scene.databases.recover(at).await.expect_code(3);
        remove_kept(&scene, at).await;
        scene.write(HOOKS);
        let run = scene.databases.recover(at).await.expect_code(0);
        assert!(scene.there("src").await.unwrap().is_restored, "{run}");
        assert!(scene.calls().contains("resume"), "{run}");
        assert_eq!(restores(&scene.databases), 1, "{run}");
    });
}

/// Only the source has been renamed when the process is killed and its state is lost: it is not called a stranger.
#[test]
fn a_source_that_lost_its_name_is_to_get_it_back() {
    block_on(async {
        let scene = Scene::with(Kind::Instance, HOOKS).await;
        let at = scene.databases.at();
        scene.killed_at(1).await.expect_killed();
        for _ in 0..4 {
            scene.there("src").await;
        }
        // A new name is not known at first.
        scene.there(&kept(at)).await;
        assert_eq!(scene.there(&kept(at)).await.unwrap().resource_id, scene.source);
        std::fs::remove_dir_all(scene.databases.subject.runs_dir().parent().unwrap()).unwrap();
        let path = scene.databases.path();
        let arguments = ["recover", path.to_str().unwrap(), "--adopt", "--yes", "--format", "json"];
        let run = scene.databases.subject.asof(&arguments).await;
        assert!(run.stderr.contains("rename it back"), "{run}");
        assert!(!run.stderr.contains("remove"), "{run}");
        assert_eq!(scene.there("src").await, None, "{run}");
    });
}
