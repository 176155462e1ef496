//! The use cases of a recovery file: recover, abort, drill, sweep, mark.

mod abort;
mod adopt;
mod bucket;
mod check;
mod connect;
mod deadline;
mod drill;
mod drill_check;
mod earlier;
mod environment;
mod execute;
mod expire;
mod hooks;
mod kept;
mod look;
mod mark;
mod marked_time;
mod open;
mod overtaken;
mod policy;
mod prepare;
mod references;
mod restore_request;
mod session;
mod snapshots;
mod source;
mod step;
mod sweep;
mod target_time;
mod teardown;
mod template;
mod verdict;
mod windows;

pub(crate) use abort::{Abort, needed_runs};
pub(crate) use connect::viewed_buckets;
pub(crate) use drill::{Drill, Rehearsed};
pub(crate) use expire::{ExpireMarks, ExpiredMarks};
pub(crate) use mark::MakeMark;
pub(crate) use marked_time::MarkedTime;
pub(crate) use open::{OpenRecoveries, open_recoveries};
pub(crate) use policy::{LeastFor, least_policy};
pub(crate) use prepare::{Begins, Recover, RecoveryResult};
pub(crate) use session::{RecoveryOptions, RecoveryRequest};
pub(crate) use source::Source;
pub(crate) use sweep::Leftovers;
pub(crate) use target_time::TargetTime;
pub(crate) use template::{write_recipe, write_template};
pub(crate) use verdict::Verdict;
pub(crate) use windows::Databases;

pub(crate) use crate::db::rds::Swept;
pub(crate) use crate::recover::{
    Conclusion, LATEST, Marks, NextCommand, Notice, RECIPES, Recipe, Report, mark_name,
};
pub(crate) use crate::state::MarksFile;
