//! The HTML page of a diff or a verify.

use maud::{Markup, html};

use super::super::changes::Closing;
use super::super::counts::{CountLine, Counts};
use super::super::diff::DiffView;
use super::super::folders::{FolderCounts, Folders};
use super::super::heading::{Heading, Purpose};
use super::super::screen::Screen;
use super::super::units::{bytes, count, plural};
use super::axis::{LENGTH, Scale, percent};
use super::{Badge, Fact, Header, Mood, PageFile, Tile, command_line, name, tiles};
use crate::engine::Verdict;
use crate::error::Result;
use crate::limits;
use crate::model::printable;
use crate::plan::{Action, Change, PrefixCounts, Sums, Warning};

/// Collects what the page shows: the first changes of each kind, and counts by folder.
#[derive(Debug)]
pub(in crate::report) struct ChangesPage {
    file: PageFile,
    heading: Heading,
    warnings: Vec<Warning>,
    shown: [Vec<Change>; 3],
    folders: Folders,
}

impl ChangesPage {
    /// An empty page.
    pub(in crate::report) fn new(file: PageFile, heading: Heading) -> Self {
        Self { file, heading, warnings: Vec::new(), shown: Default::default(), folders: Folders::new() }
    }

    /// Shows these before anything else.
    pub(in crate::report) fn warn(&mut self, warnings: &[Warning]) {
        self.warnings.extend(warnings);
    }

    /// Takes one change.
    pub(in crate::report) fn change(&mut self, change: &Change) {
        self.folders.add(change);
        let slot = Action::ALL.iter().position(|action| *action == change.action);
        let shown = slot.and_then(|slot| self.shown.get_mut(slot));
        if let Some(shown) = shown.filter(|shown| shown.len() < limits::PAGE_KEYS) {
            shown.push(change.clone());
        }
    }

    /// Writes the page to its file.
    pub(in crate::report) fn write(&self, sums: &Sums, closing: Closing<'_>) -> Result<()> {
        self.file.write(&self.render(sums, closing)?)
    }

    pub(super) fn render(&self, sums: &Sums, closing: Closing<'_>) -> Result<String> {
        let Heading { location, purpose, notes, now, .. } = &self.heading;
        let place = location.to_string();
        let (mood, verdict) = self.verdict(sums, closing);
        let command = match purpose {
            Purpose::Verify | Purpose::VerifyDirectory => "verify",
            _ => "diff",
        };
        let title = printable(place.strip_prefix("s3://").unwrap_or(&place)).into_owned();
        let badge = Badge { mood, text: &verdict };
        let header = Header { command, title, badge, facts: self.facts(), ran: &self.file.ran, now: *now };
        let conclusion = self.conclusion(sums, closing)?;
        Ok(header.page(&html! {
            @for warning in &self.warnings { p class="warning" { "Warning: " (warning) } }
            @for note in notes { p { (note) } }
            (self.summary(sums))
            @if sums.changes() > 0 { (self.picture()) }
            h2 { @if command == "verify" { "Result" } @else { "Next step" } }
            @for line in conclusion.lines() { (command_line(line.trim())) }
            @for (action, shown) in Action::ALL.into_iter().zip(&self.shown) { (self.kind(action, shown, sums)) }
        }))
    }

    /// The badge.
    ///
    /// | closing | changes | uncertain keys or warnings | badge |
    /// |---|---|---|---|
    /// | a verdict of verify | | | the verdict |
    /// | other | none | none | nothing to change |
    /// | other | some | none | the number of changes |
    /// | other | | some | the same, as a caution |
    fn verdict(&self, sums: &Sums, closing: Closing<'_>) -> (Mood, String) {
        if let Closing::Verified(verdict, _) = closing {
            let (mood, text) = match verdict {
                Verdict::Empty => (Mood::Caution, "nothing compared"),
                Verdict::Verified => (Mood::Good, "verified"),
                Verdict::Uncertain => (Mood::Caution, "not verified"),
                Verdict::Different => (Mood::Bad, "different"),
            };
            return (mood, text.to_owned());
        }
        let doubtful = sums.uncertain().iter().any(|(_, keys)| *keys > 0) || !self.warnings.is_empty();
        let text = match (self.heading.purpose, sums.changes()) {
            (Purpose::Versus(_), 0) => "no differences".to_owned(),
            (Purpose::Versus(_), n) => plural(n, "difference", "differences"),
            (_, 0) => "nothing to change".to_owned(),
            (_, n) => plural(n, "change", "changes"),
        };
        match (doubtful, sums.changes()) {
            (true, _) => (Mood::Caution, text),
            (false, 0) => (Mood::Good, text),
            (false, _) => (Mood::Plain, text),
        }
    }

    fn facts(&self) -> Vec<Fact<'static>> {
        let Heading { at, purpose, against, now, .. } = &self.heading;
        let mut facts = vec![Fact { name: "T", value: format!("{} ({} ago)", at.human(), at.age(*now)) }];
        let compared = match (purpose, against) {
            (Purpose::Versus(versus), _) => format!("{} ({} ago)", versus.human(), versus.age(*now)),
            (_, Some(against)) => format!("{} now", printable(&against.to_string())),
            (_, None) => "the bucket now".to_owned(),
        };
        facts.push(Fact { name: "Compared with", value: compared });
        facts
    }

    fn summary(&self, sums: &Sums) -> Markup {
        let counts = Counts { purpose: self.heading.purpose, screen: Screen::ENDLESS };
        let (mut figures, mut remarks) = (Vec::new(), Vec::new());
        for line in counts.lines(sums) {
            match line {
                CountLine::Row(row) => {
                    let size = row.bytes.filter(|_| row.keys > 0).map(bytes);
                    let note: Vec<_> = size
                        .into_iter()
                        .chain([row.meaning.to_owned()])
                        .filter(|text| !text.is_empty())
                        .collect();
                    figures.push(Tile { name: row.word, value: count(row.keys), note: note.join("; ") });
                }
                CountLine::Remark(remark) => remarks.push(remark),
            }
        }
        html! {
            h2 { "Keys" }
            (tiles(&figures))
            @for remark in remarks { p { (remark) } }
        }
    }

    /// The last lines: the verdict, or the commands of the next step.
    fn conclusion(&self, sums: &Sums, closing: Closing<'_>) -> Result<String> {
        Ok(match closing {
            Closing::Verdict(text) | Closing::Verified(_, text) => text.to_owned(),
            Closing::NextStep(estimate) => {
                let mut lines = Vec::new();
                let view = DiffView::new(self.heading.clone(), false, Screen::ENDLESS);
                view.next_step(sums, limits::DEFAULT_RATE, estimate, &mut lines)?;
                String::from_utf8_lossy(&lines).into_owned()
            }
        })
    }

    fn picture(&self) -> Markup {
        let (rows, elsewhere) = self.folders.largest();
        let rest = FolderCounts { folder: "other folders".to_owned(), counts: elsewhere };
        let named = |row: FolderCounts| FolderCounts { folder: folder_name(&row.folder), ..row };
        let mut rows: Vec<_> = rows.into_iter().map(named).collect();
        rows.extend((elsewhere != PrefixCounts::default()).then_some(rest));
        let scale = Scale::of(rows.iter().map(|row| row.counts.iter().sum()));
        html! {
            h2 { "Folders" }
            figure {
                figcaption {
                    "Keys by folder; " (scale.words()) ". "
                    @for action in Action::ALL {
                        span class="legend" { span class={ "key " (action.name()) } {} (self.heading.purpose.words(action).0) } " "
                    }
                }
                div class="shares" role="img" aria-label="Bars of the keys by folder, which are also in the table below" {
                    @for row in &rows { (share(row, scale)) }
                }
                details {
                    summary { "The same as a table" }
                    div class="scroll" tabindex="0" { (self.table(&rows)) }
                }
            }
        }
    }

    fn table(&self, rows: &[FolderCounts]) -> Markup {
        html! {
            table {
                caption { "Keys by folder" }
                thead { tr {
                    th scope="col" { "folder" }
                    @for action in Action::ALL { th scope="col" class="number" { (self.heading.purpose.words(action).0) } }
                } }
                tbody { @for FolderCounts { folder, counts } in rows {
                    tr {
                        th scope="row" class="key-name" { (folder) }
                        @for n in counts { td class="number" { (count(*n)) } }
                    }
                } }
            }
        }
    }

    fn kind(&self, action: Action, shown: &[Change], sums: &Sums) -> Markup {
        let (word, _) = self.heading.purpose.words(action);
        let keys = sums.of(action).keys;
        html! {
            @if !shown.is_empty() {
                h2 { (word) ": " (plural(keys, "key", "keys")) }
                div class="scroll" tabindex="0" { table {
                    caption {
                        @if (shown.len() as u64) < keys {
                            "The first " (shown.len()) "; --format json lists all"
                        } @else {
                            "All of this kind"
                        }
                    }
                    thead { tr {
                        th scope="col" { "key" } th scope="col" { "version of" } th scope="col" class="number" { "size" }
                        th scope="col" { "notes" }
                    } }
                    tbody { @for change in shown { (row(change)) } }
                } }
            }
        }
    }
}

fn row(change: &Change) -> Markup {
    let version = change.then.as_ref().or(change.now.as_ref());
    let doubts = change.doubts.iter().map(|doubt| doubt.name());
    let notes: Vec<_> = doubts.chain(change.cautions.iter().map(|caution| caution.name())).collect();
    html! {
        tr {
            td class="key-name" { (name(&change.key)) }
            td class="time" { @if let Some(version) = version { (version.last_modified.human()) } }
            td class="number" { (bytes(change.bytes())) }
            td { (notes.join(", ")) }
        }
    }
}

fn folder_name(folder: &str) -> String {
    if folder.is_empty() { "top level".to_owned() } else { name(folder) }
}

/// A folder's bar; the parts are its actions.
fn share(FolderCounts { folder, counts }: &FolderCounts, scale: Scale) -> Markup {
    let sum: u64 = counts.iter().sum();
    let parts = Action::ALL.into_iter().zip(*counts).filter(|(_, n)| *n > 0);
    html! {
        div class="share-name" { (folder) }
        div class="took" { (count(sum)) }
        div class="share" { div style={ "width:" (percent(scale.height(sum))) } {
            @for (action, n) in parts { i class=(action.name()) style={ "flex-grow:" (n * LENGTH / sum.max(1) + 1) } {} }
        } }
    }
}
