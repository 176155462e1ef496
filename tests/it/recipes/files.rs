//! The files of the recipes: written for a user, and clean.

use std::fs;
use std::process::Command;

use super::asof;
use crate::support::recipe::printed;
use crate::support::{Run, Subject};

async fn init(subject: &Subject, recipe: &str, file: &str) -> Run {
    asof(subject, &["recover", "--init", "--recipe", recipe, file]).await
}

#[tokio::test]
async fn recipe_is_written_once_and_never_over_other_files() {
    let (subject, dir) = (super::lab().await, tempfile::tempdir().unwrap());
    let (file, settings) = (dir.path().join("recovery.toml"), dir.path().join("postgres-wal.env"));
    let file = file.to_str().unwrap();
    fs::write(&settings, "mine").unwrap();
    let refused = init(&subject, "postgres-wal", file).await.expect_code(2);
    assert!(
        refused.stderr.contains("postgres-wal.env: ") && refused.stderr.contains("not overwritten"),
        "{refused}"
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "{refused}");
    fs::remove_file(&settings).unwrap();
    let written = init(&subject, "postgres-wal", file).await.expect_code(0);
    assert!(written.stderr.contains("postgres-wal.md, postgres-wal.sh, postgres-wal.env"), "{written}");
    assert!(!written.stderr.contains("--recipe"), "the next command does something else: {written}");
    let other = dir.path().join("other.toml");
    init(&subject, "postgres-wal", other.to_str().unwrap()).await.expect_code(0);
    let again = init(&subject, "postgres-wal", file).await.expect_code(2);
    assert!(again.stderr.contains("recovery.toml: ") && again.stderr.contains("not overwritten"), "{again}");
    let usage = Command::new(dir.path().join("postgres-wal.sh")).output().unwrap();
    assert_eq!(usage.status.code(), Some(2), "{usage:?}");
}

#[tokio::test]
async fn unknown_recipe_is_refused_with_the_names() {
    let (subject, dir) = (super::lab().await, tempfile::tempdir().unwrap());
    let file = dir.path().join("recovery.toml");
    let refused = init(&subject, "oracle", file.to_str().unwrap()).await.expect_code(2);
    for name in ["postgres-wal", "pgbackrest", "mariadb-binlog"] {
        assert!(refused.stderr.contains(name), "{refused}");
    }
    let file = file.to_str().unwrap();
    let not_init = asof(&subject, &["recover", "--recipe", "postgres-wal", "--at", "1h", file]).await;
    assert!(not_init.expect_code(2).stderr.contains("--recipe"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

/// In a directory where a recipe was written, as a user would lint it.
#[tokio::test]
#[ignore = "shellcheck has to be installed: tests/run.sh"]
async fn scripts_are_clean() {
    let subject = super::lab().await;
    let recipes = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recipes");
    let names = fs::read_dir(recipes).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut scripts = 0;
    for name in names.filter(|name| name != "common") {
        let dir = tempfile::tempdir().unwrap();
        init(&subject, &name, dir.path().join("recovery.toml").to_str().unwrap()).await.expect_code(0);
        let files = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
        let shell: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "sh")).collect();
        scripts += shell.len();
        // Some recipes have Python only.
        if shell.is_empty() {
            continue;
        }
        printed(Command::new("shellcheck").arg("-x").args(shell).current_dir(dir.path()));
    }
    assert!(scripts >= 3, "only {scripts} scripts were checked");
}
