//! What a person types.
#![expect(clippy::doc_markdown, reason = "these comments are the help text that clap prints")]

use std::path::PathBuf;
use std::time::Duration;

pub(super) mod apply;
pub(super) mod check;
pub(super) mod common;
pub(super) mod recover;
pub(super) mod references;
pub(super) mod timeline;

use clap::{Args, Parser};

use self::apply::{ActionArg, ApplyArgs, CopyArgs, StateArgs, ThawArgs, TrustArg, UndeleteArg};
use self::common::{
    CommonArgs, Form, Hidden, ListFormatArg, OutputArgs, PastArgs, ServerArgs, parse_destination,
    parse_length, parse_location,
};
use super::command::Command;
use crate::model::{Destination, Location};

const EXIT_CODES: &str = "Exit codes: 0 done; 1 failed; 2 wrong usage, or a plan that cannot be read; 3 incomplete (some keys failed or were changed by somebody \
meanwhile); 4 differences found (verify, references, diff --exit-code); 5 refused, to lose nothing; 130 interrupted.";

/// Puts a versioned S3 bucket back to the state it had at a past second.
#[derive(Debug, Parser)]
#[command(name = "asof", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Tell more on stderr: what lies below an error; twice: every request
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct DiffArgs<F: Form = ListFormatArg> {
    #[command(flatten)]
    pub(super) past: PastArgs,
    /// Compare with this later time instead of now
    #[arg(long, value_name = "TIME")]
    pub(super) versus: Option<String>,
    /// List every key in the table, not only the first of each kind
    #[arg(long)]
    pub(super) all: bool,
    /// Save the plan in this file, for asof restore --plan; a file of that name is replaced
    #[arg(long, value_name = "PLAN", conflicts_with = "versus")]
    pub(super) out: Option<PathBuf>,
    /// How keys come back that were deleted: by a copy, or, where only delete markers lie above their version, by removing these
    #[arg(long, value_enum, value_name = "HOW", default_value = "copy", conflicts_with = "versus")]
    pub(super) undelete: UndeleteArg,
    /// Only changes of this kind; may be given several times: --only undelete,revert
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',')]
    pub(super) only: Vec<ActionArg>,
    /// Exit with 4 if there are differences
    #[arg(long)]
    pub(super) exit_code: bool,
    #[command(flatten)]
    pub(super) state: StateArgs,
    #[command(flatten)]
    pub(super) common: CommonArgs<F>,
}

#[derive(Debug, Args)]
#[command(
    override_usage = "asof restore [OPTIONS] --at <TIME> <LOCATION>\n       asof restore [OPTIONS] --plan <PLAN>"
)]
#[expect(clippy::struct_excessive_bools, reason = "independent options, not one state")]
pub(super) struct RestoreArgs {
    /// The bucket, or a prefix in it: s3://BUCKET[/PREFIX]
    #[arg(value_parser = parse_location, required_unless_present = "plan")]
    pub(super) location: Option<Location>,
    /// The past time: 2026-11-17T14:30:05Z, "2026-11-17 14:30:05 UTC", @1763389805, or an age: 90m, 2h, 3d
    #[arg(long, value_name = "TIME", required_unless_present = "plan")]
    pub(super) at: Option<String>,
    /// Carry out exactly this plan, which asof diff --out has saved: place, time and keys are the plan's, and nothing is listed again
    #[arg(long, value_name = "PLAN", conflicts_with_all = ["at", "to", "include", "exclude", "keys_from", "trust_etag", "lifecycle_history"])]
    pub(super) plan: Option<PathBuf>,
    /// Restore into this bucket or folder, or this local directory, instead of in place; the folder of the source prefix is cut off the keys
    #[arg(long, value_name = "s3://OTHER[/PREFIX]|DIR", value_parser = parse_destination)]
    pub(super) to: Option<Destination>,
    /// In DIR, leave out keys that differ from another in upper and lower case only, and report them
    #[arg(long, requires = "to")]
    pub(super) no_case_collisions: bool,
    /// How keys come back that were deleted: by a copy, or, where only delete markers lie above their version, by removing these
    #[arg(long, value_enum, value_name = "HOW", default_value = "copy", conflicts_with_all = ["to", "plan"])]
    pub(super) undelete: UndeleteArg,
    /// Only changes of this kind; may be given several times: --only undelete,revert
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',', conflicts_with = "to")]
    pub(super) only: Vec<ActionArg>,
    /// Show what would be changed, as asof diff does, and change nothing
    #[arg(short = 'n', long)]
    pub(super) dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub(super) yes: bool,
    /// Allow deleting more than half of the keys in scope; without it, their number has to be typed, and --yes is refused
    #[arg(long)]
    pub(super) allow_mass_delete: bool,
    #[command(flatten)]
    pub(super) apply: ApplyArgs,
    #[command(flatten)]
    pub(super) copies: CopyArgs,
    #[command(flatten)]
    pub(super) common: CommonArgs,
}

#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// The run, as asof restore named it and asof runs lists it; or latest: the newest one
    pub(super) run: String,
    /// Accepted beside that of restore and undo: nothing is asked
    #[arg(short, long, hide = true)]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) apply: ApplyArgs,
    #[command(flatten)]
    pub(super) thaw: ThawArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct UndoArgs {
    /// The run, as asof restore named it and asof runs lists it; or latest: the newest one
    pub(super) run: String,
    /// How keys come back that the run deleted: by removing its delete markers, or by copying what is below them
    #[arg(long, value_enum, value_name = "HOW", default_value = "remove-marker")]
    pub(super) undelete: UndeleteArg,
    /// Do not ask
    #[arg(short, long)]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) apply: ApplyArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct RunsArgs {
    /// Remove runs that are done and were begun longer ago than this: 90d
    #[arg(long, value_name = "LENGTH", value_parser = parse_length)]
    pub(super) prune: Option<Duration>,
    /// Do not ask
    #[arg(short, long, requires = "prune")]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) state: StateArgs,
    #[command(flatten)]
    pub(super) server: Hidden<ServerArgs>,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    pub(super) past: PastArgs,
    /// Compare what this place, or this local directory, holds, to which the state was restored
    #[arg(long, value_name = "s3://OTHER[/PREFIX]|DIR", value_parser = parse_destination)]
    pub(super) against: Option<Destination>,
    /// List every mismatch in the table, not only the first of each kind
    #[arg(long)]
    pub(super) all: bool,
    /// Accept keys whose state at T is uncertain: trust takes the listing for the whole truth
    #[arg(long, value_enum, value_name = "HOW")]
    pub(super) doubtful: Option<TrustArg>,
    /// Exit with 0 if there is nothing to compare: no keys, neither at T nor now
    #[arg(long)]
    pub(super) allow_empty: bool,
    #[command(flatten)]
    pub(super) state: StateArgs,
    #[command(flatten)]
    pub(super) common: CommonArgs<ListFormatArg>,
}

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The plan's file; or a run, for its plan; or latest, for the newest run's
    pub(super) plan: PathBuf,
    /// List every key in the table, not only the first of each kind
    #[arg(long)]
    pub(super) all: bool,
    #[command(flatten)]
    pub(super) state: StateArgs,
    #[command(flatten)]
    pub(super) server: Hidden<ServerArgs>,
    #[command(flatten)]
    pub(super) output: OutputArgs<ListFormatArg>,
}

#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// The object: s3://BUCKET/KEY
    #[arg(value_parser = parse_location)]
    pub(super) location: Location,
    /// Mark the version live at this time
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    #[command(flatten)]
    pub(super) state: StateArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs<ListFormatArg>,
}

#[cfg(feature = "lab")]
#[derive(Debug, clap::Subcommand)]
pub(super) enum LabCommand {
    /// Serve a versioned S3 on loopback, in memory, until Ctrl-C
    Serve(ServeArgs),
    /// Serve a computed bucket of any size on loopback, to measure how it is listed, until Ctrl-C
    Wall(super::wall::WallArgs),
}

#[cfg(feature = "lab")]
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The loopback address to listen on; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9797")]
    pub(super) listen: std::net::SocketAddr,
    /// The region that requests must be signed for
    #[arg(long, default_value = "us-east-1")]
    pub(super) region: String,
}

#[cfg(test)]
mod tests;
