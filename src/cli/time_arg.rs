//! What is typed after `--at`: a past time, or the name of a mark.
//!
//! It is read before anything is sent. What it means is known only when the server has told its time: an age is counted
//! from then, and what is past is past by that clock.

use std::path::Path;
use std::sync::Once;

use super::args::apply::StateArgs;
use super::exit::say;
use super::kept::state_dir;
use super::suggest;
use crate::engine::recover::MarksFile;
use crate::error::{Error, Result};
use crate::model::{TypedTime, printable};
use crate::recover::{MarkLine, Marks, Named, mark_name};

/// Reads a past time. `mark:NAME` is looked up where the state is kept, among the marks of every recovery file.
pub(super) fn read(text: &str, state: &StateArgs) -> Result<TypedTime> {
    read_named(text, state, None)
}

/// The same with a recovery file: `mark:NAME` is a mark of this file.
pub(super) fn read_with(text: &str, state: &StateArgs, file: &Path) -> Result<TypedTime> {
    read_named(text, state, Some(file))
}

fn read_named(text: &str, state: &StateArgs, file: Option<&Path>) -> Result<TypedTime> {
    let Some(name) = mark_name(text) else { return TypedTime::parse(text) };
    let state_dir = state_dir(state)?;
    let (path, marks) = (MarksFile::path(&state_dir), marks_in(&state_dir)?);
    let shown = printable(name);
    let each = |marks: &[MarkLine]| {
        let one = |mark: &MarkLine| format!("{} ({})", printable(&mark.file), mark.at);
        marks.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let to_list = || format!("to list them: {}", suggest::marks());
    let of_file = file.map(Path::to_string_lossy);
    match marks.named(name, of_file.as_deref()) {
        Named::Mark(mark) => Ok(TypedTime::Instant(mark.at)),
        Named::Nothing => Err(Error::usage(format!("there is no mark {shown} in {}", path.display()))
            .hint(to_list())
            .hint("--state-dir names another directory")),
        Named::OfOtherFiles(others) => {
            let of_file = of_file.unwrap_or_default();
            let message = format!(
                "{} has no mark {shown}; a mark of this name was made with {}",
                printable(&of_file),
                each(&others)
            );
            Err(Error::usage(message)
                .hint("name that file; or the time itself, to restore what this file names to it: --at TIME")
                .hint(to_list()))
        }
        Named::Several(several) => {
            Err(Error::usage(format!("several recovery files have a mark {shown}: {}", each(&several)))
                .hint("name the time itself: --at TIME"))
        }
    }
}

/// The marks in a state directory. A line that cannot be read is told of once.
pub(super) fn marks_in(state_dir: &Path) -> Result<Marks> {
    let marks = MarksFile::read(state_dir)?;
    if !marks.unreadable.is_empty() {
        static TOLD: Once = Once::new();
        let numbers: Vec<_> = marks.unreadable.iter().map(ToString::to_string).collect();
        let numbers = numbers.join(", ");
        let path = MarksFile::path(state_dir);
        let told =
            format!("cannot read line {numbers} of the marks in {}; the others are used\n", path.display());
        TOLD.call_once(|| say(&told));
    }
    Ok(marks)
}
