//! The words of `asof serve` when a view is ready.

use std::io::Write;

use super::Output;
use super::checks::problems;
use crate::engine::Serving;
use crate::error::Result;
use crate::model::{Instant, shell_word};

/// The access key in the instructions for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connect {
    /// With the access key that was made for the view.
    WithKey,
    /// With an access key that the user has: it is not repeated.
    WithOwnKey,
}

/// Shows that a view is ready: on stdout how clients connect, as commands of a shell.
pub(crate) fn show_view(output: Output, now: Instant, serving: &Serving, connect: Connect) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for (name, value) in variables(serving, connect) {
        writeln!(out, "export {name}={}", shell_word(&value))?;
    }
    out.flush()?;
    for (bucket, check) in serving.histories() {
        for problem in problems(&[check]) {
            output.note(&format!("s3://{bucket}: {problem}"));
        }
    }
    let at = serving.at();
    let names: Vec<String> = serving.histories().map(|(name, _)| format!("s3://{name}")).collect();
    let (names, age, at, url) = (names.join(", "), at.age(now), at.human(), serving.url());
    output.note(&format!("read-only view of {names} at {at} ({age} ago) on {url}; Ctrl-C ends it"));
    Ok(())
}

fn variables(serving: &Serving, connect: Connect) -> Vec<(&'static str, String)> {
    let key = match connect {
        Connect::WithKey => serving.access().variables(),
        Connect::WithOwnKey => Vec::new(),
    };
    [key, serving.variables()].concat()
}
