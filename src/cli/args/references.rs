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
    /// Compare with the current state of this bucket or prefix, into which T was restored
    #[arg(long, value_name = "s3://OTHER[/PREFIX]", value_parser = parse::parse::<Location>)]
    pub(in crate::cli) against: Option<Location>,
    /// Also find orphans: objects without rows
    #[arg(long)]
    pub(in crate::cli) orphans: bool,
    /// Exit with 0 if there is nothing to compare: the file has no keys
    #[arg(long)]
    pub(in crate::cli) allow_empty: bool,
    /// List every key in the table, not only the first ones of each kind
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// Restore missing keys that arrived within this time after T: seconds, or 30s, 5m
    #[arg(long, value_name = "LENGTH", value_parser = parse::seconds)]
    pub(in crate::cli) heal: Option<Duration>,
    /// Skip the confirmation prompt
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
    /// File with the keys that rows point to, one per line, in any order (- for stdin)
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) keys_from: PathBuf,
    /// Keys end in NUL instead of a line feed
    #[arg(short = '0', long)]
    pub(in crate::cli) null: bool,
}
