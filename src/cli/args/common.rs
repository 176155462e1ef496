//! What several commands take.
#![expect(clippy::doc_markdown, reason = "these comments are the help text that clap prints")]

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};

use super::apply::ActionArg;
use super::check::EarlierArgs;
use crate::cancel::Cancel;
use crate::engine::{Action, Only, Query, Selected, reading};
use crate::error::Error;
use crate::limits;
use crate::model::{Account, Destination, Endpoint, Instant, Location, RequestPayer, TypedTime};
use crate::report::{Display, Format, Output};

impl<F: Form> CommonArgs<F> {
    /// What is asked about the past of a place, of these kinds of change.
    pub(in crate::cli) async fn query(
        &self,
        location: &Location,
        at: TypedTime,
        only: &[ActionArg],
        cancel: &Cancel,
    ) -> Result<Query, Error> {
        let Self { select: SelectArgs { include, exclude, keys_from }, compare, .. } = self;
        let selected = Selected {
            include: include.clone(),
            exclude: exclude.clone(),
            keys_from: keys_from.as_ref().map(|file| file.to_string_lossy().into_owned()),
            only: kinds(only),
        };
        let location = location.clone();
        let mut query = reading(cancel, move || Query::new(location, at, selected)).await?;
        query.trust_etag = compare.trust_etag;
        query.multipart_window = self.multipart_window.unwrap_or(limits::MULTIPART_WINDOW);
        query.earlier = self.earlier.rules(cancel).await?;
        Ok(query)
    }
}

/// The kinds of change that were typed.
pub(in crate::cli) fn kinds(only: &[ActionArg]) -> Only {
    Only::new(only.iter().copied().map(Action::from))
}

/// A place and a past time.
#[derive(Debug, Args)]
pub(in crate::cli) struct PastArgs {
    /// The bucket, or a prefix in it: s3://BUCKET[/PREFIX]
    #[arg(value_parser = parse_location)]
    pub(in crate::cli) location: Location,
    /// The past time: 2026-11-17T14:30:05Z, "2026-11-17 14:30:05 UTC", @1763389805, or an age: 90m, 2h, 3d
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: String,
}

/// What `diff`, `restore` and `verify` all take.
#[derive(Debug, Args)]
pub(in crate::cli) struct CommonArgs<F: Form = FormatArg> {
    #[command(flatten)]
    pub(in crate::cli) select: SelectArgs,
    #[command(flatten)]
    pub(in crate::cli) compare: CompareArgs,
    /// Caution about uploads in parts begun at most this long before the past time; without it, 1h
    #[arg(long, value_name = "LENGTH", value_parser = parse_length)]
    pub(in crate::cli) multipart_window: Option<Duration>,
    #[command(flatten)]
    pub(in crate::cli) earlier: EarlierArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs<F>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Which keys")]
pub(in crate::cli) struct SelectArgs {
    /// Only keys that match; * crosses /. May be given several times
    #[arg(long, value_name = "GLOB")]
    pub(in crate::cli) include: Vec<String>,
    /// No keys that match. May be given several times
    #[arg(long, value_name = "GLOB")]
    pub(in crate::cli) exclude: Vec<String>,
    /// Only the keys in this file (- for standard input), one a line
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) keys_from: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CompareArgs {
    /// Take versions of equal ETag and size for the same object, without a HEAD of either
    #[arg(long)]
    pub(in crate::cli) trust_etag: bool,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub(in crate::cli) struct ServerArgs {
    /// The server's address, if it is not AWS
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) endpoint_url: Option<String>,
    #[arg(skip)]
    pub(in crate::cli) begun_on: Option<Endpoint>,
    /// The bucket's region
    #[arg(long)]
    pub(in crate::cli) region: Option<String>,
    /// The profile in the AWS configuration files
    #[arg(long)]
    pub(in crate::cli) profile: Option<String>,
    /// Name the bucket in the path, not in the host name
    #[arg(long)]
    pub(in crate::cli) path_style: bool,
    /// Refuse every bucket that another AWS account owns
    #[arg(long, value_name = "ACCOUNT", value_parser = parse_account)]
    pub(in crate::cli) expected_bucket_owner: Option<Account>,
    /// Agree to pay for requests to Requester Pays buckets
    #[arg(long, value_name = "PAYER", value_enum)]
    pub(in crate::cli) request_payer: Option<PayerArg>,
    /// Listing requests under way at once, at most; throttling narrows it
    #[arg(long, value_name = "N", value_parser = parse_concurrency, default_value_t = limits::DEFAULT_LIST_CONCURRENCY)]
    pub(in crate::cli) list_concurrency: usize,
    /// Seconds without data after which a reply has stalled and its request is retried
    #[arg(long, value_name = "SECONDS", value_parser = parse_read_timeout, default_value = "60")]
    pub(in crate::cli) read_timeout: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PayerArg {
    Requester,
}

impl From<PayerArg> for RequestPayer {
    fn from(arg: PayerArg) -> Self {
        match arg {
            PayerArg::Requester => RequestPayer::Requester,
        }
    }
}

impl From<RequestPayer> for PayerArg {
    fn from(payer: RequestPayer) -> Self {
        match payer {
            RequestPayer::Requester => PayerArg::Requester,
        }
    }
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(in crate::cli) struct OutputArgs<F: Form = FormatArg> {
    /// The form of the results
    #[arg(long, value_enum, default_value = "table")]
    pub(in crate::cli) format: F,
    /// Short for --format json
    #[arg(long, conflicts_with = "format")]
    pub(in crate::cli) json: bool,
    /// Only results and errors
    #[arg(short, long)]
    pub(in crate::cli) quiet: bool,
    /// Show no progress
    #[arg(long)]
    pub(in crate::cli) no_progress: bool,
    /// Show progress even if stderr is not a terminal
    #[arg(long, conflicts_with_all = ["no_progress", "quiet"])]
    pub(in crate::cli) progress: bool,
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

/// The formats that a command offers: those that it takes, and no other.
pub(in crate::cli) trait Form:
    ValueEnum + Into<Format> + std::fmt::Debug + Copy + Send + Sync + 'static
{
}

impl<F: ValueEnum + Into<Format> + std::fmt::Debug + Copy + Send + Sync + 'static> Form for F {}

/// The formats of a command whose results are no list of keys.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum FormatArg {
    /// For a person
    Table,
    /// JSON Lines
    Json,
}

/// The formats of a command whose results are a list of keys, of versions or of counts.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum ListFormatArg {
    /// For a person
    Table,
    /// JSON Lines
    Json,
    /// Comma-separated values
    Csv,
}

impl From<FormatArg> for Format {
    fn from(arg: FormatArg) -> Self {
        match arg {
            FormatArg::Table => Format::Table,
            FormatArg::Json => Format::Json,
        }
    }
}

impl From<ListFormatArg> for Format {
    fn from(arg: ListFormatArg) -> Self {
        match arg {
            ListFormatArg::Table => Format::Table,
            ListFormatArg::Json => Format::Json,
            ListFormatArg::Csv => Format::Csv,
        }
    }
}

/// Options that a command accepts and its help does not show: they have no effect on it, but scripts give them to every
/// command alike.
#[derive(Debug)]
pub(in crate::cli) struct Hidden<T>(T);

impl<T: Args> Args for Hidden<T> {
    fn augment_args(command: Command) -> Command {
        let shown = T::augment_args(Command::new("shown"));
        shown.get_arguments().fold(command, |command, arg| command.arg(arg.clone().hide(true)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<T: FromArgMatches> FromArgMatches for Hidden<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

/// clap shows an error's message only, so the hint has to be part of it.
pub(super) fn parse_location(text: &str) -> Result<Location, String> {
    text.parse().map_err(|e: Error| format!("{e}\n  {}", e.hints().join("\n  ")))
}

pub(super) fn parse_destination(text: &str) -> Result<Destination, String> {
    text.parse().map_err(|e: Error| format!("{e}\n  {}", e.hints().join("\n  ")))
}

fn parse_account(text: &str) -> Result<Account, String> {
    text.parse().map_err(|e: Error| format!("{e}\n  {}", e.hints().join("\n  ")))
}

pub(super) fn parse_rate(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix("/s").unwrap_or(text);
    match number.parse() {
        Ok(rate) if rate > 0 => Ok(rate),
        _ => Err("write it as 3000/s".to_owned()),
    }
}

pub(super) fn parse_length(text: &str) -> Result<Duration, String> {
    Instant::parse_length(text).ok_or_else(|| "write it as 90m, 2h or 3d".to_owned())
}

pub(super) fn parse_concurrency(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if (1..=limits::MAX_CONCURRENCY).contains(&n) => Ok(n),
        _ => Err(format!("a number from 1 to {}", limits::MAX_CONCURRENCY)),
    }
}

pub(super) fn parse_read_timeout(text: &str) -> Result<Duration, String> {
    let most = limits::MAX_BODY_IDLE.as_secs();
    match text.parse() {
        Ok(seconds) if (1..=most).contains(&seconds) => Ok(Duration::from_secs(seconds)),
        _ => Err(format!("a number of seconds from 1 to {most}")),
    }
}

#[cfg(test)]
mod tests;
