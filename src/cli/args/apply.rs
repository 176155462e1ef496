//! The arguments of commands that change a bucket.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common::{parse_concurrency, parse_rate};
use crate::engine::{Action, Undelete};
use crate::limits;

/// What `restore`, `resume` and `undo` all take.
#[derive(Debug, Args)]
pub(in crate::cli) struct ApplyArgs {
    /// What to do about a key that somebody has changed since the plan, or a file in DIR that differs: leave it alone, or change it all the same
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    pub(in crate::cli) on_conflict: ConflictArg,
    /// Keys written a second, copies and deletes together: 3000/s
    #[arg(long, value_name = "N/s", value_parser = parse_rate, default_value = "3000/s")]
    pub(in crate::cli) rate: u32,
    /// Copies and delete requests under way at once, at most; a server that refuses or fails narrows it
    #[arg(long, value_name = "N", value_parser = parse_concurrency, default_value_t = limits::DEFAULT_CONCURRENCY)]
    pub(in crate::cli) concurrency: usize,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
}

#[derive(Debug, Default, Args)]
pub(in crate::cli) struct StateArgs {
    /// Where runs and marks are kept [default: $XDG_STATE_HOME/asof, or ~/.local/state/asof]
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) state_dir: Option<PathBuf>,
}

/// How versions are copied.
#[derive(Debug, Args)]
#[command(next_help_heading = "Objects")]
pub(in crate::cli) struct CopyArgs {
    /// Give copies the retention and the legal hold of their versions
    #[arg(long)]
    pub(in crate::cli) locks: bool,
    /// Copy without a HEAD of each version first. Says that all have the bucket's default encryption
    #[arg(long, conflicts_with = "locks")]
    pub(in crate::cli) no_head: bool,
    /// Restore although keys are in doubt: leave those out, or trust the plan
    #[arg(long, value_enum, value_name = "HOW")]
    pub(in crate::cli) doubtful: Option<DoubtfulArg>,
    #[command(flatten)]
    pub(in crate::cli) thaw: ThawArgs,
    /// Copy larger objects in parts, of at most so many bytes
    #[arg(long, hide = true, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..=limits::MAX_COPY_BYTES), default_value_t = limits::MAX_COPY_BYTES)]
    pub(in crate::cli) multipart_threshold: u64,
}

#[derive(Debug, Clone, Copy, Args)]
pub(in crate::cli) struct ThawArgs {
    /// Ask for archived versions, this fast; asof resume copies those that have arrived
    #[arg(long, value_enum, value_name = "TIER")]
    pub(in crate::cli) thaw: Option<TierArg>,
    /// How many days the thawed versions stay readable
    #[arg(long, value_name = "N", requires = "thaw", default_value_t = limits::THAW_DAYS, value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) thaw_days: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(in crate::cli) enum ConflictArg {
    /// It is left alone and listed, and the exit code is 3
    #[default]
    Skip,
    /// What is there stays as a noncurrent version; a file is replaced
    Overwrite,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum UndeleteArg {
    /// Copy the version
    Copy,
    /// Remove the delete markers above it, by their version ids: a thousand a request, but the history is no longer whole
    RemoveMarker,
}

impl From<UndeleteArg> for Undelete {
    fn from(arg: UndeleteArg) -> Self {
        match arg {
            UndeleteArg::Copy => Undelete::Copy,
            UndeleteArg::RemoveMarker => Undelete::RemoveMarker,
        }
    }
}

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ActionArg {
    /// Keys deleted since
    Undelete,
    /// Keys overwritten since
    Revert,
    /// Keys created since
    Delete,
}

impl From<ActionArg> for Action {
    fn from(arg: ActionArg) -> Self {
        match arg {
            ActionArg::Undelete => Action::Undelete,
            ActionArg::Revert => Action::Revert,
            ActionArg::Delete => Action::Delete,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum TierArg {
    /// Within 12 hours, the cheapest; from DEEP_ARCHIVE within 48
    Bulk,
    /// Within 5 hours; from DEEP_ARCHIVE within 12
    Standard,
    /// Within minutes, the dearest; not from DEEP_ARCHIVE
    Expedited,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DoubtfulArg {
    /// Leave these keys as they are
    Skip,
    /// Carry the change out; archived versions need --thaw all the same
    Trust,
}

/// What a check or a comparison does about keys whose state at T is uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum TrustArg {
    /// Take the listing for the whole truth
    Trust,
}
