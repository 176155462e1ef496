//! The word after `--at`: a past time, or the name of a mark.
//!
//! It is read before anything is sent. Which time it means is known only when the server has told its own: an age is counted
//! from then, and past is what is past by that clock.

use std::path::Path;
use std::sync::Once;

use super::args::apply::StateArgs;
use super::kept::state_dir;
use super::suggest;
use crate::engine::recover::{MarkedTime, Marks, MarksFile, mark_name};
use crate::error::Result;
use crate::model::TypedTime;
use crate::report::say;

/// Reads a past time. `mark:NAME` is looked up where the state is kept, among the marks of every recovery file, or, where one
/// is given, of that.
pub(super) fn read(text: &str, state: &StateArgs, file: Option<&Path>) -> Result<TypedTime> {
    let Some(name) = mark_name(text) else { return TypedTime::parse(text) };
    let dir = state_dir(state)?;
    let marks = marks_in(&dir)?;
    MarkedTime { name, file, kept: &MarksFile::path(&dir), list: suggest::marks() }.look_up(&marks)
}

/// The marks in a state directory. A line that cannot be read is told of once.
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
