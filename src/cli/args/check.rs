//! The arguments of `asof check`, and the option that tells of earlier lifecycle rules.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{OutputArgs, ServerArgs, parse_length, parse_location};
use crate::model::Location;

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    /// The bucket, or a prefix in it: s3://BUCKET[/PREFIX]
    #[arg(value_parser = parse_location)]
    pub(in crate::cli) location: Location,
    /// Can this past time be restored? Without it, and without --window: since when can every time be?
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: Option<String>,
    /// Can every second of so long a time up to now be restored? 24h, 7d
    #[arg(long, value_name = "LENGTH", value_parser = parse_length, conflicts_with = "at")]
    pub(in crate::cli) window: Option<Duration>,
    #[command(flatten)]
    pub(in crate::cli) earlier: EarlierArgs,
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
