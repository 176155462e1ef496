//! Shows the databases left by drills.

use std::io::Write;

use super::Format;
use super::columns::Columns;
use super::json::{JsonLines, Line};
use super::screen::Screen;
use super::table_out::TableOut;
use crate::db::rds::{Leftover, Sweep, Swept};
use crate::error::Result;
use crate::model::{Instant, printable};

/// Writes the leftovers to stdout.
pub(crate) fn show_leftovers<'a>(
    format: Format,
    mut leftovers: impl Iterator<Item = &'a Leftover>,
    now: Instant,
) -> Result<()> {
    if format != Format::Json {
        let mut out = TableOut::new();
        let table = leftovers_table(leftovers, now, out.screen());
        out.write_all(table.as_bytes())?;
        return Ok(out.flush()?);
    }
    let mut lines = JsonLines::new(std::io::stdout());
    leftovers.try_for_each(|leftover| lines.line(Line::Leftover(leftover)))
}

/// Formats the leftovers as a table; empty if there are none.
fn leftovers_table<'a>(
    leftovers: impl Iterator<Item = &'a Leftover>,
    now: Instant,
    screen: Screen,
) -> String {
    let row = |leftover: &Leftover| {
        let Leftover { database, id, drill, engine, status, created, verdict, protected, .. } = leftover;
        let age = created.map_or_else(|| "unknown".to_owned(), |created| created.age(now));
        let verdict = match verdict {
            Sweep::Remove if *protected => "remove: protected",
            Sweep::Remove => "remove",
            Sweep::TooYoung => "leave: not a day old",
            Sweep::AgeUnknown => "leave: age unknown",
        };
        let shown = [id, drill, engine, status].map(|text| printable(text).into_owned());
        let [id, drill, engine, status] = shown;
        [(*database).to_owned(), id, engine, status, age, drill, verdict.to_owned()]
    };
    let heading = ["DATABASE", "NAME", "ENGINE", "STATUS", "AGE", "DRILL", "SWEEP"];
    Columns::new(heading, leftovers.map(row)).render(screen)
}

/// Describes deletion protection that the drill or someone else may have set.
const PROTECTED: &str = "is protected from deletion, by its drill or by someone since";

/// Describes a protected database before asking for confirmation.
pub(crate) fn lifted_line(Leftover { database, id, .. }: &Leftover) -> String {
    format!("the {database} {id} {PROTECTED}: disabling its protection")
}

/// Describes the result for a leftover database.
pub(crate) fn swept_line(Leftover { database, id, by_hand, .. }: &Leftover, swept: &Swept) -> String {
    match swept {
        Swept::Removed => format!("removed the {database} {id}"),
        Swept::Protected => {
            format!("left: the {database} {id} {PROTECTED}; remove it by hand: {by_hand}")
        }
        Swept::Failed(e) => format!("left behind: {database} {id}: {e}; remove it by hand: {by_hand}"),
    }
}
