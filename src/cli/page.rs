//! The HTML page that `--html` asks for.

use std::path::PathBuf;

use crate::engine::host_name;
use crate::error::Result;
use crate::report::{PageFile, Ran, output_file, shell_word};

/// Checks that the page can be written, before the work whose results it is to hold.
pub(super) fn page_file(path: Option<PathBuf>) -> Result<Option<PageFile>> {
    output_file::can_write(path.as_deref())?;
    Ok(path.map(|path| PageFile { path, ran: ran() }))
}

/// Returns who runs this process, where and how.
fn ran() -> Ran {
    let user = ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    let user = user.filter(|user| !user.is_empty());
    let words = std::env::args_os().skip(1);
    let words = words.map(|word| shell_word(&without_password(&word.to_string_lossy())));
    Ran {
        user: user.unwrap_or_else(|| format!("user {}", rustix::process::getuid().as_raw())),
        host: host_name(),
        command: std::iter::once("asof".to_owned()).chain(words).collect::<Vec<_>>().join(" "),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// Hides the user and password of a URL: a page is made to be passed on.
fn without_password(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.rsplit_once('@') {
        Some((secret, _)) => format!("{scheme}://…{}", rest.get(secret.len()..).unwrap_or_default()),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_hidden() {
        let rows = [
            ("--endpoint-url=http://me:secret@minio:9000/a@b", "--endpoint-url=http://…@minio:9000/a@b"),
            ("https://me@host", "https://…@host"),
            ("s3://bucket/a@b", "s3://bucket/a@b"),
            ("me:secret@host", "me:secret@host"),
        ];
        for (word, shown) in rows {
            assert_eq!(without_password(word), shown);
        }
    }
}
