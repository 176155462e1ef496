//! The owner of the master password of a restored database.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use asof::lab::{RdsAction, When};

use super::{databases, rds, restores, with_source, with_source_of};
use crate::crash::{block_on, kill};
use crate::support::Run;
use crate::support::databases::Databases;

async fn managed(databases: &Databases, id: &str) -> bool {
    databases.instance(id).await.unwrap().master_user_secret().is_some()
}

#[test]
fn secrets_manager_keeps_the_password_where_the_overrides_say_so() {
    block_on(async {
        let databases = with_source().await;
        databases.write("rds", "[database.overrides]\nmanage-master-user-password = true\n");
        databases.recover(databases.at()).await.expect_code(0);
        assert!(managed(&databases, &databases.id("dst")).await);
        assert!(!managed(&databases, &databases.id("src")).await);
    });
}

/// The restored database keeps the password of the target time, unless a new one is configured.
#[test]
fn the_password_is_not_managed_because_the_sources_is() {
    block_on(async {
        let databases = databases().await;
        let source = databases.id("src");
        databases.plain_instance(&source).await;
        let modify = databases.sdk.modify_db_instance().db_instance_identifier(&source);
        modify.manage_master_user_password(true).send().await.unwrap();
        databases.later().await;
        assert!(managed(&databases, &source).await);
        databases.write("rds", "");
        let run = databases.recover(databases.at()).await.expect_code(0);
        assert!(!managed(&databases, &databases.id("dst")).await, "{run}");
        assert!(run.stderr.contains("password management by Secrets Manager"), "{run}");
    });
}

const PASSWORD: &str = "correct-horse-77";
const FROM_COMMAND: &str =
    "[database.overrides]\nmaster-user-password-from = { command = [\"cat\", \"secret\"] }\n";

fn set_secret(databases: &Databases, password: &str) {
    std::fs::write(databases.dir.path().join("secret"), format!("{password}\n")).unwrap();
}

fn password(databases: &Databases) -> Option<String> {
    rds(databases).handle().master_password(&databases.id("dst"))
}

/// The files below a directory that hold the password.
fn holding(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holding(&path));
        } else if std::fs::read(&path)
            .unwrap()
            .windows(PASSWORD.len())
            .any(|part| part == PASSWORD.as_bytes())
        {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_password_is_set_before_use_and_stored_nowhere() {
    block_on(async {
        for kind in ["rds", "aurora"] {
            let databases = with_source_of(kind).await;
            set_secret(&databases, PASSWORD);
            databases.write(kind, FROM_COMMAND);
            let (report, page) =
                (databases.dir.path().join("report.json"), databases.dir.path().join("page.html"));
            let more = ["-vv", "--report", report.to_str().unwrap(), "--html", page.to_str().unwrap()];
            let run = databases.recover_with(databases.at(), &more).await.expect_code(0);
            assert_eq!(password(&databases).as_deref(), Some(PASSWORD), "{kind}: {run}");
            // -vv shows every request, and this one among them.
            assert!(run.stderr.contains("ModifyDB"), "{run}");
            assert!(!run.stderr.contains(PASSWORD) && !run.stdout.contains(PASSWORD), "{run}");
            assert_eq!(holding(databases.dir.path()), [databases.dir.path().join("secret")]);
            let holding = holding(databases.subject.runs_dir().parent().unwrap());
            assert!(holding.is_empty(), "{holding:?}");
        }
    });
}

/// RDS applies a password with a delay: a hook that connects before would be rejected.
#[test]
fn the_password_is_set_when_the_next_step_begins() {
    block_on(async {
        for kind in ["rds", "aurora"] {
            let databases = with_source_of(kind).await;
            set_secret(&databases, PASSWORD);
            databases.write(kind, &format!("{FROM_COMMAND}[hooks]\nafter-database = [\"false\"]\n"));
            let run = databases.recover(databases.at()).await.expect_code(3);
            assert_eq!(password(&databases).as_deref(), Some(PASSWORD), "{kind}: {run}");
        }
    });
}

/// The request is executed although the reply is lost, and its password is unknown.
#[test]
fn killed_while_the_password_is_set_it_is_set_again() {
    block_on(async {
        for kind in ["rds", "aurora"] {
            // If Secrets Manager was to keep it at first, only a password ends that.
            for first in [FROM_COMMAND, "[database.overrides]\nmanage-master-user-password = true\n"] {
                let databases = with_source_of(kind).await;
                set_secret(&databases, "one-that-is-old");
                let path = databases.write(kind, first);
                let process = Arc::new(AtomicU32::new(0));
                let asked = Arc::clone(&process);
                let killing = move || kill(asked.load(Ordering::SeqCst));
                let modify =
                    if kind == "rds" { RdsAction::ModifyDBInstance } else { RdsAction::ModifyDBCluster };
                rds(&databases).faults().before(modify, When::Nth(1), killing);
                let at = databases.at();
                let arguments = ["recover", path.to_str().unwrap(), "--at", &at.to_string(), "--yes"];
                let noted = move |id| process.store(id, Ordering::SeqCst);
                databases.subject.asof_and(&arguments, noted).await.expect_killed();
                set_secret(&databases, PASSWORD);
                databases.write(kind, FROM_COMMAND);
                let run = databases.recover(at).await.expect_code(0);
                assert_eq!(password(&databases).as_deref(), Some(PASSWORD), "{kind}: {run}");
                assert_eq!(restores(&databases), 1);
            }
        }
    });
}

/// Runs with an environment variable of this value, or without it.
async fn with_variable(databases: &Databases, at: &str, value: Option<&str>) -> Run {
    let path = databases.path();
    let recover = ["recover", path.to_str().unwrap(), "--at", at, "--yes", "--format", "json"];
    let mut command = databases.subject.command(&databases.subject.server.secret, &recover);
    command.envs(value.map(|value| ("NEW_PASSWORD", value)));
    tokio::task::spawn_blocking(move || Run::of(&mut command)).await.unwrap()
}

#[test]
fn a_password_comes_from_a_variable_that_has_to_be_set_before_anything_starts() {
    block_on(async {
        let databases = with_source().await;
        databases
            .write("rds", "[database.overrides]\nmaster-user-password-from = { env = \"NEW_PASSWORD\" }\n");
        let at = databases.at().to_string();
        let run = with_variable(&databases, &at, None).await.expect_code(5);
        assert!(
            run.stderr.contains("the environment variable NEW_PASSWORD")
                && run.stderr.contains("nothing was changed"),
            "{run}"
        );
        assert_eq!(restores(&databases), 0);
        // A password that RDS would reject is neither sent nor shown; the same command resumes with another.
        for wrong in ["short77", "correct/horse77", "correct@horse77"] {
            let run = with_variable(&databases, &at, Some(wrong)).await.expect_code(3);
            assert!(run.stderr.contains("at least 8 printable ASCII characters"), "{run}");
            assert!(!run.stderr.contains(wrong) && !run.stdout.contains(wrong), "{run}");
            assert_eq!(rds(&databases).asked(RdsAction::ModifyDBInstance), 0);
        }
        // One that only RDS knows to refuse.
        let run = with_variable(&databases, &at, Some("correct horse 77")).await.expect_code(3);
        assert!(
            run.stderr.contains("is not a valid password") && !run.stderr.contains("correct horse"),
            "{run}"
        );
        with_variable(&databases, &at, Some(PASSWORD)).await.expect_code(0);
        assert_eq!((password(&databases).as_deref(), restores(&databases)), (Some(PASSWORD), 1));
    });
}

#[test]
fn what_is_no_place_of_a_password_is_refused_and_not_repeated() {
    block_on(async {
        let databases = with_source().await;
        for (overrides, words) in [
            ("master-user-password-from = \"correct-horse-77\"", "is a table"),
            ("master-user-password = \"correct-horse-77\"", "unknown field `master-user-password`"),
            (
                "manage-master-user-password = true\nmaster-user-password-from = { env = \"A\" }",
                "cannot be combined",
            ),
        ] {
            databases.write("rds", &format!("[database.overrides]\n{overrides}\n"));
            let run = databases.recover(databases.at()).await.expect_code(2);
            assert!(run.stderr.contains(words) && !run.stderr.contains(PASSWORD), "{run}");
        }
        assert_eq!(restores(&databases), 0);
    });
}
