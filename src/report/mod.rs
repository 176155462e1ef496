//! What a person or a script gets to see. stdout carries results, stderr progress and messages.

mod checks;
mod columns;
mod csv;
mod diff;
mod doubt;
mod history;
mod html;
mod json;

mod leftovers;
mod marks;
mod notices;
mod prefixes;
mod progress;
mod recoveries;
mod recovery;
mod recovery_words;
mod references;
mod restore;
mod runs;
mod timeline;
mod units;
mod warning;

pub(crate) use checks::{Answer, head, problems};
pub(crate) use csv::{CsvChanges, CsvHistory};
pub(crate) use diff::{DiffView, Heading, Purpose, nothing_to_change, sizes_only};
pub(crate) use doubt::straddling_keys;
pub(crate) use history::history_line;
pub(crate) use html::recovery_page;
pub(crate) use json::{Command, Done, JsonLines, Summary};
pub(crate) use leftovers::{leftovers_table, lifted_line, swept_line};
pub(crate) use marks::marks_table;
pub(crate) use notices::{notice_line, plan_text};
pub(crate) use progress::{Display, Phase, Progress};
pub(crate) use recoveries::{abort_text, aborted_line, recoveries_table};
pub(crate) use recovery::{StepNews, recovery_table};
pub(crate) use recovery_words::{Ended, abort_words, anew, recovery_words};
pub(crate) use references::{
    CsvReferences, ReferencesHeading, ReferencesSummary, ReferencesView, references_verdict,
};
pub(crate) use restore::{done_line, failure_line, not_kept_line};
pub(crate) use runs::{RunLine, runs_table};
pub(crate) use timeline::{TimelineView, bars_for};
pub(crate) use units::{length, plural};

pub(crate) use crate::model::{shell_path, shell_word};

/// The form of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Format {
    /// For a person.
    #[default]
    Table,
    /// JSON Lines: every object has a `"type"`, the first a `"schema"`.
    Json,
    /// Comma-separated values with a heading line.
    Csv,
}
