//! The commands: their arguments, their dispatch and their properties.

use clap::Subcommand;

use super::args::apply::ApplyArgs;
use super::args::check::CheckArgs;
use super::args::compare::{DiffArgs, VerifyArgs};
use super::args::jobs::JobsArgs;
#[cfg(feature = "lab")]
use super::args::lab::LabCommand;
use super::args::look::{HistoryArgs, RunsArgs, ShowArgs, TimelineArgs};
use super::args::read::{CatArgs, LsArgs};
use super::args::recover::{DrillArgs, MarkArgs, RecoverArgs};
use super::args::references::ReferencesArgs;
use super::args::restore::{RestoreArgs, ResumeArgs, UndoArgs};
use super::args::serve::ServeArgs;
use super::args::work::WorkArgs;
use super::args::{CompletionsArgs, ManArgs};
use super::context::Context;
use super::exit::Exit;
use super::manual::ManualArgs;
use super::{
    cat, check, completions, diff, drill, examples, history, jobs, ls, manual, mark, recover, references,
    restore, resume, runs, serve, show, timeline, undo, verify, work,
};
use crate::error::Result;
use crate::limits;
use crate::model::Destination;

/// An option about runs, hidden where no run is kept or shown.
const STATE_PROFILE: &str = "state_profile";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show puts, overwrites and deletes over time, and suggest a target time
    #[command(after_long_help = examples::TIMELINE, mut_arg(STATE_PROFILE, |arg| arg.hide(true)))]
    Timeline(TimelineArgs),
    /// Show what a restore would change
    #[command(after_long_help = examples::DIFF)]
    Diff(DiffArgs),
    /// Restore a bucket, a prefix or selected keys to their state at a past time
    #[command(after_long_help = examples::RESTORE)]
    Restore(RestoreArgs),
    /// Resume an interrupted or incomplete restore
    #[command(after_long_help = examples::RESUME)]
    Resume(ResumeArgs),
    /// Undo a restore, skipping keys changed since
    #[command(after_long_help = examples::UNDO)]
    Undo(UndoArgs),
    /// Apply one shard of a plan set, or resume it: the command of a task in an array job
    #[command(after_long_help = examples::WORK)]
    Work(Box<WorkArgs>),
    /// Print the array job that applies a plan set: for Kubernetes, AWS Batch or Slurm
    #[command(after_long_help = examples::JOBS)]
    Jobs(Box<JobsArgs>),
    /// Compare a bucket, or a copy of it, with its state at a past time
    #[command(after_long_help = examples::VERIFY)]
    Verify(VerifyArgs),
    /// Find dangling references: keys in database rows that did not exist at a past time
    #[command(after_long_help = examples::REFERENCES)]
    References(Box<ReferencesArgs>),
    /// Show a saved plan, or the plan of a run
    #[command(after_long_help = examples::SHOW)]
    Show(ShowArgs),
    /// List runs and their progress, or show the progress of a plan set
    #[command(after_long_help = examples::RUNS)]
    Runs(RunsArgs),
    /// Restore buckets and databases to the same second, as described in a recovery file
    #[command(after_long_help = examples::RECOVER, mut_arg(STATE_PROFILE, |arg| arg.hide(true)))]
    Recover(RecoverArgs),
    /// Rehearse a recovery into scratch copies, verify and time it, then tear it down
    #[command(after_long_help = examples::DRILL, mut_arg(STATE_PROFILE, |arg| arg.hide(true)))]
    Drill(DrillArgs),
    /// Quiesce the application briefly and record a time to recover to
    #[command(after_long_help = examples::MARK, mut_arg(STATE_PROFILE, |arg| arg.hide(true)))]
    Mark(MarkArgs),
    /// List every version of one key, newest first
    #[command(after_long_help = examples::HISTORY, mut_arg(STATE_PROFILE, |arg| arg.hide(true)))]
    History(HistoryArgs),
    /// List the keys and folders that were live at a past time, as aws s3 ls does for now
    #[command(after_long_help = examples::LS, mut_arg(STATE_PROFILE, |arg| arg.hide(true)))]
    Ls(LsArgs),
    /// Write an object as it was at a past time to stdout
    #[command(after_long_help = examples::CAT, mut_arg(STATE_PROFILE, |arg| arg.hide(true)))]
    Cat(CatArgs),
    /// Serve buckets as they were at a past time: a read-only S3 endpoint
    #[command(after_long_help = examples::SERVE, mut_arg(STATE_PROFILE, |arg| arg.hide(true)))]
    Serve(Box<ServeArgs>),
    /// Check which past times can be restored, or print an IAM policy
    #[command(after_long_help = examples::CHECK, mut_arg(STATE_PROFILE, |arg| arg.hide(true)))]
    Check(CheckArgs),
    /// Show a page of the manual, or list its topics
    #[command(after_long_help = examples::MANUAL)]
    Manual(ManualArgs),
    /// Print the JSON Schema of the --format json output
    #[command(after_long_help = examples::SCHEMA)]
    Schema,
    /// Print shell completions
    #[command(after_long_help = examples::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Print the man page: asof man | man -l -
    Man(ManArgs),
    /// Cause an incident in an embedded S3 and restore it; needs no AWS account
    #[cfg(feature = "lab")]
    Demo,
    /// Run the embedded S3 server, to experiment and to test against
    #[cfg(feature = "lab")]
    #[command(subcommand)]
    Lab(LabCommand),
}

impl Command {
    /// Returns true for a command that only shows results, so that its exit code means nothing else.
    pub(super) fn shows_only(&self) -> bool {
        match self {
            Self::Timeline(_)
            | Self::Show(_)
            | Self::History(_)
            | Self::Ls(_)
            | Self::Cat(_)
            | Self::Jobs(_)
            | Self::Completions(_)
            | Self::Manual(_)
            | Self::Schema => true,
            Self::Man(args) => args.out.is_none(),
            Self::Diff(args) => !args.exit_code && args.out.is_none(),
            Self::Runs(args) => args.prune.is_none(),
            Self::Restore(args) => args.dry_run,
            Self::Check(args) => args.iam.is_some(),
            Self::Recover(args) => args.dry_run || args.list,
            Self::Mark(args) => args.list,
            _ => false,
        }
    }

    /// Returns the text added to the last line of a command that was aborted.
    pub(super) fn when_aborted(&self) -> &'static str {
        match self {
            Self::Recover(args) if !args.dry_run && !args.list => {
                "; running commands were killed, and the application may still be quiesced; run the same command again to resume"
            }
            Self::Mark(args) if !args.list => {
                "; running commands were killed, and the application may still be quiesced: resume it by hand"
            }
            Self::Drill(_) => {
                "; running commands were killed; the next drill of this file tears down what this one created"
            }
            _ => "",
        }
    }

    /// Returns true for a command to run on one thread: it only lists, or one thread handles the replies to all its
    /// requests in flight.
    pub(super) fn suits_one_thread(&self) -> bool {
        let is_light = |apply: &ApplyArgs| apply.concurrency <= limits::REQUESTS_PER_THREAD;
        match self {
            // The reader of a list may be slow; the requests in flight go on meanwhile.
            Self::Ls(args) => !args.recursive,
            // It decrypts and checks the objects.
            Self::Restore(args) if matches!(args.to, Some(Destination::Directory(_))) => false,
            Self::Restore(args) => is_light(&args.change.apply),
            Self::Resume(args) => is_light(&args.change.apply),
            Self::Undo(args) => is_light(&args.apply),
            Self::Work(args) => is_light(&args.change.apply),
            Self::References(args) => args.heal.is_none() || is_light(&args.change.apply),
            Self::Serve(_) | Self::Recover(_) | Self::Drill(_) | Self::Mark(_) => false,
            #[cfg(feature = "lab")]
            Self::Demo | Self::Lab(_) => false,
            _ => true,
        }
    }

    /// Runs the command.
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        match self {
            Self::Timeline(args) => timeline::run(context, args).await,
            Self::Diff(args) => Box::pin(diff::run(context, args)).await,
            Self::Restore(args) => Box::pin(restore::run(context, args)).await,
            Self::Resume(args) => Box::pin(resume::run(context, args)).await,
            Self::Undo(args) => Box::pin(undo::run(context, args)).await,
            Self::Work(args) => Box::pin(work::run(context, *args)).await,
            Self::Jobs(args) => jobs::run(*args).await,
            Self::Verify(args) => verify::run(context, args).await,
            Self::References(args) => Box::pin(references::run(context, *args)).await,
            Self::Show(args) => show::run(context, args).await,
            Self::Runs(args) => runs::run(context, args).await,
            Self::Recover(args) => Box::pin(recover::run(context, args)).await,
            Self::Drill(args) => Box::pin(drill::run(context, args)).await,
            Self::Mark(args) => mark::run(context, args).await,
            Self::History(args) => history::run(context, args).await,
            Self::Ls(args) => Box::pin(ls::run(context, args)).await,
            Self::Cat(args) => Box::pin(cat::run(context, args)).await,
            Self::Serve(args) => Box::pin(serve::run(context, *args)).await,
            Self::Check(args) => check::run(context, args).await,
            Self::Completions(args) => completions::completions(&args),
            Self::Man(args) => completions::man(&args),
            Self::Manual(args) => manual::run(&args),
            Self::Schema => completions::schema(),
            #[cfg(feature = "lab")]
            Self::Demo | Self::Lab(_) => Ok(Exit::Done),
        }
    }
}

#[cfg(test)]
mod tests;
