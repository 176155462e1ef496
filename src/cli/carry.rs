//! Carrying a run out on the command line: progress, what went wrong key by key, the last words, the exit code.

use std::path::PathBuf;
use std::time::Instant as Clock;

use super::args::apply::{ApplyArgs, ConflictArg, StateArgs};
use super::args::common::ServerArgs;
use super::context::{Context, Output};
use super::copies::archived_line;
use super::exit::Exit;
use super::results::{CHANGED_MEANWHILE, Reporter};
use crate::apply::{Applied, Copies, Manner, OnConflict, Outcome};
use crate::engine::{Order, Run, Server, carry_out, standing};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Check, Versioning};
use crate::plan::{Change, Sums};
use crate::report::{
    Command, Done, Format, JsonLines, Phase, Progress, Summary, done_line, not_kept_line, plural, shell_word,
};
use crate::s3::Client;

/// A run that is ready to be carried out.
pub(super) struct Ready<'a> {
    pub(super) run: Run,
    pub(super) order: &'a Order,
    pub(super) manner: Manner,
    /// What was found out about the bucket.
    pub(super) checks: &'a [Check],
    /// The sums of its plan.
    pub(super) sums: &'a Sums,
    /// What its summary is of.
    pub(super) command: fn(Done) -> Command,
    /// Options that a command which is suggested needs too.
    pub(super) options: &'a str,
    pub(super) began: Clock,
}

impl Ready<'_> {
    /// Carries it out, and says how it went.
    pub(super) async fn carry_out(self, context: &Context, output: Output, client: &Client) -> Result<Exit> {
        let Self { run, order, manner, .. } = &self;
        let mut reporter = Reporter::new(output.format, CHANGED_MEANWHILE);
        reporter.checks(self.checks)?;
        if let Some(warning) = run.damaged_uploads(order)? {
            output.note(&warning);
        }
        let progress = Progress::start(output.display, Phase::Restoring, &context.counters);
        let on = |change: &Change, outcome: &Outcome| reporter.outcome(change, outcome);
        let applied = carry_out(client, (run, order), manner.clone(), context.now, &context.cancel, on).await;
        drop(progress);
        let id = run.id();
        let Applied { finished, unguarded } = applied.map_err(|e| {
            if e.kind() == ErrorKind::Corrupt {
                return e;
            }
            if e.kind() == ErrorKind::Credentials {
                let done = done_line(&context.counters, self.began.elapsed(), true);
                output.note(&format!("{done}     run {id}"));
                return e
                    .hint(format!("asof resume {id} then continues the run; what it has done stays done"));
            }
            let taken = "what was done is in the journal of the run";
            e.hint(format!("{taken} {id}; once that is mended, asof resume {id} goes on"))
        })?;
        output
            .note(&format!("{}     run {id}", done_line(&context.counters, self.began.elapsed(), !finished)));
        let done = (self.command)(Done::new(Some(id), &context.counters));
        let place = (&order.location, order.at);
        let summary = Summary::new(done, place, self.sums, &context.counters, self.began.elapsed());
        let mut report = JsonLines::new(Vec::new());
        report.summary(&summary)?;
        let hints = reporter.finish(&summary)?;
        run.write("report.json", &report.into_inner())?;
        let undoable = match &order.to {
            None => true,
            Some(to) => {
                standing(client, &to.bucket).await.is_ok_and(|there| there.versioning == Versioning::Enabled)
            }
        };
        if unguarded {
            let fate = if undoable {
                "is now a noncurrent version"
            } else {
                "is gone: the bucket keeps no versions"
            };
            output.note(&format!("{UNGUARDED}, and what somebody wrote in that moment {fate}"));
        }
        Ok(self.conclude(context, output, (finished, undoable), &hints))
    }

    /// The last words, and the exit code.
    fn conclude(
        &self,
        context: &Context,
        output: Output,
        (finished, undoable): (bool, bool),
        hints: &[String],
    ) -> Exit {
        let (id, order) = (self.run.id(), self.order);
        let (failed, conflicts) = (context.counters.failed.get(), context.counters.conflicts.get());
        let archived = context.counters.archived.get();
        if let Some(line) = not_kept_line(&context.counters) {
            output.note(&line);
        }
        if !finished {
            output.note(&format!("to go on: asof resume {id}"));
            return Exit::Interrupted;
        }
        if failed > 0 {
            let keys = plural(failed, "key could not be changed", "keys could not be changed");
            output.note(&format!("{keys}; asof resume {id} tries again"));
            for hint in hints {
                output.note(&format!("  {hint}"));
            }
        }
        if conflicts > 0 {
            let keys = plural(conflicts, "key was", "keys were");
            output.note(&format!(
                "{keys} changed by somebody meanwhile, and left alone; asof resume {id} --on-conflict overwrite \
                 changes {} too",
                if conflicts == 1 { "it" } else { "them" }
            ));
        }
        if archived > 0 {
            output.note(&archived_line(archived, order.copying.thaw, id));
        }
        if failed + conflicts + archived > 0 {
            return Exit::Incomplete;
        }
        let restores = order.undoes.is_none() && !order.heals;
        let verify = restores.then(|| {
            let against = order.to.as_ref().map(|to| format!(" --against {}", shell_word(&to.to_string())));
            let (place, against) = (shell_word(&order.location.to_string()), against.unwrap_or_default());
            format!("check it: asof verify {place} --at {}{against}{}", order.at, self.options)
        });
        let undo = undoable.then(|| format!("take it back: asof undo {id}"));
        let next: Vec<_> = verify.into_iter().chain(undo).collect();
        if !next.is_empty() {
            output.note(&next.join("     "));
        }
        Exit::Done
    }
}

const UNGUARDED: &str =
    "this server takes no notice of conditions on writes: each key was looked at just before it was changed";

/// How changes are carried out, by what was typed.
pub(super) fn manner(apply: &ApplyArgs) -> Manner {
    let on_conflict = match apply.on_conflict {
        ConflictArg::Skip => OnConflict::Skip,
        ConflictArg::Overwrite => OnConflict::Overwrite,
    };
    Manner { concurrency: apply.concurrency, on_conflict, copies: Copies::default() }
}

/// Where runs are kept.
pub(super) fn state_dir(args: &StateArgs) -> Result<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let by_environment = || Some(named("XDG_STATE_HOME")?.join("asof"));
    let at_home = || Some(named("HOME")?.join(".local/state/asof"));
    args.state_dir.clone().or_else(by_environment).or_else(at_home).ok_or_else(|| {
        Error::usage("there is no place to keep the run's plan and journal in")
            .hint("name one with --state-dir, or set XDG_STATE_HOME or HOME")
    })
}

/// The server as a run keeps it.
pub(super) fn server_of(args: &ServerArgs) -> Server {
    let ServerArgs { endpoint_url, region, profile, path_style, list_concurrency: _ } = args;
    Server {
        endpoint_url: endpoint_url.clone(),
        region: region.clone(),
        profile: profile.clone(),
        path_style: *path_style,
    }
}

/// The server that a run was begun on, unless another is named now.
pub(super) fn server_again(kept: &Server, args: ServerArgs) -> ServerArgs {
    let Server { endpoint_url, region, profile, path_style } = kept.clone();
    ServerArgs {
        endpoint_url: args.endpoint_url.or(endpoint_url),
        region: args.region.or(region),
        profile: args.profile.or(profile),
        path_style: args.path_style || path_style,
        list_concurrency: args.list_concurrency,
    }
}

/// Refuses the form that a run's results do not have.
pub(super) fn no_csv(output: Output) -> Result<()> {
    if output.format == Format::Csv {
        return Err(Error::usage("what a run does has no CSV form")
            .hint("use --format json, or asof diff --format csv"));
    }
    Ok(())
}
