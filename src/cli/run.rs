//! From the process's arguments to its exit code.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::args::{Cli, Command};
use super::context::Context;
use super::exit::{Exit, report, say};
use super::{
    check, completions, diff, drill, history, mark, recover, references, restore, resume, runs, show,
    timeline, undo, verify,
};
use crate::error::Result;
use crate::program;

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // Help and version go to stdout and are no error; clap knows which is which.
            drop(e.print());
            return if e.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
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

/// One thread for all requests of a listing: a page is decoded and resolved in the cache of one processor, two million
/// versions a second. With a thread for each of two processors it was measured to cost an eighth more time of theirs and
/// half as much memory again; with the decoding in a pool of its own (rayon), an eighth more and twice the memory. What
/// changes buckets signs a request a key, and takes the processors that there are; so does the embedded server.
fn runtime(command: &Command) -> std::io::Result<tokio::runtime::Runtime> {
    if command.lists_only() {
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
    stop_on_signals(&context, command.when_aborted())?;
    match command {
        Command::Diff(args) => diff::run(&context, args).await,
        Command::Restore(args) => Box::pin(restore::run(&context, args)).await,
        Command::Resume(args) => resume::run(&context, args).await,
        Command::Undo(args) => undo::run(&context, args).await,
        Command::Runs(args) => runs::run(&context, args).await,
        Command::Completions(args) => completions::completions(&args),
        Command::Man => completions::man(),
        Command::Verify(args) => verify::run(&context, args).await,
        Command::References(args) => references::run(&context, *args).await,
        Command::Show(args) => show::run(&context, args),
        Command::Recover(args) => Box::pin(recover::run(&context, args)).await,
        Command::Drill(args) => Box::pin(drill::run(&context, args)).await,
        Command::Mark(args) => mark::run(&context, args).await,
        Command::History(args) => history::run(&context, args).await,
        Command::Timeline(args) => timeline::run(&context, args).await,
        Command::Check(args) => check::run(&context, args).await,
        #[cfg(feature = "lab")]
        Command::Demo | Command::Lab(_) => Ok(Exit::Done),
    }
}

/// The first signal lets what is under way finish; the second does not, and `last` is said then.
fn stop_on_signals(context: &Context, last: &'static str) -> std::io::Result<()> {
    let cancel = context.cancel.clone();
    let mut signals = Signals::new()?;
    drop(tokio::spawn(async move {
        signals.next().await;
        cancel.stop();
        say("\nstopping: finishing what is under way; Ctrl-C again to abort at once\n");
        signals.next().await;
        // Otherwise a hook would live on, and be started once more beside itself by the same command.
        program::kill_all();
        say(&format!("\naborted{last}\n"));
        drop(std::io::stdout().flush());
        #[expect(clippy::exit, reason = "the person asked to abort at once")]
        std::process::exit(i32::from(Exit::Interrupted as u8));
    }));
    Ok(())
}

/// What asks to stop: Ctrl-C, the end of the machine or the pod, the end of the terminal.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Option<Signal>,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        let hangup = (!ignores_hangup()).then(|| signal(SignalKind::hangup())).transpose()?;
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate, hangup })
    }

    async fn next(&mut self) {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = hangup => {}
        }
    }
}

/// Whether the end of the terminal is not to end the process, as `nohup` has it. Where that cannot be known, it may be so.
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_none_or(|mask| mask & 1 != 0)
}

/// What is done, and to what, at -v; at -vv every key, and every request.
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
