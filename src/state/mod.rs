//! The state directory: runs and recoveries with their journals, marks, and claims, accessible to the owner only.
//!
//! A file is replaced atomically, or grows by [frames](frame); a record is on disk before the action it announces
//! begins. Only one process at a time works on a run, a recovery or a resource.

mod bucket;
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
pub use bucket::StateHome;
pub(crate) use claim::{Claim, host_name};
#[cfg(test)]
pub(crate) use journal::Replay;
pub(crate) use marks::MarksFile;
pub(crate) use quiesced::Quiesced;
pub(crate) use recovery::{Glimpse, Recovery, Unreadable};
pub(crate) use run::{ActiveJournal, Begun, ChangeProgress, Ending, Results, Superseded, Undos, Worked};
pub use run::{Copying, Run, RunManifest, RunProgress, RunState, RunStatus, ShardId, Tally, Worker};
#[cfg(test)]
pub(crate) use run::{Record, RunJournal};
pub(crate) use uploads::UploadList;
