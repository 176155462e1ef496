//! The arguments of `asof references`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::apply::ChangeArgs;
use super::check::EarlierArgs;
use super::common::PastArgs;
use super::output::OutputArgs;
use super::parse;
use super::server::ServerArgs;
use crate::model::Location;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "independent options, not one state")]
pub(in crate::cli) struct ReferencesArgs {
    #[command(flatten)]
    pub(in crate::cli) past: PastArgs,
    #[command(flatten)]
    pub(in crate::cli) rows: RowsArgs,
    /// Look for them in what this place holds now: one that the state was restored to, or the bucket itself
    #[arg(long, value_name = "s3://OTHER[/PREFIX]", value_parser = parse::parse::<Location>)]
    pub(in crate::cli) against: Option<Location>,
    /// Find objects that no row names too
    #[arg(long)]
    pub(in crate::cli) orphans: bool,
    /// Exit with 0 if there is nothing to compare: no row names a key
    #[arg(long)]
    pub(in crate::cli) allow_empty: bool,
    /// List every key in the table, not only the first of each kind
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// Bring back keys that are not there but came at most this long after the past time: seconds, or 30s, 5m
    #[arg(long, value_name = "LENGTH", value_parser = parse::seconds)]
    pub(in crate::cli) heal: Option<Duration>,
    /// Do not ask
    #[arg(short, long, requires = "heal")]
    pub(in crate::cli) yes: bool,
    #[command(flatten)]
    pub(in crate::cli) earlier: EarlierArgs,
    #[command(flatten, next_help_heading = "With --heal")]
    pub(in crate::cli) change: ChangeArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs<true>,
}

/// The keys that rows name.
#[derive(Debug, Args)]
pub(in crate::cli) struct RowsArgs {
    /// The keys that rows name (- for standard input), one a line, each whole; any number of them, in any order
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) keys_from: PathBuf,
    /// After each key comes a NUL, not a line feed
    #[arg(short = '0', long)]
    pub(in crate::cli) null: bool,
}
