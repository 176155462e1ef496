//! The preconditions of a restore are checked before anything is quiesced: a restore that cannot succeed is refused,
//! and a setting that cannot be read is reported as unknown.

use asof::lab::{Fault, RdsAction, Rule, When};

use super::{databases, make_tuned, rds, restores};
use crate::crash::block_on;
use crate::support::databases::Databases;

async fn tuned() -> Databases {
    let databases = databases().await;
    make_tuned(&databases, &databases.id("src")).await;
    databases.later().await;
    databases.write("rds", "[hooks]\nquiesce = [\"touch\", \"quiesced\"]\n");
    databases
}

#[test]
fn what_is_certain_to_fail_is_refused_before_anything_is_stopped() {
    block_on(async {
        let refused: [(&str, &str); 5] = [
            ("private", "the subnet group private does not exist"),
            ("tuned", "the parameter group tuned does not exist"),
            ("audited", "the option group audited does not exist"),
            ("db.r6g.large", "the class db.r6g.large is not available for postgres here"),
            ("", "the quota DBInstances is too small: 1 of 1 are used and 1 more are needed"),
        ];
        for (removed, words) in refused {
            let databases = tuned().await;
            let lab = rds(&databases).handle();
            if removed.is_empty() {
                lab.set_quota(1);
            } else {
                lab.remove(removed);
            }
            for more in [&[][..], &["--dry-run"]] {
                let run = databases.recover_with(databases.at(), more).await.expect_code(5);
                assert!(run.stderr.contains(words) && run.stderr.contains("nothing was changed"), "{run}");
            }
            let run = databases.drill(databases.at()).await.expect_code(5);
            assert!(run.stderr.contains(words), "{run}");
            assert_eq!(restores(&databases), 0);
            assert!(!databases.dir.path().join("quiesced").exists());
        }
    });
}

#[test]
fn what_cannot_be_asked_is_unknown_and_refuses_nothing() {
    block_on(async {
        let databases = tuned().await;
        let questions = [
            (RdsAction::DescribeDBSubnetGroups, "whether the subnet group private exists"),
            (RdsAction::DescribeDBParameterGroups, "whether the parameter group tuned exists"),
            (RdsAction::DescribeOptionGroups, "whether the option group audited exists"),
            (RdsAction::DescribeOrderableDBInstanceOptions, "whether the class db.r6g.large is available"),
            (RdsAction::DescribeAccountAttributes, "whether the quotas are sufficient"),
            (RdsAction::DescribeBlueGreenDeployments, "whether a blue/green deployment changed the source"),
        ];
        for (action, _) in questions {
            rds(&databases).faults().push(Rule::on(action, Fault::AccessDenied, When::Always));
        }
        let run = databases.recover(databases.at()).await.expect_code(0);
        for (action, words) in questions {
            let told = format!("unknown: {words} (rds:{action:?}: ");
            assert!(run.stderr.contains(&told), "{told}: {run}");
        }
    });
}

#[test]
fn what_will_be_made_is_shown_and_what_is_not_checked_is_said() {
    block_on(async {
        let databases = tuned().await;
        rds(&databases).handle().deploy_blue_green(&databases.id("src"));
        let (source, target) = (databases.id("src"), databases.id("dst"));
        let file = databases.dir.path().join("recovery.toml");
        let (file, at) = (file.to_str().unwrap(), databases.at().to_string());
        let run = databases.subject.asof(&["recover", file, "--at", &at, "--dry-run"]).await;
        let run = run.expect_code(0);
        for shown in [
            format!("database orders into {target}: postgres, db.r6g.large, Multi-AZ, storage io1 500 GiB"),
            "subnet group private, security groups sg-1, sg-2, parameter group tuned, option group audited"
                .to_owned(),
        ] {
            assert!(run.stdout.contains(&shown), "{shown}: {run}");
        }
        for told in [
            format!("blue/green deployment {source}-upgrade (SWITCHOVER_COMPLETED)"),
            "not checked: whether the security groups sg-1, sg-2 exist".to_owned(),
        ] {
            assert!(run.stderr.contains(&told), "{told}: {run}");
        }
        assert_eq!(restores(&databases), 0);
    });
}
