//! The arguments of `asof check`, and the option for earlier lifecycle rules.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::apply::StateArgs;
use super::metrics::MetricsArgs;
use super::output::OutputArgs;
use super::parse;
use super::server::ServerArgs;
use super::values::TrustArg;
use crate::model::{Location, Use};

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    /// Bucket, or prefix in it: s3://BUCKET[/PREFIX]
    #[arg(value_parser = parse::parse::<Location>, required_unless_present = "iam")]
    pub(in crate::cli) location: Option<Location>,
    /// Check whether this time can be restored
    ///
    /// Without --at and --window, check prints the time since which every second can be restored.
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: Option<String>,
    /// Check whether every second since this long ago can be restored: 24h, 7d
    #[arg(long, value_name = "LENGTH", value_parser = parse::length, conflicts_with = "at")]
    pub(in crate::cli) window: Option<Duration>,
    /// Also check which times the databases of this recovery file can be restored to
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) database: Option<PathBuf>,
    /// Print the least IAM policy for this use, without any request
    ///
    /// The policy is for the location, or for a placeholder BUCKET, and for --state-dir s3://…. With --database, it is for
    /// the recovery file.
    #[arg(long, value_enum, value_name = "USE", conflicts_with_all = ["at", "window", "lifecycle_history", "metrics"])]
    pub(in crate::cli) iam: Option<Use>,
    /// With --at: report multipart uploads started within this window before T [default: 1h]
    #[arg(long, value_name = "LENGTH", value_parser = parse::length, default_value = "1h", hide_default_value = true)]
    pub(in crate::cli) multipart_window: Duration,
    /// Accept keys whose state is uncertain: trust the listing
    #[arg(long, value_enum, value_name = "HOW")]
    pub(in crate::cli) doubtful: Option<TrustArg>,
    #[command(flatten)]
    pub(in crate::cli) metrics: MetricsArgs,
    #[command(flatten)]
    pub(in crate::cli) earlier: EarlierArgs,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

/// The earlier lifecycle rules of a bucket.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct EarlierArgs {
    /// File with earlier lifecycle rules of the bucket
    ///
    /// JSON: [{"from": TIME, "configuration": …}, …], each configuration as aws s3api get-bucket-lifecycle-configuration prints it.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) lifecycle_history: Option<PathBuf>,
}
