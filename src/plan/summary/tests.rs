use super::*;

#[test]
fn prefixes_beyond_the_bound_are_counted_together() {
    let mut sums = Sums::default();
    let many = limits::COUNTED_PREFIXES + 5;
    for n in 0..many {
        sums.add(&Change::new(format!("{n}/x"), Action::Delete, None, None));
    }
    assert_eq!(sums.changes(), many as u64);
    assert_eq!(sums.prefixes().last(), Some((None, [0, 0, 5])));
}
