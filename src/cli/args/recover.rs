//! The arguments of `recover`, `drill` and `mark`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::apply::{ChangeArgs, StateArgs};
use super::output::OutputArgs;
use super::parse;
use super::server::ServerArgs;
use crate::engine::recover::LATEST;

#[derive(Debug, Args)]
#[command(
    override_usage = "asof recover [OPTIONS] --at <TIME> <FILE>\n       asof recover --abort <FILE>\n       asof recover --adopt <FILE>\n       asof recover --list [FILE]\n       asof recover --init <FILE>"
)]
#[expect(clippy::struct_excessive_bools, reason = "independent options, not one state")]
pub(in crate::cli) struct RecoverArgs {
    /// The recovery file
    #[arg(required_unless_present = "list")]
    pub(in crate::cli) file: Option<PathBuf>,
    /// Write a recovery file to begin with, and do nothing else
    #[arg(long, conflicts_with = "at")]
    pub(in crate::cli) init: bool,
    /// List the recoveries that are not finished; those of FILE if one is given
    #[arg(long, conflicts_with_all = ["init", "at", "abort", "wait", "dry_run", "yes", "report", "html"])]
    pub(in crate::cli) list: bool,
    /// Abort the recovery of FILE: undo its runs, remove the databases that it restored, resume the application
    #[arg(long, conflicts_with_all = ["init", "at", "wait", "report", "html"])]
    pub(in crate::cli) abort: bool,
    /// Resume the recovery of FILE whose state directory is lost, by the tags of the RDS databases that it restored
    #[arg(long, conflicts_with_all = ["init", "list", "abort", "wait"])]
    pub(in crate::cli) adopt: bool,
    /// Abort even after the resume hook was started, when the application may use the restored databases that are removed
    #[arg(long, requires = "abort")]
    pub(in crate::cli) after_resume: bool,
    /// The past time, as restore takes it; a mark: mark:NAME; or latest: the newest second that every database reaches
    #[arg(long, value_name = "TIME", required_unless_present_any = ["init", "list", "abort", "adopt"])]
    pub(in crate::cli) at: Option<String>,
    /// If the target time is newer than a database's latest restorable time, wait until the database reaches it
    #[arg(long)]
    pub(in crate::cli) wait: bool,
    /// Show what would be restored, and change nothing
    #[arg(short = 'n', long)]
    pub(in crate::cli) dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
    #[command(flatten)]
    pub(in crate::cli) report: ReportArgs,
    #[command(flatten)]
    pub(in crate::cli) carry: CarryArgs,
}

#[derive(Debug, Args)]
#[command(override_usage = "asof drill [OPTIONS] <FILE>\n       asof drill --sweep [OPTIONS] [FILE]")]
pub(in crate::cli) struct DrillArgs {
    /// The recovery file; every target in it has to be a scratch one
    #[arg(required_unless_present = "sweep")]
    pub(in crate::cli) file: Option<PathBuf>,
    /// List the RDS databases that drills left behind more than a day ago, and remove them
    #[arg(long, conflicts_with_all = ["at", "keep", "report", "html"])]
    pub(in crate::cli) sweep: bool,
    /// Remove what --sweep lists without asking; databases protected from deletion are left
    #[arg(short, long, requires = "sweep")]
    pub(in crate::cli) yes: bool,
    /// The past time, as restore takes it; a mark: mark:NAME; or latest: the newest second that every database reaches
    #[arg(long, value_name = "TIME", default_value = LATEST)]
    pub(in crate::cli) at: String,
    /// Leave the copies, to look at them
    #[arg(long)]
    pub(in crate::cli) keep: bool,
    #[command(flatten)]
    pub(in crate::cli) report: ReportArgs,
    #[command(flatten)]
    pub(in crate::cli) carry: CarryArgs,
}

#[derive(Debug, Args)]
#[command(override_usage = "asof mark [OPTIONS] <FILE>\n       asof mark --list [FILE]")]
pub(in crate::cli) struct MarkArgs {
    /// The recovery file
    #[arg(required_unless_present = "list")]
    pub(in crate::cli) file: Option<PathBuf>,
    /// List the marks, the oldest first; those of FILE if one is given
    #[arg(long, conflicts_with_all = ["name", "replace", "deadline"])]
    pub(in crate::cli) list: bool,
    /// The mark's name, for --at mark:NAME; without it, its time
    #[arg(long)]
    pub(in crate::cli) name: Option<String>,
    /// Replace the mark of this name
    #[arg(long)]
    pub(in crate::cli) replace: bool,
    /// Let the application go on after this, whatever has been done; without it, what the file says, or 5m
    #[arg(long, value_name = "LENGTH", value_parser = parse::length)]
    pub(in crate::cli) deadline: Option<Duration>,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ReportArgs {
    /// Write the report into this file too, as JSON
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) report: Option<PathBuf>,
    /// Write the report into this file too, as a page for a browser
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) html: Option<PathBuf>,
}

/// How a recovery's buckets are restored.
#[derive(Debug, Args)]
pub(in crate::cli) struct CarryArgs {
    #[command(flatten)]
    pub(in crate::cli) change: ChangeArgs,
    /// Caution about uploads in parts begun at most this long before the past time; without it, 1h
    #[arg(long, value_name = "LENGTH", value_parser = parse::length, default_value = "1h", hide_default_value = true)]
    pub(in crate::cli) multipart_window: Duration,
    /// Stop after this, whatever has been done; without it, what the file says, or 12h
    #[arg(long, value_name = "LENGTH", value_parser = parse::length)]
    pub(in crate::cli) deadline: Option<Duration>,
    /// Take an RDS source's settings from this file, as aws rds describe-db-instances or describe-db-clusters printed it
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) settings_from: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}
