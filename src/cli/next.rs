//! The options of a command that the one it suggests needs too: without them that one would be about other keys, or
//! would ask another server.

use super::args::{CompareArgs, SelectArgs, ServerArgs};
use crate::report::shell_word;

/// These options as they are typed after a command, each with a space before it.
pub(super) fn options(select: &SelectArgs, compare: &CompareArgs, server: &ServerArgs) -> String {
    let SelectArgs { include, exclude, keys_from } = select;
    let ServerArgs { endpoint_url, region, profile, path_style } = server;
    let keys_from = keys_from.as_ref().map(|file| file.to_string_lossy().into_owned());
    let values = [
        ("include", include.as_slice()),
        ("exclude", exclude.as_slice()),
        ("keys-from", keys_from.as_slice()),
        ("endpoint-url", endpoint_url.as_slice()),
        ("region", region.as_slice()),
        ("profile", profile.as_slice()),
    ];
    let values = values.into_iter().flat_map(|(name, values)| {
        values.iter().map(move |value| format!(" --{name} {}", shell_word(value)))
    });
    let flags = [("path-style", *path_style), ("trust-etag", compare.trust_etag)];
    let flags = flags.into_iter().filter(|(_, set)| *set).map(|(name, _)| format!(" --{name}"));
    values.chain(flags).collect()
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
        };
        assert_eq!(
            options(&select, &CompareArgs { trust_etag: true }, &server),
            r" --include 'a*' --include b --exclude 'it'\''s' --keys-from keys.txt --endpoint-url http://127.0.0.1:9000 --profile prod --path-style --trust-etag"
        );
    }
}
