//! Ctrl-C and its like: the first asks to stop, the second aborts.

use std::io::Write;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::exit::Exit;
use crate::cancel::Cancel;
use crate::program;
use crate::report::say;

/// The first signal lets what is under way finish; the second does not, and `last` is said then.
pub(super) fn stop_on_signals(cancel: Cancel, last: &'static str) -> std::io::Result<()> {
    let mut signals = Signals::new()?;
    drop(tokio::spawn(async move {
        signals.next().await;
        cancel.stop();
        say("\nstopping: finishing what is under way; Ctrl-C again to abort at once\n");
        signals.next().await;
        // Otherwise a hook would live on, and be started once more beside itself by the same command.
        program::kill_all();
        say(&format!("\naborted{last}\n"));
        drop(std::io::stdout().flush());
        #[expect(clippy::exit, reason = "the person asked to abort at once")]
        std::process::exit(i32::from(Exit::Interrupted as u8));
    }));
    Ok(())
}

/// What asks to stop: Ctrl-C, the end of the machine or the pod, the end of the terminal.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Option<Signal>,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        let hangup = (!ignores_hangup()).then(|| signal(SignalKind::hangup())).transpose()?;
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate, hangup })
    }

    async fn next(&mut self) {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = hangup => {}
        }
    }
}

/// Whether the end of the terminal is not to end the process, as `nohup` has it. Where that cannot be known, it may be so.
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_none_or(|mask| mask & 1 != 0)
}
