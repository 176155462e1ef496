//! Progress on stderr: nothing for the first quarter of a second, then the counters, ten times a second.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressStyle};
use schemars::JsonSchema;
use serde::Serialize;

use super::json::{JsonLines, Line, millis};
use super::units::{bytes, count, plural};
use crate::counters::Counters;

const FIRST: Duration = Duration::from_millis(250);
const TICK: Duration = Duration::from_millis(100);
/// Used where stderr is not a terminal and lines cannot be replaced.
const LINE_TICK: Duration = Duration::from_secs(1);
/// Used in a log, which is kept.
const LOG_TICK: Duration = Duration::from_secs(30);

/// The condition for showing progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Display {
    /// If stderr is a terminal.
    Auto,
    /// Always; one line per second if stderr is not a terminal.
    Always,
    /// Always; as lines of a log if stderr is not a terminal.
    Log {
        /// The time between two lines.
        every: Duration,
        /// True if the lines are JSON.
        json: bool,
    },
    /// Never.
    Never,
}

impl Display {
    /// Returns the display of a command whose stderr is a log.
    pub(crate) fn logged(self, json: bool) -> Self {
        match self {
            Self::Auto => Self::Log { every: LOG_TICK, json },
            Self::Always => Self::Log { every: LINE_TICK, json },
            Self::Log { every, .. } => Self::Log { every, json },
            Self::Never => Self::Never,
        }
    }
}

/// The progress of a run, as a line of a log.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ProgressLine {
    /// Changes in the plan.
    changes: u64,
    /// Changes with a result, including before the run was resumed.
    settled: u64,
    /// Bytes copied.
    bytes_copied: u64,
    /// Keys that could not be changed.
    failed: u64,
    /// Keys not changed because another client changed them.
    conflicts: u64,
    /// The time since the command began to apply the plan, in milliseconds.
    elapsed_ms: u64,
}

impl ProgressLine {
    fn of(counters: &Counters, elapsed: Duration) -> Self {
        Self {
            changes: counters.planned.get(),
            settled: counters.settled(),
            bytes_copied: counters.bytes_copied.get(),
            failed: counters.failed.get(),
            conflicts: counters.conflicts.get(),
            elapsed_ms: millis(elapsed),
        }
    }
}

/// The phase of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Listing and resolving versions; the total is unknown.
    Surveying,
    /// Applying planned changes.
    Restoring,
}

/// A progress display that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts to display `counters`.
    pub(crate) fn start(display: Display, phase: Phase, counters: &Arc<Counters>) -> Self {
        let terminal = std::io::stderr().is_terminal();
        if display == Display::Never || (display == Display::Auto && !terminal) {
            return Self { stop: None, thread: None };
        }
        let counters = Arc::clone(counters);
        let (stop, stopped) = channel::<()>();
        let thread = std::thread::spawn(move || {
            let began = Instant::now();
            let (first, tick) = match display {
                _ if terminal => (FIRST, TICK),
                Display::Log { every, .. } => (every, every),
                _ => (FIRST, LINE_TICK),
            };
            if stopped.recv_timeout(first) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = terminal.then(|| bar(phase, &counters));
            loop {
                let text = message(phase, &counters, began.elapsed());
                match &bar {
                    Some(bar) => {
                        bar.set_position(counters.settled());
                        bar.set_message(text);
                        bar.tick();
                    }
                    None if matches!(display, Display::Log { json: true, .. }) => {
                        let mut line = JsonLines::new(Vec::new());
                        // stderr was closed: the command continues.
                        drop(line.line(Line::Progress(ProgressLine::of(&counters, began.elapsed()))));
                        drop(std::io::stderr().write_all(&line.into_inner()));
                    }
                    // stderr was closed: the command continues.
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
            // A display that panicked has nothing to report.
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
    let bar = match phase {
        Phase::Surveying => ProgressBar::new_spinner(),
        Phase::Restoring => ProgressBar::new(counters.planned.get()),
    };
    let (_, columns) = Term::stderr().size();
    let style = ProgressStyle::with_template(template(phase, columns))
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style).with_prefix(verb(phase))
}

/// One line of the terminal: a longer one would be drawn again and again below itself. The message gives way first.
fn template(phase: Phase, columns: u16) -> &'static str {
    match (phase, columns) {
        (Phase::Surveying, _) => "  {spinner} {prefix}  {wide_msg}",
        (Phase::Restoring, 110..) => "  {prefix}  {human_pos} / {human_len}  {wide_bar}  {msg}  eta {eta}",
        (Phase::Restoring, 60..) => "  {prefix}  {human_pos} / {human_len}  eta {eta}  {wide_msg}",
        (Phase::Restoring, _) => "  {percent} %  eta {eta}  {wide_msg}",
    }
}

/// Converts `n` to a rate per second.
fn a_second(n: u64, elapsed: Duration) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "for display"
    )]
    let rate = (n as f64 / elapsed.as_secs_f64()) as u64;
    rate
}

fn message(phase: Phase, counters: &Counters, elapsed: Duration) -> String {
    match phase {
        Phase::Surveying => surveying(counters, elapsed),
        Phase::Restoring => format!(
            "{}/s  {}  {} failed  {}",
            count(a_second(counters.settled(), elapsed)),
            bytes(counters.bytes_copied.get()),
            count(counters.failed.get()),
            plural(counters.conflicts.get(), "conflict", "conflicts")
        ),
    }
}

fn surveying(counters: &Counters, elapsed: Duration) -> String {
    let rate = a_second(counters.versions.get(), elapsed);
    let throttled = match counters.throttled.get() {
        0 => String::new(),
        n => format!("  {} throttled", count(n)),
    };
    let left = match counters.remaining.get() {
        0 => "no estimate yet".to_owned(),
        n => format!("about {} s left", count(n / rate.max(1) + 1)),
    };
    format!(
        "{} versions  {}/s  {}  {} in {}{throttled}  {left}",
        count(counters.versions.get()),
        count(rate),
        plural(counters.changes.get(), "change", "changes"),
        plural(counters.list_requests.get(), "request", "requests"),
        plural(counters.ranges.get(), "range", "ranges"),
    )
}
