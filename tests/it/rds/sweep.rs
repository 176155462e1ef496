//! `asof drill --sweep` removes the leftovers of drills, and nothing else.

use asof::lab::{RdsAction, RdsHandle, When};

use super::{databases, rds, with_source_of};
use crate::cli::terminal::answer_to;
use crate::crash::block_on;
use crate::support::Run;
use crate::support::databases::Databases;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Lets the file restore into another target, and runs a command with it. Its state is lost.
async fn made(databases: &Databases, kind: &str, command: &[&str], target: &str) -> String {
    made_with(databases, (kind, "false"), command, target).await
}

/// The same, protected from deletion or not.
async fn made_with(
    databases: &Databases,
    (kind, protection): (&str, &str),
    command: &[&str],
    target: &str,
) -> String {
    let target = databases.id(target);
    let rest = format!("[database.overrides]\ndeletion-protection = {protection}\n");
    let path = databases.write(kind, &rest);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace(&databases.id("dst"), &target)).unwrap();
    let at = databases.at().to_string();
    let arguments = [&command[..1], &[path.to_str().unwrap(), "--at", &at], &command[1..]].concat();
    databases.subject.asof(&arguments).await.expect_code(0);
    std::fs::remove_dir_all(databases.subject.runs_dir().parent().unwrap()).unwrap();
    target
}

async fn sweep(databases: &Databases, more: &[&str]) -> Run {
    let path = databases.path();
    let sweep = ["drill", "--sweep", path.to_str().unwrap(), "--format", "json"];
    databases.subject.asof(&[&sweep[..], more].concat()).await
}

#[test]
fn only_what_drills_left_a_day_ago_is_swept() {
    block_on(async {
        let databases = databases().await;
        let source = databases.id("src");
        databases.plain_instance(&source).await;
        databases.later().await;
        let (recover, drill) = (["recover", "--yes"], ["drill", "--keep"]);
        let recovered = made(&databases, "rds", &recover, "recovered").await;
        let young = made(&databases, "rds", &drill, "young").await;
        let old = made(&databases, "rds", &drill, "old").await;
        for id in [&recovered, &old, &source] {
            rds(&databases).handle().backdate(id, 2 * DAY);
        }
        let listed = sweep(&databases, &[]).await.expect_code(2);
        let told = |run: &Run| {
            let mut told: Vec<_> =
                run.of_type("leftover").iter().map(|l| format!("{} {}", l["id"], l["verdict"])).collect();
            told.sort();
            told
        };
        let mut expected = [format!("\"{old}\" \"remove\""), format!("\"{young}\" \"too-young\"")];
        expected.sort();
        assert_eq!(told(&listed), expected, "{listed}");
        assert_eq!(rds(&databases).asked(RdsAction::DeleteDBInstance), 0);

        let swept = sweep(&databases, &["--yes"]).await.expect_code(0);
        assert!(swept.stderr.contains(&format!("removed the instance {old}")), "{swept}");
        assert!(databases.instance(&old).await.is_none(), "{swept}");
        for id in [&recovered, &young, &source] {
            assert!(databases.instance(id).await.is_some(), "{id}: {swept}");
        }
        assert_eq!(rds(&databases).asked(RdsAction::DeleteDBInstance), 1);
        let again = sweep(&databases, &["--yes"]).await.expect_code(0);
        assert!(again.stderr.contains("no drill left a database behind"), "{again}");
    });
}

#[test]
fn a_cluster_is_swept_with_its_instances() {
    block_on(async {
        let databases = databases().await;
        let source = databases.id("src");
        crate::contract::databases::make_cluster(&databases, &source).await;
        databases.later().await;
        let old = made(&databases, "aurora", &["drill", "--keep"], "old").await;
        rds(&databases).handle().backdate(&old, 2 * DAY);
        let listed = sweep(&databases, &[]).await.expect_code(2);
        let told: Vec<_> =
            listed.of_type("leftover").iter().map(|l| format!("{} {}", l["database"], l["id"])).collect();
        assert_eq!(told, [format!("\"cluster\" \"{old}\"")], "its instances are not listed: {listed}");
        sweep(&databases, &["--yes"]).await.expect_code(0);
        let clusters = databases.sdk.describe_db_clusters().send().await.unwrap();
        let clusters: Vec<_> =
            clusters.db_clusters().iter().filter_map(|one| one.db_cluster_identifier()).collect();
        let instances = databases.sdk.describe_db_instances().send().await.unwrap();
        assert_eq!((clusters, instances.db_instances().len()), (vec![&*source], 2));
    });
}

/// A recovery used a drill's copy as its source: the tags it carries over do not make it a drill's.
#[test]
fn a_recovery_of_a_drill_s_copy_is_not_swept() {
    block_on(async {
        let databases = databases().await;
        databases.plain_instance(&databases.id("src")).await;
        databases.later().await;
        let copy = made(&databases, "rds", &["drill", "--keep"], "copy").await;
        rds(&databases).handle().backdate(&copy, 2 * DAY);
        let path = databases.write("rds", "");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace(&databases.id("src"), &copy)).unwrap();
        databases.recover(databases.at()).await.expect_code(0);
        let target = databases.id("dst");
        rds(&databases).handle().backdate(&target, 2 * DAY);
        sweep(&databases, &["--yes"]).await.expect_code(0);
        assert!(databases.instance(&target).await.is_some());
        assert!(databases.instance(&copy).await.is_none());
    });
}

/// RDS does not report who protected a copy: `--yes` skips the prompt, so the copy is left.
#[test]
fn a_protected_copy_is_left_without_a_question_and_named_before_one() {
    block_on(async {
        for kind in ["rds", "aurora"] {
            let databases = with_source_of(kind).await;
            let source = databases.id("src");
            let drill = ["drill", "--keep"];
            let plain = made(&databases, kind, &drill, "plain").await;
            let protected = made_with(&databases, (kind, "true"), &drill, "protected").await;
            for id in [&plain, &protected] {
                rds(&databases).handle().backdate(id, 2 * DAY);
            }
            let left = sweep(&databases, &["--yes"]).await.expect_code(3);
            let named = format!("{protected} is protected from deletion, by its drill or by someone since");
            let by_hand = format!("-identifier {protected} --no-deletion-protection");
            assert!(left.stderr.contains(&named) && left.stderr.contains(&by_hand), "{left}");
            assert_eq!(there(&databases, &plain).await, None, "{left}");
            assert_eq!(there(&databases, &protected).await, Some(true), "{left}");
            sweep(&databases, &["--yes"]).await.expect_code(3);

            let refused = answered(&databases, "2").await;
            assert_eq!(there(&databases, &protected).await, Some(true), "{refused}");
            let swept = answered(&databases, "1").await;
            let question = swept.find("the number of databases").unwrap();
            let told = swept.find(&format!("{protected} is protected from deletion")).unwrap();
            assert!(told < question, "{swept}");
            assert_eq!(there(&databases, &protected).await, None, "{swept}");
            assert!(there(&databases, &source).await.is_some(), "{swept}");
        }
    });
}

/// Between the list and the answer, another user protects a copy, perhaps for a reason.
#[test]
fn a_copy_that_is_protected_after_it_was_listed_is_left() {
    block_on(async {
        // After the listing, it is described before the decision, and before its deletion.
        for nth in [2, 3] {
            let databases = databases().await;
            databases.plain_instance(&databases.id("src")).await;
            databases.later().await;
            let copy = made(&databases, "rds", &["drill", "--keep"], "copy").await;
            rds(&databases).handle().backdate(&copy, 2 * DAY);
            let (lab, id) = (rds(&databases).handle(), copy.clone());
            let look = RdsAction::DescribeDBInstances;
            rds(&databases).faults().before(look, When::Nth(nth), move || lab.protect(&id));
            let run = sweep(&databases, &["--yes"]).await;
            assert_eq!(there(&databases, &copy).await, Some(true), "at the look {nth}: {run}");
            run.expect_code(1);
        }
    });
}

/// Returns the deletion protection of an instance or a cluster; `None` if it does not exist.
async fn there(databases: &Databases, id: &str) -> Option<bool> {
    if let Some(instance) = databases.instance(id).await {
        return instance.deletion_protection();
    }
    let described = databases.sdk.describe_db_clusters().db_cluster_identifier(id).send().await;
    described.ok().and_then(|described| {
        described.db_clusters().first().and_then(aws_sdk_rds::types::DbCluster::deletion_protection)
    })
}

/// Returns the output of `asof drill --sweep` on a terminal on which this is typed.
pub(super) async fn answered(databases: &Databases, answer: &'static str) -> String {
    let path = databases.path();
    let sweep = ["drill", "--sweep", path.to_str().unwrap()];
    let asof = databases.subject.command(&databases.subject.server.secret, &sweep);
    let output = tokio::task::spawn_blocking(move || answer_to(&asof, answer)).await.unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Another user changes it between the list and its removal.
#[test]
fn what_is_not_what_was_listed_any_more_is_not_swept() {
    let not_a_drill_s = |lab: &RdsHandle, id: &str| lab.tag(id, "asof:purpose", "recover");
    let another = |lab: &RdsHandle, id: &str| lab.replace(id);
    for change in [not_a_drill_s, another] {
        block_on(async {
            let databases = databases().await;
            databases.plain_instance(&databases.id("src")).await;
            databases.later().await;
            let old = made(&databases, "rds", &["drill", "--keep"], "old").await;
            let lab = rds(&databases).handle();
            lab.backdate(&old, 2 * DAY);
            let id = old.clone();
            rds(&databases)
                .faults()
                .before(RdsAction::DescribeDBInstances, When::Nth(2), move || change(&lab, &id));
            let swept = sweep(&databases, &["--yes"]).await.expect_code(1);
            let told = format!(
                "left behind: instance {old}: not removed: the instance {old} was replaced by another"
            );
            assert!(swept.stderr.contains(&told), "{swept}");
            assert!(databases.instance(&old).await.is_some(), "{swept}");
            assert_eq!(rds(&databases).asked(RdsAction::DeleteDBInstance), 0, "{swept}");
        });
    }
}
