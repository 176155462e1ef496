//! A pager for long output on a terminal.

use std::io::{self, ErrorKind, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::Result;

/// True while a pager runs.
static RUNS: AtomicBool = AtomicBool::new(false);

/// Returns true while a pager runs, which handles Ctrl-C itself.
pub(crate) fn has_pager() -> bool {
    RUNS.load(Ordering::Acquire)
}

/// A pager that shows what is written to it. Dropping it waits until the reader leaves.
#[derive(Debug)]
pub(super) struct Pager {
    child: Child,
    stdin: Option<ChildStdin>,
    /// Keeps Ctrl-C from ending the process before the pager, where no other handler does.
    _interrupt: Signal,
}

impl Pager {
    /// Starts `$PAGER`, else `less -R`; `None` if there is neither.
    pub(super) fn start() -> io::Result<Option<Self>> {
        let mut command = match std::env::var("PAGER") {
            Ok(pager) if is_command(&pager) => {
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
            // As git does: output of one screen stays on it.
            command.env("LESS", "FRX");
        }
        let interrupt = signal(SignalKind::interrupt())?;
        // Set first: Ctrl-C may come as soon as it runs.
        RUNS.store(true, Ordering::Release);
        let spawned = command.stdin(Stdio::piped()).spawn();
        RUNS.store(spawned.is_ok(), Ordering::Release);
        let mut child = match spawned {
            Ok(child) => child,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e),
        };
        let stdin = child.stdin.take();
        Ok(Some(Self { child, stdin, _interrupt: interrupt }))
    }
}

/// Returns true if the shell finds the program. Asked first: a pager that is missing would swallow the output.
fn is_command(pager: &str) -> bool {
    let Some(program) = pager.split_whitespace().next() else { return false };
    let found = Command::new("sh").args(["-c", "command -v \"$0\" > /dev/null", program]).status();
    found.is_ok_and(|status| status.success())
}

impl Write for Pager {
    /// A reader who leaves early has read enough: the rest goes nowhere.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(stdin) = &mut self.stdin else { return Ok(bytes.len()) };
        match stdin.write(bytes) {
            Err(e) if e.kind() == ErrorKind::BrokenPipe => {
                self.stdin = None;
                Ok(bytes.len())
            }
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Pager {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // Whatever became of the pager: there is nothing left to show.
        drop(self.child.wait());
        RUNS.store(false, Ordering::Release);
    }
}

/// Shows a text in a pager, or straight on stdout without one.
pub(super) fn page(text: &str) -> Result<()> {
    match Pager::start()? {
        Some(mut pager) => pager.write_all(text.as_bytes())?,
        None => io::stdout().write_all(text.as_bytes())?,
    }
    Ok(())
}
