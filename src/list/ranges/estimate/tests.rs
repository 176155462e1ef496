//! The table of the estimate, row by row, and its inverse.

#![expect(clippy::float_cmp, reason = "computed from whole numbers")]

use proptest::prelude::*;

use super::{Behind, Estimate, Evidence};
use crate::limits;
use crate::list::ranges::digits::Line;
use crate::list::ranges::odometer::Odometer;

/// A range of which some entries were read.
struct Case {
    line: Line,
    read: Odometer,
    start: &'static str,
    end: Option<&'static str>,
    behind: Behind,
}

impl Case {
    /// Entries whose keys begin with `last`, and a last key with it.
    fn upto(last: &str, entries: f64) -> Self {
        let mut read = Odometer::default();
        read.add(&format!("{last}!"), entries);
        read.add(&format!("{last}~"), 0.0);
        Self { line: Line::default(), read, start: "", end: None, behind: Behind::Nothing }
    }

    fn estimate(&self) -> Estimate<'_> {
        let evidence = Evidence { read: &self.read, start: self.start, end: self.end, behind: &self.behind };
        Estimate::of(&evidence, &self.line, "")
    }
}

/// A line on which `0` to `9` occur at the first place.
fn digits() -> Line {
    let mut line = Line::default();
    (0..10).for_each(|digit| line.alphabet.see(&digit.to_string()));
    line
}

#[test]
fn what_was_read_is_expected_of_every_digit_left() {
    let read = Case { line: digits(), ..Case::upto("1", 200.0) };
    // Two digits of ten have 200.
    assert_eq!(read.estimate().entries(), 800.0);
    let read = Case { end: Some("5"), ..read };
    assert_eq!(Case { behind: Behind::Unknown, ..read }.estimate().entries(), 300.0);
}

#[test]
fn empty_digits_count_in_part() {
    let of = |behind| {
        let read = Case { line: digits(), start: "1", end: Some("7"), behind, ..Case::upto("3", 300.0) };
        read.estimate().entries().round()
    };
    // 1, 2 and 3 have 300; 4, 5 and 6 are left; 7 and those after it are empty up to the next key.
    assert_eq!(of(Behind::Unknown), 300.0);
    assert_eq!(of(Behind::Key("9".into())), (300.0 * (3.0_f64 / 5.0).sqrt()).round());
    assert_eq!(of(Behind::Nothing), (300.0 * (3.0_f64 / 6.0).sqrt()).round());
}

/// A range from the last part of one digit to the next digit was taken for a small one, as if it had the whole digit:
/// a fifth of a bucket of ULIDs was read by one request at a time.
#[test]
fn a_range_may_begin_with_a_part_of_a_digit() {
    let read = Case { line: digits(), start: "19", end: Some("3"), ..Case::upto("2", 100.0) };
    // The tenth part of 1, and 2, have 100; nothing more is left.
    assert_eq!(read.estimate().entries(), 0.0);
    let mut read = Case {
        line: digits(),
        start: "19",
        behind: Behind::Unknown,
        end: Some("3"),
        ..Case::upto("195", 10.0)
    };
    for digit in 0..10 {
        read.line.alphabet.see(&format!("1{digit}{digit}"));
    }
    // Half of the last tenth of 1 has 10. If that were half of all of 1, 2 would have 20.
    let left = read.estimate().entries();
    assert!(left > 30.0, "{left}");
}

/// The last key of a folder, with zeros in it, foretold millions of keys beside it: a third of the requests for a git
/// repository was sent into the gaps between its keys.
#[test]
fn one_key_foretells_no_others() {
    let mut line = digits();
    line.alphabet.see("0123456789012345");
    line.alphabet.see("1234567890123456");
    let mut read = Odometer::default();
    read.add("4800000317", 1.0);
    let read = Case { line, read, ..Case::upto("", 0.0) };
    assert_eq!(read.estimate().entries(), 0.0);
}

#[test]
fn names_of_folders_exist() {
    let mut read = Case::upto("b/7", 100.0);
    read.line.names.add("", ["a/", "b/", "c/", "d/"].map(str::to_owned).to_vec());
    // Two folders have 100.
    assert_eq!(read.estimate().entries(), 100.0);
}

#[test]
fn a_few_keys_of_a_deep_folder_promise_no_multitude() {
    let mut read = Case { line: digits(), ..Case::upto("0", 10.0) };
    assert_eq!(read.estimate().entries(), 90.0);
    // Four times the first digit was the last one, once another followed.
    for key in ["0", "0", "0", "0"] {
        read.line.alphabet.end(key, 0);
    }
    read.line.alphabet.differ("0", "1");
    assert_eq!(read.estimate().entries(), 10.0);
    // What has gone on for six digits goes on for the three that are left.
    let read = Case { line: read.line, ..Case::upto("5", 60.0) };
    assert_eq!(read.estimate().entries(), 40.0);
}

#[test]
fn a_cut_is_made_at_a_whole_digit_that_is_near_enough() {
    let read = Case { line: digits(), ..Case::upto("0", 10.0) };
    // Each of the digits 1 to 9 has 10.
    assert_eq!(read.estimate().mark(48.0, 5.0).as_deref(), Some("6"));
    assert_eq!(read.estimate().mark(42.0, 5.0).as_deref(), Some("5"));
}

/// A cut in long keys could be longer than S3 accepts, and the request failed.
#[test]
fn a_cut_is_no_longer_than_a_key() {
    let mut line = Line::default();
    line.alphabet.see(&"a".repeat(limits::KEY_BYTES));
    line.alphabet.see(&"🎉".repeat(limits::KEY_BYTES / 4));
    let mut read = Odometer::default();
    read.add(&format!("{}aa", "🎉".repeat(limits::KEY_BYTES / 4 - 26)), 100.0);
    let evidence = Evidence { read: &read, start: "", end: None, behind: &Behind::Unknown };
    let estimate = Estimate::of(&evidence, &line, "");
    let mark = estimate.mark(estimate.entries() * 0.9, 0.0).unwrap();
    assert!(mark.len() <= limits::KEY_BYTES, "{} bytes", mark.len());
    assert!(mark.as_str() > read.last(), "{mark}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// As much is before a cut as was wanted; less is before a lesser key.
    #[test]
    fn a_cut_is_where_it_is_wanted(
        keys in prop::collection::btree_set("[a-dé🎉]{4}[a-d]{3}", 4..200),
        share in 0.0..1.0f64,
        ends in any::<bool>(),
    ) {
        let keys: Vec<String> = keys.into_iter().collect();
        let half = keys.len() / 2;
        let (mut line, mut read) = (Line::default(), Odometer::default());
        for (before, key) in keys.iter().zip(&keys[1..]) {
            line.alphabet.learn(before, key);
        }
        for key in &keys[..=half] {
            read.add(key, 1.0);
        }
        let end = keys.last().filter(|_| ends).map(String::as_str);
        let evidence = Evidence { read: &read, start: &keys[0], end, behind: &Behind::Unknown };
        let estimate = Estimate::of(&evidence, &line, "");
        let (all, wanted) = (estimate.entries(), estimate.entries() * share);
        let mark = estimate.mark(wanted, 0.0);
        prop_assert!(mark.is_some() || all == 0.0, "no cut in {all} entries");
        if let Some(mark) = mark {
            prop_assert!(mark.as_str() > read.last(), "{mark} is not after {}", read.last());
            let off = (estimate.before(&mark) - wanted).abs();
            // A key is not divided.
            prop_assert!(off <= all * 0.05 + 1.0, "{} before {mark}, not {wanted} of {all}", estimate.before(&mark));
        }
        let mut before = 0.0;
        for key in &keys[half..] {
            let next = estimate.before(key);
            prop_assert!(next >= before, "less is before {key} than before a lesser key");
            before = next;
        }
    }
}
