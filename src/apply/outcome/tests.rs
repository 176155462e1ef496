use super::*;
use crate::error::ErrorKind;

/// A server or proxy may reply with a whole page, but a journal line is limited.
#[test]
fn a_long_error_fits_into_a_line_of_the_journal() {
    let said = "\u{1}".repeat(1 << 20);
    let ending = Outcome::Failed(Error::new(ErrorKind::Invalid, said)).ending(None);
    let json = serde_json::to_string(&ending).unwrap();
    assert!((json.len() as u64) < limits::JOURNAL_LINE - 100, "{}", json.len());
}
