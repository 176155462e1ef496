//! The metrics of one run, in the text format of Prometheus:
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>.

mod measured;

use std::fmt;
use std::time::Duration;

use super::json::millis;
use crate::model::{Instant, printable};

pub(crate) use measured::{checked, left_behind, recovered, restored, verified};

/// Defines the gauges, so that none lacks its help or its place in the file.
macro_rules! gauges {
    ($($gauge:ident $name:literal $help:literal)*) => {
        /// A gauge, whose value is that of the last run.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Gauge {
            $(#[doc = $help] $gauge,)*
        }

        impl Gauge {
            const ALL: &[Self] = &[$(Self::$gauge),*];

            const fn name(self) -> &'static str {
                match self { $(Self::$gauge => concat!("asof_", $name),)* }
            }

            const fn help(self) -> &'static str {
                match self { $(Self::$gauge => $help,)* }
            }
        }
    };
}

gauges! {
    Success "last_run_success" "1 if the last run exited with code 0, otherwise 0."
    ExitCode "last_run_exit_code" "Exit code of the last run."
    Ended "last_run_timestamp_seconds" "Time the last run ended, as Unix time."
    Duration "last_run_duration_seconds" "Duration of the last run."
    LastSuccess "last_success_timestamp_seconds" "Time the last successful run ended, as Unix time."
    Findings "findings" "Findings of the last run, by kind."
    Keys "keys" "Keys of the last run, by outcome."
    Bytes "bytes" "Bytes of the last run, by outcome."
    RestorableSince "restorable_since_timestamp_seconds" "Time since which every second can be restored, as Unix time."
    RecoveryTime "recovery_time_seconds" "Recovery time (RTO) of the last recovery or drill."
    RecoveryPointAge "recovery_point_age_seconds" "Recovery point age: how old the target time was at the start."
    StepDuration "recovery_step_duration_seconds" "Duration of each step of the last recovery or drill."
    Downtime "recovery_downtime_seconds" "Time for which the application was quiesced."
    CopiesLeft "drill_copies_left" "Scratch copies that the last drill could not tear down."
}

/// The value of a gauge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    Count(u64),
    /// Seconds, given in milliseconds.
    Millis(i64),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Value::Count(n) => n.fmt(f),
            Value::Millis(ms) => {
                let sign = if ms < 0 { "-" } else { "" };
                write!(f, "{sign}{}.{:03}", ms.unsigned_abs() / 1000, ms.unsigned_abs() % 1000)
            }
        }
    }
}

/// One value that a run has measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sample {
    gauge: Gauge,
    part: Option<Part>,
    value: Value,
}

/// The part of a gauge that a value is about: the label that a gauge has besides `command` and `place`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    label: &'static str,
    name: String,
}

/// The labels of every gauge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The name of the command.
    pub command: &'static str,
    /// The bucket, directory or recovery file that the command is about.
    pub place: String,
}

/// A run that has ended, or is about to.
#[derive(Debug)]
pub(crate) struct Metrics<'a> {
    pub subject: &'a Subject,
    pub exit_code: u8,
    pub ended: Instant,
    pub elapsed: Duration,
    /// The end of the last successful run before this one, if it is known.
    pub last_success: Option<Instant>,
    /// The other values that are known.
    pub measured: &'a [Sample],
}

impl fmt::Display for Metrics<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let samples: Vec<_> = self.of_run().into_iter().chain(self.measured.iter().cloned()).collect();
        for gauge in Gauge::ALL {
            let name = gauge.name();
            let mut of_gauge = samples.iter().filter(|sample| sample.gauge == *gauge).peekable();
            if of_gauge.peek().is_some() {
                writeln!(f, "# HELP {name} {}\n# TYPE {name} gauge", gauge.help())?;
            }
            for Sample { part, value, .. } in of_gauge {
                writeln!(f, "{} {value}", self.subject.series(*gauge, part.as_ref()))?;
            }
        }
        Ok(())
    }
}

impl Metrics<'_> {
    /// Returns true if a text consists of metrics of any run, or of their beginning, as far as its first line shows.
    pub(crate) fn are_in(text: &str) -> bool {
        let beginning = format!("# HELP {} ", Gauge::Success.name());
        text.starts_with(&beginning) || beginning.starts_with(text)
    }

    /// The values that every run has.
    fn of_run(&self) -> Vec<Sample> {
        let succeeded = self.exit_code == 0;
        let last_success = if succeeded { Some(self.ended) } else { self.last_success };
        let elapsed = i64::try_from(millis(self.elapsed)).unwrap_or(i64::MAX);
        let mut samples = vec![
            Sample::count(Gauge::Success, u64::from(succeeded)),
            Sample::count(Gauge::ExitCode, self.exit_code.into()),
            Sample::time(Gauge::Ended, self.ended),
            Sample::millis(Gauge::Duration, elapsed),
        ];
        samples.extend(last_success.map(|at| Sample::time(Gauge::LastSuccess, at)));
        samples
    }
}

impl Sample {
    fn count(gauge: Gauge, n: u64) -> Self {
        Self { gauge, part: None, value: Value::Count(n) }
    }

    fn millis(gauge: Gauge, ms: i64) -> Self {
        Self { gauge, part: None, value: Value::Millis(ms) }
    }

    fn time(gauge: Gauge, at: Instant) -> Self {
        Self::millis(gauge, at.millis())
    }

    fn of(self, label: &'static str, name: impl Into<String>) -> Self {
        Self { part: Some(Part { label, name: name.into() }), ..self }
    }
}

impl Subject {
    /// The name and the labels of a value.
    fn series(&self, gauge: Gauge, part: Option<&Part>) -> String {
        let place = Part { label: "place", name: self.place.clone() };
        let further = [Some(&place), part].into_iter().flatten();
        let further =
            further.map(|Part { label, name }| format!(",{label}=\"{}\"", escaped(&printable(name))));
        format!("{}{{command=\"{}\"{}}}", gauge.name(), self.command, further.collect::<String>())
    }

    /// Reads the end of the last successful run from the metrics of an earlier one.
    pub(crate) fn last_success(&self, text: &str) -> Earlier {
        let value = |gauge| {
            let series = self.series(gauge, None) + " ";
            text.lines().find_map(|line| line.strip_prefix(series.as_str()))
        };
        match (value(Gauge::Success), value(Gauge::LastSuccess).map(parse_millis)) {
            (None, _) | (_, Some(None)) => Earlier::OfAnother,
            (Some(_), None) => Earlier::Never,
            (Some(_), Some(Some(ms))) => Earlier::At(Instant::from_millis(ms)),
        }
    }
}

/// The end of the last successful run, by the metrics of an earlier run.
///
/// | the file has | |
/// |---|---|
/// | no run of this command and place | of another |
/// | a run, and a time of the last success that asof did not write | of another |
/// | a run, no time of the last success | never |
/// | both | at |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Earlier {
    /// These are not the metrics of an earlier run of the same command and place.
    OfAnother,
    /// No run has succeeded.
    Never,
    At(Instant),
}

/// Parses seconds as [`Value`] writes them: with three decimals.
fn parse_millis(text: &str) -> Option<i64> {
    let (seconds, decimals) = text.split_once('.')?;
    let is_written = [seconds, decimals].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_written || seconds.is_empty() || decimals.len() != 3 {
        return None;
    }
    format!("{seconds}{decimals}").parse().ok()
}

/// Escapes the value of a label.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests;
