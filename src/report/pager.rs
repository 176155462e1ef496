//! A pager for long texts on a terminal.

use std::io::{ErrorKind, Write as _};
use std::process::{Command, Stdio};

use tokio::signal::unix::{SignalKind, signal};

use crate::error::Result;

/// The exit code of a shell that does not find the command.
const NOT_FOUND: i32 = 127;

/// Writes a text to stdout through `$PAGER`, else through `less -R`; straight if there is neither.
pub(crate) fn page(text: &str) -> Result<()> {
    if !through_pager(text)? {
        std::io::stdout().write_all(text.as_bytes())?;
    }
    Ok(())
}

/// Whether a pager was there to take the text.
fn through_pager(text: &str) -> Result<bool> {
    let mut command = match std::env::var("PAGER") {
        Ok(pager) if !pager.is_empty() => {
            let mut shell = Command::new("sh");
            shell.args(["-c", &pager]);
            shell
        }
        _ => {
            let mut less = Command::new("less");
            less.arg("-R");
            less
        }
    };
    if std::env::var_os("LESS").is_none() {
        // As git does: a text of one screen stays on it.
        command.env("LESS", "FRX");
    }
    // Ctrl-C is the pager's while it runs: without asof, it would share the terminal with the shell.
    let _interrupt = signal(SignalKind::interrupt())?;
    let mut child = match command.stdin(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(e.into()),
    };
    if let Some(mut stdin) = child.stdin.take() {
        // A reader who leaves the pager early has read enough.
        drop(stdin.write_all(text.as_bytes()));
    }
    Ok(child.wait()?.code() != Some(NOT_FOUND))
}
