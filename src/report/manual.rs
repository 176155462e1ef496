//! Shows the manual: the list of its topics, or a page.

use std::io::{IsTerminal as _, Write as _};

use super::markdown::render_markdown;
use super::pager::page;
use super::screen::Screen;
use super::table_out::TableOut;
use crate::error::Result;
use crate::manual::{TOPICS, Topic};

/// Longer lines are hard to read.
const LONGEST_LINE: usize = 100;

/// Shows a page: formatted and in a pager on a terminal, otherwise as plain Markdown.
pub(crate) fn show_topic(topic: &Topic) -> Result<()> {
    let mut out = std::io::stdout();
    if !out.is_terminal() {
        return Ok(out.write_all(topic.text.as_bytes())?);
    }
    let width = Screen::of_stdout().columns.unwrap_or(LONGEST_LINE).min(LONGEST_LINE);
    page(&render_markdown(topic.text, width, console::colors_enabled()))
}

/// Lists the topics, each with its summary.
pub(crate) fn show_topics() -> Result<()> {
    let width = TOPICS.iter().map(|topic| topic.name.len()).max().unwrap_or_default();
    let lines = TOPICS.iter().map(|topic| format!("{:width$}  {}\n", topic.name, topic.summary()));
    let text = lines.collect::<String>() + "\nread one: asof manual TOPIC\n";
    let mut out = TableOut::new();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
