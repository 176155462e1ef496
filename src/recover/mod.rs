//! A recovery as data: its file, its steps and their order, what its journal says; and the keys that a database's rows name,
//! beside those of a bucket. Carrying it out is [`crate::engine`]'s.

mod drill;
mod entry;
mod file;
mod init;
mod journal;
mod marks;
mod places;
mod references;
mod report;
mod rows;
mod sorted;
mod steps;
mod told;

pub use drill::{check_drill, drill_shape, is_scratch_of, scratch};
pub use file::{Bucket, DatabaseKind, Hooks, Mark, QuiesceTime, RecoveryFile, References, Target};
pub use init::TEMPLATE;
pub use journal::{FORMAT, Record, State, Status, StepResult};
pub use marks::{Consistency, MarkLine, Marks, Named};
pub use references::{Dangling, Existed, Moment, Orphan, ReferenceSums, dangling, heal};
pub use report::{Ending, Event, Finding, Report, StepReport, counts, in_words};
pub use rows::{Terminator, each_key, read_keys};
pub use sorted::{Cursor, SortedKeys, SortedWriter};
pub use steps::{Shape, Step};
pub use told::{LATEST, Purpose, Told, mark_name};
