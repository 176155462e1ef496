//! What is typed after `--at`: a past time, or the name of a mark.
//!
//! It is read before anything is sent. What it means is known only when the server has told its time: an age is counted
//! from then, and what is past is past by that clock.

use std::path::Path;

use super::args::apply::StateArgs;
use super::carry::state_dir;
use super::next;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{TypedTime, printable};
use crate::recover::{mark_name, newest_mark};

/// The file of marks in a state directory.
pub(super) const MARKS: &str = "marks";

/// Reads a past time. `mark:NAME` is looked up where the state is kept.
pub(super) fn read(text: &str, state: &StateArgs) -> Result<TypedTime> {
    let Some(name) = mark_name(text) else { return TypedTime::parse(text) };
    let path = state_dir(state)?.join(MARKS);
    newest_mark(&lines(&path)?, name).map(|mark| TypedTime::Instant(mark.at)).ok_or_else(|| {
        Error::usage(format!("there is no mark {} in {}", printable(name), path.display()))
            .hint(format!("to list them: {}", next::marks(state)))
            .hint("--state-dir names another directory")
    })
}

/// The lines of the file of marks; none where there is none.
pub(super) fn lines(path: &Path) -> Result<String> {
    match std::fs::read_to_string(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        lines => lines.map_err(|e| {
            Error::new(ErrorKind::Local, format!("cannot read the marks in {}: {e}", path.display()))
        }),
    }
}
