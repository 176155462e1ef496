//! From the process's arguments to its exit code.

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::args::Cli;
use super::command::Command;
use super::context::Context;
use super::exit::{Exit, report};
use super::metrics::MetricsFile;
use super::outputs;
use super::signals::stop_on_signals;
use super::suggest;
use crate::error::Result;
use crate::report::{error_words, say};

/// Runs the command in the process's arguments.
pub fn main() -> ExitCode {
    let cli = match parse() {
        Ok(cli) => cli,
        Err(e) => {
            // Help and version go to stdout and are not errors; clap distinguishes them.
            drop(e.print());
            return if e.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    cli.color.apply();
    let (verbose, shows_only) = (cli.verbose, cli.command.shows_only());
    log(verbose);
    let runtime = match runtime(&cli.command) {
        Ok(runtime) => runtime,
        Err(e) => {
            say(&format!("error: cannot start: {e}\n"));
            return Exit::Failed.into();
        }
    };
    let ended = runtime.block_on(run(cli.command));
    // A thread may still wait for a line on stdin that nobody will type.
    runtime.shutdown_background();
    match ended {
        Ok(exit) => exit.into(),
        Err(e) => report(&e, verbose > 0, shows_only).into(),
    }
}

fn parse() -> std::result::Result<Cli, clap::Error> {
    let mut command = Cli::command();
    let typed = command.try_get_matches_from_mut(std::env::args_os())?;
    outputs::require_own(&mut command, &typed)?;
    suggest::remember(&typed);
    Cli::from_arg_matches(&typed).map_err(|e| e.format(&mut command))
}

/// Builds the runtime. A listing runs on one thread: it decodes and resolves two million versions per second, each page
/// in the cache of one CPU. Measured on two CPUs, a thread for each took 1/8 more CPU time and 1/2 more memory;
/// decoding in a separate pool (rayon), 1/8 more CPU time and twice the memory. A restore with up to
/// [`REQUESTS_PER_THREAD`](crate::limits::REQUESTS_PER_THREAD) requests in flight runs on one thread, too.
fn runtime(command: &Command) -> std::io::Result<tokio::runtime::Runtime> {
    if command.suits_one_thread() {
        return tokio::runtime::Builder::new_current_thread().enable_all().build();
    }
    tokio::runtime::Runtime::new()
}

async fn run(command: Command) -> Result<Exit> {
    let context = Context::new();
    #[cfg(feature = "lab")]
    let command = match super::lab::run(command).await {
        std::ops::ControlFlow::Break(ended) => return ended,
        std::ops::ControlFlow::Continue(command) => command,
    };
    let metrics = MetricsFile::of(&command);
    metrics.as_ref().map_or(Ok(()), MetricsFile::can_write)?;
    if !matches!(command, Command::Manual(_)) {
        // The manual's pager handles Ctrl-C itself.
        let (metrics, aborted) = (metrics.clone(), context.clone());
        let aborting = move || {
            if let Some(Err(e)) = metrics.map(|file| file.write_exit(&aborted, Exit::Interrupted)) {
                say(&error_words(&e, false));
            }
        };
        stop_on_signals(context.cancel.clone(), command.when_aborted(), aborting)?;
    }
    let ended = Box::pin(command.run(&context)).await;
    match metrics {
        Some(file) => file.write(&context, ended),
        None => ended,
    }
}

/// Logs the stages at -v; at -vv every key, and every request.
fn log(verbose: u8) {
    let (own, others) = match verbose {
        0 => return,
        1 => (LevelFilter::INFO, LevelFilter::WARN),
        _ => (LevelFilter::DEBUG, LevelFilter::DEBUG),
    };
    let levels = Targets::new().with_default(others).with_target("asof", own);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).without_time();
    tracing_subscriber::registry().with(levels).with(lines).init();
}
