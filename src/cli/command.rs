//! The commands: what they take, how they are run, and what each is like.

use clap::Subcommand;

use super::args::CompletionsArgs;
use super::args::check::CheckArgs;
use super::args::compare::{DiffArgs, VerifyArgs};
#[cfg(feature = "lab")]
use super::args::lab::LabCommand;
use super::args::look::{HistoryArgs, RunsArgs, ShowArgs, TimelineArgs};
use super::args::recover::{DrillArgs, MarkArgs, RecoverArgs};
use super::args::references::ReferencesArgs;
use super::args::restore::{RestoreArgs, ResumeArgs, UndoArgs};
use super::context::Context;
use super::exit::Exit;
use super::{
    check, completions, diff, drill, history, mark, recover, references, restore, resume, runs, show,
    timeline, undo, verify,
};
use crate::error::Result;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show puts, overwrites and deletes over time: find the second before the damage
    Timeline(TimelineArgs),
    /// Show what a restore to a past time would change; change nothing
    Diff(DiffArgs),
    /// Put the objects back to their versions at a past time
    Restore(RestoreArgs),
    /// Go on with a restore that was interrupted, or that left keys behind
    Resume(ResumeArgs),
    /// Put back what a restore has changed, where nobody has changed it since
    Undo(UndoArgs),
    /// Compare the bucket, or another place, with its state at a past time
    Verify(VerifyArgs),
    /// Find keys that a database's rows name and the bucket did not hold at a past time
    References(Box<ReferencesArgs>),
    /// Show a plan that diff has saved
    Show(ShowArgs),
    /// List the restores that were begun, and how far each is
    Runs(RunsArgs),
    /// Put buckets and databases back to the same second, as a recovery file says
    Recover(RecoverArgs),
    /// Do the same into scratch copies, check and time it, and tear them down
    Drill(DrillArgs),
    /// Stop the application for a moment, and note a time to go back to
    Mark(MarkArgs),
    /// Show every version of one key, newest first
    History(HistoryArgs),
    /// Say whether a past time can be restored, or since when every one can; exit 5 if not
    Check(CheckArgs),
    /// Print what lets a shell complete asof's commands and options
    Completions(CompletionsArgs),
    /// Print the manual page: asof man | man -l -
    Man,
    /// Make an incident in an embedded S3 and undo it: no AWS account needed
    #[cfg(feature = "lab")]
    Demo,
    /// The embedded S3, to try things out and to test against
    #[cfg(feature = "lab")]
    #[command(subcommand)]
    Lab(LabCommand),
}

impl Command {
    /// True for a command that only shows something: its exit code says nothing more.
    pub(super) fn shows_only(&self) -> bool {
        match self {
            Self::Timeline(_) | Self::Show(_) | Self::History(_) | Self::Completions(_) | Self::Man => true,
            Self::Diff(args) => !args.exit_code && args.out.is_none(),
            Self::Runs(args) => args.prune.is_none(),
            Self::Restore(args) => args.dry_run,
            Self::Check(args) => args.iam.is_some(),
            Self::Recover(args) => args.dry_run || args.list,
            Self::Mark(args) => args.list,
            _ => false,
        }
    }

    /// Added to the last line of a command that was aborted.
    pub(super) fn when_aborted(&self) -> &'static str {
        match self {
            Self::Recover(args) if !args.dry_run && !args.list => {
                "; the commands that ran were killed, and the application may stand still: the same command goes on"
            }
            Self::Mark(args) if !args.list => {
                "; the commands that ran were killed, and the application may stand still: let it go on by hand"
            }
            Self::Drill(_) => {
                "; the commands that ran were killed: the next drill of this file tears down what this one has made"
            }
            _ => "",
        }
    }

    /// True for a command that reads listings and sends nothing that costs more.
    pub(super) fn lists_only(&self) -> bool {
        match self {
            Self::References(args) => args.heal.is_none(),
            Self::Restore(_) | Self::Resume(_) | Self::Undo(_) => false,
            Self::Recover(_) | Self::Drill(_) | Self::Mark(_) => false,
            #[cfg(feature = "lab")]
            Self::Demo | Self::Lab(_) => false,
            _ => true,
        }
    }

    /// Runs it.
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        match self {
            Self::Timeline(args) => timeline::run(context, args).await,
            Self::Diff(args) => diff::run(context, args).await,
            Self::Restore(args) => Box::pin(restore::run(context, args)).await,
            Self::Resume(args) => resume::run(context, args).await,
            Self::Undo(args) => undo::run(context, args).await,
            Self::Verify(args) => verify::run(context, args).await,
            Self::References(args) => Box::pin(references::run(context, *args)).await,
            Self::Show(args) => show::run(context, args),
            Self::Runs(args) => runs::run(context, args).await,
            Self::Recover(args) => Box::pin(recover::run(context, args)).await,
            Self::Drill(args) => Box::pin(drill::run(context, args)).await,
            Self::Mark(args) => mark::run(context, args).await,
            Self::History(args) => history::run(context, args).await,
            Self::Check(args) => check::run(context, args).await,
            Self::Completions(args) => completions::completions(&args),
            Self::Man => completions::man(),
            #[cfg(feature = "lab")]
            Self::Demo | Self::Lab(_) => Ok(Exit::Done),
        }
    }
}
