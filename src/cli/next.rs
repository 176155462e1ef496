//! The commands that a command suggests. The options of its own that they need too come from here and from nowhere else:
//! without them the suggested command would be about other keys, would ask another server, or would not find the run.

use std::path::Path;
use std::time::Duration;

use clap::ValueEnum;

use super::args::apply::{ApplyArgs, ConflictArg, CopyArgs, StateArgs, ThawArgs, UndeleteArg};
use super::args::check::EarlierArgs;
use super::args::common::{CommonArgs, CompareArgs, Form, SelectArgs, ServerArgs};
use super::args::recover::{CarryArgs, ReportArgs};
use super::carry::server_of;
use crate::engine::{RunManifest, Server};
use crate::limits;
use crate::model::{Instant, Location};
use crate::plan::Only;
use crate::report::{shell_path, shell_word};

/// The options that `diff`, `restore` and `verify` share, and those of the state directory, as they are typed after a
/// command, each with a space before it.
pub(super) fn of_common<F: Form>(common: &CommonArgs<F>, state: &StateArgs) -> String {
    let CommonArgs { select, compare, multipart_window, earlier: rules, server, output: _ } = common;
    options(select, compare, server) + &earlier(rules) + &window(*multipart_window) + &of_state(state)
}

/// Those that say which keys, and which server.
pub(super) fn options(select: &SelectArgs, compare: &CompareArgs, server: &ServerArgs) -> String {
    keys(select, compare) + &of_server(server)
}

/// Those that say which keys.
pub(super) fn keys(select: &SelectArgs, compare: &CompareArgs) -> String {
    let SelectArgs { include, exclude, keys_from } = select;
    let globs = typed(&[("include", &**include), ("exclude", exclude)], ("", false));
    globs + &path("keys-from", keys_from.as_deref()) + &typed(&[], ("trust-etag", compare.trust_etag))
}

/// The one that says which kinds of change.
pub(super) fn only(only: &Only) -> String {
    let kinds: Vec<_> = only.named().iter().map(|action| action.name()).collect();
    if kinds.is_empty() { String::new() } else { format!(" --only {}", kinds.join(",")) }
}

/// Those that say which server.
pub(super) fn of_server(server: &ServerArgs) -> String {
    let ServerArgs {
        endpoint_url,
        region,
        profile,
        path_style,
        expected_bucket_owner,
        request_payer,
        list_concurrency: _,
        read_timeout: _,
    } = server;
    let owner = expected_bucket_owner.as_ref().map(ToString::to_string);
    let payer = request_payer.as_ref().map(name);
    let values = [
        ("endpoint-url", endpoint_url.as_slice()),
        ("region", region.as_slice()),
        ("profile", profile.as_slice()),
        ("expected-bucket-owner", owner.as_slice()),
        ("request-payer", payer.as_slice()),
    ];
    typed(&values, ("path-style", *path_style))
}

/// The one that tells of earlier lifecycle rules.
pub(super) fn earlier(args: &EarlierArgs) -> String {
    path("lifecycle-history", args.lifecycle_history.as_deref())
}

/// The one that says which uploads in parts are suspect.
fn window(length: Duration) -> String {
    let is_default = length == limits::MULTIPART_WINDOW;
    if is_default { String::new() } else { format!(" --multipart-window {}s", length.as_secs()) }
}

/// The one that says how keys come back.
pub(super) fn undelete(how: UndeleteArg) -> &'static str {
    match how {
        UndeleteArg::Copy => "",
        UndeleteArg::RemoveMarker => " --undelete remove-marker",
    }
}

/// Those that say where the state of runs and recoveries is kept: elsewhere the same command would begin anew.
pub(super) fn of_state(state: &StateArgs) -> String {
    let dir = state.state_dir.as_ref().map(|dir| std::path::absolute(dir).unwrap_or_else(|_| dir.clone()));
    path("state-dir", dir.as_deref())
}

/// Those of a recovery: how its buckets are restored, where its state is kept, on which server.
pub(super) fn of_recovery(carry: &CarryArgs) -> String {
    let CarryArgs { apply, copies, multipart_window, settings_from, deadline, server, output: _ } = carry;
    let deadline = deadline.map(|deadline| format!(" --deadline {}s", deadline.as_secs()));
    of_apply(apply)
        + &of_copies(copies)
        + &window(*multipart_window)
        + &settings_from.iter().map(|file| path("settings-from", Some(file))).collect::<String>()
        + &deadline.unwrap_or_default()
        + &of_state(&apply.state)
        + &of_server(server)
}

/// Those that say how fast, and what is done about conflicts.
pub(super) fn of_apply(apply: &ApplyArgs) -> String {
    let ApplyArgs { on_conflict, rate: _, concurrency, state: _ } = apply;
    let on_conflict = of_conflict(*on_conflict);
    let concurrency = (*concurrency != limits::DEFAULT_CONCURRENCY).then(|| concurrency.to_string());
    on_conflict + &rate(apply) + &typed(&[("concurrency", concurrency.as_slice())], ("", false))
}

/// The one that says what is done about conflicts.
fn of_conflict(on_conflict: ConflictArg) -> String {
    let said = (on_conflict != ConflictArg::default()).then(|| name(&on_conflict));
    typed(&[("on-conflict", said.as_slice())], ("", false))
}

/// The one that says how many keys a second.
fn rate(apply: &ApplyArgs) -> String {
    let is_default = apply.rate == limits::DEFAULT_RATE;
    if is_default { String::new() } else { format!(" --rate {}/s", apply.rate) }
}

/// Those that say how versions are copied.
pub(super) fn of_copies(copies: &CopyArgs) -> String {
    let CopyArgs { locks, no_head, doubtful, thaw: ThawArgs { thaw, thaw_days }, multipart_threshold: _ } =
        copies;
    let thaw_days = (thaw.is_some() && *thaw_days != limits::THAW_DAYS).then(|| thaw_days.to_string());
    let (doubtful, thaw) = (doubtful.as_ref().map(name), thaw.as_ref().map(name));
    let values =
        [("doubtful", doubtful.as_slice()), ("thaw", thaw.as_slice()), ("thaw-days", thaw_days.as_slice())];
    typed(&values, ("locks", *locks)) + &typed(&[], ("no-head", *no_head))
}

/// Those that say where a recovery's report is written to, too.
pub(super) fn of_report(report: &ReportArgs) -> String {
    path("report", report.report.as_deref()) + &path("html", report.html.as_deref())
}

/// An option whose value is a path.
fn path(name: &str, path: Option<&Path>) -> String {
    path.map(|path| format!(" --{name} {}", shell_path(path))).unwrap_or_default()
}

/// A value as it is typed.
fn name(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn typed(values: &[(&str, &[String])], (flag, set): (&str, bool)) -> String {
    let values = values.iter().flat_map(|(name, values)| {
        values.iter().map(move |value| format!(" --{name} {}", shell_word(value)))
    });
    values.chain(set.then(|| format!(" --{flag}"))).collect()
}

/// A command about a place and a past time.
pub(super) fn about(verb: &str, location: &Location, at: Instant, options: &str) -> String {
    format!("asof {verb} {} --at {at}{options}", shell_word(&location.to_string()))
}

/// The command that carries out a plan.
pub(super) fn restore_plan(plan: &Path, options: &str) -> String {
    format!("asof restore --plan {}{options}", shell_path(plan))
}

/// The command that recovers what a file names.
pub(super) fn recover(file: &Path, at: &str, options: &str) -> String {
    format!("asof recover {} --at {}{options}", shell_path(file), shell_word(at))
}

/// The command that aborts the recovery of a file.
pub(super) fn abort(file: &Path, carry: &CarryArgs) -> String {
    let options = of_state(&carry.apply.state) + &of_server(&carry.server);
    format!("asof recover {} --abort{options}", shell_path(file))
}

/// The command that resumes the recovery of a file whose state directory is lost.
pub(super) fn adopt(file: &Path, options: &str) -> String {
    format!("asof recover {} --adopt{options}", shell_path(file))
}

/// The command that lists the recoveries that are not finished.
pub(super) fn recoveries(carry: &CarryArgs) -> String {
    format!("asof recover --list{}", of_state(&carry.apply.state))
}

/// The command that takes a mark.
pub(super) fn mark(file: &Path, carry: &CarryArgs) -> String {
    let options = of_state(&carry.apply.state) + &of_server(&carry.server);
    format!("asof mark {}{options}", shell_path(file))
}

/// The command that lists the runs.
pub(super) fn runs(state: &StateArgs) -> String {
    format!("asof runs{}", of_state(state))
}

/// The command that lists the marks.
pub(super) fn marks(state: &StateArgs) -> String {
    format!("asof mark --list{}", of_state(state))
}

/// The command that writes a recovery file to begin with.
pub(super) fn init(file: &Path) -> String {
    format!("asof recover --init {}", shell_path(file))
}

/// The command that drills what a file names.
pub(super) fn drill(file: &Path, at: &str, options: &str) -> String {
    format!("asof drill {} --at {}{options}", shell_path(file), shell_word(at))
}

/// The command that checks a restore, if one can: where only some kinds of change were made, the place need not be as it
/// was, and `verify` would find what was excluded.
///
/// | the restore | the command |
/// |---|---|
/// | all kinds | `verify`, `--against` the place restored to |
/// | some kinds, in place | `diff` of these kinds |
/// | some kinds, elsewhere | none |
pub(super) fn check(manifest: &RunManifest, kinds: &Only, options: &str) -> Option<String> {
    let against = manifest.to.as_ref().map(|to| format!(" --against {}", shell_word(&to.to_string())));
    match (kinds.is_all(), against) {
        (true, against) => {
            let options = against.unwrap_or_default() + options;
            Some(about("verify", &manifest.location, manifest.at, &options))
        }
        (false, None) => Some(about("diff", &manifest.location, manifest.at, &(only(kinds) + options))),
        (false, Some(_)) => None,
    }
}

/// The commands about a run: they find it where this process keeps it.
#[derive(Debug, Clone)]
pub(super) struct OfRun {
    on_conflict: String,
    rate: String,
    state: String,
    server: String,
}

impl OfRun {
    /// A run that names its server itself.
    pub(super) fn kept(apply: &ApplyArgs) -> Self {
        Self {
            on_conflict: of_conflict(apply.on_conflict),
            rate: rate(apply),
            state: of_state(&apply.state),
            server: String::new(),
        }
    }

    /// A run knows its server, `kept`; another that was typed has to be typed again.
    pub(super) fn new(apply: &ApplyArgs, kept: &Server, server: &ServerArgs) -> Self {
        let server = if server_of(server) == *kept { String::new() } else { of_server(server) };
        Self { server, ..Self::kept(apply) }
    }

    /// The command that goes on with it; `more` are further options.
    pub(super) fn resume(&self, id: &str, more: &str) -> String {
        let Self { on_conflict, rate, state, server } = self;
        // Said once: `more` may be about just that.
        let on_conflict = if more.contains("--on-conflict") { "" } else { on_conflict };
        format!("asof resume {id}{more}{on_conflict}{rate}{state}{server}")
    }

    /// The command that takes it back.
    pub(super) fn undo(&self, id: &str) -> String {
        let Self { rate, state, server, .. } = self;
        format!("asof undo {id}{rate}{state}{server}")
    }
}

#[cfg(test)]
mod tests;
