//! Shows the manual: the list of its topics, or a page.

use std::io::{IsTerminal as _, Write as _};

use console::Term;

use super::markdown::render_markdown;
use super::pager::page;
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
    let (_, columns) = Term::stdout().size();
    let width = usize::from(columns).min(LONGEST_LINE);
    page(&render_markdown(topic.text, width, console::colors_enabled()))
}

/// Lists the topics, each with its summary.
pub(crate) fn show_topics() -> Result<()> {
    let width = TOPICS.iter().map(|topic| topic.name.len()).max().unwrap_or_default();
    let lines = TOPICS.iter().map(|topic| format!("{:width$}  {}\n", topic.name, topic.summary()));
    let text = lines.collect::<String>() + "\nread one: asof manual TOPIC\n";
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
