//! The arguments that a person types.
#![expect(clippy::doc_markdown, reason = "these comments are the help text that clap prints")]

use clap::{Args, Parser};

use super::command::Command;

pub(super) mod apply;
pub(super) mod check;
pub(super) mod common;
pub(super) mod compare;
#[cfg(feature = "lab")]
pub(super) mod lab;
pub(super) mod look;
mod output;
mod parse;
pub(super) mod recover;
pub(super) mod references;
pub(super) mod restore;
pub(super) mod server;
mod values;

const EXIT_CODES: &str = "Exit codes: 0 done; 1 failed; 2 wrong usage, or a plan that cannot be read; 3 incomplete (some keys failed or were changed by somebody \
meanwhile); 4 differences found (verify, references, diff --exit-code); 5 refused, to lose nothing; 130 interrupted.";

/// Puts a versioned S3 bucket back to the state it had at a past second.
#[derive(Debug, Parser)]
#[command(name = "asof", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Tell more on stderr: what lies below an error; twice: every request
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests;
