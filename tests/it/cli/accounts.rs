//! `--expected-bucket-owner` and `--request-payer`, on every request of every command.

use asof::lab::{ACCOUNT, Demands, Fault, Operation};
use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

const AT: &str = "--at 2024-05-06T07:08:09Z";

/// After the incident, with an empty bucket to restore to; both demand this of every request.
fn stage(demands: &Demands) -> Stage {
    let stage = Stage::after_incident();
    assert!(stage.lab.create_bucket("scratch"));
    for bucket in [BUCKET, "scratch"] {
        assert!(stage.lab.demand(bucket, demands.clone()));
    }
    stage
}

fn requester_pays() -> Demands {
    Demands { requester_pays: true, ..Demands::default() }
}

/// Every command that asks the server, in an order in which each has something to do.
fn all_commands(options: &str) -> Vec<(String, i32)> {
    [
        (format!("check s3://{BUCKET} {AT}"), 0),
        (format!("timeline s3://{BUCKET}"), 0),
        (format!("history s3://{BUCKET}/readme.txt"), 0),
        (format!("diff s3://{BUCKET} {AT}"), 0),
        (format!("restore s3://{BUCKET} {AT} --to s3://scratch --yes"), 0),
        (format!("verify s3://{BUCKET} {AT} --against s3://scratch"), 0),
        (format!("restore s3://{BUCKET} {AT} --to ./there --yes"), 0),
        (format!("verify s3://{BUCKET} {AT} --against ./there"), 0),
        (format!("references s3://{BUCKET} {AT} --keys-from rows"), 4),
        (format!("restore s3://{BUCKET} {AT} --yes"), 0),
    ]
    .map(|(command, code)| (format!("{command} {options}"), code))
    .into()
}

/// The same without the one that looks at what another has brought to a directory.
fn first_commands(options: &str) -> impl Iterator<Item = String> {
    let commands = all_commands(options).into_iter().map(|(command, _)| command);
    commands.filter(|command| !command.contains("--against ./there"))
}

fn run(stage: &Stage, words: &str, code: i32) -> String {
    let shown = stage.asof(words).run();
    assert!(shown.starts_with(&format!("exit code {code}\n")), "{words}: {shown}");
    shown
}

/// The name of the newest run.
fn newest_run(stage: &Stage) -> String {
    let runs = std::fs::read_dir(stage.path(".local/state/asof/runs")).unwrap();
    runs.map(|run| run.unwrap().file_name().into_string().unwrap()).max().unwrap()
}

#[test]
fn every_request_names_the_expected_owner() {
    let stage = stage(&Demands::default());
    stage.file("rows", b"uploads/2024/04/01.jpg\nnever\n");
    stage.lab.requests().keep_accesses();
    for (command, code) in all_commands(&format!("--expected-bucket-owner {ACCOUNT}")) {
        run(&stage, &command, code);
    }
    run(&stage, &format!("undo {} --yes", newest_run(&stage)), 0);
    let accesses = stage.lab.requests().take_accesses();
    for access in &accesses {
        let name = if access.copied_from {
            "x-amz-source-expected-bucket-owner"
        } else {
            "x-amz-expected-bucket-owner"
        };
        assert!(access.headers.iter().any(|header| header == name), "{access:?}");
    }
    assert!(accesses.iter().any(|access| access.copied_from));
}

#[test]
fn a_bucket_of_another_owner_is_not_touched() {
    let stage = stage(&Demands::default());
    stage.file("rows", b"readme.txt\n");
    let options = "--expected-bucket-owner 999999999999";
    assert_snapshot!(stage.asof(&format!("restore s3://prod-uploads {AT} --yes {options}")).changes_nothing(), @"
    exit code 1
    --- stderr
    error: cannot read the versioning state of s3://prod-uploads: access denied (AccessDenied)
      hint: the credentials need s3:GetBucketVersioning, and no policy may deny it
      hint: or the bucket is not owned by account 999999999999, as --expected-bucket-owner requires
    ");
    for command in first_commands(options) {
        let shown = stage.asof(&command).changes_nothing();
        assert!(shown.starts_with("exit code 1\n"), "{command}: {shown}");
    }
    let target = Demands { account: Some("999999999999".to_owned()), ..Demands::default() };
    stage.lab.demand("scratch", target);
    let elsewhere = format!("restore s3://{BUCKET} {AT} --to s3://scratch --yes");
    let shown = stage.asof(&format!("{elsewhere} --expected-bucket-owner {ACCOUNT}")).changes_nothing();
    assert!(shown.starts_with("exit code 1\n"), "{shown}");
}

#[test]
fn an_owner_is_an_account() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("check s3://prod-uploads --window 1h --expected-bucket-owner prod").changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value 'prod' for '--expected-bucket-owner <ACCOUNT>': prod is not an AWS account ID, which has 12 digits
      hint: aws sts get-caller-identity prints the ID of your own account

    For more information, try '--help'.
    ");
}

/// A run may be undone from another terminal, long after, when the bucket's name belongs to another account.
#[test]
fn a_run_keeps_the_expected_owner() {
    let stage = stage(&Demands::default());
    let shown =
        run(&stage, &format!("restore s3://{BUCKET} {AT} --yes --expected-bucket-owner {ACCOUNT}"), 0);
    assert!(
        shown.contains(&format!("verify s3://{BUCKET} {AT} --expected-bucket-owner {ACCOUNT}")),
        "{shown}"
    );
    stage.lab.demand(BUCKET, Demands { account: Some("999999999999".to_owned()), ..Demands::default() });
    let undone = stage.asof(&format!("undo {} --yes", newest_run(&stage))).changes_nothing();
    assert!(undone.starts_with("exit code 1\n"), "{undone}");
}

#[test]
fn a_requester_pays_bucket_is_restored_by_who_agrees_to_pay() {
    let stage = stage(&requester_pays());
    stage.file("rows", b"uploads/2024/04/01.jpg\nnever\n");
    for command in first_commands("") {
        let shown = stage.asof(&command).changes_nothing();
        assert!(!shown.starts_with("exit code 0\n"), "{command}: {shown}");
    }
    for (command, code) in all_commands("--request-payer requester") {
        let shown = run(&stage, &command, code);
        let suggested = shown.lines().filter(|line| line.contains(": asof "));
        for line in suggested.filter(|line| !line.contains("asof undo") || line.contains("asof verify")) {
            assert!(line.contains("--request-payer requester"), "{command}: {line}");
        }
    }
    run(&stage, &format!("undo {} --yes", newest_run(&stage)), 0);
}

/// The parts of a large object's copy, its upload and its tags.
#[test]
fn copies_in_parts_are_paid_for_and_of_the_expected_owner() {
    let stage = stage(&requester_pays());
    let options = format!("--request-payer requester --expected-bucket-owner {ACCOUNT}");
    let restore =
        format!("restore s3://{BUCKET} {AT} --to s3://scratch --yes --multipart-threshold 5242880 {options}");
    stage.time("2024-05-01T00:00:00Z");
    stage.put("large", &"large ".repeat(1 << 20));
    stage.time("2024-05-06T08:00:00Z");
    stage.strike(Operation::CompleteMultipartUpload, Fault::AccessDenied);
    run(&stage, &restore, 3);
    stage.lab.faults().clear();
    run(&stage, &format!("resume {}", newest_run(&stage)), 0);
    assert!(stage.lab.requests().of(Operation::UploadPartCopy) >= 2);
    assert!(stage.keys("scratch").iter().any(|key| key == "large"));
}
