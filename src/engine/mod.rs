//! The only place that composes the stages: a survey (list, resolve, plan), a restore (apply), and the checks on buckets
//! that come before either.

mod bucket;
mod check;
mod directory;
mod extras;
mod history;
mod order;
mod pairing;
mod past;
mod prepare;
mod prune;
pub mod recover;
mod references;
mod restore;
mod rows;
mod run;
mod scope_keys;
mod store;
mod superseded;
mod survey;
mod sweep;
mod timeline;
mod undo;
mod uploads;
mod walk;

pub use bucket::{
    Standing, inspect, require_history, require_keeping, require_removable, require_room, rules, standing,
};
pub use check::{Span, find_doubts};
pub use directory::survey_directory;
pub use extras::verify_directory;
pub use history::history;
pub use pairing::survey_elsewhere;
pub use past::judge;
pub use prepare::{begin, find_changes, standings};
pub use prune::removable;
pub use references::{Held, References, heal_changes, references};
pub use restore::carry_out;
pub use rows::read_keys;
pub use run::{Copying, Glance, Order, Run, Server};
pub use store::make_private;
pub use superseded::{CarriedRun, find_superseded};
pub use survey::{Extras, Findings, survey};
pub use timeline::{own_runs, trace};
pub use undo::plan_undo;
pub use walk::Scope;

pub use crate::verify::{Compare, Files};
