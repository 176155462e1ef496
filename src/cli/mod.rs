//! The command line: arguments become options, options go to the engine, results to the reports. One file per command.

mod abort;
mod args;
mod carry;
mod cat;
mod check;
mod command;
mod completions;
mod context;
mod diff;
mod directory;
mod drill;
mod examples;
mod exit;
mod heal;
mod history;
mod jobs;
mod kept;
#[cfg(feature = "lab")]
mod lab;
mod ls;
mod manual;
mod mark;
mod recover;
mod recovery;
mod references;
mod restore;
mod resume;
mod resume_set;
mod run;
mod runs;
mod serve;
mod set;
mod set_runs;
mod show;
mod signals;
mod suggest;
mod sweep;
mod time_arg;
mod timeline;
mod undo;
mod undo_set;
mod verify;
mod work;

pub use args::Cli;
pub use exit::Exit;
pub use run::main;
