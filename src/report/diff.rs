//! The table of a diff: the consequence first, then where, then examples, the next step last.

use std::io::Write;

use super::doubt::{caution_meaning, meaning, straddling_keys, uncertain_line};
use super::heading::{Heading, Purpose};
use super::json::writes_needed;
use super::prefixes::prefixes;
use super::units::{bytes, count, duration, plural};
use crate::error::Result;
use crate::limits;
use crate::model::{Version, printable};
use crate::plan::{Action, Change, Sums, Warning};
use crate::resolve::Doubt;

/// Gathers what the table shows: sums, and the first changes of each kind.
#[derive(Debug)]
pub(crate) struct DiffView {
    heading: Heading,
    warnings: Vec<Warning>,
    all: bool,
    /// Whether changes have been written, under the heading.
    begun: bool,
    shown: [Vec<Change>; 3],
}

impl DiffView {
    /// An empty table. `all` shows every change as it comes.
    pub(crate) fn new(heading: Heading, all: bool) -> Self {
        Self { heading, warnings: Vec::new(), all, begun: false, shown: Default::default() }
    }

    /// Shows these before anything else.
    pub(crate) fn warn(&mut self, warnings: &[Warning]) {
        self.warnings.extend(warnings);
    }

    /// Takes one change.
    pub(crate) fn change(&mut self, change: &Change, out: &mut impl Write) -> Result<()> {
        if self.all {
            if !std::mem::replace(&mut self.begun, true) {
                self.heading.write(&self.warnings, out)?;
            }
            return line(out, self.heading.purpose.words(change.action).0, change);
        }
        let slot = Action::ALL.iter().position(|a| *a == change.action).and_then(|n| self.shown.get_mut(n));
        if let Some(shown) = slot.filter(|shown| shown.len() < limits::SHOWN_CHANGES) {
            shown.push(change.clone());
        }
        Ok(())
    }

    /// Writes the table.
    pub(crate) fn finish(&self, sums: &Sums, out: &mut impl Write) -> Result<()> {
        self.sums(sums, out)?;
        self.examples(sums, out)
    }

    /// Writes the table without examples.
    pub(crate) fn sums(&self, sums: &Sums, out: &mut impl Write) -> Result<()> {
        if self.begun {
            writeln!(out)?;
        } else {
            self.heading.write(&self.warnings, out)?;
        }
        counts(sums, self.heading.purpose, out)?;
        prefixes(sums, self.heading.purpose, out)
    }

    fn examples(&self, sums: &Sums, out: &mut impl Write) -> Result<()> {
        let mut hidden = 0;
        for (action, shown) in Action::ALL.into_iter().zip(&self.shown) {
            for change in shown {
                line(out, self.heading.purpose.words(action).0, change)?;
            }
            hidden += if self.all { 0 } else { sums.of(action).keys - shown.len() as u64 };
        }
        if hidden > 0 {
            let save =
                if self.heading.purpose == Purpose::Restore { ", --out PLAN saves the plan" } else { "" };
            writeln!(out, "  … and {} more; --all lists every key{save}", count(hidden))?;
        }
        if sums.changes() > 0 && !self.all {
            writeln!(out)?;
        }
        Ok(())
    }

    /// Writes what it would take to carry the changes out, and the command that does.
    pub(crate) fn next_step(&self, sums: &Sums, rate: u32, out: &mut impl Write) -> Result<()> {
        if sums.changes() == 0 {
            return Ok(writeln!(out, "{}", nothing_to_change(sums))?);
        }
        let copies = sums.to_copy();
        let remove_markers = sums.to_remove_markers();
        let deletes = writes_needed(sums) - copies.keys - remove_markers.requests();
        let tokens = copies.keys + sums.of(Action::Delete).keys + remove_markers.markers;
        let seconds = tokens.div_ceil(u64::from(rate.max(1)));
        let in_doubt = sums.uncertain().iter().any(|(_, keys)| *keys > 0);
        let typed = |option: &str| self.heading.restore.split(' ').any(|word| word == option);
        let settled = match (in_doubt, sums.with_doubt(Doubt::Archived)) {
            (true, _) if !typed("--doubtful") => " --doubtful skip",
            (false, 1..) if !typed("--thaw") => " --thaw bulk",
            _ => "",
        };
        writeln!(out, "  apply it: {}{settled}", self.heading.restore)?;
        if in_doubt {
            writeln!(
                out,
                "  leaves uncertain keys unchanged; --doubtful trust assumes the listing is complete"
            )?;
        }
        let mut work = Vec::new();
        if copies.keys > 0 {
            work.push(format!("{} of {}", plural(copies.keys, "copy", "copies"), bytes(copies.bytes)));
        }
        if deletes > 0 {
            work.push(plural(deletes, "delete request", "delete requests"));
        }
        if remove_markers.keys > 0 {
            let requests = plural(remove_markers.requests(), "request", "requests");
            work.push(format!(
                "{requests} to remove the delete markers above {}",
                plural(remove_markers.keys, "key", "keys")
            ));
        }
        let (work, time, rate) = (work.join(", "), duration(seconds), count(u64::from(rate)));
        writeln!(out, "  {work}, at least {time} at {rate}/s")?;
        let could = sums.could_remove_markers;
        if remove_markers.keys == 0 && could.keys > could.requests() {
            writeln!(
                out,
                "  hint: {} of these are only hidden by delete markers; --undelete remove-marker restores them with {}",
                count(could.keys),
                plural(could.requests(), "request", "requests")
            )?;
        }
        self.heads_to_spare(sums, out)
    }

    /// Tells which copies need no look at their version first. Not of a few, where it saves nothing worth the choice.
    fn heads_to_spare(&self, sums: &Sums, out: &mut impl Write) -> Result<()> {
        let spared = sums.to_copy().keys - sums.in_parts;
        if self.heading.purpose != Purpose::Restore || spared < limits::WORTH_NO_HEAD {
            return Ok(());
        }
        let all = if sums.in_parts > 0 { " of at most 5 GiB" } else { "" };
        Ok(writeln!(
            out,
            "  hint: --no-head saves {} HEAD requests, one per copy{all}; safe if all use the bucket's default encryption",
            count(spared)
        )?)
    }
}

/// What is said where nothing has to be done. That no key was found may come of a misspelt prefix.
pub(crate) fn nothing_to_change(sums: &Sums) -> String {
    if !sums.found_nothing() {
        return "nothing to change".to_owned();
    }
    let nothing = "nothing to change: no such keys exist here, neither then nor now".to_owned();
    sums.likely_causes().iter().fold(nothing, |text, cause| format!("{text}\n  likely cause: {cause}"))
}

/// That nothing but the size of so many objects could be checked.
pub(super) fn sizes_only(unverifiable: u64) -> String {
    let objects = plural(unverifiable, "object was", "objects were");
    format!("{objects} checked by size only: the server provides no checksum")
}

fn counts(sums: &Sums, purpose: Purpose, out: &mut impl Write) -> Result<()> {
    writeln!(out, "  {:<12} {:>12} {:>12}", "", "keys", "bytes")?;
    // What else lies in a directory is not looked at; nor is anything deleted to heal.
    let hidden = matches!(purpose, Purpose::Directory { .. } | Purpose::Heal).then_some(Action::Delete);
    for action in Action::ALL.into_iter().filter(|action| Some(*action) != hidden) {
        let (tally, (word, meaning)) = (sums.of(action), purpose.words(action));
        let row = format!("  {word:<12} {:>12} {:>12}   {meaning}", count(tally.keys), bytes(tally.bytes));
        writeln!(out, "{}", row.trim_end())?;
    }
    writeln!(out, "  {:<12} {:>12}", "unchanged", count(sums.unchanged))?;
    if sums.excluded > 0 {
        writeln!(
            out,
            "  {:<12} {:>12} {:>12}   changes of other kinds, excluded by --only",
            "excluded",
            count(sums.excluded),
            ""
        )?;
    }
    if sums.same_content > 0 {
        let meaning = match purpose {
            Purpose::Directory { .. } => "different time, same content",
            _ => "different version, same content",
        };
        writeln!(out, "  {:<12} {:>12} {:>12}   {meaning}", "same", count(sums.same_content), "")?;
    }
    let archived = sums.with_doubt(Doubt::Archived);
    let to_thaw =
        matches!(purpose, Purpose::Restore | Purpose::Elsewhere).then_some((Doubt::Archived, archived));
    for (doubt, keys) in sums.uncertain().into_iter().chain(to_thaw).filter(|(_, keys)| *keys > 0) {
        let meaning = meaning(doubt);
        writeln!(out, "  {:<12} {:>12} {:>12}   {meaning}", doubt.name(), count(keys), "")?;
    }
    if let Some(line) = uncertain_line(sums) {
        writeln!(out, "  {line}")?;
    }
    if let Some(keys) = straddling_keys(sums) {
        writeln!(out, "  of the unchanged keys, {keys}")?;
    }
    for (caution, keys) in sums.cautions() {
        let meaning = caution_meaning(caution);
        writeln!(out, "  {:<12} {:>12} {:>12}   {meaning}", caution.name(), count(keys), "")?;
    }
    if sums.unverifiable > 0 && purpose == Purpose::VerifyDirectory {
        writeln!(out, "  {}", sizes_only(sums.unverifiable))?;
    } else if sums.unverifiable > 0 {
        writeln!(
            out,
            "  {} shown as {} may have the same content: no checksum, or no permission (s3:GetObjectVersion), to compare",
            count(sums.unverifiable),
            purpose.words(Action::Revert).0
        )?;
    }
    if sums.unknown_keys > 0 {
        writeln!(out, "  {} requested by name never existed here", plural(sums.unknown_keys, "key", "keys"))?;
    }
    Ok(writeln!(out)?)
}

/// One change: what happens, to which key, and the version that comes back or goes.
fn line(out: &mut impl Write, word: &str, change: &Change) -> Result<()> {
    let version = change.then.as_ref().or(change.now.as_ref());
    let (time, size) =
        version.map_or_else(Default::default, |v: &Version| (v.last_modified.human(), bytes(v.size)));
    let doubts = change.doubts.iter().map(|doubt| doubt.name());
    let cautions: Vec<_> = doubts.chain(change.cautions.iter().map(|c| c.name())).collect();
    let cautions = if cautions.is_empty() { String::new() } else { format!("   ({})", cautions.join(", ")) };
    Ok(writeln!(out, "  {word:<9}  {time}  {size:>10}  {}{cautions}", printable(&change.key))?)
}
