//! Options for the format of a command's results and progress.

use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};

use super::values::formats;
use crate::report::{Display, Format, Output};

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct OutputArgs<const CSV: bool = false> {
    /// Output format
    #[arg(long, value_parser = formats(CSV), default_value = "table")]
    pub(in crate::cli) format: Format,
    /// Shorthand for --format json
    #[arg(long, conflicts_with = "format")]
    pub(in crate::cli) json: bool,
    /// Print results and errors only
    #[arg(short, long)]
    pub(in crate::cli) quiet: bool,
    /// Hide the progress display
    #[arg(long)]
    pub(in crate::cli) no_progress: bool,
    /// Show progress even when stderr is not a terminal: a line of text per second, or of JSON
    #[arg(long, value_name = "FORM", num_args = 0..=1, default_missing_value = "text",
        conflicts_with_all = ["no_progress", "quiet"])]
    pub(in crate::cli) progress: Option<ProgressForm>,
}

/// The form of progress lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ProgressForm {
    Text,
    Json,
}

impl<const CSV: bool> From<OutputArgs<CSV>> for Output {
    fn from(args: OutputArgs<CSV>) -> Self {
        let OutputArgs { format, json, quiet, no_progress, progress } = args;
        let format = if json { Format::Json } else { format };
        let display = match progress {
            _ if quiet || no_progress => Display::Never,
            Some(ProgressForm::Text) => Display::Always,
            Some(ProgressForm::Json) => Display::Json,
            None => Display::Auto,
        };
        Self { format, quiet, display }
    }
}

/// Options that a command accepts without effect and hides in its help, so that scripts can pass them to every command.
#[derive(Debug)]
pub(in crate::cli) struct Hidden<T>(T);

impl<T> Hidden<T> {
    /// The arguments.
    pub(in crate::cli) fn into_inner(self) -> T {
        self.0
    }
}

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
