//! Shows the events of a command on a recovery file as they arrive, and its report at the end.

use std::cell::RefCell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant as Clock;

use super::console::{error_words, skew_note};
use super::notices::{notice_line, plan_text};
use super::prompt::Prompt;
use super::recoveries::{abort_text, aborted_line};
use super::recovery::{StepNews, recovery_table};
use super::recovery_words::{Ended, recovery_words, start_over};
use super::table_out::TableOut;
use super::{Format, JsonLines, Output, PageFile, output_file, recovery_page, say};
use crate::engine::recover::{Conclusion, Notice, RecoveryResult, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::recover::Suggest;

/// A report that was shown and stored.
#[derive(Debug)]
pub(crate) struct Reported {
    pub conclusion: Conclusion,
    /// The copy in the state directory, if it could be written.
    pub kept: Option<PathBuf>,
}

/// Shows the results of a command on a recovery file.
pub(crate) struct RecoveryView<'a> {
    output: Output,
    source: &'a Source,
    news: RefCell<StepNews>,
}

impl<'a> RecoveryView<'a> {
    pub(crate) fn new(output: Output, source: &'a Source) -> Self {
        Self { output, source, news: RefCell::default() }
    }

    /// Shows an event.
    pub(crate) fn show(&self, notice: &Notice<'_>) -> Result<()> {
        let line = match notice {
            Notice::Plan { .. } | Notice::Bucket(_) => {
                if self.output.is_read() {
                    let mut out = TableOut::new();
                    let text = plan_text(&self.source.name(), notice, out.screen())?;
                    out.write_all(&text)?;
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

    /// Asks the user to type the name of the recovery file.
    pub(crate) async fn confirm(&self, prompt: Prompt<'_>, name: &str) -> Result<()> {
        let otherwise = format!("confirmation does not match {name}; nothing was changed");
        prompt.typed("the recovery file name", name, otherwise).await
    }

    /// Shows the report and stores it, also in the files named by options. A failure to store it does not affect the
    /// recovery and is only reported, but the command fails if a file named by an option could not be written.
    pub(crate) fn report(
        &self,
        result: &RecoveryResult,
        json_file: Option<&Path>,
        page_file: Option<&PageFile>,
    ) -> Reported {
        let RecoveryResult { recovery, report, conclusion, .. } = result;
        let mut lines = JsonLines::new(Vec::new());
        let formed = lines.recovery(report);
        let json = lines.into_inner();
        let kept = formed.and_then(|()| recovery.keep_report(&json));
        let elsewhere = match &kept {
            Ok(path) => format!("; a copy is in {}", path.display()),
            Err(e) => {
                say(&format!("cannot save the report: {e}\n"));
                String::new()
            }
        };
        let is_written = |written: Result<()>| written.map_err(|e| say(&format!("{e}{elsewhere}\n"))).is_ok();
        let shown = match self.output.format {
            Format::Json => print(&json),
            Format::Table | Format::Csv => print_table(&recovery_table(report)),
        };
        is_written(
            shown
                .map_err(|e| Error::new(ErrorKind::Local, format!("cannot write the report to stdout: {e}"))),
        );
        let copy = json_file.map(|path| output_file::write(path, "the report", &json));
        let page = page_file.map(|page| page.write(&recovery_page(report, &page.ran, recovery.now())));
        let written = [copy, page].map(|written| written.is_none_or(is_written));
        let conclusion = match conclusion {
            Conclusion::Done if written.contains(&false) => Conclusion::Failed,
            conclusion => *conclusion,
        };
        Reported { conclusion, kept: kept.ok() }
    }

    /// Writes the last lines about a recovery.
    pub(crate) fn finish(&self, result: &RecoveryResult, suggest: Suggest) {
        let state = result.recovery.state();
        let ended = Ended {
            path: &self.source.path,
            file: &self.source.file,
            at: result.recovery.manifest().at,
            state: &state,
            outcome: &result.outcome,
            follow_ups: &result.report.follow_ups,
        };
        for line in recovery_words(&ended, suggest) {
            self.output.note(&line);
        }
        if let Some(e) = &result.outcome.trouble {
            say(&error_words(e, false));
        }
        if result.had_ended {
            self.output.note(&start_over(&self.source.file, &state));
        }
    }
}

fn print_table(text: &str) -> std::io::Result<()> {
    let mut out = TableOut::new();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn print(text: &[u8]) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    out.write_all(text)?;
    out.flush()
}
