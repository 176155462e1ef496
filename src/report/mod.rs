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
mod prefixes;
mod progress;
mod recoveries;
mod recovery;
mod references;
mod restore;
mod runs;
mod shell;
mod timeline;
mod units;
mod warning;

pub use checks::{Answer, head, problems};
pub use csv::{CsvChanges, CsvHistory};
pub use diff::{DiffView, Heading, Purpose, nothing_to_change, sizes_only};
pub use doubt::straddling_keys;
pub use history::history_line;
pub use html::recovery_page;
pub use json::{Command, Done, JsonLines, Summary};
pub use leftovers::leftovers_table;
pub use marks::marks_table;
pub use progress::{Display, Phase, Progress};
pub use recoveries::{AbortedPart, AbortedRecovery, OpenRecovery, recoveries_table};
pub use recovery::{progress_line, recovery_table};
pub use references::{
    CsvReferences, ReferencesHeading, ReferencesSummary, ReferencesView, references_verdict,
};
pub use restore::{done_line, failure_line, not_kept_line};
pub use runs::{RunLine, runs_table};
pub use shell::{shell_path, shell_word};
pub use timeline::{TimelineView, bars_for};
pub use units::{bytes, count, length, plural};

/// The form of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For a person.
    #[default]
    Table,
    /// JSON Lines: every object has a `"type"`, the first a `"schema"`.
    Json,
    /// Comma-separated values with a heading line.
    Csv,
}
