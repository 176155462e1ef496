//! What every command is given: options made of arguments, the client, the token that stops it.

use std::io::BufRead;
use std::sync::Arc;
use std::time::Duration;

use super::args::check::EarlierArgs;
use super::args::common::{CommonArgs, Form, OutputArgs, SelectArgs, ServerArgs};
use super::exit::say;
use super::plan_view;
use crate::cancel::Cancel;
use crate::counters::Counters;
use crate::engine::Query;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::list::{Terminator, each_key};
use crate::model::{Instant, Lifecycle, Location, TypedTime};
use crate::plan::Only;
use crate::plan::file::Selected;
use crate::report::{Display, Format, length};
use crate::s3::{Client, ServerClock, Settings};

/// What a command needs from outside.
#[derive(Debug, Clone)]
pub(super) struct Context {
    /// Stops the command.
    pub(super) cancel: Cancel,
    /// Counts what it does.
    pub(super) counters: Arc<Counters>,
    /// The present, read once: by the server's clock as soon as that is known, see [`Context::by_clock_of`].
    pub(super) now: Instant,
}

impl Context {
    pub(super) fn new() -> Self {
        // In whole seconds, as versions are dated: an age is a number of whole seconds before it.
        let now = Instant::from_millis(chrono::Utc::now().timestamp() * 1000);
        Self { cancel: Cancel::default(), counters: Arc::default(), now }
    }

    /// The same with the time of the server, which has answered by now: what it keeps is dated by its clock. Says so where
    /// this machine's clock is another.
    pub(super) fn by_clock_of(&self, client: &Client, output: Output) -> Self {
        self.by_clock(client.clock(), output)
    }

    /// See [`Context::by_clock_of`].
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

/// How results and progress are shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) quiet: bool,
    pub(super) display: Display,
}

impl<F: Form> From<OutputArgs<F>> for Output {
    fn from(args: OutputArgs<F>) -> Self {
        let OutputArgs { format, json, quiet, no_progress, progress } = args;
        let format = if json { Format::Json } else { format.into() };
        let display = match (quiet || no_progress, progress) {
            (true, _) => Display::Never,
            (false, true) => Display::Always,
            (false, false) => Display::Auto,
        };
        Self { format, quiet, display }
    }
}

impl Output {
    /// A message for the person, unless they want none.
    pub(super) fn note(self, text: &str) {
        if !self.quiet {
            say(&format!("{text}\n"));
        }
    }
}

/// What is asked about the past of a place, of these kinds of change.
pub(super) fn query<F: Form>(
    location: &Location,
    at: TypedTime,
    common: &CommonArgs<F>,
    kinds: &Only,
) -> Result<Query> {
    let CommonArgs { select, compare, multipart_window, earlier, .. } = common;
    let selected = Selected { only: kinds.clone(), ..plan_view::selected(select) };
    let mut query = Query::new(location.clone(), at, selected, read_keys(select, location)?)?;
    query.trust_etag = compare.trust_etag;
    query.multipart_window = *multipart_window;
    query.earlier = earlier_rules(earlier)?;
    Ok(query)
}

/// Reads the keys that were asked for by name, if they were: one a line, in order, without repetition.
fn read_keys(select: &SelectArgs, location: &Location) -> Result<Option<Vec<String>>> {
    let Some(file) = select.keys_from.as_deref() else { return Ok(None) };
    let name = file.display();
    let failed = |e: std::io::Error| Error::usage(format!("cannot read keys from {name}: {e}"));
    let reader: Box<dyn BufRead> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::io::BufReader::new(std::fs::File::open(file).map_err(failed)?))
    };
    let mut keys = Vec::new();
    each_key(reader, Terminator::Line, location, &name.to_string(), |key| {
        if keys.len() == limits::KEYS_FROM {
            let message = format!("{name} has more than {} keys; each costs a request", limits::KEYS_FROM);
            return Err(Error::usage(message).hint("name a prefix, or --include patterns, instead"));
        }
        keys.push(key.to_owned());
        Ok(())
    })?;
    keys.sort_unstable();
    keys.dedup();
    Ok(Some(keys))
}

/// The lifecycle rules that a bucket had before, by the file that tells of them.
pub(super) fn earlier_rules(args: &EarlierArgs) -> Result<Lifecycle> {
    let Some(file) = &args.lifecycle_history else { return Ok(Lifecycle::default()) };
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|e| Error::usage(format!("cannot read the lifecycle history {name}: {e}")))?;
    Lifecycle::default().with_history(&text, &name)
}

/// Refuses to restore a place into itself, or into a part of itself.
pub(super) fn check_elsewhere(source: &Location, target: &Location) -> Result<()> {
    if target.clone().as_folder().overlaps(source) {
        return Err(Error::new(ErrorKind::Usage, format!("{target} and {source} overlap")).hint(
            "name another bucket, or a prefix that lies outside; without --to the restore is in place",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
