//! The state directory: runs and recoveries with their journals, marks, and claims, accessible to the owner only.
//!
//! A file is replaced atomically, or grows by [frames](frame); a record is on disk before the action it announces
//! begins. Only one process at a time works on a run, a recovery or a resource.

mod claim;
mod dir;
mod frame;
mod journal;
mod marks;
mod quiesced;
mod recovery;
mod run;
mod uploads;

pub use crate::model::Server;
pub(crate) use claim::Claim;
#[cfg(test)]
pub(crate) use journal::Replay;
pub(crate) use marks::MarksFile;
pub(crate) use quiesced::Quiesced;
pub(crate) use recovery::{Glimpse, Recovery, Unreadable};
#[cfg(test)]
pub(crate) use run::Record;
pub(crate) use run::{ChangeProgress, Ending, Results, RunJournal, Superseded, Worked};
pub use run::{Copying, Run, RunManifest, RunState, RunStatus, ShardId};
