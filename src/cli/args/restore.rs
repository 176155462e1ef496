//! The arguments of `restore`, `resume` and `undo`.

use std::path::PathBuf;

use clap::Args;

use super::apply::{ApplyArgs, ChangeArgs, CopyArgs};
use super::common::{CommonArgs, PastArgs};
use super::metrics::MetricsArgs;
use super::output::OutputArgs;
use super::parse;
use super::server::ServerArgs;
use crate::engine::{Action, Undelete};
use crate::error::{Error, Result};
use crate::model::{Destination, Location};

#[derive(Debug, Args)]
#[command(
    override_usage = "asof restore [OPTIONS] --at <TIME> <LOCATION>\n       asof restore [OPTIONS] --plan <PLAN>"
)]
#[expect(clippy::struct_excessive_bools, reason = "independent options, not one state")]
pub(in crate::cli) struct RestoreArgs {
    /// Bucket, or prefix in it: s3://BUCKET[/PREFIX]
    #[arg(value_parser = parse::parse::<Location>, required_unless_present = "plan")]
    pub(in crate::cli) location: Option<Location>,
    /// Target time: 2026-11-17T14:30:05Z, @1794925805 (Unix time), or an age: 90m, 2h, 3d
    #[arg(long, value_name = "TIME", required_unless_present = "plan")]
    pub(in crate::cli) at: Option<String>,
    /// Apply this plan, saved by asof diff --out
    ///
    /// Location, target time and keys are those of the plan; the bucket is not listed again.
    #[arg(long, value_name = "PLAN", conflicts_with_all = ["at", "to", "include", "exclude", "keys_from", "trust_etag", "lifecycle_history"])]
    pub(in crate::cli) plan: Option<PathBuf>,
    /// Restore into this bucket, prefix or local directory instead of in place
    ///
    /// The folder of the source prefix is removed from the keys.
    #[arg(long, value_name = "s3://OTHER[/PREFIX]|DIR", value_parser = parse::parse::<Destination>)]
    pub(in crate::cli) to: Option<Destination>,
    /// In a directory, skip and report keys that differ from another key in case only
    #[arg(long, requires = "to")]
    pub(in crate::cli) no_case_collisions: bool,
    /// How to restore deleted keys: copy the version, or remove its delete markers
    ///
    /// remove-marker applies to keys that have only delete markers above the version; other keys are copied.
    #[arg(long, value_enum, value_name = "HOW", default_value = "copy", conflicts_with_all = ["to", "plan"])]
    pub(in crate::cli) undelete: Undelete,
    /// Restrict to this kind of change; repeatable, or a list: --only undelete,revert
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',', conflicts_with = "to")]
    pub(in crate::cli) only: Vec<Action>,
    /// Estimate the cost with the prices in this file (TOML or JSON) [default: AWS in us-east-1]
    ///
    /// A server that is not AWS has no default prices.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) prices: Option<PathBuf>,
    /// Show the changes as asof diff does, and apply nothing
    #[arg(short = 'n', long, conflicts_with = "metrics")]
    pub(in crate::cli) dry_run: bool,
    /// Skip the confirmation prompt
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
    /// Allow deleting more than half of the keys in scope
    ///
    /// Without it, asof asks for the number of keys, and refuses --yes.
    #[arg(long)]
    pub(in crate::cli) allow_mass_delete: bool,
    #[command(flatten)]
    pub(in crate::cli) metrics: MetricsArgs,
    #[command(flatten)]
    pub(in crate::cli) change: ChangeArgs,
    #[command(flatten)]
    pub(in crate::cli) common: CommonArgs,
}

impl RestoreArgs {
    /// Returns the past state to restore. A plan has its own.
    pub(in crate::cli) fn past(&self) -> Result<PastArgs> {
        let (Some(location), Some(at)) = (self.location.clone(), self.at.clone()) else {
            // clap requires them.
            return Err(Error::usage("give a location and --at, or --plan"));
        };
        Ok(PastArgs { location, at })
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ResumeArgs {
    /// Run, as listed by asof runs, latest for the newest one, or a plan set
    ///
    /// Of a plan set, everything that is left is applied here, one shard after another.
    #[arg(value_name = "RUN|SET")]
    pub(in crate::cli) run: String,
    /// Skip the confirmation prompt for the shards of a plan set that have not begun
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
    /// Allow a plan set with shards that have not begun to delete more than half of the keys
    #[arg(long)]
    pub(in crate::cli) allow_mass_delete: bool,
    #[command(flatten)]
    pub(in crate::cli) change: ChangeArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

impl ResumeArgs {
    /// Refuses options that a run keeps from its start.
    pub(in crate::cli) fn require_of_run(&self) -> Result<()> {
        let CopyArgs { locks, no_head, doubtful, .. } = self.change.copies;
        let given = [
            ("--locks", locks),
            ("--no-head", no_head),
            ("--doubtful", doubtful.is_some()),
            ("--allow-mass-delete", self.allow_mass_delete),
        ];
        let given = given.iter().find(|(_, given)| *given);
        given.map_or(Ok(()), |(option, _)| {
            Err(Error::usage(format!("{option} cannot be changed: a run keeps it from its beginning"))
                .hint("leave it out; for a plan set, it applies to the shards that have not begun"))
        })
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct UndoArgs {
    /// Run, as listed by asof runs, latest for the newest one, or a plan set
    #[arg(value_name = "RUN|SET")]
    pub(in crate::cli) run: String,
    /// Plan the undo of a plan set as a plan set in this new directory or s3://BUCKET/PREFIX
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// How to restore keys that the run deleted: remove its delete markers, or copy the version
    #[arg(long, value_enum, value_name = "HOW", default_value = "remove-marker")]
    pub(in crate::cli) undelete: Undelete,
    /// Skip the confirmation prompt
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
    #[command(flatten)]
    pub(in crate::cli) apply: ApplyArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}
