//! Resolves the name of a mark to its time.

use std::path::Path;

use crate::error::{Error, Result};
use crate::model::{TypedTime, printable};
use crate::recover::{MarkLine, Marks, Named};

/// The name of a mark, given instead of a time.
#[derive(Debug)]
pub(crate) struct MarkedTime<'a> {
    /// The name of the mark.
    pub name: &'a str,
    /// The recovery file whose marks are searched; if `None`, those of every file.
    pub file: Option<&'a Path>,
    /// The path of the marks file.
    pub kept: &'a Path,
    /// The command that lists marks.
    pub list: String,
}

impl MarkedTime<'_> {
    /// Looks up the mark.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) if no mark, or more than one, has the name.
    pub(crate) fn look_up(self, marks: &Marks) -> Result<TypedTime> {
        let Self { name, file, kept, list } = self;
        let (shown, to_list) = (printable(name), format!("to list them: {list}"));
        let each = |marks: &[MarkLine]| {
            let one = |mark: &MarkLine| format!("{} ({})", printable(&mark.file), mark.at);
            marks.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        let file = file.map(Path::to_string_lossy);
        Err(match marks.named(name, file.as_deref()) {
            Named::Mark(mark) => return Ok(TypedTime::Instant(mark.at)),
            Named::Nothing => Error::usage(format!("there is no mark {shown} in {}", kept.display()))
                .hint(to_list)
                .hint("use --state-dir for another directory"),
            Named::OfOtherFiles(others) => {
                let (file, each) = (file.unwrap_or_default(), each(&others));
                let file = printable(&file);
                Error::usage(format!("{file} has no mark {shown}; a mark of this name was made with {each}"))
                    .hint("use that file, or give the time itself: --at TIME")
                    .hint(to_list)
            }
            Named::Several(several) => {
                Error::usage(format!("several recovery files have a mark {shown}: {}", each(&several)))
                    .hint("give the time itself: --at TIME")
            }
        })
    }
}
