//! HTML pages of a timeline, a diff, a verify, a recovery or a drill: each is one self-contained file that can be sent and
//! archived. No page has a script; what looks like a chart is text, boxes and shapes, and follows the reader's theme.

mod axis;
mod changes;
mod findings;
mod gantt;
mod page_file;
mod recovery;
#[cfg(test)]
mod tests;
mod timeline;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::screen::shorten;
use crate::limits;
use crate::model::{Instant, printable};

pub(super) use changes::ChangesPage;
pub(crate) use page_file::{PageFile, Ran};
pub(crate) use recovery::recovery_page;

/// Follows the reader's light or dark theme, and prints well.
const STYLE: &str = include_str!("style.css");

/// The colour of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Good,
    Bad,
    Caution,
    Plain,
}

impl Mood {
    fn class(self) -> &'static str {
        match self {
            Self::Good => "badge good",
            Self::Bad => "badge bad",
            Self::Caution => "badge caution",
            Self::Plain => "badge",
        }
    }
}

/// The verdict of a page, in a few words.
#[derive(Debug)]
struct Badge<'a> {
    mood: Mood,
    text: &'a str,
}

/// A line of the header.
#[derive(Debug)]
struct Fact<'a> {
    name: &'a str,
    value: String,
}

/// A figure of the summary.
#[derive(Debug)]
struct Tile<'a> {
    name: &'a str,
    value: String,
    note: String,
}

/// The top of a page.
#[derive(Debug)]
struct Header<'a> {
    /// The command that the page is about.
    command: &'a str,
    title: String,
    badge: Badge<'a>,
    facts: Vec<Fact<'a>>,
    ran: &'a Ran,
    /// The present.
    now: Instant,
}

impl Header<'_> {
    fn render(&self) -> Markup {
        let Self { command, title, badge, facts, ran, now } = self;
        html! {
            header {
                p class="about" { "asof " (command) }
                h1 { (title) " " span class=(badge.mood.class()) { (badge.text) } }
                dl {
                    @for fact in facts { dt { (fact.name) } dd { (fact.value) } }
                    dt { "Made" }
                    dd { (now.whole_second().human()) " by " (printable(&ran.user)) " on " (printable(&ran.host)) ", asof " (ran.version) }
                    dt { "Command" }
                    dd { code { (printable(&ran.command)) } }
                }
            }
        }
    }

    /// Returns a complete page with this header.
    fn page(&self, body: &Markup) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { "asof " (self.command) ": " (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    (self.render())
                    main { (body) }
                    footer { "asof " (self.ran.version) ", " (self.now.whole_second().human()) }
                }
            }
        };
        page.into_string()
    }
}

/// The summary of a page.
fn tiles(tiles: &[Tile<'_>]) -> Markup {
    html! {
        ul class="tiles" {
            @for tile in tiles {
                li {
                    span class="name" { (tile.name) }
                    strong { (tile.value) }
                    @if !tile.note.is_empty() { span class="note" { (tile.note) } }
                }
            }
        }
    }
}

/// A key, a prefix or another name from outside: escaped, and shortened in the middle, where it tells least.
fn name(text: &str) -> String {
    shorten(&printable(text), limits::PAGE_NAME).into_owned()
}

/// A line of text; a command in it is set apart, so that it can be copied.
fn command_line(line: &str) -> Markup {
    let Some((words, command)) = line.split_once(": asof ") else { return html! { p { (line) } } };
    html! {
        p { (words) ":" }
        pre tabindex="0" { code { "asof " (command) } }
    }
}
