use super::*;
use crate::model::Instant;

#[test]
fn deletes_are_red_and_conflicts_yellow() {
    use Action::{Delete, Revert, Undelete};
    let versus = Purpose::Versus(Instant::from_millis(0));
    for (purpose, action, tone) in [
        (Purpose::Restore, Undelete, Tone::Plain),
        (Purpose::Restore, Revert, Tone::Plain),
        (Purpose::Restore, Delete, Tone::Danger),
        (Purpose::Plan, Delete, Tone::Danger),
        (Purpose::Undo, Delete, Tone::Danger),
        // Objects elsewhere that are not in the past state are left alone.
        (Purpose::Elsewhere, Delete, Tone::Plain),
        (Purpose::Directory { overwrite: false }, Revert, Tone::Caution),
        (versus, Undelete, Tone::Danger),
        (versus, Delete, Tone::Plain),
        (Purpose::Verify, Undelete, Tone::Danger),
    ] {
        assert_eq!(Tone::of_change(purpose, action), tone, "{purpose:?} {action:?}");
    }
}

#[test]
fn every_word_has_its_colour() {
    let red = Style::new().red().force_styling(true);
    assert_eq!(paint_words("two  words ", &red), "\u{1b}[31mtwo\u{1b}[0m  \u{1b}[31mwords\u{1b}[0m ");
    assert_eq!(paint_words("two words", &Style::new().red().force_styling(false)), "two words");
}
