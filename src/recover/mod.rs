//! A recovery as data: its file, its steps and their order, what its journal says; and what rows come to whose keys are
//! beside those of a bucket. Carrying it out is [`crate::engine`]'s.

mod abort;
mod drill;
mod entry;
mod file;
mod holds;
mod init;
mod journal;
mod marks;
mod places;
mod record;
mod references;
mod report;
mod resource;
mod rests;
#[cfg(test)]
mod shapes;
mod steps;
mod told;

pub use abort::{AbortPart, abort_parts};
pub use drill::{check_drill, drill_shape, is_scratch_of, scratch};
pub use file::{Bucket, DatabaseKind, Hooks, Mark, QuiesceTime, RecoveryFile, References, Target};
pub use holds::{Held, Seen, quiesces_again, what_holds};
pub use init::TEMPLATE;
pub use journal::{InUse, State, Status};
pub use marks::{Consistency, MarkLine, Marks, Named};
pub use record::{FORMAT, Record, StepResult};
pub use references::{Dangling, Existed, Moment, Orphan, ReferenceSums, dangling, heal};
pub use report::{Ending, Event, Finding, FollowUp, Report, Running, StepReport, counts, in_words};
pub use resource::{DRILL, Holder, RESTORE, Resource, UNDO};
pub use steps::{Shape, Step};
pub use told::{LATEST, Purpose, Told, mark_name};
