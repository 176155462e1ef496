//! Asking before a bucket is changed.

use std::io::{BufRead, IsTerminal};

use super::context::Context;
use super::exit::say;
use crate::error::{Error, Result};

/// Fails at once where nobody could be asked.
pub(super) fn can_ask(yes: bool) -> Result<()> {
    if yes || std::io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Error::usage("this would change a bucket, and there is no terminal to ask on")
        .hint("look at it with asof diff first; then add --yes"))
}

/// Has the bucket's name typed. Anything else changes nothing.
pub(super) async fn confirm(context: &Context, bucket: &str) -> Result<()> {
    say(&format!("to go on, type the name of the bucket that is changed ({bucket}): "));
    let typed = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let line = tokio::select! {
        line = typed => line.map_err(std::io::Error::other)??,
        () = context.cancel.stopped() => return Err(Error::interrupted()),
    };
    if line.trim() == bucket {
        return Ok(());
    }
    Err(Error::usage(format!("that is not the name of the bucket {bucket}; nothing was changed")))
}
