//! `asof drill --sweep`.

use std::io::Write;
use std::path::Path;

use super::args::common::ServerArgs;
use super::confirm::{Asked, can_ask, is_typed};
use super::context::{Context, Output};
use super::exit::Exit;
use super::recovery::source;
use crate::engine::recover::{Leftovers, Swept};
use crate::error::{Error, Result};
use crate::report::{Format, JsonLines, leftovers_table, lifted_line, swept_line};

const SWEEP: Asked = ("remove databases", "read the list above");

/// Lists what drills have left where the file's databases are, or, without one, where the options say; removes what is old
/// enough, once that is confirmed. What is protected is left by `--yes`: exit 3.
pub(super) async fn run(
    context: &Context,
    output: Output,
    file: Option<&Path>,
    yes: bool,
    server: ServerArgs,
) -> Result<Exit> {
    let source = file.map(source).transpose()?;
    let found =
        Leftovers::look(source.as_ref(), &server.settings(None), &context.cancel, context.now).await?;
    let mut out = std::io::stdout();
    if output.format == Format::Json {
        let mut lines = JsonLines::new(&mut out);
        found.all().try_for_each(|leftover| lines.leftover(leftover))?;
    } else {
        out.write_all(leftovers_table(found.all(), context.now).as_bytes())?;
    }
    let count = found.removable().count().to_string();
    if found.removable().next().is_none() {
        output.note("no database that a drill left behind more than a day ago");
        return Ok(Exit::Done);
    }
    can_ask(yes, SWEEP)?;
    if !yes {
        found.removable().filter(|one| one.protected).for_each(|one| output.note(&lifted_line(one)));
        if !is_typed(context, "the number of databases that are removed", &count).await? {
            return Err(Error::usage("that is not the number of databases; nothing was changed"));
        }
    }
    let mut exit = Exit::Done;
    let on = |leftover: &_, swept: &Swept| {
        let error = match swept {
            Swept::Removed => None,
            Swept::Protected => Some(Exit::Incomplete),
            Swept::Failed(_) => Some(Exit::Failed),
        };
        exit = error.unwrap_or(exit);
        output.note(&swept_line(leftover, swept));
    };
    found.remove(!yes, on).await;
    Ok(exit)
}
