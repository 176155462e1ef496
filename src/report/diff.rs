//! The table of a diff: the sums first, then prefixes, then examples, the next step last.

use std::io::Write;

use super::cost::cost_line;
use super::counts::Counts;
use super::heading::{Heading, Purpose};
use super::json::writes_needed;
use super::key_row::KeyRow;
use super::prefixes::prefixes;
use super::screen::Screen;
use super::tone::Tone;
use super::units::{bytes, count, duration, plural};
use crate::error::Result;
use crate::limits;
use crate::model::Version;
use crate::plan::{Action, Change, Estimate, Sums, Warning};
use crate::resolve::Doubt;

/// Collects what the table shows: sums, and the first changes of each kind.
#[derive(Debug)]
pub(crate) struct DiffView {
    heading: Heading,
    warnings: Vec<Warning>,
    all: bool,
    screen: Screen,
    /// True if the heading and changes have been written.
    begun: bool,
    shown: [Vec<Change>; 3],
}

impl DiffView {
    /// An empty table. `all` shows every change as it comes.
    pub(super) fn new(heading: Heading, all: bool, screen: Screen) -> Self {
        Self { heading, warnings: Vec::new(), all, screen, begun: false, shown: Default::default() }
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
            return self.line(change, out);
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
        self.counts().write(sums, out)?;
        prefixes(sums, self.heading.purpose, self.screen, out)
    }

    fn examples(&self, sums: &Sums, out: &mut impl Write) -> Result<()> {
        let mut hidden = 0;
        for (action, shown) in Action::ALL.into_iter().zip(&self.shown) {
            for change in shown {
                self.line(change, out)?;
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

    /// One change: what happens, to which key, and the version that comes back or goes.
    fn line(&self, change: &Change, out: &mut impl Write) -> Result<()> {
        let version = change.then.as_ref().or(change.now.as_ref());
        let (time, size) =
            version.map_or_else(Default::default, |v: &Version| (v.last_modified.human(), bytes(v.size)));
        let doubts = change.doubts.iter().map(|doubt| doubt.name());
        let notes: Vec<_> = doubts.chain(change.cautions.iter().map(|c| c.name())).collect();
        let purpose = self.heading.purpose;
        let row = KeyRow {
            word: purpose.words(change.action).0,
            tone: Tone::of_change(purpose, change.action),
            facts: format!("{time}  {size:>10}"),
            key: &change.key,
            notes: notes.join(", "),
        };
        Ok(writeln!(out, "{}", row.render(self.screen))?)
    }

    fn counts(&self) -> Counts {
        Counts { purpose: self.heading.purpose, screen: self.screen }
    }

    /// Writes the work that the changes take, and the command that applies them.
    pub(super) fn next_step(
        &self,
        sums: &Sums,
        rate: u32,
        estimate: Option<&Estimate>,
        out: &mut impl Write,
    ) -> Result<()> {
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
        if let Some(estimate) = estimate {
            writeln!(out, "  {}", cost_line(estimate))?;
        }
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

/// The message for a diff without changes. If no key was found, the prefix may be misspelt.
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
