//! The arguments that a person types.
#![expect(clippy::doc_markdown, reason = "these comments are the help text that clap prints")]

use std::path::PathBuf;

use clap::{Args, Parser};

use super::command::Command;
use crate::report::ColorChoice;

pub(super) mod apply;
pub(super) mod check;
pub(super) mod common;
pub(super) mod compare;
pub(super) mod jobs;
#[cfg(feature = "lab")]
pub(super) mod lab;
pub(super) mod look;
pub(super) mod metrics;
mod output;
mod parse;
pub(super) mod read;
pub(super) mod recover;
pub(super) mod references;
pub(super) mod restore;
pub(super) mod serve;
pub(super) mod server;
mod values;
pub(super) mod work;

/// Restore versioned S3 buckets to a past second.
#[derive(Debug, Parser)]
#[command(name = "asof", version, max_term_width = 100, after_help = super::examples::EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Increase verbosity (-v: error causes, -vv: every request)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// Color the output; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    pub(super) color: ColorChoice,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// Shell to print completions for
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Write one page per command into this directory: asof.1, asof-check.1, …
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

#[cfg(test)]
mod tests;
