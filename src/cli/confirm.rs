//! Asking before a bucket is changed.

use std::io::{BufRead, IsTerminal};

use super::context::Context;
use super::exit::say;
use crate::error::{Error, Result};

/// What a command would do that has to be asked for, and what to do before `--yes`.
pub(super) type Asked = (&'static str, &'static str);

/// A bucket is changed.
pub(super) const CHANGE: Asked = ("change a bucket", "look at it with asof diff first");

/// Fails at once where nobody could be asked.
pub(super) fn can_ask(yes: bool, (what, first): Asked) -> Result<()> {
    if yes || std::io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Error::usage(format!("this would {what}, and there is no terminal to ask on"))
        .hint(format!("{first}; then add --yes")))
}

/// Has the name of what is changed typed: a bucket's, a directory's. Anything else changes nothing.
pub(super) async fn confirm(context: &Context, kind: &str, name: &str) -> Result<()> {
    if is_typed(context, &format!("the name of the {kind} that is changed"), name).await? {
        return Ok(());
    }
    Err(Error::usage(format!("that is not the name of the {kind} {name}; nothing was changed")))
}

/// Asks for a name, which is `what`. Whether it was typed.
pub(super) async fn is_typed(context: &Context, what: &str, name: &str) -> Result<bool> {
    say(&format!("to go on, type {what} ({name}): "));
    let typed = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let line = tokio::select! {
        line = typed => line.map_err(std::io::Error::other)??,
        () = context.cancel.stopped() => return Err(Error::interrupted()),
    };
    Ok(line.trim() == name)
}
