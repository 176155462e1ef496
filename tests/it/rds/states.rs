//! Intermediate states: a database that serves requests while RDS refuses to modify it does not delay the application.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use asof::lab::{RdsAction, When};

use super::{rds, restores, with_source};
use crate::crash::{block_on, kill};
use crate::support::databases::Databases;

/// A setting that can only be modified, and a resume hook that notes each call in the file that is returned.
fn write(databases: &Databases) -> (PathBuf, PathBuf) {
    let window = "[database.overrides]\npreferred-maintenance-window = \"sun:04:00-sun:04:30\"\n";
    let path = databases.write("rds", window);
    let calls = path.with_file_name("calls");
    let hook = format!("[hooks]\nresume = {{ shell = \"echo resume >> '{}'\" }}\n", calls.display());
    std::fs::write(&path, std::fs::read_to_string(&path).unwrap() + &hook).unwrap();
    (path, calls)
}

fn calls(path: &Path) -> usize {
    std::fs::read_to_string(path).unwrap_or_default().lines().count()
}

async fn window(databases: &Databases) -> Option<String> {
    let restored = databases.instance(&databases.id("dst")).await.unwrap();
    restored.preferred_maintenance_window().map(str::to_owned)
}

/// A first backup takes hours, and so does loading the blocks.
#[test]
fn an_application_does_not_wait_for_a_backup_nor_for_settings() {
    block_on(async {
        for state in ["backing-up", "storage-initialization"] {
            let databases = with_source().await;
            let (_, hook) = write(&databases);
            rds(&databases).set_restoring(&["creating", state]);
            let (lab, target) = (rds(&databases).handle(), databases.id("dst"));
            let resumed = Arc::new(AtomicU32::new(0));
            let (seen, called) = (Arc::clone(&resumed), hook.clone());
            rds(&databases).faults().before(RdsAction::ModifyDBInstance, When::Nth(2), move || {
                seen.store(u32::try_from(calls(&called)).unwrap(), Ordering::SeqCst);
                lab.set_states(&target, &["available"]);
            });
            let run = databases.recover(databases.at()).await.expect_code(0);
            assert_eq!(resumed.load(Ordering::SeqCst), 1, "{state}: {run}");
            assert_eq!(window(&databases).await.as_deref(), Some("sun:04:00-sun:04:30"), "{run}");
            assert_eq!((calls(&hook), restores(&databases)), (1, 1), "{run}");
            assert!(run.stderr.contains("configure"), "{run}");
        }
    });
}

#[test]
fn killed_while_it_is_configured_and_run_again_the_rest_is_set() {
    block_on(async {
        let databases = with_source().await;
        let (path, hook) = write(&databases);
        rds(&databases).set_restoring(&["creating", "backing-up"]);
        let process = Arc::new(AtomicU32::new(0));
        let asked = Arc::clone(&process);
        let strike = move || kill(asked.load(Ordering::SeqCst));
        rds(&databases).faults().before(RdsAction::ModifyDBInstance, When::Nth(2), strike);
        let at = databases.at();
        let arguments = ["recover", path.to_str().unwrap(), "--at", &at.to_string(), "--yes"];
        let run = databases.subject.asof_and(&arguments, move |id| process.store(id, Ordering::SeqCst)).await;
        run.expect_killed();
        assert_eq!(calls(&hook), 1);
        rds(&databases).set_states(&databases.id("dst"), &["available"]);
        let run = databases.recover(at).await.expect_code(0);
        assert_eq!(window(&databases).await.as_deref(), Some("sun:04:00-sun:04:30"), "{run}");
        assert_eq!((calls(&hook), restores(&databases)), (1, 1), "{run}");
    });
}

/// The database's address and settings are right before the application is resumed, however long that takes.
#[test]
fn an_application_waits_for_what_it_connects_by() {
    block_on(async {
        let databases = with_source().await;
        let (path, hook) = write(&databases);
        let text = std::fs::read_to_string(&path).unwrap();
        let port = "[database.overrides]\nvpc-security-group-ids = [\"sg-app\"]\n";
        std::fs::write(&path, text.replace("[database.overrides]\n", port)).unwrap();
        rds(&databases).set_restoring(&["creating", "backing-up"]);
        let (lab, target) = (rds(&databases).handle(), databases.id("dst"));
        // Another user has moved it meanwhile.
        let moved = lab.clone();
        let to = target.clone();
        rds(&databases).faults().before(RdsAction::DescribeDBInstances, When::Always, move || {
            moved.move_once(&to, "sg-other");
        });
        let (seen, called) = (Arc::new(AtomicU32::new(9)), hook.clone());
        let resumed = Arc::clone(&seen);
        rds(&databases).faults().before(RdsAction::ModifyDBInstance, When::Nth(2), move || {
            resumed.store(u32::try_from(calls(&called)).unwrap(), Ordering::SeqCst);
            lab.set_states(&target, &["available"]);
        });
        let run = databases.recover(databases.at()).await.expect_code(0);
        assert_eq!((seen.load(Ordering::SeqCst), calls(&hook)), (0, 1), "{run}");
        let restored = databases.instance(&databases.id("dst")).await.unwrap();
        let groups: Vec<_> =
            restored.vpc_security_groups().iter().map(|g| g.vpc_security_group_id()).collect();
        assert_eq!(groups, [Some("sg-app")]);
    });
}

/// A restore that hangs ends at the deadline, so that a cron job can begin the next; the same command resumes it.
#[test]
fn a_restore_that_hangs_ends_at_the_deadline() {
    block_on(async {
        let databases = with_source().await;
        rds(&databases).set_restoring(&["creating"]);
        let at = databases.at();
        let run = databases.recover_with(at, &["--deadline", "2s"]).await.expect_code(3);
        assert!(run.stderr.contains("cannot finish within the deadline of 2s"), "{run}");
        rds(&databases).set_states(&databases.id("dst"), &["available"]);
        databases.recover(at).await.expect_code(0);
        assert_eq!(restores(&databases), 1);
    });
}

/// As the file says; a drill is torn down all the same.
#[test]
fn a_drill_that_hangs_ends_at_the_deadline() {
    block_on(async {
        let databases = with_source().await;
        let path = databases.path();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("deadline = \"2s\"\n{text}")).unwrap();
        rds(&databases).set_restoring(&["rebooting"]);
        let run = databases.drill(databases.at()).await.expect_code(1);
        assert!(run.stderr.contains("cannot finish within the deadline of 2s"), "{run}");
        assert!(databases.instance(&databases.id("dst")).await.is_none(), "{run}");
    });
}

/// Each class of states that never become available: the message names the state and the remedy.
#[test]
fn a_restore_that_fails_is_told_with_what_to_do() {
    block_on(async {
        for (state, words) in [
            ("failed", "check its events"),
            ("upgrade-failed", "check its events (aws rds describe-events), and remove it"),
            ("restore-error", "it cannot be restored to this time; check its events"),
            ("incompatible-restore", "it cannot be restored to this time; check its events"),
            ("incompatible-parameters", "override db-parameter-group-name"),
            ("incompatible-network", "override db-subnet-group-name"),
            ("incompatible-option-group", "override option-group-name"),
            ("incompatible-create", "check its events"),
            ("insufficient-capacity", "override db-instance-class or try again later"),
            ("inaccessible-encryption-credentials", "its KMS key cannot be used; enable the key"),
            ("storage-full", "its storage is full; increase it"),
            ("stopped", "it was stopped; start it, then run the command again"),
        ] {
            let databases = with_source().await;
            rds(&databases).set_restoring(&["creating", state]);
            let at = databases.at();
            let run = databases.recover(at).await.expect_code(3);
            let told = format!(
                "wait until available: the restore of the database orders failed: RDS says {state}: "
            );
            assert!(run.stderr.contains(&told) && run.stderr.contains(words), "{state}: {run}");
            // It is not requested again, and its remains are left alone.
            databases.recover(at).await.expect_code(3);
            assert_eq!(restores(&databases), 1);
            assert_eq!(rds(&databases).asked(RdsAction::DeleteDBInstance), 0);
        }
    });
}
