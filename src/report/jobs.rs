//! Prints an array job as its platform reads it: YAML for `kubectl`, commands with JSON for `aws`, a script for `sbatch`.

mod batch;
mod kubernetes;
mod slurm;

use std::io::Write;

use crate::engine::{ArrayJob, Runner};
use crate::error::Result;
use crate::model::{plural, printable};

/// Prints an array job.
pub(crate) fn show_job(job: &ArrayJob) -> Result<()> {
    Ok(std::io::stdout().lock().write_all(text(job).as_bytes())?)
}

fn text(job: &ArrayJob) -> String {
    match &job.runner {
        Runner::Kubernetes { image, service_account, volume } => {
            let pod = kubernetes::Pod { image, service_account, volume: volume.as_ref() };
            kubernetes::manifest(job, &pod)
        }
        Runner::AwsBatch { image, job_role, job_queue, volume } => {
            let container = batch::Container { image, job_role, job_queue, volume: volume.as_ref() };
            batch::commands(job, &container)
        }
        Runner::Slurm => slurm::script(job),
    }
}

/// Returns the comment at the beginning. `submit` is the command that reads the output.
fn comment(job: &ArrayJob, submit: &str, notes: &[String]) -> String {
    let shards = plural(job.shards.into(), "shard", "shards");
    let location = job.location.to_string();
    let mut lines = vec![
        format!("Applies the plan set {} in {shards}:", job.set),
        format!("{} at {}", printable(&location), job.at),
        format!("Submit it: asof jobs … | {submit}"),
        "Submitted again, it resumes: shards that are done are recognized.".to_owned(),
    ];
    lines.extend_from_slice(notes);
    format!("# {}\n", lines.join("\n# "))
}

/// Returns the note about a profile, which containers usually lack.
fn profile(job: &ArrayJob) -> Option<String> {
    let profile = printable(job.profile.as_ref()?);
    Some(format!("The plan set names the AWS profile {profile}: containers need it, too."))
}

/// Returns the name of the job: every platform accepts letters, digits and hyphens.
fn name(job: &ArrayJob) -> String {
    format!("asof-{}", job.set)
}

#[cfg(test)]
mod tests;
