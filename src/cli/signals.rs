//! Handles Ctrl-C and similar signals: the first stops the command, the second aborts it.

use std::io;
use std::sync::mpsc;

use tokio::runtime::{Builder, Runtime};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::exit::Exit;
use crate::cancel::{Cancel, Received, Signals};
use crate::report::{has_pager, say};
use crate::{limits, program};

/// Stops on the first signal, so that requests in progress finish; aborts on the second, after `aborting`, with the
/// message `last`. On a thread of its own, since that of the command may wait for a file that nobody reads or writes.
pub(super) fn stop_on_signals(
    cancel: Cancel,
    last: &'static str,
    aborting: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let (started, has_started) = mpsc::channel();
    let listen = move || match start() {
        Ok((runtime, signals)) => {
            drop(started.send(Ok(())));
            runtime.block_on(obey(signals, cancel, last, aborting));
        }
        Err(e) => drop(started.send(Err(e))),
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(listen)?;
    has_started.recv().map_err(io::Error::other)?
}

fn start() -> io::Result<(Runtime, Signals)> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let entered = runtime.enter();
    let signals = Signals::new()?;
    drop(entered);
    Ok((runtime, signals))
}

async fn obey(
    mut signals: Signals,
    cancel: Cancel,
    last: &'static str,
    aborting: impl FnOnce() + Send + 'static,
) {
    next(&mut signals).await;
    // In the background, since perhaps nobody reads stderr either.
    let stopping = || say("\nstopping: finishing requests in flight; press Ctrl-C again to abort\n");
    drop(timeout(limits::LAST_WORDS, spawn_blocking(stopping)).await);
    cancel.stop();
    next(&mut signals).await;
    // Otherwise a hook would survive, and the same command would start a second one beside it.
    program::kill_all();
    let abort = move || {
        aborting();
        say(&format!("\naborted{last}\n"));
    };
    drop(timeout(limits::LAST_WORDS, spawn_blocking(abort)).await);
    #[expect(clippy::exit, reason = "aborted by a second Ctrl-C")]
    std::process::exit(i32::from(Exit::Interrupted as u8));
}

/// Waits for a signal to the command. While a pager runs, Ctrl-C is the pager's: if asof ended before it, the pager
/// would share the terminal with the shell.
async fn next(signals: &mut Signals) {
    while signals.next().await == Received::Interrupt && has_pager() {}
}
