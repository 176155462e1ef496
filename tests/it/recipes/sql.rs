//! The recipes for SQL databases: one story for each, in which rows and objects come back to the same second.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{Victim, asof, command, id, killed_at, lab, last_second, next_second, outbox, place};
use crate::support::recipe::{Recipe, printed};
use crate::support::{Bucket, Moment, Run, Subject};

/// The target in the recovery files.
const TARGET: &str = "orders_restored";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    Postgres,
    MariaDb,
}

/// A server in use, and the recipe that restores it.
pub(super) struct Database {
    engine: Engine,
    pub(super) place: PathBuf,
    recipe: Recipe,
}

impl Database {
    fn find(engine: Engine, variable: &str, recipe: &'static str) -> Self {
        let place = place(variable);
        let recipe = Recipe::with_settings(recipe, &place);
        Self { engine, place, recipe }
    }

    fn setting(&self, name: &str) -> String {
        self.recipe.settings().remove(name).unwrap_or_else(|| panic!("there is no setting {name}"))
    }

    /// The output of a statement at the server in use.
    pub(super) fn ask(&self, statement: &str) -> String {
        let port = match self.engine {
            Engine::Postgres => Some(self.setting("PGPORT")),
            Engine::MariaDb => None,
        };
        self.ask_at(port, statement)
    }

    /// The rows of the restored server.
    fn restored(&self) -> Vec<String> {
        let printed = self.ask_at(Some(self.setting("RESTORED_PORT")), "select name from t order by name");
        printed.lines().map(str::to_owned).collect()
    }

    fn ask_at(&self, port: Option<String>, statement: &str) -> String {
        let port = port.map(|port| format!("--port={port}"));
        match self.engine {
            Engine::Postgres => {
                let mut psql = Command::new(PathBuf::from(self.setting("PGBIN")).join("psql"));
                psql.args(["-wXAtq", "--host=127.0.0.1"]).args(port);
                printed(psql.args(["-U", "asof", "-d", "postgres", "-c", statement]))
            }
            Engine::MariaDb => {
                let file = format!("--defaults-file={}", self.setting("CLIENT_CNF"));
                printed(Command::new("mariadb").arg(file).args(port).args(["app", "-BNe", statement]))
            }
        }
    }

    /// Inserts a row and puts the object that it names, with seconds of their own.
    async fn write(&self, bucket: &Bucket, name: &str) {
        bucket.put(name, name).await;
        self.ask(&format!("insert into t values ('{name}')"));
        next_second().await;
    }

    fn recovery_file(&self, bucket: &Bucket) -> String {
        let text = self.recipe.recovery_file(&bucket.url(""), "in-place", "[hooks]\n");
        let path = self.place.join("recovery.toml");
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn new_path(&self) -> PathBuf {
        PathBuf::from(self.setting("RESTORED")).join(TARGET)
    }

    pub(super) fn teardown(&self, run: &Run) {
        printed(self.recipe.command("teardown").env("ASOF_TARGET", TARGET).env("ASOF_RUN", id(run)));
        self.assert_clean("after the teardown");
    }

    /// Nothing is left of a restore.
    fn assert_clean(&self, what: &str) {
        let left =
            std::fs::read_dir(self.setting("RESTORED")).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(left.collect::<Vec<_>>(), Vec::<std::ffi::OsString>::new(), "{what}");
    }

    fn stop(&self) {
        match self.engine {
            Engine::Postgres => {
                let mut stop = Command::new("runuser");
                stop.args(["-u", &self.setting("OWNER"), "--"]);
                stop.arg(PathBuf::from(self.setting("PGBIN")).join("pg_ctl")).current_dir("/");
                printed(stop.args(["-m", "fast", "-w", "stop", "-D"]).arg(self.place.join("data")));
            }
            Engine::MariaDb => {
                let file = format!("--defaults-file={}", self.setting("CLIENT_CNF"));
                printed(Command::new("mariadb-admin").args([&file, "shutdown"]));
            }
        }
    }
}

/// The application's data, and two seconds of it.
struct Scene {
    database: Database,
    bucket: Bucket,
    file: String,
    /// Only the row `one` and its object.
    one: Moment,
    /// Those of `two` as well.
    two: Moment,
}

impl Scene {
    async fn recover(&self, subject: &Subject, at: Moment) -> Run {
        asof(subject, &self.arguments("recover", &at.to_string(), &["--yes"]).each()).await
    }

    fn arguments(&self, command: &str, at: &str, more: &[&str]) -> Typed {
        let words = [command, &self.file, "--at", at, "--format", "json"];
        Typed(words.iter().chain(more).map(|&word| word.to_owned()).collect())
    }

    async fn assert_restored(&self, rows: &[&str], what: &str) {
        assert_eq!(self.database.restored(), rows, "{what}");
        assert_eq!(self.bucket.live_keys().await, rows, "{what}");
    }
}

struct Typed(Vec<String>);

impl Typed {
    fn each(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }
}

async fn scene(subject: &Subject, database: Database) -> Scene {
    let bucket = subject.bucket().await;
    let file = database.recovery_file(&bucket);
    let empty = ["recover", &file, "--at", "1m", "--dry-run"];
    let refused = asof(subject, &empty).await.expect_code(1);
    assert!(refused.stderr.contains("make one: "), "no backup: {refused}");
    database.ask("create table t (name varchar(50) primary key)");
    printed(&mut database.recipe.command("backup"));
    next_second().await;
    database.write(&bucket, "one").await;
    let one = last_second();
    next_second().await;
    database.write(&bucket, "two").await;
    let two = last_second();
    next_second().await;
    database.ask("drop table t");
    bucket.put("three", "three").await;
    Scene { database, bucket, file, one, two }
}

/// `meanwhile` is played before the server is stopped.
async fn story(database: Database, meanwhile: impl AsyncFn(&Subject, &Scene)) -> Database {
    let subject = lab().await;
    let scene = scene(&subject, database).await;
    let database = &scene.database;

    let old = asof(&subject, &scene.arguments("recover", "1h", &["--yes"]).each()).await.expect_code(5);
    database.assert_clean(&format!("a time before the backup: {old}"));

    std::fs::create_dir(database.new_path()).unwrap();
    let taken = scene.recover(&subject, scene.two).await.expect_code(5);
    assert!(taken.stderr.contains("was not made by a recovery"), "{taken}");
    std::fs::remove_dir(database.new_path()).unwrap();

    let run = scene.recover(&subject, scene.two).await.expect_code(0);
    scene.assert_restored(&["one", "two"], "restored").await;
    let taken = scene.recover(&subject.again(), scene.one).await.expect_code(5);
    assert!(taken.stderr.contains(&format!("recovery {}", id(&run))), "{taken}");
    scene.assert_restored(&["one", "two"], "a second recovery was refused").await;
    let mut other = database.recipe.command("teardown");
    printed(other.env("ASOF_TARGET", TARGET).env("ASOF_RUN", "another"));
    scene.assert_restored(&["one", "two"], "the teardown of another recovery").await;
    database.teardown(&run);

    killed_halfway(&subject, &scene).await;
    meanwhile(&subject, &scene).await;

    database.stop();
    let run = scene.recover(&subject.again(), scene.one).await.expect_code(0);
    assert!(run.stderr.contains("does not answer; restoring what its "), "{run}");
    scene.assert_restored(&["one"], "the server in use is gone").await;
    database.teardown(&run);
    scene.database
}

/// Whenever a recovery is killed, with its command or without: the same command ends it.
async fn killed_halfway(subject: &Subject, scene: &Scene) {
    let new = scene.database.new_path();
    let cases = [("run", Victim::All), ("lock", Victim::Asof), ("log", Victim::All), ("log", Victim::Asof)];
    for (extension, victim) in cases {
        let (subject, at) = (subject.again(), scene.one.to_string());
        let arguments = scene.arguments("recover", &at, &["--yes"]);
        killed_at(&mut command(&subject, &arguments.each()), &new.with_extension(extension), victim).await;
        let run = scene.recover(&subject, scene.one).await.expect_code(0);
        scene.assert_restored(&["one"], &format!("killed at .{extension}, {victim:?}: {run}")).await;
        scene.database.teardown(&run);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "its server has to be started: tests/run.sh"]
async fn postgres_with_a_wal_archive() {
    story(Database::find(Engine::Postgres, "ASOF_TEST_POSTGRES", "postgres-wal"), async |subject, scene| {
        outbox::refilled_from_the_restored_rows(subject, &scene.database, &scene.bucket).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "its server has to be started: tests/run.sh"]
async fn pgbackrest() {
    let stopped =
        story(Database::find(Engine::Postgres, "ASOF_TEST_PGBACKREST", "pgbackrest"), async |_, _| {}).await;
    window_ends_after_the_commands_that_it_runs(&stopped);
}

/// One that still fetched a segment put it into a directory that was being removed, and the window failed.
fn window_ends_after_the_commands_that_it_runs(stopped: &Database) {
    let (log, slow) = (stopped.place.join("fetched.log"), stopped.place.join("slow"));
    let script = format!(
        "#!/bin/bash\nPATH=${{PATH#*:}}\ncase $* in *archive-get*) ;; *) exec pgbackrest \"$@\" ;; esac\n\
         echo begins >>'{0}'\nsleep 0.5\npgbackrest \"$@\"\necho ends >>'{0}'\n",
        log.display()
    );
    std::fs::create_dir(&slow).unwrap();
    std::fs::write(slow.join("pgbackrest"), script).unwrap();
    for path in [&slow, &slow.join("pgbackrest")] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", slow.display(), std::env::var("PATH").unwrap());
    // A pipe for its messages would be read until the last of its commands has ended.
    printed(stopped.recipe.command("window").env("PATH", path).stderr(Stdio::inherit()));
    let fetched = std::fs::read_to_string(&log).unwrap();
    let count = |word| fetched.lines().filter(|&line| line == word).count();
    assert!(count("begins") > 0 && count("begins") == count("ends"), "{fetched}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "its server has to be started: tests/run.sh"]
async fn mariadb_with_binary_logs() {
    story(Database::find(Engine::MariaDb, "ASOF_TEST_MARIADB", "mariadb-binlog"), async |_, _| {}).await;
}
