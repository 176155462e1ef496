//! The value of `--at`: a past time, or the name of a mark.
//!
//! It is parsed before any request is sent, and resolved once the server's clock is known: ages are counted from that
//! clock, which also decides whether a time is in the past.

use std::path::Path;
use std::sync::Once;

use super::args::apply::StateArgs;
use super::kept::state_dir;
use super::suggest;
use crate::engine::recover::{MarkedTime, Marks, MarksFile, mark_name};
use crate::error::Result;
use crate::model::TypedTime;
use crate::report::say;

/// Parses a past time. `mark:NAME` is looked up in the state directory, among the marks of all recovery files or, if
/// one is given, of that file.
pub(super) fn read(text: &str, state: &StateArgs, file: Option<&Path>) -> Result<TypedTime> {
    let Some(name) = mark_name(text) else { return TypedTime::parse(text) };
    let dir = state_dir(state)?;
    let marks = marks_in(&dir)?;
    MarkedTime { name, file, kept: &MarksFile::path(&dir), list: suggest::marks() }.look_up(&marks)
}

/// Reads the marks in a state directory. Unreadable lines are reported once.
pub(super) fn marks_in(state_dir: &Path) -> Result<Marks> {
    let marks = MarksFile::read(state_dir)?;
    if !marks.unreadable.is_empty() {
        static TOLD: Once = Once::new();
        let numbers: Vec<_> = marks.unreadable.iter().map(ToString::to_string).collect();
        let (numbers, path) = (numbers.join(", "), MarksFile::path(state_dir));
        let path = path.display();
        let told = format!("cannot read line {numbers} of the marks in {path}; the other lines are used\n");
        TOLD.call_once(|| say(&told));
    }
    Ok(marks)
}
