//! What every command is given: options made of arguments, the client, the token that stops it.

use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use super::args::common::ServerArgs;
use crate::cancel::Cancel;
use crate::counters::Counters;
use crate::engine::{Client, ServerClock, Settings, Sums};
use crate::error::Result;
use crate::limits;
use crate::model::{Instant, Location};
pub(super) use crate::report::Output;
use crate::report::{Command, Display, Format, Phase, Progress, Summary, length};

/// What a command needs from outside.
#[derive(Debug, Clone)]
pub(super) struct Context {
    /// Stops the command.
    pub(super) cancel: Cancel,
    /// Counts what it does.
    pub(super) counters: Arc<Counters>,
    /// The present, read once: by the server's clock as soon as that is known, see [`Context::by_clock`].
    pub(super) now: Instant,
    /// How the command shows what comes of it.
    pub(super) output: Output,
    pub(super) began: Clock,
}

impl Context {
    pub(super) fn new() -> Self {
        // In whole seconds, as versions are dated: an age is a number of whole seconds before it.
        let now = Instant::from_millis(chrono::Utc::now().timestamp() * 1000);
        let output = Output { format: Format::Table, quiet: false, display: Display::Auto };
        Self { cancel: Cancel::default(), counters: Arc::default(), now, output, began: Clock::now() }
    }

    /// The same for a command that shows what comes of it so.
    pub(super) fn shown(&self, output: impl Into<Output>) -> Self {
        Self { output: output.into(), ..self.clone() }
    }

    /// A message for the person.
    pub(super) fn note(&self, text: &str) {
        self.output.note(text);
    }

    /// Shows the progress of a listing until it is done.
    pub(super) fn surveying<'a, T>(
        &'a self,
        survey: impl Future<Output = T> + Send + 'a,
    ) -> impl Future<Output = T> + Send + 'a {
        // A survey's state is too large to be carried along.
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

    /// Takes over the time of the server that has given this answer, even if that is a refusal.
    pub(super) fn answered<T>(&mut self, client: &Client, answer: Result<T>) -> Result<T> {
        *self = self.by_clock(client.clock(), self.output);
        answer
    }

    /// The sums of the command that is about to end.
    pub(super) fn summary<'a>(
        &self,
        command: Command,
        location: &'a Location,
        at: Instant,
        sums: &Sums,
    ) -> Summary<'a> {
        Summary::new(command, location, at, sums, &self.counters, self.elapsed())
    }

    /// How long the command has taken so far.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// The same with the time of the server, by whose clock is dated what it keeps. Says so where this machine's is another.
    pub(super) fn by_clock(&self, clock: &ServerClock, output: Output) -> Self {
        if let Some(note) = clock.skew().and_then(skew_note) {
            output.note(&note);
        }
        Self { now: clock.now().whole_second(), ..self.clone() }
    }

    pub(super) async fn client(&self, server: ServerArgs, rate: Option<u32>) -> Result<Client> {
        Client::connect(server.settings(rate), Arc::clone(&self.counters)).await
    }
}

impl ServerArgs {
    /// The server, and who asks.
    pub(super) fn settings(self, rate: Option<u32>) -> Settings {
        let ServerArgs {
            endpoint_url,
            begun_on,
            region,
            profile,
            path_style,
            expected_bucket_owner,
            request_payer,
            list_concurrency,
            read_timeout,
        } = self;
        Settings {
            endpoint_url,
            begun_on,
            region,
            profile,
            path_style,
            expected_bucket_owner,
            request_payer: request_payer.map(Into::into),
            rate,
            list_concurrency: Some(list_concurrency),
            read_timeout: Some(read_timeout),
        }
    }
}

/// What is said of a clock that is so many milliseconds ahead of the server's. A `Date` has no fractions, and was under way
/// for a while: the nearest minute is told.
pub(super) fn skew_note(ahead: i64) -> Option<String> {
    let skew = Duration::from_millis(ahead.unsigned_abs());
    let side = if ahead > 0 { "ahead of" } else { "behind" };
    let by = length(Duration::from_secs((skew.as_secs() + 30) / 60 * 60));
    (skew > limits::NOTED_SKEW).then(|| {
        format!("this machine's clock is {by} {side} the server's; asof uses the server's for ages and for \"now\"")
    })
}

#[cfg(test)]
mod tests;
