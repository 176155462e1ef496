//! A row about one key.

use textwrap::core::display_width;

use super::screen::{Screen, shorten};
use super::tone::Tone;
use crate::limits;
use crate::model::printable;

/// One key in a table: a word for what happens to it, facts, the key, notes.
pub(super) struct KeyRow<'a> {
    pub word: &'a str,
    pub tone: Tone,
    /// Time and size, padded.
    pub facts: String,
    pub key: &'a str,
    /// In parentheses behind the key; empty if there are none.
    pub notes: String,
}

impl KeyRow<'_> {
    /// The row in one line, or, where the screen is too narrow for that, with the key shortened or in a line above the
    /// rest.
    pub(super) fn render(&self, screen: Screen) -> String {
        let Self { word, tone, facts, key, notes } = self;
        let key = printable(key);
        let notes = if notes.is_empty() { String::new() } else { format!("   ({notes})") };
        let word = tone.paint(&format!("{word:<9}"));
        let head = format!("  {word}  {facts}  ");
        let Some(columns) = screen.columns else { return format!("{head}{key}{notes}") };
        let (head_width, notes_width) = (display_width(&head), display_width(&notes));
        if head_width + display_width(&key) + notes_width <= columns {
            return format!("{head}{key}{notes}");
        }
        let room = columns.saturating_sub(head_width);
        if room >= limits::LEAST_KEY + notes_width {
            return format!("{head}{}{notes}", shorten(&key, room - notes_width));
        }
        let notes = notes.trim_start();
        let below = |text: &str| if text.is_empty() { String::new() } else { format!("\n    {text}") };
        if room >= limits::LEAST_KEY {
            return format!("{head}{}{}", shorten(&key, room), below(notes));
        }
        let head = format!("  {}  ", tone.paint(self.word));
        let key = shorten(&key, columns.saturating_sub(display_width(&head)));
        let facts = facts.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{head}{key}{}{}", below(&facts), below(notes))
    }
}

#[cfg(test)]
mod tests;
