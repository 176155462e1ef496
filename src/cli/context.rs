//! The context of every command: its output, its client, the token that stops it.

use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use super::metrics::Recorder;
use crate::cancel::Cancel;
use crate::counters::Counters;
use crate::engine::{Client, Settings, Sums};
use crate::error::Result;
use crate::model::{Instant, Location};
use crate::report::{Command, Display, Format, Output, Phase, Progress, Prompt, Summary, skew_note};

/// The context of a command.
#[derive(Debug, Clone)]
pub(super) struct Context {
    /// Stops the command.
    pub(super) cancel: Cancel,
    /// The counters of its work.
    pub(super) counters: Arc<Counters>,
    /// The current time, read once: by the server's clock as soon as it is known, see [`Context::answered`].
    pub(super) now: Instant,
    /// The format of the results and progress.
    pub(super) output: Output,
    pub(super) began: Clock,
    /// The values for `--metrics`.
    pub(super) metrics: Recorder,
}

impl Context {
    pub(super) fn new() -> Self {
        // In whole seconds, the resolution of version dates, so that ages are whole seconds too.
        let now = Instant::from_millis(chrono::Utc::now().timestamp() * 1000);
        let output = Output { format: Format::Table, quiet: false, display: Display::Auto };
        let (cancel, counters, metrics) = Default::default();
        Self { cancel, counters, now, output, began: Clock::now(), metrics }
    }

    /// Returns the same context with this output.
    pub(super) fn shown(&self, output: impl Into<Output>) -> Self {
        Self { output: output.into(), ..self.clone() }
    }

    /// Returns the same context for a command whose stderr is the log of a task, with progress lines.
    pub(super) fn logged(&self, output: impl Into<Output>) -> Self {
        let output: Output = output.into();
        let display = output.display.logged(output.format == Format::Json);
        self.shown(Output { display, ..output })
    }

    /// Shows a message, unless the output is quiet.
    pub(super) fn note(&self, text: &str) {
        self.output.note(text);
    }

    /// Shows the progress of a listing until it is done.
    pub(super) fn surveying<'a, T>(
        &'a self,
        survey: impl Future<Output = T> + Send + 'a,
    ) -> impl Future<Output = T> + Send + 'a {
        // Boxed, because the state of a survey is large.
        let survey = Box::pin(survey);
        async move {
            let _progress = self.progress(Phase::Surveying);
            survey.await
        }
    }

    /// Shows progress until it is dropped.
    pub(super) fn progress(&self, phase: Phase) -> Progress {
        Progress::start(self.output.display, phase, &self.counters)
    }

    /// Adopts the time of the server that sent this answer, even an error: its clock dates the versions. Notes any
    /// difference from this machine's clock.
    pub(super) fn answered<T>(&mut self, client: &Client, answer: Result<T>) -> Result<T> {
        if let Some(note) = client.clock().skew().and_then(skew_note) {
            self.note(&note);
        }
        self.now = client.clock().now().whole_second();
        answer
    }

    /// Returns the summary of the command, which is about to end.
    pub(super) fn summary<'a>(
        &self,
        command: Command,
        location: &'a Location,
        at: Instant,
        sums: &Sums,
    ) -> Summary<'a> {
        Summary::new(command, location, at, sums, &self.counters, self.elapsed())
    }

    /// Returns the time since the command began.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) async fn client(&self, settings: Settings) -> Result<Client> {
        Client::connect(settings, Arc::clone(&self.counters)).await
    }

    /// Returns the prompt that asks a person on the terminal.
    pub(super) fn prompt(&self) -> Prompt<'_> {
        Prompt(&self.cancel)
    }
}
