//! The use cases of a recovery file: recover, abort, drill, sweep, mark.

mod abort;
mod adopt;
mod bucket;
mod check;
mod connect;
mod deadline;
mod drill;
mod earlier;
mod environment;
mod errand;
mod execute;
mod hooks;
mod kept;
mod look;
mod mark;
mod open;
mod overtaken;
mod prepare;
mod session;
mod source;
mod step;
mod sweep;
mod target_time;
mod teardown;

pub(crate) use abort::{Abort, needed_runs};
pub(crate) use connect::databases;
pub(crate) use drill::Drill;
pub(crate) use mark::MakeMark;
pub(crate) use open::{OpenRecoveries, open_recoveries};
pub(crate) use prepare::{Begins, Recover, RecoveryResult};
pub(crate) use session::{RecoveryOptions, RecoveryRequest};
pub(crate) use source::Source;
pub(crate) use sweep::Leftovers;
pub(crate) use target_time::TargetTime;

pub(crate) use crate::db::rds::Swept;
pub(crate) use crate::recover::{Conclusion, LATEST, NextCommand, Notice, TEMPLATE};
pub(crate) use crate::state::MarksFile;
