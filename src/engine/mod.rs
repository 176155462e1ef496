//! The use cases, and the only place that composes the stages: a survey (list, resolve, plan), a restore (apply), and
//! the checks of buckets before either.

mod bucket;
mod bucket_scan;
mod cat;
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
mod jobs;
mod key_lookup;
mod options;
mod pairing;
mod past;
mod prune;
mod query;
pub(crate) mod recover;
mod references;
mod restore;
mod resume_set;
mod rows;
mod run_or_set;
mod saved_plan;
mod scope_keys;
mod serve;
mod set_place;
mod shard_index;
mod shards;
mod superseded;
mod survey;
mod timeline;
mod undo;
mod undo_set;
mod uploads;
mod verify;
mod view;
mod work;

/// Types used in the options and results of the use cases.
pub use crate::apply::OnConflict;
pub use crate::endpoint::Credentials;
pub use crate::plan::file::{Header, Selected};
pub use crate::plan::set::{MANIFEST, PlanSet, Shard, Shards};
pub use crate::plan::{Action, Estimate, Only, Plausibility, Prices, Sums, Undelete, Warning};
pub(crate) use crate::recover::{Conclusion, Existed};
pub use crate::s3::{Client, ServerClock, Settings, Thaw, Tier};
pub(crate) use crate::state::host_name;
pub use crate::state::{
    Copying, Run, RunManifest, RunProgress, RunState, RunStatus, Server, ShardId, StateHome, Tally, Worker,
};
pub use bucket::{
    BucketState, bucket_state, inspect, require_history, require_removable, require_room, require_versioning,
    rules,
};
pub use cat::{Cat, Checked, PastObject};
pub use check::{AskedTime, CheckPast, PastAnswer, PastCheck};
pub use check_references::{Aim, CheckReferences, Holder, ReferenceCheck};
pub use consent::{Consent, Said};
pub use diff::{Comparison, Diff, SaveSet, SaveTo, Saving};
pub use download::{Download, Names, PreparedDownload};
pub use execute::Executed;
pub use heal::Heal;
pub use history::{Detail, Entries, History, KeyHistory};
pub use jobs::{ArrayJob, JobOptions, Platform, Reaction, Runner, Volume, attempts, worker_rate, workers};
pub use key_lookup::Scope;
pub use options::{ApplyOptions, OnDoubt, RestoreOptions, mass_delete};
pub use past::judge;
pub use prune::removable;
pub use query::Query;
pub(crate) use query::{check_elsewhere, earlier_rules, read_prices, reading};
pub(crate) use references::ReferenceFinding;
pub use references::References;
pub use restore::{Begun, Prepared, Restore};
pub use resume_set::{EndedShard, ResumeSet, ResumedSet, SetEvent};
pub(crate) use rows::Rows;
pub use run_or_set::RunOrSet;
pub(crate) use saved_plan::open_plan;
pub use serve::{Access, Certificate, Listen, Listening, ServeOptions, ServedBucket, Serving};
pub use set_place::{NewSet, SavedSet};
pub use shard_index::{ShardVariable, shard_index};
pub use shards::{SetProgress, ShardRuns, ShardState, ShardStatus, worst};
pub use survey::{Findings, seen};
pub use timeline::{Activity, ShowTimeline, TimelineScan};
pub use undo::{PreparedUndo, Undo};
pub use undo_set::UndoSet;
pub use verify::{Against, SetSelection, Verdict, Verification, Verify, set_selection};
pub use view::{
    Depth, FolderAt, KeyAt, LiveKey, OnUncertain, PageAt, PastBucket, Position, ViewEntry, ViewOptions,
    ViewPage,
};
pub use work::{Guards, ReadyShard, ShardWorker, TakenShard, Work};
