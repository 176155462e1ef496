//! A recovery as data: its file, the steps that it takes and in which order, what its journal says. Pure; carrying it out
//! is [`crate::engine`]'s.

mod file;
mod init;
mod journal;
mod marks;
mod steps;

pub use file::{
    AuroraOrRds, Bucket, DatabaseKind, DatabaseSource, Hooks, Mark, RecoveryFile, References, ServerOf,
    Target,
};
pub use init::TEMPLATE;
pub use journal::{FORMAT, Record, State, Status, StepResult};
pub use marks::{MarkLine, newest_mark};
pub use steps::{Shape, Step};
