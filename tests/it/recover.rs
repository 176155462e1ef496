//! Buckets and databases at the same second: `recover`, `drill` and `mark` on the lab in process, with a shell script
//! and a directory as the database.

mod abort;
mod abort_left;
mod again;
mod alone;
mod check;
mod cut;
mod downtime;
mod drill;
mod ended;
mod ends;
mod killed_mark;
mod late_hooks;
mod left_quiesced;
mod mark;
mod marks_of_files;
mod metrics;
mod references;
mod servers;
mod snapshots;
mod steps;
mod store_story;
mod stores;
pub(crate) mod story;
mod superseded;
mod verdict;
mod view;
