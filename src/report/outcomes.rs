//! Reports the results of a run as they arrive.

use std::io::BufWriter;

use super::json::{JsonLines, Summary};
use super::restore::failure_line;
use super::{Format, say};
use crate::apply::Outcome;
use crate::engine::ShardStatus;
use crate::error::Result;
use crate::limits;
use crate::model::Check;
use crate::plan::{Change, Warning};

/// Describes a key in conflict.
pub(crate) const CHANGED_MEANWHILE: &str = "changed since the plan was made; left unchanged";

/// Describes a file in conflict.
pub(crate) const STANDS_THERE: &str = "something else is in its place; left unchanged";

/// Reports results as they arrive, and collects hints about the keys that failed.
pub(crate) struct Reporter {
    form: Form,
    conflict: &'static str,
    hints: Vec<String>,
}

/// The format; for a table, the number of lines written to stderr, which is limited.
enum Form {
    Table(usize),
    Json(JsonLines<BufWriter<std::io::Stdout>>),
}

impl Reporter {
    /// Starts the report. `conflict` describes a key in conflict; in a table, `checks` and `warnings` were shown
    /// already.
    pub(crate) fn begin(
        format: Format,
        conflict: &'static str,
        checks: &[Check],
        warnings: &[Warning],
    ) -> Result<Self> {
        let mut form = Form::Table(0);
        if format == Format::Json {
            let mut lines = JsonLines::new(BufWriter::new(std::io::stdout()));
            lines.checks(checks)?;
            lines.warnings(warnings)?;
            form = Form::Json(lines);
        }
        Ok(Self { form, conflict, hints: Vec::new() })
    }

    pub(crate) fn outcome(&mut self, change: &Change, outcome: &Outcome) -> Result<()> {
        if let Outcome::Failed(e) = outcome {
            for hint in e.hints() {
                if self.hints.len() < limits::SHOWN_HINTS && !self.hints.contains(hint) {
                    self.hints.push(hint.clone());
                }
            }
        }
        match &mut self.form {
            Form::Json(lines) => return lines.outcome(change, outcome),
            Form::Table(shown) => {
                if let Some(line) = failure_line(change, outcome, self.conflict) {
                    *shown += 1;
                    match (*shown).cmp(&(limits::SHOWN_FAILURES + 1)) {
                        std::cmp::Ordering::Less => say(&format!("  {line}\n")),
                        std::cmp::Ordering::Equal => say("  … more; --format json lists every one\n"),
                        std::cmp::Ordering::Greater => {}
                    }
                }
            }
        }
        Ok(())
    }

    /// Reports a shard of a plan set whose run ended: in JSON only.
    pub(super) fn shard(&mut self, status: &ShardStatus) -> Result<()> {
        match &mut self.form {
            Form::Json(lines) => lines.shard_run(status),
            Form::Table(_) => Ok(()),
        }
    }

    /// Reports that nothing was done about a shard of a plan set.
    pub(super) fn left_alone(&mut self, message: &str) -> Result<()> {
        match &mut self.form {
            Form::Json(lines) => lines.warning("shard-left-alone", message),
            Form::Table(_) => {
                say(&format!("  {message}\n"));
                Ok(())
            }
        }
    }

    /// Ends the report. Returns the hints.
    pub(crate) fn finish(self, summary: &Summary<'_>) -> Result<Vec<String>> {
        if let Form::Json(mut lines) = self.form {
            lines.summary(summary)?;
        }
        Ok(self.hints)
    }
}
