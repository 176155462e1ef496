//! The options of a command that the one it suggests needs too: without them that one would be about other keys, or
//! would ask another server.

use std::path::Path;

use super::args::apply::UndeleteArg;
use super::args::check::EarlierArgs;
use super::args::common::{CompareArgs, SelectArgs, ServerArgs};
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
    let ServerArgs { endpoint_url, region, profile, path_style, list_concurrency: _ } = server;
    let values = [
        ("endpoint-url", endpoint_url.as_slice()),
        ("region", region.as_slice()),
        ("profile", profile.as_slice()),
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
    use super::*;

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
            list_concurrency: 64,
        };
        assert_eq!(
            options(&select, &CompareArgs { trust_etag: true }, &server),
            r" --include 'a*' --include b --exclude 'it'\''s' --keys-from keys.txt --trust-etag --endpoint-url http://127.0.0.1:9000 --profile prod --path-style"
        );
    }
}
