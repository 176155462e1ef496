use super::Cover;
use crate::list::ranges::part::Part;

fn part(from: &str, to: Option<&str>) -> Part {
    Part::new(0, from.into(), to.map(Into::into))
}

/// Returns whether the closed and open ranges make up everything after "b", up to "y".
fn is_whole(closed: &[(&str, Option<&str>)], open: &[(&str, Option<&str>)]) -> bool {
    let mut cover = Cover::of(&part("b", Some("y")));
    for (from, to) in closed {
        cover.close(&part(from, *to));
    }
    cover.is_whole(&open.iter().map(|(from, to)| part(from, *to)).collect::<Vec<_>>())
}

#[test]
fn ranges_in_any_order_make_up_the_whole() {
    assert!(is_whole(&[], &[("b", Some("y"))]));
    assert!(is_whole(&[("m", Some("y")), ("b", Some("d")), ("d", Some("m"))], &[]));
    assert!(is_whole(&[("d", Some("m"))], &[("m", Some("y")), ("b", Some("d"))]));
}

#[test]
fn a_gap_an_overlap_or_another_end_does_not() {
    assert!(!is_whole(&[], &[]));
    assert!(!is_whole(&[("b", Some("d")), ("e", Some("y"))], &[]), "nothing has read up to e");
    assert!(!is_whole(&[("b", Some("d")), ("c", Some("y"))], &[]), "c to d is read twice");
    assert!(!is_whole(&[("b", Some("y"))], &[("d", Some("e"))]), "d to e is read again");
    assert!(!is_whole(&[("b", Some("x"))], &[]) && !is_whole(&[("b", None)], &[]));
    assert!(!is_whole(&[("a", Some("y"))], &[]));
}
