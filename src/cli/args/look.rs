//! The arguments of the other read-only commands, and of `runs`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::apply::StateArgs;
use super::output::{Hidden, OutputArgs};
use super::parse;
use super::server::ServerArgs;
use crate::model::Location;

#[derive(Debug, Args)]
pub(in crate::cli) struct TimelineArgs {
    /// Bucket, or prefix in it: s3://BUCKET[/PREFIX]
    #[arg(value_parser = parse::parse::<Location>)]
    pub(in crate::cli) location: Location,
    /// Start of the period: 2026-11-17T14:30:05Z, @1794925805 (Unix time), or an age: 6h
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) from: Option<String>,
    /// End of the period, inclusive
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) to: Option<String>,
    /// Length of a bar: 30s, 15m, 6h, 1d [default: fits the screen]
    #[arg(long, value_name = "LENGTH", value_parser = parse::length)]
    pub(in crate::cli) step: Option<Duration>,
    /// Also write the chart to this file, as an HTML page
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) html: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs<true>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct HistoryArgs {
    /// Object: s3://BUCKET/KEY
    #[arg(value_parser = parse::parse::<Location>)]
    pub(in crate::cli) location: Location,
    /// Mark the version that was live at this time
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: Option<String>,
    /// Show how each version differs from the next older one
    ///
    /// Content, size, content type, metadata, tags and storage class are compared, with a HEAD request for each version.
    #[arg(long)]
    pub(in crate::cli) changes: bool,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs<true>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// Plan file, plan set, or a run whose plan to show, or latest for the newest run
    pub(in crate::cli) plan: PathBuf,
    /// List every key or shard in the table, not only the first ones
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// Estimate the cost with the prices in this file (TOML or JSON)
    ///
    /// Without it there is no estimate: a plan does not name its server.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) prices: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: Hidden<ServerArgs>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs<true>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RunsArgs {
    /// Show the progress of this plan set instead: a directory or s3://BUCKET/PREFIX
    #[arg(conflicts_with_all = ["prune", "yes"])]
    pub(in crate::cli) set: Option<PathBuf>,
    /// Remove finished runs that were started longer ago than this: 90d
    #[arg(long, value_name = "LENGTH", value_parser = parse::length)]
    pub(in crate::cli) prune: Option<Duration>,
    /// Skip the confirmation prompt
    #[arg(short, long, requires = "prune")]
    pub(in crate::cli) yes: bool,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: Hidden<ServerArgs>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}
