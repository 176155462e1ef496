//! The properties that a restored database lacks compared with its source: named, with the commands that add them.

use asof::lab::{RdsAction, When};
use serde_json::{Value, json};

use super::{databases, rds, with_source};
use crate::crash::block_on;
use crate::support::Run;

const ROLE: &str = "arn:aws:iam::1:role/import";

fn follow_ups(run: &Run) -> Value {
    run.of_type("recovery")[0]["follow_ups"].clone()
}

#[test]
fn the_roles_and_replicas_that_are_lacking_are_commands_to_run() {
    block_on(async {
        let databases = with_source().await;
        let (lab, source, target) = (rds(&databases).handle(), databases.id("src"), databases.id("dst"));
        lab.add_role(&source, "arn:aws:iam::1:role/odd; name", "s3Import");
        lab.add_replica(&source, &format!("{source}-ro"));
        lab.add_replica(&source, "arn:aws:rds:eu-west-1:123456789012:db:far-ro");
        let run = databases.recover(databases.at()).await.expect_code(0);
        let role = format!(
            "aws rds add-role-to-db-instance --db-instance-identifier {target} --role-arn \
             'arn:aws:iam::1:role/odd; name' --feature-name s3Import --region us-east-1"
        );
        let replica = format!(
            "aws rds create-db-instance-read-replica --db-instance-identifier {target}-{source}-ro \
             --source-db-instance-identifier {target} --region us-east-1"
        );
        let far = format!(
            "aws rds create-db-instance-read-replica --db-instance-identifier {target}-far-ro \
             --source-db-instance-identifier arn:aws:rds:us-east-1:123456789012:db:{target} --source-region us-east-1 \
             --region eu-west-1"
        );
        let follow_up =
            |what: String, command: &str| json!({ "database": "orders", "what": what, "command": command });
        assert_eq!(
            follow_ups(&run),
            json!([
                follow_up("IAM role arn:aws:iam::1:role/odd; name for s3Import".to_owned(), &role),
                follow_up(format!("read replica like {source}-ro"), &replica),
                follow_up("read replica like far-ro".to_owned(), &far),
            ])
        );
        for command in [role, replica, far] {
            assert!(run.stderr.contains(&format!("; add it: {command}\n")), "{run}");
        }
    });
}

#[test]
fn a_role_that_is_there_already_is_not_named() {
    block_on(async {
        let databases = databases().await;
        let (source, target) = (databases.id("src"), databases.id("dst"));
        crate::contract::databases::make_cluster(&databases, &source).await;
        databases.later().await;
        let lab = rds(&databases).handle();
        lab.add_role(&source, ROLE, "s3Import");
        lab.add_role(&source, ROLE, "s3Export");
        // A quick user adds it meanwhile.
        let (adding, added) = (lab.clone(), target.clone());
        let add = move || adding.add_role(&added, ROLE, "s3Export");
        rds(&databases).faults().before(RdsAction::CreateDBInstance, When::Nth(1), add);
        databases.write("aurora", "");
        let run = databases.recover(databases.at()).await.expect_code(0);
        let command = format!(
            "aws rds add-role-to-db-cluster --db-cluster-identifier {target} --role-arn {ROLE} --feature-name s3Import \
             --region us-east-1"
        );
        assert_eq!(follow_ups(&run).as_array().unwrap().len(), 1, "{run}");
        assert_eq!(follow_ups(&run)[0]["command"], command);
    });
}

#[test]
fn where_nothing_is_carried_over_nothing_is_lacking() {
    block_on(async {
        let databases = with_source().await;
        rds(&databases).handle().add_role(&databases.id("src"), ROLE, "s3Import");
        databases.write("rds", "like-source = false\n");
        let run = databases.recover(databases.at()).await.expect_code(0);
        assert_eq!(follow_ups(&run), Value::Null, "{run}");
        assert!(!run.stderr.contains("add it"), "{run}");
    });
}
