//! The file that `--metrics` asks for, written around the run: however it ends, the file says so.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::command::Command;
use super::context::Context;
use super::exit::Exit;
use crate::counters::Counters;
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Destination, Instant, printable};
use crate::report::{Earlier, Metrics, Sample, Subject, output_file, restored, say};

/// The values that the command has measured so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Recorder(Arc<Mutex<Measured>>);

#[derive(Debug, Default)]
enum Measured {
    /// Nothing is known yet.
    #[default]
    Nothing,
    Known(Vec<Sample>),
    /// A restore, whose counters go on while it writes; this many uncertain keys are left out.
    Restoring {
        counters: Arc<Counters>,
        left_out: u64,
    },
}

impl Recorder {
    /// Takes the results of the run.
    pub(super) fn take(&self, samples: Vec<Sample>) {
        self.set(Measured::Known(samples));
    }

    /// Takes the counters of a restore that may write from now on.
    pub(super) fn restoring(&self, counters: &Arc<Counters>, left_out: u64) {
        self.set(Measured::Restoring { counters: Arc::clone(counters), left_out });
    }

    fn set(&self, measured: Measured) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = measured;
    }

    fn samples(&self) -> Vec<Sample> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Measured::Nothing => Vec::new(),
            Measured::Known(samples) => samples.clone(),
            Measured::Restoring { counters, left_out } => restored(counters, *left_out),
        }
    }
}

/// The file to which the metrics of a run are written.
#[derive(Debug, Clone)]
pub(super) struct MetricsFile {
    path: PathBuf,
    subject: Subject,
}

impl MetricsFile {
    /// Returns the file that the command asks for, if it does.
    pub(super) fn of(command: &Command) -> Option<Self> {
        let of = |metrics: &Option<PathBuf>, command, place| {
            let path = metrics.clone()?;
            Some(Self { path, subject: Subject { command, place } })
        };
        match command {
            Command::Check(args) => {
                let place = args.location.as_ref().map(ToString::to_string);
                of(&args.metrics.file, "check", place.unwrap_or_default())
            }
            Command::Verify(args) => {
                let place = args.against.as_ref().unwrap_or(&args.location);
                of(&args.metrics.file, "verify", place_of(place))
            }
            Command::Restore(args) => {
                let location = args.location.as_ref().map(ToString::to_string);
                let source = location.or_else(|| args.plan.as_deref().map(absolute));
                let place = args.to.as_ref().map(place_of).or(source);
                of(&args.metrics.file, "restore", place.unwrap_or_default())
            }
            Command::Recover(args) => of(&args.metrics.file, "recover", file_of(args.file.as_deref())),
            Command::Drill(args) => of(&args.metrics.file, "drill", file_of(args.file.as_deref())),
            _ => None,
        }
    }

    /// Checks that the file can be written, before the run: no file is replaced that holds anything but metrics.
    pub(super) fn can_write(&self) -> Result<()> {
        let path = self.path.as_path();
        output_file::can_write([path])?;
        // A pipe would be waited for.
        let text = if path.is_file() { read(path) } else { Ok(String::new()) };
        match text {
            Ok(text) if Metrics::are_in(&text) => return Ok(()),
            Err(e) if e.kind() != std::io::ErrorKind::InvalidData => {
                return Err(Error::usage(format!("cannot read {}: {e}", path.display())));
            }
            Ok(_) | Err(_) => {}
        }
        let message = format!("{} holds something other than metrics of asof", path.display());
        Err(Error::usage(message).hint("--metrics replaces the file as a whole: name another one"))
    }

    /// Writes the metrics of the run. If that fails, the command has not done everything it was asked for.
    pub(super) fn write(&self, context: &Context, ended: Result<Exit>) -> Result<Exit> {
        let written = self.write_exit(context, Exit::of(&ended));
        Exit::after(ended, written)
    }

    /// Writes the metrics of a run with this exit code.
    pub(super) fn write_exit(&self, context: &Context, exit: Exit) -> Result<()> {
        let metrics = Metrics {
            subject: &self.subject,
            exit_code: exit as u8,
            // By this machine's clock, like the present that an alert compares it with.
            ended: Instant::from_millis(chrono::Utc::now().timestamp_millis()),
            elapsed: context.elapsed(),
            last_success: if exit == Exit::Done { None } else { self.last_success() },
            measured: &context.metrics.samples(),
        };
        output_file::write(&self.path, "the metrics", metrics.to_string())
    }

    /// Reads the time of the last success from the file's earlier content, if there is one.
    fn last_success(&self) -> Option<Instant> {
        // Anything but a file has no earlier content, and a pipe would be waited for.
        if !self.path.is_file() {
            return None;
        }
        let why = match read(&self.path).map(|text| self.subject.last_success(&text)) {
            Ok(Earlier::At(at)) => return Some(at),
            Ok(Earlier::Never) => return None,
            Ok(Earlier::OfAnother) => {
                let Subject { command, place } = &self.subject;
                format!("it did not hold the metrics of asof {command} for {place}")
            }
            Err(e) => e.to_string(),
        };
        let path = self.path.display().to_string();
        let message = format!("cannot read the time of the last success from {path}: {why}; it is left out");
        say(&format!("{}\n", printable(&message)));
        None
    }
}

/// Reads the earlier metrics: as much as metrics can be.
fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(limits::METRICS_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

fn place_of(place: &Destination) -> String {
    match place {
        Destination::Bucket(location) => location.to_string(),
        Destination::Directory(path) => absolute(path),
    }
}

/// The absolute path, so that two files of the same name are two places.
fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned()
}

fn file_of(file: Option<&Path>) -> String {
    file.map(absolute).unwrap_or_default()
}
