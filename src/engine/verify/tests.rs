use super::*;
use crate::plan::{Action, Change, Uncertain};

#[test]
fn the_table_holds() {
    let uncertain = |keys, multipart| Uncertain { keys, multipart, ..Uncertain::default() };
    for (unchanged, changes, uncertain, trust, expected) in [
        (0, 0, uncertain(0, 0), false, Verdict::Empty),
        (0, 0, uncertain(0, 0), true, Verdict::Empty),
        (0, 1, uncertain(0, 0), true, Verdict::Different),
        (1, 1, uncertain(1, 1), true, Verdict::Different),
        (1, 0, uncertain(1, 0), false, Verdict::Uncertain),
        (1, 0, uncertain(0, 1), false, Verdict::Uncertain),
        (0, 0, uncertain(1, 0), false, Verdict::Uncertain),
        (1, 0, uncertain(0, 1), true, Verdict::Verified),
        (1, 0, uncertain(0, 0), false, Verdict::Verified),
    ] {
        let mut sums = Sums::default();
        (sums.unchanged, sums.uncertain) = (unchanged, uncertain);
        for n in 0..changes {
            sums.add(&Change::new(n.to_string(), Action::Delete, None, None));
        }
        assert_eq!(Verdict::of(&sums, trust), expected, "{unchanged} {changes} {uncertain:?} {trust}");
    }
}
