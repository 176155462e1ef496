//! The output of asof. stdout carries results, stderr progress and messages.

mod changes;
mod chart;
mod checks;
mod columns;
mod console;
mod cost;
mod counts;
mod csv;
mod diff;
mod doubt;
mod drill_summary;
mod findings;
mod folders;
mod heading;
mod history;
mod html;
mod jobs;
mod json;
mod key_row;
mod last_words;
mod leftovers;
mod listing;
mod manual;
mod markdown;
mod marks;
mod metrics;
mod notices;
mod outcomes;
pub(crate) mod output_file;
mod pager;
mod plan_notes;
mod plan_set;
mod prefixes;
mod progress;
mod prompt;
mod recoveries;
mod recovery;
mod recovery_view;
mod recovery_words;
mod references;
mod restore;
mod runs;
mod screen;
mod serve;
mod set_results;
mod set_runs;
mod table_out;
mod timeline;
mod tone;
mod units;
mod verdict;
mod warning;

pub(crate) use changes::{Before, ChangesView, Closing, Preview, show_heal, show_prepared, show_sums};
pub(crate) use checks::{Answer, head, problems};
pub(crate) use console::{Output, error_words, say, skew_note};
pub(crate) use diff::nothing_to_change;
pub(crate) use doubt::caution_words;
pub(crate) use drill_summary::EndedDrill;
pub(crate) use findings::FindingsView;
pub(crate) use heading::{Heading, Purpose};
pub(crate) use history::HistoryView;
use html::recovery_page;
pub(crate) use html::{PageFile, Ran};
pub(crate) use jobs::show_job;
pub(crate) use json::{Command, Done, JsonLines, Summary, json_schema};
pub(crate) use last_words::{NextCommands, RunWords};
pub(crate) use leftovers::{lifted_line, show_leftovers, swept_line};
pub(crate) use listing::{Ending, ListAbout, ListOut, ListStyle, Sizes};
pub(crate) use manual::{show_topic, show_topics};
pub(crate) use marks::{show_expired, show_mark, show_marks};
pub(crate) use metrics::{
    Earlier, Metrics, Sample, Subject, checked, left_behind, recovered, restored, verified,
};
pub(crate) use outcomes::{CHANGED_MEANWHILE, Reporter, STANDS_THERE};
pub(crate) use pager::has_pager;
pub(crate) use plan_notes::plan_notes;
pub(crate) use plan_set::{SetView, show_set};
pub(crate) use progress::{Display, Phase, Progress};
pub(crate) use prompt::{Asked, CHANGE, Prompt, can_ask};
pub(crate) use recoveries::show_recoveries;
pub(crate) use recovery_view::{RecoveryView, Reported};
pub(crate) use recovery_words::abort_words;
pub(crate) use references::{ReferencesHeading, ReferencesSummary, references_verdict};
pub(crate) use restore::{done_line, download_words, left_out_line};
pub(crate) use runs::{RunLine, removed_runs, show_runs};
pub(crate) use screen::stdout_is_file;
pub(crate) use serve::{Connect, show_view};
pub(crate) use set_results::{NextOfSet, SetResults};
pub(crate) use set_runs::{SetRunsView, show_set_runs};
pub(crate) use timeline::TimelineView;
pub(crate) use tone::ColorChoice;
pub(crate) use units::{length, plural};
pub(crate) use verdict::{AskedKeys, SUSPENDED, diff_verdict};

pub(crate) use crate::model::{shell_path, shell_word};

/// The output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Format {
    /// A table for people.
    #[default]
    Table,
    /// JSON Lines: every object has a `"type"`, the first one a `"schema"`.
    Json,
    /// Comma-separated values with a header line.
    Csv,
}
