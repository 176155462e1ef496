//! The arguments of `asof check`, and the option that tells of earlier lifecycle rules.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::apply::StateArgs;
use super::output::OutputArgs;
use super::parse;
use super::server::ServerArgs;
use super::values::TrustArg;
use crate::model::{Location, Use};

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    /// The bucket, or a prefix in it: s3://BUCKET[/PREFIX]
    #[arg(value_parser = parse::parse::<Location>, required_unless_present = "iam")]
    pub(in crate::cli) location: Option<Location>,
    /// Can this past time be restored? Without it, and without --window: since when can every time be?
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: Option<String>,
    /// Can every second of so long a time up to now be restored? 24h, 7d
    #[arg(long, value_name = "LENGTH", value_parser = parse::length, conflicts_with = "at")]
    pub(in crate::cli) window: Option<Duration>,
    /// Ask the databases of this recovery file, as asof recover takes it, too: which times can they be restored to?
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) database: Option<PathBuf>,
    /// Print the least IAM policy for a use of asof on the place, or on a bucket BUCKET; look at nothing. With --database, for
    /// that file's recovery
    #[arg(long, value_enum, value_name = "USE", conflicts_with_all = ["at", "window", "lifecycle_history"])]
    pub(in crate::cli) iam: Option<Use>,
    /// With --at: doubt keys that held a multipart upload started within this window before T; without it, 1h
    #[arg(long, value_name = "LENGTH", value_parser = parse::length, default_value = "1h", hide_default_value = true)]
    pub(in crate::cli) multipart_window: Duration,
    /// Accept keys whose state is uncertain: trust takes the listing for the whole truth
    #[arg(long, value_enum, value_name = "HOW")]
    pub(in crate::cli) doubtful: Option<TrustArg>,
    #[command(flatten)]
    pub(in crate::cli) earlier: EarlierArgs,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

/// Lifecycle rules that a bucket has had.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct EarlierArgs {
    /// Lifecycle rules that the bucket had before: [{"from": TIME, "configuration": …}, …], as aws s3api get-bucket-lifecycle-configuration prints them
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) lifecycle_history: Option<PathBuf>,
}
