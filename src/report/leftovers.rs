//! What drills have left behind.

use std::io::Write;

use super::columns::columns;
use super::json::JsonLines;
use crate::db::rds::{Leftover, Sweep};
use crate::error::Result;
use crate::model::{Instant, printable};

/// What there is, in columns below a heading; nothing where there is nothing.
pub(crate) fn leftovers_table(leftovers: &[Leftover], now: Instant) -> String {
    if leftovers.is_empty() {
        return String::new();
    }
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
    let heading = ["DATABASE", "NAME", "ENGINE", "STATUS", "AGE", "DRILL", "SWEEP"].map(ToOwned::to_owned);
    columns(&[vec![heading], leftovers.iter().map(row).collect()].concat())
}

impl<W: Write> JsonLines<W> {
    /// A database that a drill has left behind.
    pub(crate) fn leftover(&mut self, leftover: &Leftover) -> Result<()> {
        self.line("leftover", leftover)
    }
}
