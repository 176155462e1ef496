//! Warnings: shown first in tables, and as lines of their own in JSON.

use std::collections::BTreeSet;
use std::io::Write;

use schemars::JsonSchema;
use serde::Serialize;

use super::json::{JsonLines, Line};
use super::tone::Tone;
use crate::error::Result;
use crate::plan::Warning;
use crate::resolve::{Caution, Kind};

/// Formats warnings for stdout, one per line: red on a terminal, unless `NO_COLOR` is set.
pub(super) fn warning_lines(warnings: &[Warning]) -> impl Iterator<Item = String> {
    let line = |warning: &Warning| format!("  {}", Tone::Danger.paint(&format!("warning: {warning}")));
    warnings.iter().map(line)
}

/// The keys with a caution.
#[derive(Serialize, JsonSchema)]
pub(super) struct CautionLine<'a> {
    /// The caution.
    caution: Caution,
    /// The number of keys with this caution.
    keys: u64,
    /// Some of these keys.
    examples: &'a BTreeSet<String>,
}

/// A warning; `reason` names it.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum WarningLine<'a> {
    /// A warning about the target time.
    TargetTime(&'a Warning),
    /// Any other warning.
    Other {
        /// `nothing-compared`: there was nothing to compare. `unlikely-keys`: none of the keys that rows name ever
        /// existed. `shard-left-alone`: nothing was done about a shard of a plan set.
        reason: &'static str,
        /// The warning, as text.
        message: &'a str,
    },
}

impl<W: Write> JsonLines<W> {
    /// Writes warnings about the target time.
    pub(crate) fn warnings(&mut self, warnings: &[Warning]) -> Result<()> {
        warnings.iter().try_for_each(|warning| self.line(Line::Warning(WarningLine::TargetTime(warning))))
    }

    /// Writes the keys with a multipart upload that may have been completed after T.
    pub(super) fn straddling(&mut self, Kind { keys, examples }: &Kind) -> Result<()> {
        if *keys == 0 {
            return Ok(());
        }
        self.line(Line::Caution(CautionLine { caution: Caution::Multipart, keys: *keys, examples }))
    }

    /// Writes any other warning.
    pub(crate) fn warning(&mut self, reason: &'static str, message: &str) -> Result<()> {
        self.line(Line::Warning(WarningLine::Other { reason, message }))
    }
}
