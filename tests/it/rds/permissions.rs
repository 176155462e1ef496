//! `asof check --iam`: the printed policies allow every request of a recovery and a drill to RDS, and contain no action
//! that the code does not use.

use std::collections::BTreeSet;

use asof::model::iam_databases::{CHANGE, LOOK, MAKE, REMOVE};
use iam_rs::{
    Arn, Context, Decision, IAMPolicy, IAMRequest, Principal, PrincipalId, Validate as _, evaluate_policies,
};

use super::{databases, make_tuned, rds};
use crate::crash::block_on;
use crate::support::databases::Databases;

async fn policy(databases: &Databases, name: &str) -> IAMPolicy {
    let run = databases.subject.asof_alone(&["check", "s3://prod", "--iam", name]).await.expect_code(0);
    let policy: IAMPolicy = serde_json::from_str(&run.stdout).unwrap();
    policy.validate_result().unwrap();
    policy
}

fn decide(policy: &IAMPolicy, action: &str, resource: &str, context: Context) -> Decision {
    let who = Principal::Aws(PrincipalId::String("arn:aws:iam::123456789012:role/asof".into()));
    let request = IAMRequest::new_with_context(who, action, Arn::parse(resource).unwrap(), context);
    evaluate_policies(std::slice::from_ref(policy), &request).unwrap()
}

const DATABASE: &str = "arn:aws:rds:us-east-1:123456789012:db:restored";

fn tagged() -> Context {
    Context::new().with_string("aws:ResourceTag/asof:recovery", "r-1")
}

#[test]
fn every_request_to_rds_is_allowed() {
    block_on(async {
        for kind in ["rds", "aurora"] {
            for command in ["recover", "drill"] {
                let databases = databases().await;
                let source = databases.id("src");
                match kind {
                    "rds" => make_tuned(&databases, &source).await,
                    _ => crate::contract::databases::make_cluster(&databases, &source).await,
                }
                databases.later().await;
                databases.write(kind, "");
                let before: BTreeSet<_> = rds(&databases).all_asked().into_iter().collect();
                let made: BTreeSet<_> = ["CreateDBCluster", "CreateDBInstance"].into();
                assert!(before.is_subset(&made), "{before:?}");
                match command {
                    "recover" => databases.recover(databases.at()).await.expect_code(0),
                    _ => databases.drill(databases.at()).await.expect_code(0),
                };
                let policy = policy(&databases, command).await;
                for action in rds(&databases).all_asked() {
                    if action != "CreateDBCluster" {
                        let action = format!("rds:{action}");
                        let decided = decide(&policy, &action, DATABASE, tagged());
                        assert_eq!(decided, Decision::Allow, "{command} of {kind}: {action}");
                    }
                }
            }
        }
    });
}

#[test]
fn a_database_of_somebody_elses_cannot_be_changed() {
    block_on(async {
        let databases = databases().await;
        let everything =
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        let everything: IAMPolicy = serde_json::from_str(everything).unwrap();
        for name in ["recover", "drill"] {
            let policy = policy(&databases, name).await;
            for action in CHANGE.iter().chain(REMOVE) {
                assert_ne!(decide(&policy, action, DATABASE, Context::new()), Decision::Allow, "{action}");
                assert_eq!(decide(&policy, action, DATABASE, tagged()), Decision::Allow, "{action}");
            }
            // Beside a database, its groups are named, which carry no tag.
            let group = "arn:aws:rds:us-east-1:123456789012:pg:tuned";
            assert_eq!(decide(&policy, "rds:ModifyDBInstance", group, Context::new()), Decision::Allow);
            for action in REMOVE {
                let who = Principal::Aws(PrincipalId::String("arn:aws:iam::123456789012:role/asof".into()));
                let request =
                    IAMRequest::new_with_context(who, *action, Arn::parse(DATABASE).unwrap(), Context::new());
                let all = [policy.clone(), everything.clone()];
                assert_eq!(evaluate_policies(&all, &request).unwrap(), Decision::Deny, "{name}: {action}");
            }
            let key = "arn:aws:kms:us-east-1:123456789012:key/k";
            let by = |service: &str| Context::new().with_string("kms:ViaService", service);
            let (rds, ec2) = ("rds.us-east-1.amazonaws.com", "ec2.us-east-1.amazonaws.com");
            let grant = |service| by(service).with_boolean("kms:GrantIsForAWSResource", true);
            assert_eq!(decide(&policy, "kms:DescribeKey", key, by(rds)), Decision::Allow);
            assert_eq!(decide(&policy, "kms:CreateGrant", key, grant(rds)), Decision::Allow);
            assert_ne!(decide(&policy, "kms:CreateGrant", key, by(rds)), Decision::Allow);
            assert_ne!(decide(&policy, "kms:CreateGrant", key, grant(ec2)), Decision::Allow);
        }
    });
}

/// Only a file that renames its source lets that be changed, under either of its names.
#[test]
fn a_source_that_is_renamed_can_be_changed_and_no_other() {
    block_on(async {
        let databases = databases().await;
        for (kind, arn) in [("rds", "db"), ("cluster", "cluster")] {
            for (rest, renames) in [("cut-over = \"rename\"\n", true), ("", false)] {
                let path = databases.write(kind, rest);
                let check = ["check", "s3://prod", "--iam", "recover", "--database", path.to_str().unwrap()];
                let run = databases.subject.asof_alone(&check).await.expect_code(0);
                let policy: IAMPolicy = serde_json::from_str(&run.stdout).unwrap();
                let source = format!("arn:aws:rds:us-east-1:123456789012:{arn}:{}", databases.id("src"));
                let kept = format!("{source}-before-20261120t224912z");
                for action in CHANGE {
                    let allowed = |arn: &str| decide(&policy, action, arn, Context::new()) == Decision::Allow;
                    assert_eq!((allowed(&source), allowed(&kept)), (renames, renames), "{action} {policy:?}");
                    assert!(!allowed(&format!("{source}-2")) && !allowed(DATABASE), "{action} {policy:?}");
                }
                for action in REMOVE {
                    assert_ne!(decide(&policy, action, &source, Context::new()), Decision::Allow);
                }
            }
        }
    });
}

/// Tags are sent in the requests that create resources.
const NOT_SENT: [&str; 1] = ["rds:AddTagsToResource"];

/// An action that the code does not send would be a permission for nothing.
#[test]
fn nothing_is_allowed_that_no_code_sends() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db/rds");
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let code: String =
        files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for action in [LOOK, MAKE, CHANGE, REMOVE].concat() {
        let name = action.strip_prefix("rds:").unwrap().replace("DB", "Db");
        let snake = name.chars().fold(String::new(), |snake, c| {
            let gap = if c.is_uppercase() && !snake.is_empty() { "_" } else { "" };
            snake + gap + &c.to_lowercase().to_string()
        });
        let sent = code.contains(&format!(".{snake}()"));
        assert!(sent || NOT_SENT.contains(&action), "{action} ({snake}) is sent nowhere in src/db/rds");
    }
}

#[test]
fn a_kms_key_that_cannot_be_used_has_its_hint() {
    block_on(async {
        let databases = databases().await;
        let create = databases.sdk.create_db_instance().db_instance_identifier(databases.id("src"));
        let create = create.engine("postgres").storage_encrypted(true);
        create.kms_key_id("arn:aws:kms:us-east-1:123456789012:key/disabled").send().await.unwrap();
        databases.later().await;
        databases.write("rds", "");
        let run = databases.recover(databases.at()).await.expect_code(3);
        let wanted = ["KMSKeyNotAccessibleFault", "kms:CreateGrant", "asof check --iam recover"];
        assert!(wanted.iter().all(|words| run.stderr.contains(words)), "{run}");
    });
}
