//! `asof drill --sweep`.

use super::args::recover::DrillArgs;
use super::context::Context;
use super::exit::Exit;
use super::recovery::source;
use crate::engine::recover::{Leftovers, Swept};
use crate::error::Result;
use crate::report::{Asked, Output, can_ask, lifted_line, show_leftovers, swept_line};

const SWEEP: Asked = Asked { does: "remove databases", first: "review the list above" };

/// Lists the databases that drills have left behind in the region of the file's databases or, without a file, of the
/// options. Removes those that are old enough, after confirmation. `--yes` keeps databases with deletion protection:
/// exit code 3.
pub(super) async fn run(context: &Context, output: Output, args: DrillArgs) -> Result<Exit> {
    let DrillArgs { file, yes, carry, .. } = args;
    let source = file.map(|file| source(Some(&file))).transpose()?;
    let server = carry.server.settings(None);
    let found = Leftovers::look(source.as_ref(), &server, &context.cancel, context.now).await?;
    show_leftovers(output.format, found.all(), context.now)?;
    let count = found.removable().count();
    if count == 0 {
        output.note("no drill left a database behind more than a day ago");
        return Ok(Exit::Done);
    }
    can_ask(yes, SWEEP)?;
    if !yes {
        found.removable().filter(|one| one.protected).for_each(|one| output.note(&lifted_line(one)));
        let otherwise = "confirmation does not match the number of databases; nothing was changed";
        let what = "the number of databases to remove";
        context.prompt().typed(what, &count.to_string(), otherwise).await?;
    }
    let mut exit = Exit::Done;
    let on = |leftover: &_, swept: &Swept| {
        exit = match swept {
            Swept::Removed => exit,
            Swept::Protected => Exit::Incomplete,
            Swept::Failed(_) => Exit::Failed,
        };
        output.note(&swept_line(leftover, swept));
    };
    found.remove(!yes, on).await;
    Ok(exit)
}
