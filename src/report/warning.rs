//! Warnings: above everything else in a table, a line of their own in JSON.

use std::collections::BTreeSet;
use std::io::Write;

use schemars::JsonSchema;
use serde::Serialize;

use super::json::{JsonLines, Line};
use super::tone::Tone;
use crate::error::Result;
use crate::plan::Warning;
use crate::resolve::{Caution, Kind};

/// Warnings for stdout, one line each.
pub(super) fn warning_lines(warnings: &[Warning]) -> impl Iterator<Item = String> {
    let line = |warning: &Warning| format!("  {}", Tone::Danger.paint(&format!("warning: {warning}")));
    warnings.iter().map(line)
}

#[derive(Serialize, JsonSchema)]
pub(super) struct CautionLine<'a> {
    caution: Caution,
    keys: u64,
    examples: &'a BTreeSet<String>,
}

/// A warning, by its reason.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum WarningLine<'a> {
    /// About the target time.
    TargetTime(&'a Warning),
    /// About anything else.
    Other {
        /// `nothing-compared`: there was nothing to compare.
        reason: &'static str,
        message: &'a str,
    },
}

impl<W: Write> JsonLines<W> {
    /// The warnings.
    pub(crate) fn warnings(&mut self, warnings: &[Warning]) -> Result<()> {
        warnings.iter().try_for_each(|warning| self.line(Line::Warning(WarningLine::TargetTime(warning))))
    }

    /// Keys that held a multipart upload that may have been completed after T.
    pub(super) fn straddling(&mut self, Kind { keys, examples }: &Kind) -> Result<()> {
        if *keys == 0 {
            return Ok(());
        }
        self.line(Line::Caution(CautionLine { caution: Caution::Multipart, keys: *keys, examples }))
    }

    /// A warning about anything else.
    pub(crate) fn warning(&mut self, reason: &'static str, message: &str) -> Result<()> {
        self.line(Line::Warning(WarningLine::Other { reason, message }))
    }
}
