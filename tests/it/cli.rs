//! What a person and a script get to see: stdout, stderr and the exit code of every command, and of every error, as
//! inline snapshots. Over the lab in process, whose clock stands where the case puts it.
//!
//! `INSTA_UPDATE=new` with `cargo insta`, or a look at the difference that a failing test prints, brings them up to date.

mod access_points;
mod accounts;
mod archived;
mod check;
mod check_database;
mod check_settings;
mod clock;
mod diff;
mod doubt;
mod empty;
mod escapes;
mod formats;
mod heal;
mod help;
mod help_of_check;
mod help_of_commands;
mod help_of_drill;
mod help_of_recover;
mod help_of_references;
mod help_of_restore;
mod help_of_timeline;
mod help_of_verify;
mod history;
mod iam;
mod iam_decisions;
mod iam_requests;
mod locations;
mod manual;
mod manual_pages;
mod multipart;
mod options;
mod plan;
mod plausibility;
mod references;
mod refusals;
mod regions;
mod remove_marker;
mod restore;
mod restore_directory;
mod restore_elsewhere;
mod runbooks;
mod runs;
mod selection;
mod server;
mod show;
pub(crate) mod stage;
mod streams;
mod suggestions;
pub(crate) mod terminal;
mod timeline;
mod timeline_of_restores;
mod usage;
mod verbose;
mod verify;
