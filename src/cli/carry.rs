//! Carrying a run out on the command line: progress, what went wrong key by key, the last words, the exit code.

use std::path::{Path, PathBuf};
use std::time::Instant as Clock;

use super::args::apply::StateArgs;
use super::args::common::ServerArgs;
use super::context::{Context, Output};
use super::copies::archived_line;
use super::exit::Exit;
use super::results::{CHANGED_MEANWHILE, Reporter};
use super::suggest::{self, Suggestion};
use crate::apply::Outcome;
use crate::engine::{ApplyOptions, Executed, Run, Server};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Check;
use crate::plan::file::Selected;
use crate::plan::{Change, Sums, Warning};
use crate::report::{Command, Done, JsonLines, Phase, Progress, Summary, done_line, not_kept_line, plural};
use crate::s3::Client;

/// A run that is ready to be carried out.
pub(super) struct PendingRun<'a> {
    pub(super) run: Run,
    /// How its changes are made.
    pub(super) apply: ApplyOptions,
    /// What its results begin with.
    pub(super) lead: Lead<'a>,
    /// The sums of its plan.
    pub(super) sums: &'a Sums,
    /// What its summary is of.
    pub(super) command: fn(Done) -> Command,
    /// The options that chose its keys and the kinds of change.
    pub(super) selected: &'a Selected,
    /// Whether equal ETags were taken for equal objects.
    pub(super) trust_etag: bool,
    pub(super) began: Clock,
}

/// What the results of a run begin with.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lead<'a> {
    /// What was found out about the bucket.
    pub(super) checks: &'a [Check],
    /// What a person has to know first.
    pub(super) warnings: &'a [Warning],
}

impl PendingRun<'_> {
    /// Carries it out, and says how it went.
    pub(super) async fn carry_out(self, context: &Context, output: Output, client: &Client) -> Result<Exit> {
        let Self { run, apply, .. } = &self;
        let manifest = run.manifest();
        let _alone = run.claim().map_err(|e| match e.kind() {
            ErrorKind::Local => e.hint(format!("once that is mended: {}", self.resume())),
            _ => e,
        })?;
        let mut reporter = Reporter::new(output.format, CHANGED_MEANWHILE);
        reporter.checks(self.lead.checks)?;
        reporter.warnings(self.lead.warnings)?;
        if let Some(warning) = run.damaged_uploads()? {
            output.note(&warning);
        }
        let progress = Progress::start(output.display, Phase::Restoring, &context.counters);
        let on = |change: &Change, outcome: &Outcome| reporter.outcome(change, outcome);
        let executed = run.execute(client, *apply, &context.cancel, on).await;
        drop(progress);
        let id = run.id();
        let executed = executed.map_err(|e| {
            let counters = &context.counters;
            let changed = counters.copied.get() + counters.deleted.get() + counters.uncovered.get();
            if e.kind() == ErrorKind::Corrupt && changed == 0 {
                return e;
            }
            if e.kind() == ErrorKind::Credentials {
                let done = done_line(&context.counters, self.began.elapsed(), true);
                output.note(&format!("{done}     run {id}"));
                return e.hint(format!("what was done stays done; to continue the run: {}", self.resume()));
            }
            let taken = "what was done is in the journal of the run";
            e.hint(format!("{taken} {id}; once that is mended: {}", self.resume()))
        })?;
        output.note(&format!(
            "{}     run {id}",
            done_line(&context.counters, self.began.elapsed(), !executed.finished)
        ));
        let done = (self.command)(Done::new(Some(id), &context.counters));
        let summary = Summary::new(
            done,
            &manifest.location,
            manifest.at,
            self.sums,
            &context.counters,
            self.began.elapsed(),
        );
        let mut report = JsonLines::new(Vec::new());
        report.summary(&summary)?;
        let hints = reporter.finish(&summary)?;
        run.write("report.json", &report.into_inner())?;
        if executed.unguarded {
            let fate = if executed.undoable {
                "is now a noncurrent version"
            } else {
                "is gone: the bucket keeps no versions"
            };
            output.note(&format!("{UNGUARDED}, and what somebody wrote in that moment {fate}"));
        }
        Ok(self.conclude(context, output, executed, &hints))
    }

    /// The command that continues it.
    fn resume(&self) -> Suggestion {
        suggest::resume(self.run.id(), self.run.manifest())
    }

    /// The last words, and the exit code.
    fn conclude(&self, context: &Context, output: Output, executed: Executed, hints: &[String]) -> Exit {
        let Executed { finished, undoable, unguarded: _ } = executed;
        let (id, manifest) = (self.run.id(), self.run.manifest());
        let (failed, conflicts) = (context.counters.failed.get(), context.counters.conflicts.get());
        let (archived, superseded) = (context.counters.archived.get(), context.counters.superseded.get());
        if let Some(line) = not_kept_line(&context.counters) {
            output.note(&line);
        }
        if !finished {
            output.note(&format!("to go on: {}", self.resume()));
            return Exit::Interrupted;
        }
        if failed > 0 {
            let keys = plural(failed, "key could not be changed", "keys could not be changed");
            output.note(&format!("{keys}; to try again: {}", self.resume()));
            for hint in hints {
                output.note(&format!("  {hint}"));
            }
        }
        if conflicts > 0 {
            let keys = plural(conflicts, "key was", "keys were");
            let them = if conflicts == 1 { "it" } else { "them" };
            let overwrite = self.resume().option("on-conflict", "overwrite");
            output.note(&format!(
                "{keys} changed by somebody meanwhile, and left alone; to change {them} too: {overwrite}"
            ));
        }
        if archived > 0 {
            output.note(&archived_line(archived, manifest.copying.thaw, &self.resume()));
        }
        if superseded > 0 {
            let writes = plural(superseded, "write was superseded", "writes were superseded");
            output.note(&format!(
                "{writes}: made after the plan, with the same bytes as the version that the plan saw; what was written \
                 is kept as a noncurrent version; to bring it back: {}",
                suggest::undo(id, manifest)
            ));
        }
        if failed + conflicts + archived + superseded > 0 {
            return Exit::Incomplete;
        }
        let restores = manifest.undoes.is_none() && !manifest.heals;
        let check = restores.then(|| suggest::check(manifest, self.selected, self.trust_etag)).flatten();
        let check = check.map(|check| format!("check it: {check}"));
        let undo = undoable.then(|| format!("take it back: {}", suggest::undo(id, manifest)));
        let next: Vec<_> = check.into_iter().chain(undo).collect();
        if !next.is_empty() {
            output.note(&next.join("     "));
        }
        Exit::Done
    }
}

const UNGUARDED: &str =
    "this server takes no notice of conditions on writes: each key was looked at just before it was changed";

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
    let ServerArgs {
        endpoint_url,
        region,
        profile,
        path_style,
        expected_bucket_owner,
        request_payer,
        list_concurrency: _,
        read_timeout: _,
    } = args;
    Server {
        endpoint_url: endpoint_url.clone(),
        region: region.clone(),
        profile: profile.clone(),
        path_style: *path_style,
        expected_bucket_owner: expected_bucket_owner.clone(),
        request_payer: request_payer.map(Into::into),
    }
}

/// The server that a run was begun on, unless another is named now.
pub(super) fn server_again(kept: &Server, args: ServerArgs) -> ServerArgs {
    let Server { endpoint_url, region, profile, path_style, expected_bucket_owner, request_payer } =
        kept.clone();
    ServerArgs {
        endpoint_url: args.endpoint_url.or(endpoint_url),
        region: args.region.or(region),
        profile: args.profile.or(profile),
        path_style: args.path_style || path_style,
        expected_bucket_owner: args.expected_bucket_owner.or(expected_bucket_owner),
        request_payer: args.request_payer.or(request_payer.map(Into::into)),
        list_concurrency: args.list_concurrency,
        read_timeout: args.read_timeout,
    }
}

/// The name that stands for the newest run.
pub(super) const LATEST: &str = "latest";

/// The name of a run as it was typed; `latest` is the newest one.
pub(super) fn named(state_dir: &Path, typed: &str, output: Output) -> Result<String> {
    if typed != LATEST {
        return Ok(typed.to_owned());
    }
    let id = Run::latest(state_dir)?
        .ok_or_else(|| Error::usage(format!("there is no run in {}", state_dir.display())).hint(ELSEWHERE))?;
    output.note(&format!("latest is the run {id}"));
    Ok(id)
}

/// Takes up the run that was named.
pub(super) fn open_run(state: &StateArgs, typed: &str, output: Output) -> Result<Run> {
    let dir = state_dir(state)?;
    let id = named(&dir, typed, output)?;
    Run::open(&dir, &id).map_err(|e| {
        if Run::exists(&dir, &id) {
            return e;
        }
        e.hint(format!("to list them: {}", suggest::runs())).hint(ELSEWHERE)
    })
}

const ELSEWHERE: &str = "--state-dir names another directory";
