//! The arguments of `asof timeline`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::apply::StateArgs;
use super::common::{ListFormatArg, OutputArgs, ServerArgs, parse_length, parse_location};
use crate::model::Location;

#[derive(Debug, Args)]
pub(in crate::cli) struct TimelineArgs {
    /// The bucket, or a prefix in it: s3://BUCKET[/PREFIX]
    #[arg(value_parser = parse_location)]
    pub(in crate::cli) location: Location,
    /// Only what happened in this second or later: 2026-11-17T14:30:05Z, "2026-11-17 14:30:05 UTC", @1763389805, or an age: 90m, 2h, 3d
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) from: Option<String>,
    /// Only what happened in this second or earlier
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) to: Option<String>,
    /// The length of a bar: 30s, 15m, 6h, 1d; wider where that would be too many [default: what fits the screen]
    #[arg(long, value_name = "LENGTH", value_parser = parse_length)]
    pub(in crate::cli) step: Option<Duration>,
    /// Write the chart into this file too, as a page for a browser
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) html: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs<ListFormatArg>,
}
