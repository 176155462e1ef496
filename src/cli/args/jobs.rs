//! The arguments of `jobs`.

use std::path::PathBuf;

use clap::Args;

use super::apply::ChangeArgs;
use super::parse;
use super::server::ServerArgs;
use crate::engine::{Platform, Volume};
use crate::limits;

#[derive(Debug, Args)]
pub(in crate::cli) struct JobsArgs {
    /// Plan set: a directory or s3://BUCKET/PREFIX, as in asof diff --out
    pub(in crate::cli) set: PathBuf,
    /// Platform that runs the workers
    #[arg(long, value_enum, value_name = "PLATFORM")]
    pub(in crate::cli) on: Platform,
    /// Number of workers at the same time; --rate is divided by it
    #[arg(long, value_name = "N", default_value_t = limits::WORKERS, value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) parallelism: u32,
    /// Allow the whole plan set to delete more than half of the keys in scope
    #[arg(long)]
    pub(in crate::cli) allow_mass_delete: bool,
    #[command(flatten)]
    pub(in crate::cli) change: ChangeArgs,
    #[command(flatten)]
    pub(in crate::cli) platform: PlatformArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Platform")]
pub(in crate::cli) struct PlatformArgs {
    /// Container image whose entry point is asof; for Kubernetes and AWS Batch
    #[arg(long)]
    pub(in crate::cli) image: Option<String>,
    /// Volume with the plan set and the state directory, and where containers mount it
    ///
    /// On Kubernetes, NAME is a PersistentVolumeClaim; on AWS Batch, the ID of an EFS file system.
    #[arg(long, value_name = "NAME:DIR", value_parser = parse::parse::<Volume>)]
    pub(in crate::cli) volume: Option<Volume>,
    /// Service account of the pods, for Kubernetes [default: asof]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) service_account: Option<String>,
    /// IAM role of the containers, for AWS Batch
    #[arg(long, value_name = "ARN")]
    pub(in crate::cli) job_role: Option<String>,
    /// Job queue, for AWS Batch
    #[arg(long, value_name = "QUEUE")]
    pub(in crate::cli) job_queue: Option<String>,
}
