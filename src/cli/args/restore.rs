//! The arguments of `restore`, `resume` and `undo`.

use std::path::PathBuf;

use clap::Args;

use super::apply::{ApplyArgs, ChangeArgs, ThawArgs};
use super::common::{CommonArgs, PastArgs};
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
    /// The bucket, or a prefix in it: s3://BUCKET[/PREFIX]
    #[arg(value_parser = parse::parse::<Location>, required_unless_present = "plan")]
    pub(in crate::cli) location: Option<Location>,
    /// The past time: 2026-11-17T14:30:05Z, "2026-11-17 14:30:05 UTC", @1763389805, or an age: 90m, 2h, 3d
    #[arg(long, value_name = "TIME", required_unless_present = "plan")]
    pub(in crate::cli) at: Option<String>,
    /// Carry out exactly this plan, which asof diff --out has saved: place, time and keys are the plan's, and nothing is listed again
    #[arg(long, value_name = "PLAN", conflicts_with_all = ["at", "to", "include", "exclude", "keys_from", "trust_etag", "lifecycle_history"])]
    pub(in crate::cli) plan: Option<PathBuf>,
    /// Restore into this bucket or folder, or this local directory, instead of in place; the folder of the source prefix is cut off the keys
    #[arg(long, value_name = "s3://OTHER[/PREFIX]|DIR", value_parser = parse::parse::<Destination>)]
    pub(in crate::cli) to: Option<Destination>,
    /// In DIR, leave out keys that differ from another in upper and lower case only, and report them
    #[arg(long, requires = "to")]
    pub(in crate::cli) no_case_collisions: bool,
    /// How keys come back that were deleted: by a copy, or, where only delete markers lie above their version, by removing these
    #[arg(long, value_enum, value_name = "HOW", default_value = "copy", conflicts_with_all = ["to", "plan"])]
    pub(in crate::cli) undelete: Undelete,
    /// Only changes of this kind; may be given several times: --only undelete,revert
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',', conflicts_with = "to")]
    pub(in crate::cli) only: Vec<Action>,
    /// Show what would be changed, as asof diff does, and change nothing
    #[arg(short = 'n', long)]
    pub(in crate::cli) dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
    /// Allow deleting more than half of the keys in scope; without it, their number has to be typed, and --yes is refused
    #[arg(long)]
    pub(in crate::cli) allow_mass_delete: bool,
    #[command(flatten)]
    pub(in crate::cli) change: ChangeArgs,
    #[command(flatten)]
    pub(in crate::cli) common: CommonArgs,
}

impl RestoreArgs {
    /// The past that is restored, where it is not a plan's.
    pub(in crate::cli) fn past(&self) -> Result<PastArgs> {
        let (Some(location), Some(at)) = (self.location.clone(), self.at.clone()) else {
            // clap has asked for them.
            return Err(Error::usage("give a location and --at, or --plan"));
        };
        Ok(PastArgs { location, at })
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ResumeArgs {
    /// The run, as asof restore named it and asof runs lists it; or latest: the newest one
    pub(in crate::cli) run: String,
    /// Accepted beside that of restore and undo: nothing is asked
    #[arg(short, long, hide = true)]
    pub(in crate::cli) yes: bool,
    #[command(flatten)]
    pub(in crate::cli) apply: ApplyArgs,
    #[command(flatten)]
    pub(in crate::cli) thaw: ThawArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct UndoArgs {
    /// The run, as asof restore named it and asof runs lists it; or latest: the newest one
    pub(in crate::cli) run: String,
    /// How keys come back that the run deleted: by removing its delete markers, or by copying what is below them
    #[arg(long, value_enum, value_name = "HOW", default_value = "remove-marker")]
    pub(in crate::cli) undelete: Undelete,
    /// Do not ask
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
    #[command(flatten)]
    pub(in crate::cli) apply: ApplyArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}
