//! The commands themselves, each in one place.

use std::path::Path;

use super::{Suggestion, suggest};
use crate::engine::recover::NextCommand;
use crate::engine::{Header, RunManifest, Selected};
use crate::report::shell_path;

/// The command that makes the changes of a plan.
pub(in crate::cli) fn restore_plan(plan: &Path) -> Suggestion {
    suggest("restore").option("plan", plan).without(&["only", "multipart-window"])
}

/// A command about a run, which knows how it was begun.
fn of_run(verb: &'static str, id: &str) -> Suggestion {
    suggest(verb).word(id).without(&["thaw", "thaw-days", "undelete"])
}

/// The command that continues a run.
pub(in crate::cli) fn resume(id: &str, manifest: &RunManifest) -> Suggestion {
    of_run("resume", id).knows(&manifest.server)
}

/// The command that undoes a run. What others have changed since stays, however the run treated conflicts.
pub(in crate::cli) fn undo(id: &str, manifest: &RunManifest) -> Suggestion {
    of_run("undo", id).without(&["on-conflict"]).knows(&manifest.server)
}

/// The command that checks a restore, if one can: where only some kinds of change were made, the place need not be as it
/// was, and `verify` would find what was excluded.
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

/// The options that chose a plan's changes, as they are typed.
pub(in crate::cli) fn choice_of(plan: &Header) -> String {
    let Header { selection, checks, .. } = plan;
    suggest("restore").keys_of(selection, checks.trust_etag).only(&selection.only).words
}

/// The command that lists the runs.
pub(in crate::cli) fn runs() -> String {
    suggest("runs").place_only().to_string()
}

/// The command that lists the marks.
pub(in crate::cli) fn marks() -> String {
    suggest("mark").flag("list").place_only().to_string()
}

/// The options by which `recover` does something else.
const MODES: &[&str] = &["init", "list", "abort", "after-resume", "adopt", "wait"];

/// The command that recovers what a file names.
pub(in crate::cli) fn recover(file: &Path, at: &str) -> Suggestion {
    suggest("recover").path(file).option("at", at).without(MODES)
}

/// The options that say which server is asked.
const SERVER: &[&str] =
    &["endpoint-url", "region", "profile", "path-style", "expected-bucket-owner", "request-payer"];

/// A command that a use case about a recovery file suggests.
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
        // Its server is that of the file.
        NextCommand::Undo(run) => of_run("undo", run).without(&["on-conflict"]).without(SERVER),
    };
    suggestion.to_string()
}
