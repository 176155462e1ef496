//! The recipe `dynamodb-pitr` with the AWS CLI and moto, which restores a table as it is now, and whose window has no length.

use std::path::Path;
use std::process::Command;

use super::aws::{with_credentials, with_moto};
use super::{Victim, command, id, killed_at, lab};
use crate::support::recipe::{Recipe, printed};
use crate::support::{Run, Subject};

const NAME: &str = "dynamodb-pitr";
const TARGET: &str = "uploads-restored";

fn aws(arguments: &[&str]) -> String {
    let words = [&["dynamodb", "--output", "text"], arguments].concat();
    printed(with_credentials(Command::new("aws").args(words)))
}

fn keys(table: &str) -> String {
    aws(&["scan", "--table-name", table, "--query", "Items[].key.S"]).trim().to_owned()
}

fn tables() -> String {
    aws(&["list-tables", "--query", "TableNames"]).trim().to_owned()
}

fn create(table: &str) {
    let definitions = ["--attribute-definitions", "AttributeName=key,AttributeType=S"];
    let schema = ["--key-schema", "AttributeName=key,KeyType=HASH", "--billing-mode", "PAY_PER_REQUEST"];
    aws(&[&["create-table", "--table-name", table][..], &definitions, &schema].concat());
}

struct Typed<'a> {
    subject: &'a Subject,
    file: &'a str,
    at: String,
}

impl Typed<'_> {
    fn arguments<'b>(&'b self, verb: &'b str) -> Vec<&'b str> {
        let words = [verb, self.file, "--at", &self.at, "--format", "json"];
        words.into_iter().chain((verb == "recover").then_some("--yes")).collect()
    }

    async fn run(&self, verb: &str, more: &[(&str, &str)]) -> Run {
        let mut command = command(self.subject, &self.arguments(verb));
        with_moto(&mut command).envs(more.iter().copied());
        tokio::task::spawn_blocking(move || Run::of(&mut command)).await.unwrap()
    }
}

/// The table `uploads` without and then with point-in-time recovery: what the window command says.
fn window(recipe: &Recipe) {
    let ask = |table: &str| {
        with_credentials(&mut recipe.command("window")).env("ASOF_SOURCE", table).output().unwrap()
    };
    let (none, off) = (ask("none"), ask("uploads"));
    assert!(
        !none.status.success() && String::from_utf8_lossy(&none.stderr).contains("Table not found: none")
    );
    assert!(String::from_utf8_lossy(&off.stderr).contains("uploads is DISABLED; enable it"), "{off:?}");
    let enabled = "PointInTimeRecoveryEnabled=true";
    let set = ["update-continuous-backups", "--point-in-time-recovery-specification", enabled];
    aws(&[&set[..], &["--table-name", "uploads"]].concat());
    let on = String::from_utf8(ask("uploads").stdout).unwrap();
    let times: Vec<i64> =
        on.split_whitespace().map(|time| time.trim_start_matches('@').parse().unwrap()).collect();
    assert!(times.len() == 2 && (times[0] - times[1]).abs() <= 1, "{on}");
}

fn write_file(dir: &Path, recipe: &Recipe, bucket: &str) -> String {
    let text = recipe.recovery_file(bucket, "in-place", "");
    let path = dir.join("recovery.toml");
    let without: Vec<_> = text.lines().filter(|line| !line.starts_with("window = ")).collect();
    std::fs::write(&path, without.join("\n")).unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "its server has to be started: tests/run.sh"]
async fn table_is_restored_beside_its_source() {
    let (subject, dir) = (lab().await, tempfile::tempdir().unwrap());
    let recipe = Recipe::write(NAME, dir.path());
    let bucket = subject.bucket().await;
    bucket.put("one", "one").await;
    create("uploads");
    window(&recipe);
    aws(&["put-item", "--table-name", "uploads", "--item", r#"{"key": {"S": "one"}}"#]);
    let scratch = subject.bucket().await;
    let drill = write_file(dir.path(), &recipe, &bucket.url("")).replace("recovery", "drill");
    let drill_text = recipe.recovery_file(&bucket.url(""), &scratch.url("copy"), "");
    std::fs::write(&drill, drill_text.replace("window = ", "# ")).unwrap();
    let file = write_file(dir.path(), &recipe, &bucket.url(""));
    super::next_second().await;
    let typed = Typed { subject: &subject, file: &file, at: super::last_second().to_string() };

    let unreachable = typed.run("recover", &[("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")]).await;
    assert!(unreachable.expect_code(1).stderr.contains("Could not connect to the endpoint URL"));
    create(TARGET);
    let taken = typed.run("recover", &[]).await.expect_code(5);
    assert!(taken.stderr.contains("its tag asof:run is None"), "{taken}");
    aws(&["delete-table", "--table-name", TARGET]);

    let rehearsed = Typed { subject: &subject, file: &drill, at: typed.at.clone() };
    rehearsed.run("drill", &[]).await.expect_code(0);
    assert_eq!(tables(), "uploads", "the drill leaves nothing");

    let run = typed.run("recover", &[]).await.expect_code(0);
    assert_eq!(keys(TARGET), "one", "{run}");
    let again = subject.again();
    let other = Typed { subject: &again, file: &file, at: typed.at.clone() };
    let taken = other.run("recover", &[]).await.expect_code(5);
    assert!(taken.stderr.contains(&format!("its tag asof:run is {}", id(&run))), "{taken}");
    teardown(&recipe, "another");
    assert_eq!(keys(TARGET), "one", "torn down for another recovery");
    teardown(&recipe, &id(&run));
    assert_eq!(tables(), "uploads");
    killed(&typed, &recipe, dir.path()).await;
}

fn teardown(recipe: &Recipe, run: &str) {
    let mut command = recipe.command("teardown");
    with_credentials(&mut command).env("ASOF_SOURCE", "uploads").env("ASOF_TARGET", TARGET);
    printed(command.env("ASOF_RUN", run));
}

/// The note of the request is written before it, and the same command ends it, killed with the request or without.
async fn killed(typed: &Typed<'_>, recipe: &Recipe, dir: &Path) {
    for victim in [Victim::All, Victim::Asof] {
        let (subject, state) = (typed.subject.again(), dir.join("asof-state"));
        assert_eq!(std::fs::read_dir(&state).unwrap().count(), 0, "no note is left");
        std::fs::remove_dir(&state).unwrap();
        let typed = Typed { subject: &subject, file: typed.file, at: typed.at.clone() };
        let mut command = command(&subject, &typed.arguments("recover"));
        killed_at(with_moto(&mut command), &state, victim).await;
        let run = typed.run("recover", &[]).await.expect_code(0);
        assert_eq!(keys(TARGET), "one", "{victim:?}: {run}");
        teardown(recipe, &id(&run));
        assert_eq!(tables(), "uploads");
    }
}
