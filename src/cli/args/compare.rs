//! The arguments of `diff` and `verify`.

use std::path::PathBuf;

use clap::Args;

use super::apply::StateArgs;
use super::common::{CommonArgs, PastArgs};
use super::metrics::MetricsArgs;
use super::parse;
use super::values::TrustArg;
use crate::engine::{Action, Shards, Undelete};
use crate::model::Destination;

#[derive(Debug, Args)]
pub(in crate::cli) struct DiffArgs<const CSV: bool = true> {
    #[command(flatten)]
    pub(in crate::cli) past: PastArgs,
    /// Compare with this later time instead of now
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) versus: Option<String>,
    /// List every key in the table, not only the first ones of each kind
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// Save the plan to this file, for asof restore --plan
    ///
    /// An existing plan of this name is replaced. With --shards, it is a new directory or s3://BUCKET/PREFIX for the plan set.
    #[arg(long, value_name = "PLAN", conflicts_with = "versus")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Cut the plan into this many shards, for asof work; auto: one per 500,000 requests
    #[arg(long, value_name = "N", requires = "out", value_parser = parse::parse::<Shards>)]
    pub(in crate::cli) shards: Option<Shards>,
    /// How to restore deleted keys: copy the version, or remove its delete markers
    ///
    /// remove-marker applies to keys that have only delete markers above the version; other keys are copied.
    #[arg(long, value_enum, value_name = "HOW", default_value = "copy", conflicts_with = "versus")]
    pub(in crate::cli) undelete: Undelete,
    /// Restrict to this kind of change; repeatable, or a list: --only undelete,revert
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',')]
    pub(in crate::cli) only: Vec<Action>,
    /// Estimate the cost with the prices in this file (TOML or JSON) [default: AWS in us-east-1]
    ///
    /// A server that is not AWS has no default prices.
    #[arg(long, value_name = "FILE", conflicts_with = "versus")]
    pub(in crate::cli) prices: Option<PathBuf>,
    /// Exit with code 4 if there are differences
    #[arg(long)]
    pub(in crate::cli) exit_code: bool,
    /// Also write the result to this file, as an HTML page
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) html: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) common: CommonArgs<CSV>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyArgs {
    /// Bucket, or prefix in it: s3://BUCKET[/PREFIX], or a plan set: ./SET
    #[arg(value_name = "LOCATION|SET", value_parser = parse::parse::<Destination>)]
    pub(in crate::cli) location: Destination,
    /// Target time: 2026-11-17T14:30:05Z, @1794925805 (Unix time), or an age: 90m, 2h, 3d
    ///
    /// A plan set has its own, and its own keys.
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: Option<String>,
    /// Compare this bucket, prefix or local directory, into which the state was restored
    #[arg(long, value_name = "s3://OTHER[/PREFIX]|DIR", value_parser = parse::parse::<Destination>)]
    pub(in crate::cli) against: Option<Destination>,
    /// List every mismatch in the table, not only the first ones of each kind
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// Accept keys whose state at T is uncertain: trust the listing
    #[arg(long, value_enum, value_name = "HOW")]
    pub(in crate::cli) doubtful: Option<TrustArg>,
    /// Exit with 0 if there are no keys to compare, neither at T nor now
    #[arg(long)]
    pub(in crate::cli) allow_empty: bool,
    /// Also write the result to this file, as an HTML page
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) html: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) metrics: MetricsArgs,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) common: CommonArgs<true>,
}
