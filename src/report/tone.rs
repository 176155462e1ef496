//! Colour: red for deletes and failures, yellow for conflicts and uncertainty. Colour only adds: without it, the words say
//! the same.

use console::Style;

use super::heading::Purpose;
use crate::model::Verdict;
use crate::plan::Action;

/// The condition for colored output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    #[default]
    Auto,
    /// Always, also into a pipe.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// Decides for the rest of the process.
    pub(crate) fn apply(self) {
        let colors = match self {
            ColorChoice::Auto => return,
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        };
        console::set_colors_enabled(colors);
        console::set_colors_enabled_stderr(colors);
    }
}

/// A colour, by its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    /// Yellow: a conflict, or something uncertain.
    Caution,
    /// Red: a delete, or a failure.
    Danger,
}

impl Tone {
    /// The tone of a change.
    pub(super) fn of_change(purpose: Purpose, action: Action) -> Self {
        match (purpose, action) {
            (Purpose::Restore | Purpose::Plan | Purpose::Undo, Action::Delete)
            | (Purpose::Versus(_), Action::Undelete)
            | (Purpose::Verify | Purpose::VerifyDirectory, _) => Tone::Danger,
            (Purpose::Directory { .. }, Action::Revert) => Tone::Caution,
            _ => Tone::Plain,
        }
    }

    /// The tone of a check.
    pub(super) fn of_check(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Failed => Tone::Danger,
            Verdict::Warned | Verdict::Unknown => Tone::Caution,
            Verdict::Passed => Tone::Plain,
        }
    }

    /// The tone of a run's state, as `asof runs` and `asof recover --list` name it.
    pub(super) fn of_state(state: &str) -> Self {
        match state {
            "damaged" | "failed" => Tone::Danger,
            "incomplete" | "interrupted" => Tone::Caution,
            _ => Tone::Plain,
        }
    }

    fn style(self) -> Style {
        match self {
            Tone::Plain => Style::new(),
            Tone::Caution => Style::new().yellow(),
            Tone::Danger => Style::new().red(),
        }
    }

    /// Paints a text for stdout word by word: a pager loses a colour at the end of a line.
    pub(super) fn paint(self, text: &str) -> String {
        let style = self.style().for_stdout();
        paint_words(text, &style)
    }

    /// Paints a text for stderr.
    pub(super) fn paint_message(self, text: &str) -> String {
        self.style().for_stderr().apply_to(text).to_string()
    }
}

fn paint_words(text: &str, style: &Style) -> String {
    let mut painted = String::new();
    for part in text.split_inclusive(' ') {
        let word = part.trim_end_matches(' ');
        if !word.is_empty() {
            painted += &style.apply_to(word).to_string();
        }
        painted += part.get(word.len()..).unwrap_or_default();
    }
    painted
}

#[cfg(test)]
mod tests;
