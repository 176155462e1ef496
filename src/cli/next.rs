//! The options of a command that the one it suggests needs too: without them that one would be about other keys, or
//! would ask another server.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::args::apply::{ApplyArgs, ConflictArg, CopyArgs, StateArgs, ThawArgs, UndeleteArg};
use super::args::check::EarlierArgs;
use super::args::common::{CompareArgs, SelectArgs, ServerArgs};
use super::args::recover::{CarryArgs, ReportArgs};
use crate::limits;
use crate::model::{Instant, Location};
use crate::report::shell_word;

/// All these options as they are typed after a command, each with a space before it.
pub(super) fn options(select: &SelectArgs, compare: &CompareArgs, server: &ServerArgs) -> String {
    keys(select, compare) + &of_server(server)
}

/// Those that say which keys.
pub(super) fn keys(select: &SelectArgs, compare: &CompareArgs) -> String {
    let SelectArgs { include, exclude, keys_from } = select;
    let keys_from = keys_from.as_ref().map(|file| file.to_string_lossy().into_owned());
    let values = [("include", &**include), ("exclude", exclude), ("keys-from", keys_from.as_slice())];
    typed(&values, ("trust-etag", compare.trust_etag))
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
    let file = args.lifecycle_history.as_ref().map(|file| file.to_string_lossy().into_owned());
    typed(&[("lifecycle-history", file.as_slice())], ("", false))
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
    let dir = dir.map(|dir| dir.to_string_lossy().into_owned());
    typed(&[("state-dir", dir.as_slice())], ("", false))
}

/// Those of a recovery: how its buckets are restored, where its state is kept, on which server.
pub(super) fn of_recovery(carry: &CarryArgs) -> String {
    let CarryArgs { apply, copies, multipart_window, server, output: _ } = carry;
    let ApplyArgs { on_conflict, rate, concurrency, state } = apply;
    let CopyArgs { locks, no_head, doubtful, thaw: ThawArgs { thaw, thaw_days }, multipart_threshold: _ } =
        copies;
    let on_conflict = (*on_conflict != ConflictArg::default()).then(|| name(on_conflict));
    let rate = (*rate != limits::DEFAULT_RATE).then(|| format!("{rate}/s"));
    let concurrency = (*concurrency != limits::DEFAULT_CONCURRENCY).then(|| concurrency.to_string());
    let thaw_days = (thaw.is_some() && *thaw_days != limits::THAW_DAYS).then(|| thaw_days.to_string());
    let window = multipart_window.as_secs();
    let window = (window != 60 * 60).then(|| format!("{window}s"));
    let values = [
        ("on-conflict", on_conflict),
        ("rate", rate),
        ("concurrency", concurrency),
        ("doubtful", doubtful.as_ref().map(name)),
        ("thaw", thaw.as_ref().map(name)),
        ("thaw-days", thaw_days),
        ("multipart-window", window),
    ];
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_slice())).collect();
    let flags = [("locks", *locks), ("no-head", *no_head)];
    let flags: String = flags.iter().map(|&flag| typed(&[], flag)).collect();
    typed(&values, ("", false)) + &flags + &of_state(state) + &of_server(server)
}

/// Those that say where a recovery's report is written to, too.
pub(super) fn of_report(report: &ReportArgs) -> String {
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
    let (json, html) = (path(&report.report), path(&report.html));
    typed(&[("report", json.as_slice()), ("html", html.as_slice())], ("", false))
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

/// The command that restores a place in place.
pub(super) fn restore(location: &Location, at: Instant, options: &str) -> String {
    format!("asof restore {} --at {at}{options}", shell_word(&location.to_string()))
}

/// The command that carries out a plan.
pub(super) fn restore_plan(plan: &Path, options: &str) -> String {
    format!("asof restore --plan {}{options}", shell_word(&plan.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::args::common::PayerArg;
    use super::*;

    #[derive(clap::Parser)]
    struct Recovery {
        #[command(flatten)]
        carry: CarryArgs,
    }

    #[test]
    fn a_recovery_goes_on_with_what_it_was_begun_with() {
        for typed in [
            "",
            " --state-dir /var/asof",
            " --on-conflict overwrite --rate 100/s --concurrency 7 --doubtful trust --thaw bulk --thaw-days 9 \
             --multipart-window 5400s --locks --state-dir '/a b' --endpoint-url http://127.0.0.1:9000",
            " --doubtful skip --no-head --profile prod",
        ] {
            let words = typed.replace("'/a b'", "/a\u{a0}b");
            let words =
                words.split(' ').filter(|word| !word.is_empty()).map(|word| word.replace('\u{a0}', " "));
            let carry = Recovery::parse_from(std::iter::once("asof".to_owned()).chain(words)).carry;
            assert_eq!(of_recovery(&carry), typed);
        }
    }

    #[test]
    fn each_option_is_typed_as_it_was() {
        let select = SelectArgs {
            include: vec!["a*".into(), "b".into()],
            exclude: vec!["it's".into()],
            keys_from: Some("keys.txt".into()),
        };
        let server = ServerArgs {
            endpoint_url: Some("http://127.0.0.1:9000".into()),
            region: None,
            profile: Some("prod".into()),
            path_style: true,
            expected_bucket_owner: Some("111122223333".parse().unwrap()),
            request_payer: Some(PayerArg::Requester),
            list_concurrency: 64,
            read_timeout: crate::limits::BODY_IDLE,
        };
        assert_eq!(
            options(&select, &CompareArgs { trust_etag: true }, &server),
            r" --include 'a*' --include b --exclude 'it'\''s' --keys-from keys.txt --trust-etag --endpoint-url http://127.0.0.1:9000 --profile prod --expected-bucket-owner 111122223333 --request-payer requester --path-style"
        );
    }
}
