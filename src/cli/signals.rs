//! Handles Ctrl-C and similar signals: the first stops the command, the second aborts it.

use std::io::Write;

use super::exit::Exit;
use crate::cancel::{Cancel, Signals};
use crate::program;
use crate::report::say;

/// Stops on the first signal, so that requests in progress finish; aborts on the second, after `aborting`, with the
/// message `last`. On a thread of its own, since the command's may wait for a file that nobody reads or writes.
pub(super) fn stop_on_signals(
    cancel: Cancel,
    last: &'static str,
    aborting: impl FnOnce() + Send + 'static,
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut signals = {
        let _entered = runtime.enter();
        Signals::new()?
    };
    let listen = async move {
        signals.next().await;
        cancel.stop();
        say("\nstopping: finishing requests in flight; press Ctrl-C again to abort\n");
        signals.next().await;
        // Otherwise a hook would survive, and the same command would start a second one beside it.
        program::kill_all();
        aborting();
        say(&format!("\naborted{last}\n"));
        drop(std::io::stdout().flush());
        #[expect(clippy::exit, reason = "aborted by a second Ctrl-C")]
        std::process::exit(i32::from(Exit::Interrupted as u8));
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || runtime.block_on(listen))?;
    Ok(())
}
