//! Shows the findings of a reference check in the selected format.

use std::io::{BufWriter, Write};

use super::json::JsonLines;
use super::references::{
    CsvReferences, ReferencesHeading, ReferencesSummary, ReferencesView, references_verdict,
};
use super::table_out::TableOut;
use super::{Format, say};
use crate::engine::ReferenceFinding;
use crate::error::Result;
use crate::model::Instant;
use crate::recover::ReferenceSums;

type Out = BufWriter<std::io::Stdout>;

/// The findings in the selected format.
pub(crate) enum FindingsView {
    Table(Box<ReferencesView>, TableOut),
    Json(JsonLines<Out>),
    Csv(Box<CsvReferences<Out>>),
}

impl FindingsView {
    /// Creates an empty view.
    pub(crate) fn new(format: Format, heading: ReferencesHeading, all: bool) -> Result<Self> {
        let out = BufWriter::new(std::io::stdout());
        Ok(match format {
            Format::Table => {
                let out = TableOut::paged(all);
                Self::Table(Box::new(ReferencesView::new(heading, all, out.screen())), out)
            }
            Format::Json => Self::Json(JsonLines::new(out)),
            Format::Csv => Self::Csv(Box::new(CsvReferences::new(out)?)),
        })
    }

    /// Shows a warning about the result; the table shows it at its end.
    pub(crate) fn warning(&mut self, reason: &'static str, message: &str) -> Result<()> {
        match self {
            Self::Table(..) => Ok(()),
            Self::Json(lines) => lines.warning(reason, message),
            Self::Csv(_) => {
                say(&format!("{message}\n"));
                Ok(())
            }
        }
    }

    /// Shows a finding.
    pub(crate) fn finding(&mut self, finding: &ReferenceFinding<'_>, at: Instant) -> Result<()> {
        match (finding, self) {
            (ReferenceFinding::Dangling(dangling), Self::Table(view, out)) => view.dangling(dangling, out),
            (ReferenceFinding::Dangling(dangling), Self::Json(lines)) => lines.dangling(dangling, at),
            (ReferenceFinding::Dangling(dangling), Self::Csv(csv)) => csv.dangling(dangling, at),
            (ReferenceFinding::Orphan(orphan), Self::Table(view, out)) => view.orphan(orphan, out),
            (ReferenceFinding::Orphan(orphan), Self::Json(lines)) => lines.orphan(orphan),
            (ReferenceFinding::Orphan(orphan), Self::Csv(csv)) => csv.orphan(orphan),
        }
    }

    /// Writes the end; `next` is the suggested next step.
    pub(crate) fn finish(
        self,
        sums: &ReferenceSums,
        summary: &ReferencesSummary<'_>,
        next: Option<String>,
    ) -> Result<()> {
        match self {
            Self::Table(view, mut out) => {
                view.finish(sums, &mut out)?;
                writeln!(out, "{}", references_verdict(sums))?;
                for cause in sums.likely_causes() {
                    writeln!(out, "  likely cause: {cause}")?;
                }
                if let Some(next) = next {
                    writeln!(out, "  {next}")?;
                }
                Ok(out.flush()?)
            }
            Self::Json(mut lines) => lines.references(summary),
            Self::Csv(csv) => csv.finish(),
        }
    }
}
