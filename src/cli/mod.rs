//! The command line: arguments become options, options go to the engine, results to the reports. One file a command.

mod args;
mod confirm;
mod context;
mod diff;
mod directory;
mod exit;
mod history;
#[cfg(feature = "lab")]
mod lab;
mod next;
mod restore;
mod run;
mod verify;
#[cfg(feature = "lab")]
mod wall;

pub use args::Cli;
pub use exit::Exit;
pub use run::main;
