//! A recovery whose state directory is lost: its databases are found by their tags, and it is resumed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use asof::lab::{RdsAction, When};
use futures::{StreamExt as _, stream};

use super::{rds, restores, with_source};
use crate::crash::{block_on, kill};
use crate::support::databases::{Databases, TAG};
use crate::support::{Moment, Run};

/// The hooks note that they were run.
const HOOKS: &str =
    "[hooks]\nquiesce = { shell = \"echo >> quiesced\" }\nresume = { shell = \"echo >> resumed\" }\n";
const FAILS: &str = "after-database = [\"false\"]\n";

/// Kills a command once it has requested its restore, and removes its state directory.
async fn lost(databases: &Databases, command: &str, at: Moment) {
    rds(databases).set_restoring(&["creating", "creating", "creating", "available"]);
    let (process, asked) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let (killed, noted) = (Arc::clone(&process), Arc::clone(&asked));
    let restore = RdsAction::RestoreDBInstanceToPointInTime;
    rds(databases).faults().before(restore, When::Always, move || noted.store(true, Ordering::SeqCst));
    rds(databases).faults().before(RdsAction::DescribeDBInstances, When::Always, move || {
        if asked.load(Ordering::SeqCst) {
            kill(killed.load(Ordering::SeqCst));
        }
    });
    let (file, at) = (databases.path(), at.to_string());
    let yes = if command == "recover" { &["--yes"][..] } else { &[] };
    let arguments = [&[command, file.to_str().unwrap(), "--at", &at], yes].concat();
    let run = databases.subject.asof_and(&arguments, move |id| process.store(id, Ordering::SeqCst)).await;
    run.expect_killed();
    rds(databases).faults().clear();
    lose(databases);
    assert_eq!(restores(databases), 1);
}

fn lose(databases: &Databases) {
    std::fs::remove_dir_all(databases.subject.runs_dir().parent().unwrap()).unwrap();
}

/// `asof recover FILE --adopt` with these options.
async fn adopt(databases: &Databases, more: &[&str]) -> Run {
    let path = databases.path();
    let adopt = ["recover", path.to_str().unwrap(), "--adopt", "--format", "json"];
    databases.subject.asof(&[&adopt[..], more].concat()).await
}

fn lines(databases: &Databases, name: &str) -> usize {
    std::fs::read_to_string(databases.dir.path().join(name)).unwrap_or_default().lines().count()
}

async fn tag_of(databases: &Databases) -> String {
    let restored = databases.instance(&databases.id("dst")).await.unwrap();
    let tag = restored.tag_list().iter().find(|tag| tag.key() == Some(TAG));
    tag.unwrap().value().unwrap().to_owned()
}

#[test]
fn a_recovery_whose_state_is_lost_is_adopted_and_ends_with_one_database() {
    block_on(async {
        let databases = with_source().await;
        databases.an_hour_back();
        let bucket = databases.subject.bucket().await;
        bucket.put("k", "at T").await;
        let at = databases.subject.moment().await;
        bucket.put("k", "later").await;
        databases.subject.moment().await;
        let in_place = format!("[[bucket]]\nsource = \"{}\"\ntarget = \"in-place\"\n", bucket.url(""));
        databases.write("rds", &format!("{in_place}{HOOKS}"));
        lost(&databases, "recover", at).await;
        let id = tag_of(&databases).await;

        let plain = databases.recover(at).await.expect_code(5);
        let file = databases.path();
        let told = format!("is lost, resume it: asof recover {} --adopt", file.display());
        assert!(plain.stderr.contains(&told), "{plain}");
        let shown = adopt(&databases, &["--dry-run"]).await.expect_code(0);
        assert!(shown.stderr.contains(&format!("adopting the recovery {id} to ")), "{shown}");
        assert!(shown.stderr.contains("nothing was changed"), "{shown}");
        assert_eq!((lines(&databases, "quiesced"), restores(&databases)), (0, 1));

        let run = adopt(&databases, &["--yes"]).await.expect_code(0);
        assert_eq!(run.of_type("recovery")[0]["id"].as_str(), Some(&*id), "{run}");
        assert_eq!(run.of_type("recovery")[0]["at"].as_str(), Some(&*at.to_string()), "{run}");
        assert_eq!((lines(&databases, "quiesced"), lines(&databases, "resumed")), (1, 1), "{run}");
        assert_eq!((restores(&databases), tag_of(&databases).await), (1, id.clone()), "{run}");
        assert_eq!(bucket.get("k").await.as_deref(), Some("at T"), "{run}");

        // It is finished, and its state is here: nothing is lost.
        let again = adopt(&databases, &["--yes"]).await.expect_code(5);
        assert!(again.stderr.contains("its state is still in"), "{again}");
        let plain = databases.recover(at).await.expect_code(0);
        assert!(plain.stderr.contains(&format!("the recovery {id} to ")), "{plain}");
        assert!(plain.stderr.contains("already finished") && !plain.stderr.contains("--adopt"), "{plain}");
        assert_eq!((restores(&databases), lines(&databases, "quiesced")), (1, 1));
    });
}

/// Nothing that is here tells of it: the way to it is named, and changes nothing yet.
#[test]
fn an_abort_without_the_state_directory_names_the_adoption() {
    block_on(async {
        let databases = with_source().await;
        databases.write("rds", HOOKS);
        let at = databases.at();
        lost(&databases, "recover", at).await;
        let path = databases.path();
        let abort = ["recover", path.to_str().unwrap(), "--abort", "--yes", "--format", "json"];
        let none = databases.subject.asof(&abort).await.expect_code(2);
        let told = format!("then abort it: asof recover {} --adopt", path.display());
        assert!(none.stderr.contains("no recovery of ") && none.stderr.contains(&told), "{none}");
        assert!(databases.instance(&databases.id("dst")).await.is_some(), "{none}");
        databases.write("rds", &format!("{HOOKS}{FAILS}"));
        adopt(&databases, &["--yes"]).await.expect_code(3);
        databases.subject.asof(&abort).await.expect_code(0);
        assert!(databases.instance(&databases.id("dst")).await.is_none());
    });
}

#[test]
fn another_time_than_that_of_the_databases_is_not_adopted() {
    block_on(async {
        let databases = with_source().await;
        databases.write("rds", HOOKS);
        let at = databases.at();
        let nothing = adopt(&databases, &["--yes"]).await.expect_code(5);
        assert!(nothing.stderr.contains("none of the databases has been restored"), "{nothing}");
        lost(&databases, "recover", at).await;
        let other = Moment(at.0 - 1);
        let run = adopt(&databases, &["--yes", "--at", &other.to_string()]).await.expect_code(5);
        let human = |at: Moment| at.to_string().replace('T', " ").replace('Z', " UTC");
        let told = format!("is to {}, and --at is {}", human(at), human(other));
        assert!(run.stderr.contains(&told), "{told} in {run}");
        adopt(&databases, &["--yes", "--at", "latest"]).await.expect_code(2);
        assert_eq!((restores(&databases), lines(&databases, "quiesced")), (1, 0));
        adopt(&databases, &["--yes", "--at", &at.to_string()]).await.expect_code(0);
        assert_eq!(restores(&databases), 1);
    });
}

#[test]
fn the_copy_of_a_drill_is_never_adopted() {
    block_on(async {
        let databases = with_source().await;
        let at = databases.at();
        lost(&databases, "drill", at).await;
        for more in [&["--yes"][..], &["--yes", "--at", &at.to_string()]] {
            let run = adopt(&databases, more).await.expect_code(5);
            assert!(run.stderr.contains("is a copy of the drill "), "{run}");
        }
        let plain = databases.recover(at).await.expect_code(5);
        assert!(!plain.stderr.contains("--adopt"), "{plain}");
        assert_eq!(restores(&databases), 1);
    });
}

/// An instance of another user, and one restored by a version of asof that did not record its target time.
#[test]
fn what_does_not_tell_whose_it_is_and_of_when_is_not_adopted() {
    block_on(async {
        let databases = with_source().await;
        rds(&databases).handle().occupy(&databases.id("dst"));
        let run = adopt(&databases, &["--yes"]).await.expect_code(5);
        assert!(run.stderr.contains("was not restored by asof"), "{run}");
        let instance = databases.instance(&databases.id("dst")).await.unwrap();
        let tagged = databases.sdk.add_tags_to_resource().resource_name(instance.db_instance_arn().unwrap());
        let tag = crate::support::databases::tag(TAG, "20251117T143005Z-7f3a");
        tagged.tags(tag).send().await.unwrap();
        let run = adopt(&databases, &["--yes"]).await.expect_code(5);
        assert!(run.stderr.contains("does not carry the target time"), "{run}");
        assert_eq!(restores(&databases), 0);
    });
}

/// Targets that the adopted recovery has not requested yet are checked as at the start of a recovery.
#[test]
fn what_an_adopted_recovery_has_not_asked_for_yet_has_to_be_free() {
    block_on(async {
        let databases = super::databases().await;
        databases.plain_instance(&databases.id("src")).await;
        crate::contract::databases::make_cluster(&databases, &databases.id("carts")).await;
        databases.later().await;
        databases.write("rds", HOOKS);
        lost(&databases, "recover", databases.at()).await;
        let taken = databases.id("new-2");
        rds(&databases).handle().occupy(&taken);
        rds(&databases).handle().tag(&taken, TAG, "another");
        let (url, source, target) = (&databases.url, databases.id("carts"), databases.id("new"));
        let second = format!(
            "[[database]]\nkind = \"aurora\"\nname = \"carts\"\nsource = \"{source}\"\ntarget = \"{target}\"\n\
             endpoint-url = \"{url}\"\nregion = \"us-east-1\"\n"
        );
        databases.write("rds", &format!("{HOOKS}{second}"));
        let run = adopt(&databases, &["--yes"]).await.expect_code(5);
        let told = format!("the name of one of its instances is already taken (the instance {taken}");
        assert!(run.stderr.contains(&told) && run.stderr.contains("nothing was changed"), "{run}");
        assert_eq!((restores(&databases), lines(&databases, "quiesced")), (1, 0), "{run}");
    });
}

/// The adopted recovery may have requested its targets: an abort removes them.
#[test]
fn an_adopted_recovery_is_aborted_as_a_whole() {
    block_on(async {
        let databases = with_source().await;
        databases.write("rds", &format!("{HOOKS}{FAILS}"));
        databases.recover(databases.at()).await.expect_code(3);
        lose(&databases);
        adopt(&databases, &["--yes"]).await.expect_code(3);
        let path = databases.path();
        let abort = ["recover", path.to_str().unwrap(), "--abort", "--yes"];
        databases.subject.asof(&abort).await.expect_code(0);
        assert!(databases.instance(&databases.id("dst")).await.is_none());
        assert_eq!((restores(&databases), lines(&databases, "resumed")), (1, 1));
    });
}

/// The run that restored its bucket is lost with the state directory: it cannot be undone, nor its changes reported.
#[test]
fn an_abort_of_an_adopted_recovery_does_not_vouch_for_its_buckets() {
    block_on(async {
        let databases = with_source().await;
        databases.an_hour_back();
        let bucket = databases.subject.bucket().await;
        bucket.put("k", "at T").await;
        let at = databases.subject.moment().await;
        bucket.put("k", "later").await;
        databases.subject.moment().await;
        let in_place = format!("[[bucket]]\nsource = \"{}\"\ntarget = \"in-place\"\n", bucket.url(""));
        databases.write("rds", &format!("{in_place}{HOOKS}{FAILS}"));
        databases.recover(at).await.expect_code(3);
        assert_eq!(bucket.get("k").await.as_deref(), Some("at T"));
        lose(&databases);
        adopt(&databases, &["--yes"]).await.expect_code(3);
        let path = databases.path();
        let abort = ["recover", path.to_str().unwrap(), "--abort", "--yes"];
        let run = databases.subject.asof(&abort).await.expect_code(3);
        for told in ["its changes are unknown", "asof verify", "not everything was undone"] {
            assert!(run.stderr.contains(told), "{told} in {run}");
        }
        assert!(databases.instance(&databases.id("dst")).await.is_none(), "{run}");
        assert_eq!(lines(&databases, "resumed"), 0, "{run}");
    });
}

/// Plays an adoption that is killed just before the n-th question is answered, and the ordinary command after it. Whether it
/// had begun, if it was killed.
async fn killed_while_adopting(nth: u64) -> Option<bool> {
    let databases = with_source().await;
    databases.write("rds", HOOKS);
    let at = databases.at();
    lost(&databases, "recover", at).await;
    let process = Arc::new(AtomicU32::new(0));
    let asked = Arc::clone(&process);
    rds(&databases).faults().before_any(When::Nth(nth), move || kill(asked.load(Ordering::SeqCst)));
    let file = databases.path();
    let arguments = ["recover", file.to_str().unwrap(), "--adopt", "--yes", "--format", "json"];
    let run = databases.subject.asof_and(&arguments, move |id| process.store(id, Ordering::SeqCst)).await;
    rds(&databases).faults().clear();
    let mut begun = None;
    if run.code().is_none() {
        let again = databases.recover(at).await;
        begun = Some(again.code() != Some(5));
        if begun == Some(true) {
            again.expect_code(0);
        } else {
            assert!(again.stderr.contains("--adopt"), "{nth}: {again}");
            adopt(&databases, &["--yes"]).await.expect_code(0);
        }
    }
    assert_eq!(restores(&databases), 1, "{nth}: {run}");
    begun
}

#[test]
fn an_adoption_that_is_killed_anywhere_ends_with_one_database() {
    block_on(async {
        let played: Vec<_> = stream::iter(1..=16).map(killed_while_adopting).buffered(4).collect().await;
        for begun in [false, true] {
            let times = played.iter().filter(|killed| **killed == Some(begun)).count();
            assert!(times >= 1, "killed {times} times: {played:?}");
        }
    });
}
