//! Progress on stderr: nothing for the first quarter of a second, then the counters, ten times a second.

mod line;

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressStyle};
use schemars::JsonSchema;
use serde::Serialize;

use self::line::Pace;
pub(super) use self::line::ProgressLine;
use super::json::{JsonLines, Line};
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
    /// Always; one line of JSON per second, on a terminal as well.
    Json,
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
            Self::Json => Self::Json,
            Self::Log { every, .. } => Self::Log { every, json },
            Self::Never => Self::Never,
        }
    }
}

/// The phase of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) enum Phase {
    /// Versions are listed; the total is unknown.
    #[serde(rename = "listing")]
    Surveying,
    /// Planned changes are made.
    #[serde(rename = "restoring")]
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
        let terminal = std::io::stderr().is_terminal() && display != Display::Json;
        if display == Display::Never || (display == Display::Auto && !terminal) {
            return Self { stop: None, thread: None };
        }
        let counters = Arc::clone(counters);
        let (stop, stopped) = channel::<()>();
        let thread = std::thread::spawn(move || {
            let (began, mut pace) = (Instant::now(), Pace::default());
            let (first, tick) = match display {
                _ if terminal => (FIRST, TICK),
                Display::Log { every, .. } => (every, every),
                Display::Json => (LINE_TICK, LINE_TICK),
                _ => (FIRST, LINE_TICK),
            };
            if stopped.recv_timeout(first) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = terminal.then(|| bar(phase, &counters));
            loop {
                let line = ProgressLine::of(phase, &counters, began.elapsed(), &mut pace);
                match &bar {
                    Some(bar) => {
                        bar.set_position(counters.settled());
                        bar.set_message(line.message(&counters));
                        bar.tick();
                    }
                    None if matches!(display, Display::Json | Display::Log { json: true, .. }) => {
                        let mut lines = JsonLines::new(Vec::new());
                        // stderr was closed: the command continues.
                        drop(lines.line(Line::Progress(line)));
                        drop(std::io::stderr().write_all(&lines.into_inner()));
                    }
                    // stderr was closed: the command continues.
                    None => drop(writeln!(std::io::stderr(), "{}: {}", verb(phase), line.message(&counters))),
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
