//! The suggested commands, each in one place.

use std::path::Path;

use super::typed::line;
use super::{Suggestion, suggest};
use crate::engine::recover::NextCommand;
use crate::engine::{Header, Only, Run, RunManifest, Selected};
use crate::model::{Destination, Instant, Location};
use crate::report::{NextCommands, shell_path};

/// Suggests the command that applies a plan.
pub(in crate::cli) fn restore_plan(plan: &Path) -> Suggestion {
    suggest("restore").option("plan", plan).without(&["only", "multipart-window"])
}

/// Suggests the command that applies the first shard of a plan set.
pub(in crate::cli) fn work(set: &Path) -> Suggestion {
    suggest("work").path(set).option("shard", "0").flag("yes")
}

/// Suggests the command that applies the rest of a plan set on this machine.
pub(in crate::cli) fn resume_set(set: &Path) -> Suggestion {
    suggest("resume").path(set)
}

/// Suggests the command that shows the progress of a plan set.
pub(in crate::cli) fn runs_of_set(set: &Path) -> Suggestion {
    suggest("runs").path(set)
}

/// Suggests the command that plans the undo of a plan set.
pub(in crate::cli) fn undo_set(set: &Path) -> Suggestion {
    suggest("undo").path(set).option("out", "DIR")
}

/// Suggests the command that restores the keys of a plan; the caller adds the location and the time.
pub(in crate::cli) fn restore_of_set(plan: &Header) -> Suggestion {
    suggest("restore").keys_of(&plan.selection, plan.checks.trust_etag).only(&plan.selection.only)
}

/// Suggests the command of every worker of a plan set; the platform passes the index of the shard.
pub(in crate::cli) fn worker(set: &Path, workers: u32) -> Suggestion {
    suggest("work").path(set).flag("yes").option("parallelism", workers.to_string())
}

/// Suggests a command about a run, which keeps its own options.
fn of_run(verb: &'static str, id: &str) -> Suggestion {
    let kept = ["locks", "no-head", "doubtful", "allow-mass-delete"];
    suggest(verb).word(id).without(&["thaw", "thaw-days", "undelete"]).without(&kept)
}

/// Suggests the command that resumes a run.
pub(in crate::cli) fn resume(id: &str) -> String {
    of_run("resume", id).to_string()
}

/// Suggests the commands that may follow a run. The undo skips keys changed since by others, whatever the run's
/// conflict policy was.
pub(in crate::cli) fn after(run: &Run, check: Option<String>) -> NextCommands {
    let server = &run.manifest().server;
    let resume = || of_run("resume", run.id()).knows(server);
    NextCommands {
        resume: resume().to_string(),
        overwrite: resume().option("on-conflict", "overwrite").to_string(),
        thaw: resume().option("thaw", "bulk").to_string(),
        undo: of_run("undo", run.id()).without(&["on-conflict"]).knows(server).to_string(),
        check,
    }
}

/// Suggests the command that checks a restore, if any can. If only some kinds of change were made, `verify` would
/// report the excluded ones.
///
/// | the restore | the command |
/// |---|---|
/// | all kinds | `verify`, `--against` the place restored to |
/// | some kinds, in place | `diff` of these kinds |
/// | some kinds, elsewhere | none |
pub(in crate::cli) fn check(manifest: &RunManifest, selected: &Selected, trust_etag: bool) -> Option<String> {
    let RunManifest { location, at, to, server, .. } = manifest;
    let check = match (selected.only.is_all(), to) {
        (true, None) => suggest("verify").about(location, *at),
        (true, Some(to)) => suggest("verify").about(location, *at).option("against", to.to_string()),
        (false, None) => suggest("diff").about(location, *at).only(&selected.only).without(&["undelete"]),
        (false, Some(_)) => return None,
    };
    Some(check.keys_of(selected, trust_etag).on(server).to_string())
}

/// Returns the options that selected a plan's changes, as typed.
pub(in crate::cli) fn choice_of(plan: &Header) -> String {
    let Header { selection, checks, .. } = plan;
    line(&suggest("restore").keys_of(selection, checks.trust_etag).only(&selection.only).words)
}

/// Suggests the command that lists the runs.
pub(in crate::cli) fn runs() -> String {
    suggest("runs").place_only().to_string()
}

/// Suggests the command that lists the marks.
pub(in crate::cli) fn marks() -> String {
    suggest("mark").flag("list").place_only().to_string()
}

/// The options that make `recover` do something else.
const MODES: &[&str] = &["init", "recipe", "list", "abort", "after-resume", "adopt", "wait"];

/// Suggests the command that executes a recovery file.
pub(in crate::cli) fn recover(file: &Path, at: &str) -> Suggestion {
    suggest("recover").path(file).option("at", at).without(MODES)
}

/// The options that select the server.
const SERVER: &[&str] =
    &["endpoint-url", "region", "profile", "path-style", "expected-bucket-owner", "request-payer"];

/// Suggests the command that a use case about a recovery file needs next.
pub(in crate::cli) fn typed(next: NextCommand<'_>) -> String {
    let of_file = |verb, file| suggest(verb).path(file);
    let abort = |file| of_file("recover", file).flag("abort").place_only();
    let suggestion = match next {
        NextCommand::Init(file) => return format!("asof recover --init {}", shell_path(file)),
        NextCommand::Recover(file, at) => recover(file, &at.to_string()),
        NextCommand::Again(file, at) => recover(file, &at.to_string()).again(),
        NextCommand::Adopt(file) => of_file("recover", file).flag("adopt").without(MODES).without(&["at"]),
        NextCommand::Abort(file) => abort(file),
        NextCommand::AbortInUse(file) => return format!("{} --after-resume", abort(file)),
        NextCommand::Recoveries => suggest("recover").flag("list").place_only(),
        NextCommand::Mark(file) => of_file("mark", file).place_only(),
        NextCommand::Drill(file, at) => of_file("drill", file).option("at", at).without(&["keep"]),
        // Its server is set in the file.
        NextCommand::Undo(run) => of_run("undo", run).without(&["on-conflict"]).without(SERVER),
    };
    suggestion.to_string()
}

impl Suggestion {
    /// Adds a location and a past time.
    pub(in crate::cli) fn about(self, location: &Location, at: Instant) -> Self {
        self.word(&location.to_string()).option("at", at.to_string())
    }

    /// Adds the target of the restore.
    pub(in crate::cli) fn to(self, to: &Destination) -> Self {
        match to {
            Destination::Bucket(to) => self.option("to", to.to_string()),
            Destination::Directory(path) => self.option("to", path),
        }
    }

    /// Adds the options that selected a plan's keys.
    pub(in crate::cli) fn keys_of(self, selected: &Selected, trust_etag: bool) -> Self {
        let keys = [("include", &selected.include), ("exclude", &selected.exclude)];
        let each = |with: Self, (name, values): (&str, &Vec<String>)| {
            values.iter().fold(with, |with, value| with.option(name, value))
        };
        let mut with = keys.into_iter().fold(self, each);
        if let Some(file) = &selected.keys_from {
            with = with.option("keys-from", file);
        }
        if trust_etag { with.flag("trust-etag") } else { with }
    }

    /// Adds the kinds of change to which it is limited.
    pub(in crate::cli) fn only(self, only: &Only) -> Self {
        let kinds: Vec<_> = only.named().iter().map(|action| action.name()).collect();
        if kinds.is_empty() { self } else { self.option("only", kinds.join(",")) }
    }
}
