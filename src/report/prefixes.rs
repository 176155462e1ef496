//! Changes by prefix, for a table.

use std::io::Write;

use super::heading::Purpose;
use super::screen::Screen;
use super::tone::Tone;
use super::units::{count, plural};
use crate::error::Result;
use crate::limits;
use crate::model::printable;
use crate::plan::{Action, Sums};

/// Writes the number of changes under each prefix, in the purpose's wording.
pub(super) fn prefixes(sums: &Sums, purpose: Purpose, screen: Screen, out: &mut impl Write) -> Result<()> {
    let mut rows: Vec<_> = sums.prefixes().collect();
    if rows.is_empty() {
        return Ok(());
    }
    // Prefixes with the most changes first.
    rows.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.iter().sum::<u64>()));
    let name = |prefix: Option<&str>| match prefix {
        Some("") => "at the top level".to_owned(),
        Some(prefix) => format!("under {}", screen.half(&printable(prefix))),
        None => "elsewhere".to_owned(),
    };
    let width = rows
        .iter()
        .take(limits::SHOWN_PREFIXES)
        .map(|(p, _)| name(*p).chars().count())
        .max()
        .unwrap_or_default();
    for (prefix, counts) in rows.iter().take(limits::SHOWN_PREFIXES) {
        let parts: Vec<_> = Action::ALL
            .into_iter()
            .zip(counts)
            .filter(|(_, n)| **n > 0)
            .map(|(action, n)| {
                let word = Tone::of_change(purpose, action).paint(purpose.words(action).0);
                format!("{} {word}", count(*n))
            })
            .collect();
        writeln!(out, "  {:<width$}  {}", name(*prefix), parts.join(" · "))?;
    }
    if rows.len() > limits::SHOWN_PREFIXES {
        writeln!(
            out,
            "  … and {}",
            plural((rows.len() - limits::SHOWN_PREFIXES) as u64, "more prefix", "more prefixes")
        )?;
    }
    Ok(writeln!(out)?)
}
