//! The only place that composes the stages: a survey (list, resolve, plan), a restore (apply), and the checks on buckets
//! that come before either.

mod bucket;
mod bucket_scan;
mod check;
mod check_references;
mod consent;
mod diff;
mod directory;
mod download;
mod execute;
mod extras;
mod heal;
mod history;
mod key_lookup;
mod options;
mod pairing;
mod past;
mod prune;
mod query;
pub(crate) mod recover;
mod references;
mod restore;
mod rows;
mod scope_keys;
mod superseded;
mod survey;
mod timeline;
mod undo;
mod uploads;
mod verify;

pub use crate::state::{Copying, Run, RunManifest, RunState, RunStatus, Server};
pub use bucket::{
    BucketState, inspect, require_history, require_keeping, require_removable, require_room, rules, standing,
};
pub use check::{AskedTime, CheckPast, PastAnswer, PastCheck};
pub use check_references::{Aim, CheckReferences, Holder, ReferenceCheck};
pub use consent::{Consent, Said};
pub use diff::{Comparison, Diff};
pub use download::{Download, Names, PreparedDownload};
pub use execute::Executed;
pub use heal::Heal;
pub use history::history;
pub use key_lookup::Scope;
pub use options::{ApplyOptions, OnDoubt, RestoreOptions, mass_delete};
pub use past::judge;
pub use prune::removable;
pub use query::Query;
pub use references::References;
pub use restore::{Begun, Prepared, Restore};
pub use rows::read_keys;
pub use survey::{Extras, Findings, survey};
pub use timeline::{own_runs, trace};
pub use undo::{PreparedUndo, Undo};
pub use verify::{Against, Verdict, Verification, Verify};
