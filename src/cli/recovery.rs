//! What `recover`, `drill` and `mark` share: what was typed, as the engine takes it, and how its events are shown.

use std::cell::RefCell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant as Clock;

use super::args::apply::StateArgs;
use super::args::recover::{CarryArgs, ReportArgs};
use super::confirm::is_typed;
use super::context::{Context, Output, skew_note};
use super::copies::restore_options;
use super::exit::{Exit, say};
use super::kept::state_dir;
use super::{output_file, suggest, time_arg};
use crate::engine::recover::{
    Conclusion, LATEST, NextCommand, Notice, RecoveryOptions, RecoveryRequest, RecoveryResult, Source,
    TargetTime,
};
use crate::error::{Error, ErrorKind, Result};
use crate::report::{
    Format, JsonLines, StepNews, abort_text, aborted_line, notice_line, plan_text, recovery_page,
    recovery_table,
};

/// Reads a recovery file.
pub(super) fn source(path: &Path) -> Result<Source> {
    Source::read(path, typed)
}

/// Reads a recovery file that a recovery or a drill goes by.
pub(super) fn source_of(path: &Path, carry: &CarryArgs) -> Result<Source> {
    let mut source = source(path)?;
    source.file.deadline = carry.deadline.or(source.file.deadline);
    Ok(source)
}

/// How a recovery goes.
pub(super) fn options(carry: &CarryArgs) -> Result<RecoveryOptions> {
    let CarryArgs { apply, copies, multipart_window, settings_from, server, .. } = carry;
    Ok(RecoveryOptions {
        state_dir: state_dir(&apply.state)?,
        server: server.clone().settings(Some(apply.rate)),
        restore: restore_options(copies, apply),
        multipart_window: *multipart_window,
        settings_from: settings_from.clone(),
    })
}

/// The target time. A mark is one of this file.
pub(super) fn target_time(typed: &str, state: &StateArgs, source: &Source) -> Result<TargetTime> {
    let time = (typed != LATEST).then(|| time_arg::read_with(typed, state, &source.path)).transpose()?;
    Ok(TargetTime { typed: typed.to_owned(), time })
}

/// How a command is typed that a person may run next.
pub(super) fn typed(next: NextCommand<'_>) -> String {
    match next {
        NextCommand::Init(file) => suggest::init(file),
        NextCommand::Recover(file, at) => suggest::recover(file, &at.to_string()).to_string(),
        NextCommand::Again(file, at) => suggest::recover(file, &at.to_string()).again().to_string(),
        NextCommand::Adopt(file) => suggest::adopt(file),
        NextCommand::Abort(file) => suggest::abort(file),
        NextCommand::AbortInUse(file) => suggest::abort(file) + " --after-resume",
        NextCommand::Recoveries => suggest::recoveries(),
        NextCommand::Mark(file) => suggest::mark(file),
        NextCommand::Drill(file, at) => suggest::drill(file, at),
        NextCommand::Undo(run) => suggest::undo_of_recovery(run),
    }
}

/// Shows the events of a command about a recovery file.
pub(super) struct View<'a> {
    pub(super) output: Output,
    pub(super) source: &'a Source,
    news: RefCell<StepNews>,
}

impl<'a> View<'a> {
    pub(super) fn new(output: Output, source: &'a Source) -> Self {
        Self { output, source, news: RefCell::default() }
    }

    /// Shows one.
    pub(super) fn show(&self, notice: &Notice<'_>) -> Result<()> {
        let line = match notice {
            Notice::Plan { .. } | Notice::Bucket(_) => {
                if self.output.format == Format::Table && !self.output.quiet {
                    let mut out = std::io::stdout();
                    out.write_all(&plan_text(&self.source.name(), notice)?)?;
                    out.flush()?;
                }
                return Ok(());
            }
            Notice::Abort(plan) => {
                say(&abort_text(plan));
                None
            }
            Notice::Aborted(part) => {
                say(&aborted_line(part));
                None
            }
            Notice::ClockSkew(ahead) => skew_note(*ahead),
            Notice::Step(event) => self.news.borrow_mut().line(&self.source.file, event, Clock::now()),
            other => notice_line(other),
        };
        if let Some(line) = line {
            self.output.note(&line);
        }
        Ok(())
    }

    /// Has the name of the recovery file typed.
    pub(super) async fn confirm(&self, context: &Context, name: &str) -> Result<()> {
        if is_typed(context, "the name of the recovery file", name).await? {
            return Ok(());
        }
        Err(Error::usage(format!("that is not {name}; nothing was changed")))
    }

    /// Shows the report, and keeps it. That it cannot be written somewhere changes nothing of what was done: it is told. Gives
    /// the exit code: what is done is not as it was asked for if copies of the report could not be written.
    pub(super) fn report(&self, result: &RecoveryResult, copies: &ReportArgs) -> Exit {
        let RecoveryResult { recovery, report, conclusion, .. } = result;
        let mut lines = JsonLines::new(Vec::new());
        let formed = lines.recovery(report);
        let json = lines.into_inner();
        let kept = formed.and_then(|()| recovery.keep_report(&json));
        let elsewhere = match &kept {
            Ok(path) => format!("; it is kept in {}", path.display()),
            Err(e) => {
                say(&format!("the report is not kept: {e}\n"));
                String::new()
            }
        };
        let is_written = |written: Result<()>| written.map_err(|e| say(&format!("{e}{elsewhere}\n"))).is_ok();
        let text = match self.output.format {
            Format::Json => String::from_utf8_lossy(&json).into_owned(),
            Format::Table | Format::Csv => recovery_table(report),
        };
        is_written(
            std::io::stdout()
                .write_all(text.as_bytes())
                .map_err(|e| Error::new(ErrorKind::Local, format!("cannot write the report to stdout: {e}"))),
        );
        let is_copied = |path: &Option<PathBuf>, what: &str, content: &[u8]| {
            path.as_ref().is_none_or(|path| is_written(output_file::write(path, what, content)))
        };
        let page = recovery_page(report, recovery.now());
        let written = [
            is_copied(&copies.report, "the report", &json),
            is_copied(&copies.html, "the page", page.as_bytes()),
        ];
        match conclusion {
            Conclusion::Done if written.contains(&false) => Exit::Failed,
            conclusion => exit(*conclusion),
        }
    }
}

/// What a use case about this file is given.
pub(super) fn request<'a>(
    context: &'a Context,
    source: &'a Source,
    options: &'a RecoveryOptions,
    on: &'a dyn Fn(&Notice<'_>) -> Result<()>,
) -> RecoveryRequest<'a> {
    RecoveryRequest { source, options, cancel: &context.cancel, on, suggest: typed }
}

impl ReportArgs {
    /// Sees that the copies of the report can be written, before anything is done.
    pub(super) fn can_write(&self) -> Result<()> {
        output_file::can_write([&self.report, &self.html].into_iter().filter_map(Option::as_deref))
    }
}

/// The exit code.
pub(super) fn exit(conclusion: Conclusion) -> Exit {
    match conclusion {
        Conclusion::Done => Exit::Done,
        Conclusion::Failed => Exit::Failed,
        Conclusion::Incomplete => Exit::Incomplete,
        Conclusion::Inconsistent => Exit::Differences,
        Conclusion::Interrupted => Exit::Interrupted,
    }
}
