//! Handles Ctrl-C and similar signals: the first stops the command, the second aborts it.

use std::io::Write;

use super::exit::Exit;
use crate::cancel::{Cancel, Signals};
use crate::program;
use crate::report::say;

/// Stops on the first signal, so that requests in progress finish; aborts on the second, after `aborting`, with the
/// message `last`.
pub(super) fn stop_on_signals(
    cancel: Cancel,
    last: &'static str,
    aborting: impl FnOnce() + Send + 'static,
) -> std::io::Result<()> {
    let mut signals = Signals::new()?;
    drop(tokio::spawn(async move {
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
    }));
    Ok(())
}
