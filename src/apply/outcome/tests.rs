use super::*;
use crate::counters::Counter;

/// A server or proxy may reply with a whole page, but a journal line is limited.
#[test]
fn a_long_error_fits_into_a_line_of_the_journal() {
    let said = "\u{1}".repeat(1 << 20);
    let ending = Outcome::Failed(Error::new(ErrorKind::Invalid, said)).ending(None);
    let json = serde_json::to_string(&ending).unwrap();
    assert!((json.len() as u64) < limits::JOURNAL_LINE - 100, "{}", json.len());
}

#[test]
fn failures_are_counted_by_reason() {
    let counters = Counters::default();
    for reason in [ErrorKind::Denied, ErrorKind::Credentials, ErrorKind::Throttled, ErrorKind::Corrupt] {
        count_failure(&counters, reason);
    }
    let Failures { denied, missing, throttled, transient, other } = &counters.failures;
    let counted = [denied, missing, throttled, transient, other, &counters.failed].map(Counter::get);
    assert_eq!(counted, [2, 0, 1, 0, 1, 4]);
}
