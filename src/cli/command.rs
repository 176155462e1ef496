//! The commands: what they take, how they are run, and what each is like.

use clap::Subcommand;

#[cfg(feature = "lab")]
use super::args::LabCommand;
use super::args::check::CheckArgs;
use super::args::recover::{DrillArgs, MarkArgs, RecoverArgs};
use super::args::references::ReferencesArgs;
use super::args::timeline::TimelineArgs;
use super::args::{
    CompletionsArgs, DiffArgs, HistoryArgs, RestoreArgs, ResumeArgs, RunsArgs, ShowArgs, UndoArgs, VerifyArgs,
};
use super::context::Context;
use super::exit::Exit;
use super::manual::ManualArgs;
use super::{
    check, completions, diff, drill, history, manual, mark, recover, references, restore, resume, runs, show,
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
    /// Read the manual: list its topics, or show one
    Manual(ManualArgs),
    /// Print the JSON Schema of the lines that --format json prints
    Schema,
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
    /// Whether all that the command does is to show something: its exit code says nothing more.
    pub(super) fn shows_only(&self) -> bool {
        match self {
            Command::Diff(args) => !args.exit_code && args.out.is_none(),
            Command::Timeline(_) | Command::Show(_) | Command::History(_) => true,
            Command::Runs(args) => args.prune.is_none(),
            Command::Completions(_) | Command::Man | Command::Manual(_) | Command::Schema => true,
            Command::Restore(args) => args.dry_run,
            Command::Resume(_) | Command::Undo(_) | Command::Verify(_) | Command::References(_) => false,
            Command::Check(args) => args.iam.is_some(),
            Command::Recover(args) => args.dry_run || args.list,
            Command::Mark(args) => args.list,
            Command::Drill(_) => false,
            #[cfg(feature = "lab")]
            Command::Demo | Command::Lab(_) => false,
        }
    }

    /// What is said of a command that was aborted in its midst.
    pub(super) fn when_aborted(&self) -> &'static str {
        match self {
            Command::Recover(args) if !args.dry_run && !args.list => {
                "; the commands that ran were killed, and the application may stand still: the same command goes on"
            }
            Command::Mark(args) if !args.list => {
                "; the commands that ran were killed, and the application may stand still: let it go on by hand"
            }
            Command::Drill(_) => {
                "; the commands that ran were killed: the next drill of this file tears down what this one has made"
            }
            _ => "",
        }
    }

    /// Whether it reads listings and sends nothing that costs more.
    pub(super) fn lists_only(&self) -> bool {
        match self {
            Command::Timeline(_)
            | Command::Diff(_)
            | Command::Verify(_)
            | Command::Show(_)
            | Command::History(_)
            | Command::Check(_)
            | Command::Runs(_)
            | Command::Completions(_)
            | Command::Man
            | Command::Manual(_)
            | Command::Schema => true,
            Command::References(args) => args.heal.is_none(),
            Command::Restore(_) | Command::Resume(_) | Command::Undo(_) => false,
            Command::Recover(_) | Command::Drill(_) | Command::Mark(_) => false,
            #[cfg(feature = "lab")]
            Command::Demo | Command::Lab(_) => false,
        }
    }

    /// Runs it.
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        match self {
            Command::Diff(args) => diff::run(context, args).await,
            Command::Restore(args) => Box::pin(restore::run(context, args)).await,
            Command::Resume(args) => resume::run(context, args).await,
            Command::Undo(args) => undo::run(context, args).await,
            Command::Runs(args) => runs::run(context, args).await,
            Command::Completions(args) => completions::completions(&args),
            Command::Man => completions::man(),
            Command::Manual(args) => manual::run(&args),
            Command::Schema => completions::schema(),
            Command::Verify(args) => verify::run(context, args).await,
            Command::References(args) => Box::pin(references::run(context, *args)).await,
            Command::Show(args) => show::run(context, args),
            Command::Recover(args) => Box::pin(recover::run(context, args)).await,
            Command::Drill(args) => Box::pin(drill::run(context, args)).await,
            Command::Mark(args) => mark::run(context, args).await,
            Command::History(args) => history::run(context, args).await,
            Command::Timeline(args) => timeline::run(context, args).await,
            Command::Check(args) => check::run(context, args).await,
            #[cfg(feature = "lab")]
            Command::Demo | Command::Lab(_) => Ok(Exit::Done),
        }
    }
}
