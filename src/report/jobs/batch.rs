//! The commands that submit an AWS Batch array job.

use serde::Serialize;
use serde_json::{Value, json};

use super::{comment, name, profile};
use crate::engine::{ArrayJob, Reaction, Volume, attempts};
use crate::limits;

/// The settings of the containers.
pub(super) struct Container<'a> {
    pub(super) image: &'a str,
    pub(super) job_role: &'a str,
    pub(super) job_queue: &'a str,
    pub(super) volume: Option<&'a Volume>,
}

/// Returns the commands, each with its request.
pub(super) fn commands(job: &ArrayJob, container: &Container<'_>) -> String {
    let workers = job.workers;
    let mut notes = vec![
        "The entry point of the image must be asof.".to_owned(),
        format!(
            "AWS Batch does not limit the children of a job: let the compute environment run {workers} at a time."
        ),
    ];
    notes.extend(profile(job));
    comment(job, "bash -e", &notes)
        + &command("register-job-definition", &definition(job, container))
        + &command("submit-job", &submission(job, container))
}

/// Returns a command that reads its request from a here-document, in which the shell replaces nothing.
fn command(verb: &str, request: &impl Serialize) -> String {
    let request = serde_json::to_string_pretty(request).unwrap_or_default();
    format!("aws batch {verb} --cli-input-json file:///dev/stdin <<'JSON'\n{request}\nJSON\n")
}

/// Returns the parameters of `RegisterJobDefinition`.
fn definition(job: &ArrayJob, container: &Container<'_>) -> Value {
    let Container { image, job_role, volume, .. } = container;
    let mut properties = json!({
        "image": image,
        "command": job.command,
        "jobRoleArn": job_role,
        "resourceRequirements": [
            { "type": "VCPU", "value": "1" },
            { "type": "MEMORY", "value": limits::WORKER_MIB.to_string() },
        ],
    });
    if let (Some(Volume { name, dir }), Some(properties)) = (volume, properties.as_object_mut()) {
        let efs = json!({ "fileSystemId": name, "transitEncryption": "ENABLED" });
        let volumes = json!([{ "name": SHARED, "efsVolumeConfiguration": efs }]);
        properties.insert("volumes".to_owned(), volumes);
        let mounts = json!([{ "sourceVolume": SHARED, "containerPath": dir, "readOnly": false }]);
        properties.insert("mountPoints".to_owned(), mounts);
    }
    json!({
        "jobDefinitionName": name(job),
        "type": "container",
        "containerProperties": properties,
        "retryStrategy": { "attempts": attempts(), "evaluateOnExit": rules() },
    })
}

const SHARED: &str = "shared";

/// Returns the rules of retrying; the first that matches counts. A container that did not start has no exit code.
fn rules() -> Vec<Value> {
    let fatal = Reaction::fatal().map(|code| json!({ "onExitCode": code.to_string(), "action": "EXIT" }));
    fatal.chain([json!({ "onReason": "*", "action": "RETRY" })]).collect()
}

/// Returns the parameters of `SubmitJob`. An array has at least two children.
fn submission(job: &ArrayJob, container: &Container<'_>) -> Value {
    let name = name(job);
    let mut submission = json!({ "jobName": name, "jobQueue": container.job_queue, "jobDefinition": name });
    if let (2.., Some(submission)) = (job.shards, submission.as_object_mut()) {
        submission.insert("arrayProperties".to_owned(), json!({ "size": job.shards }));
    }
    submission
}
