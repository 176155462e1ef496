//! Progress on stderr: nothing for the first quarter of a second, then what the counters say, ten times a second.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::units::{bytes, count, plural};
use crate::event::Counters;

const FIRST: Duration = Duration::from_millis(250);
const TICK: Duration = Duration::from_millis(100);
/// On what is not a terminal, where lines stay.
const LINE_TICK: Duration = Duration::from_secs(1);

/// Whether progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// If stderr is a terminal.
    Auto,
    /// Always; as a line a second where stderr is no terminal.
    Always,
    /// Never.
    Never,
}

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Versions are listed and resolved; how many there are is not known.
    Surveying,
    /// Planned changes are carried out.
    Restoring,
}

/// A display that runs until it is dropped.
#[derive(Debug)]
pub struct Progress {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins to show how `counters` grow.
    pub fn start(display: Display, phase: Phase, counters: &Arc<Counters>) -> Self {
        let terminal = std::io::stderr().is_terminal();
        if display == Display::Never || (display == Display::Auto && !terminal) {
            return Self { stop: None, thread: None };
        }
        let counters = Arc::clone(counters);
        let (stop, stopped) = channel::<()>();
        let thread = std::thread::spawn(move || {
            let began = Instant::now();
            if stopped.recv_timeout(FIRST) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = terminal.then(|| bar(phase, &counters));
            let tick = if terminal { TICK } else { LINE_TICK };
            loop {
                let text = message(phase, &counters, began.elapsed());
                match &bar {
                    Some(bar) => {
                        bar.set_position(counters.settled());
                        bar.set_message(text);
                        bar.tick();
                    }
                    // Nobody reads stderr any more: the command itself goes on.
                    None => drop(writeln!(std::io::stderr(), "{}: {text}", verb(phase))),
                }
                if stopped.recv_timeout(tick) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
            if let Some(bar) = bar {
                bar.finish_and_clear();
            }
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A display that panicked has nothing left to say.
            drop(thread.join());
        }
    }
}

fn verb(phase: Phase) -> &'static str {
    match phase {
        Phase::Surveying => "listing",
        Phase::Restoring => "restoring",
    }
}

fn bar(phase: Phase, counters: &Counters) -> ProgressBar {
    let (bar, template) = match phase {
        Phase::Surveying => (ProgressBar::new_spinner(), "  {spinner} {prefix}  {msg}"),
        Phase::Restoring => (
            ProgressBar::new(counters.planned.get()),
            "  {prefix}  {human_pos} / {human_len}  {wide_bar}  {msg}  eta {eta}",
        ),
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style).with_prefix(verb(phase))
}

fn message(phase: Phase, counters: &Counters, elapsed: Duration) -> String {
    let a_second = |n: u64| {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "for display"
        )]
        let rate = (n as f64 / elapsed.as_secs_f64()) as u64;
        count(rate)
    };
    match phase {
        Phase::Surveying => format!(
            "{} versions  {}/s  {} keys  {} changes  {} requests",
            count(counters.versions.get()),
            a_second(counters.versions.get()),
            count(counters.keys.get()),
            count(counters.changes.get()),
            count(counters.list_requests.get())
        ),
        Phase::Restoring => format!(
            "{}/s  {}  {} failed  {}",
            a_second(counters.settled()),
            bytes(counters.bytes_copied.get()),
            count(counters.failed.get()),
            plural(counters.conflicts.get(), "conflict", "conflicts")
        ),
    }
}
