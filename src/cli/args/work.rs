//! The arguments of `work`.

use std::path::PathBuf;

use clap::Args;

use super::apply::ChangeArgs;
use super::output::OutputArgs;
use super::server::ServerArgs;

#[derive(Debug, Args)]
pub(in crate::cli) struct WorkArgs {
    /// Plan set: a directory or s3://BUCKET/PREFIX, as in asof diff --out
    pub(in crate::cli) set: PathBuf,
    /// Index of the shard, from 0 [default: the array index in the environment]
    ///
    /// Without it, asof reads JOB_COMPLETION_INDEX (Kubernetes), AWS_BATCH_JOB_ARRAY_INDEX or SLURM_ARRAY_TASK_ID.
    #[arg(long, value_name = "INDEX")]
    pub(in crate::cli) shard: Option<u32>,
    /// Number of workers at the same time; --rate is divided by it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) parallelism: u32,
    /// Apply the shard without a confirmation prompt; required
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
    /// Allow the whole plan set to delete more than half of the keys in scope
    #[arg(long)]
    pub(in crate::cli) allow_mass_delete: bool,
    #[command(flatten)]
    pub(in crate::cli) change: ChangeArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}
