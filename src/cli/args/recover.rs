//! The arguments of `recover`, `drill` and `mark`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::apply::{ChangeArgs, StateArgs};
use super::metrics::MetricsArgs;
use super::output::OutputArgs;
use super::parse;
use super::server::ServerArgs;
use super::values::recipes;
use crate::engine::recover::{LATEST, Recipe};

#[derive(Debug, Args)]
#[command(
    override_usage = "asof recover [OPTIONS] --at <TIME> <FILE>\n       asof recover --abort <FILE>\n       asof recover --adopt <FILE>\n       asof recover --list [FILE]\n       asof recover --init [--recipe <NAME>] <FILE>"
)]
#[expect(clippy::struct_excessive_bools, reason = "independent options, not one state")]
pub(in crate::cli) struct RecoverArgs {
    /// Recovery file
    #[arg(required_unless_present = "list")]
    pub(in crate::cli) file: Option<PathBuf>,
    /// Write a commented recovery file to start from, and exit
    #[arg(long, conflicts_with_all = ["at", "metrics"])]
    pub(in crate::cli) init: bool,
    /// With --init: write the recovery file and commands for this server
    #[arg(long, value_name = "NAME", value_parser = recipes(), requires = "init", conflicts_with = "at")]
    pub(in crate::cli) recipe: Option<&'static Recipe>,
    /// List unfinished recoveries, of FILE if given
    #[arg(long, conflicts_with_all = ["init", "at", "abort", "wait", "dry_run", "yes", "report", "html", "metrics"])]
    pub(in crate::cli) list: bool,
    /// Abort the recovery: undo its runs, remove its databases, resume the application
    #[arg(long, conflicts_with_all = ["init", "at", "wait", "report", "html", "metrics"])]
    pub(in crate::cli) abort: bool,
    /// Resume a recovery whose state directory is lost, by the tags of its RDS databases
    #[arg(long, conflicts_with_all = ["init", "list", "abort", "wait"])]
    pub(in crate::cli) adopt: bool,
    /// Allow --abort after the resume hook was started
    ///
    /// The application may already use the restored databases, which are removed.
    #[arg(long, requires = "abort")]
    pub(in crate::cli) after_resume: bool,
    /// Target time as in restore, mark:NAME, or latest: the newest second all databases reach
    #[arg(long, value_name = "TIME", required_unless_present_any = ["init", "list", "abort", "adopt"])]
    pub(in crate::cli) at: Option<String>,
    /// Wait until every database can be restored to the target time
    #[arg(long)]
    pub(in crate::cli) wait: bool,
    /// Show what would be restored and change nothing
    #[arg(short = 'n', long, conflicts_with = "metrics")]
    pub(in crate::cli) dry_run: bool,
    /// Skip the confirmation prompt
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
    #[command(flatten)]
    pub(in crate::cli) report: ReportArgs,
    #[command(flatten)]
    pub(in crate::cli) metrics: MetricsArgs,
    #[command(flatten)]
    pub(in crate::cli) carry: CarryArgs,
}

#[derive(Debug, Args)]
#[command(override_usage = "asof drill [OPTIONS] <FILE>\n       asof drill --sweep [OPTIONS] [FILE]")]
pub(in crate::cli) struct DrillArgs {
    /// Recovery file; all of its targets must be scratch copies
    #[arg(required_unless_present = "sweep")]
    pub(in crate::cli) file: Option<PathBuf>,
    /// List RDS databases that drills left behind more than a day ago, and remove them
    #[arg(long, conflicts_with_all = ["at", "keep", "report", "html", "metrics"])]
    pub(in crate::cli) sweep: bool,
    /// Remove the databases listed by --sweep without asking
    ///
    /// Databases with deletion protection are left.
    #[arg(short, long, requires = "sweep")]
    pub(in crate::cli) yes: bool,
    /// Target time as in restore, mark:NAME, or latest: the newest second all databases reach
    #[arg(long, value_name = "TIME", default_value = LATEST)]
    pub(in crate::cli) at: String,
    /// Keep the scratch copies instead of tearing them down
    #[arg(long)]
    pub(in crate::cli) keep: bool,
    #[command(flatten)]
    pub(in crate::cli) report: ReportArgs,
    #[command(flatten)]
    pub(in crate::cli) metrics: MetricsArgs,
    #[command(flatten)]
    pub(in crate::cli) carry: CarryArgs,
}

#[derive(Debug, Args)]
#[command(
    override_usage = "asof mark [OPTIONS] <FILE>\n       asof mark --list [FILE]\n       asof mark --expire <AGE> <FILE>"
)]
pub(in crate::cli) struct MarkArgs {
    /// Recovery file
    #[arg(required_unless_present = "list")]
    pub(in crate::cli) file: Option<PathBuf>,
    /// List marks, oldest first, of FILE if given
    #[arg(long, conflicts_with_all = ["name", "replace", "deadline"])]
    pub(in crate::cli) list: bool,
    /// Remove marks of FILE older than this, such as 30d, and release their snapshots
    #[arg(long, value_name = "AGE", value_parser = parse::length, conflicts_with_all = ["list", "name", "replace", "deadline"])]
    pub(in crate::cli) expire: Option<Duration>,
    /// Name of the mark, for --at mark:NAME [default: its time]
    #[arg(long)]
    pub(in crate::cli) name: Option<String>,
    /// Replace an existing mark of this name
    #[arg(long)]
    pub(in crate::cli) replace: bool,
    /// Resume the application after at most this time [default: the file's deadline, or 5m]
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
    /// Also write the report to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) report: Option<PathBuf>,
    /// Also write the report to this file, as an HTML page
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) html: Option<PathBuf>,
}

/// Options for restoring a recovery's buckets.
#[derive(Debug, Args)]
pub(in crate::cli) struct CarryArgs {
    #[command(flatten)]
    pub(in crate::cli) change: ChangeArgs,
    /// Warn about multipart uploads started within this window before T [default: 1h]
    #[arg(long, value_name = "LENGTH", value_parser = parse::length, default_value = "1h", hide_default_value = true)]
    pub(in crate::cli) multipart_window: Duration,
    /// Stop after this time [default: the file's deadline, or 12h]
    #[arg(long, value_name = "LENGTH", value_parser = parse::length)]
    pub(in crate::cli) deadline: Option<Duration>,
    /// Read the settings of an RDS source from this file; repeatable
    ///
    /// The output of aws rds describe-db-instances or describe-db-clusters.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) settings_from: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}
