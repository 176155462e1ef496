//! Buckets in several regions: each is accessed in its own, and copies between them arrive.

use asof::lab::{Demands, Operation};

use super::stage::{BUCKET, Stage};

const AT: &str = "--at 2024-05-06T07:08:09Z";

/// The bucket of an incident in the lab's region, and a scratch bucket in another.
fn two_regions() -> Stage {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    in_region(&stage, "scratch", "eu-west-3");
    stage
}

fn in_region(stage: &Stage, bucket: &str, region: &str) {
    assert!(stage.lab.demand(bucket, Demands { region: Some(region.to_owned()), ..Demands::default() }));
}

/// Runs a command, which must end with this exit code.
fn run(stage: &Stage, words: &str, code: i32) -> String {
    let shown = stage.asof(words).run();
    assert!(shown.starts_with(&format!("exit code {code}\n")), "{words}: {shown}");
    shown
}

#[test]
fn a_bucket_of_another_region_is_restored_to_and_verified() {
    let stage = two_regions();
    run(&stage, &format!("restore s3://{BUCKET} {AT} --to s3://scratch/then --yes"), 0);
    assert_eq!(stage.keys("scratch").len(), 10);
    let verified = run(&stage, &format!("verify s3://{BUCKET} {AT} --against s3://scratch/then"), 0);
    assert!(verified.contains("verified: 10 keys are as they were"), "{verified}");
    stage.file("rows", b"then/readme.txt\n");
    run(&stage, &format!("references s3://{BUCKET} {AT} --against s3://scratch/then/ --keys-from rows"), 4);
}

/// The settings of a bucket are requested concurrently, before the region is known.
#[test]
fn a_bucket_of_another_region_than_the_one_configured_is_found_with_its_settings() {
    let stage = two_regions();
    in_region(&stage, BUCKET, "ap-southeast-2");
    let shown = run(&stage, &format!("diff s3://{BUCKET} {AT}"), 0);
    assert!(shown.contains("versioning enabled · history complete · no locks · SSE-S3 default"), "{shown}");
    run(&stage, &format!("timeline s3://{BUCKET}"), 0);
    run(&stage, &format!("history s3://{BUCKET}/readme.txt"), 0);
    run(&stage, &format!("restore s3://{BUCKET} {AT} --yes"), 0);
    run(&stage, &format!("verify s3://{BUCKET} {AT}"), 0);
}

/// From a source in the other region, `resume` asks for nothing but the versions that it copies.
#[test]
fn a_run_between_regions_is_resumed() {
    let stage = two_regions();
    in_region(&stage, BUCKET, "ap-southeast-2");
    stage.strike(Operation::CopyObject, asof::lab::Fault::AccessDenied);
    let kept = stage.path("state").to_string_lossy().into_owned();
    run(&stage, &format!("restore s3://{BUCKET} {AT} --to s3://scratch --yes --state-dir {kept}"), 3);
    stage.lab.faults().clear();
    let runs = std::fs::read_dir(stage.path("state/runs")).unwrap();
    let runs: Vec<_> = runs.map(|run| run.unwrap().file_name().into_string().unwrap()).collect();
    run(&stage, &format!("resume {} --state-dir {kept}", runs[0]), 0);
    assert_eq!(stage.keys("scratch").len(), 10);
}

#[test]
fn nothing_more_is_asked_where_all_buckets_are_in_one_region() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    stage.lab.requests().reset();
    run(&stage, &format!("verify s3://{BUCKET} {AT} --against s3://scratch"), 4);
    assert_eq!(stage.lab.requests().of(Operation::HeadBucket), 0);
    assert_eq!(stage.lab.requests().of(Operation::GetBucketVersioning), 2);
}
