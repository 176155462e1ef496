//! The arguments of the other commands that only look, and of `runs`.

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
    /// The bucket, or a prefix in it: s3://BUCKET[/PREFIX]
    #[arg(value_parser = parse::parse::<Location>)]
    pub(in crate::cli) location: Location,
    /// Only what happened in this second or later: 2026-11-17T14:30:05Z, "2026-11-17 14:30:05 UTC", @1763389805, or an age: 90m, 2h, 3d
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) from: Option<String>,
    /// Only what happened in this second or earlier
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) to: Option<String>,
    /// The length of a bar: 30s, 15m, 6h, 1d; wider where that would be too many [default: what fits the screen]
    #[arg(long, value_name = "LENGTH", value_parser = parse::length)]
    pub(in crate::cli) step: Option<Duration>,
    /// Write the chart into this file too, as a page for a browser
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
    /// The object: s3://BUCKET/KEY
    #[arg(value_parser = parse::parse::<Location>)]
    pub(in crate::cli) location: Location,
    /// Mark the version live at this time
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs<true>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// The plan's file; or a run, for its plan; or latest, for the newest run's
    pub(in crate::cli) plan: PathBuf,
    /// List every key in the table, not only the first of each kind
    #[arg(long)]
    pub(in crate::cli) all: bool,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: Hidden<ServerArgs>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs<true>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RunsArgs {
    /// Remove runs that are done and were begun longer ago than this: 90d
    #[arg(long, value_name = "LENGTH", value_parser = parse::length)]
    pub(in crate::cli) prune: Option<Duration>,
    /// Do not ask
    #[arg(short, long, requires = "prune")]
    pub(in crate::cli) yes: bool,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: Hidden<ServerArgs>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}
