//! Ctrl-C and its like: the first asks to stop, the second aborts.

use std::io::Write;

use super::exit::Exit;
use crate::cancel::{Cancel, Signals};
use crate::program;
use crate::report::say;

/// The first signal lets what is under way finish; the second does not, and `last` is said then.
pub(super) fn stop_on_signals(cancel: Cancel, last: &'static str) -> std::io::Result<()> {
    let mut signals = Signals::new()?;
    drop(tokio::spawn(async move {
        signals.next().await;
        cancel.stop();
        say("\nstopping: finishing requests in flight; press Ctrl-C again to abort\n");
        signals.next().await;
        // Otherwise a hook would live on, and be started once more beside itself by the same command.
        program::kill_all();
        say(&format!("\naborted{last}\n"));
        drop(std::io::stdout().flush());
        #[expect(clippy::exit, reason = "aborted by a second Ctrl-C")]
        std::process::exit(i32::from(Exit::Interrupted as u8));
    }));
    Ok(())
}
