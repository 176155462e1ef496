use super::*;
use crate::model::{Entry, Instant, Kind};
use crate::resolve::AsOf;

const T: i64 = 100;

/// Feeds pages of entries: keys with their times, each newest first. Returns the keys that are read again on their own,
/// and those that are decided within the range.
fn fed(pages: &[&[(&str, i64)]]) -> (Vec<String>, Vec<String>) {
    let mut part = Part::new(Resolver::new(AsOf::At(Instant::from_millis(T)), AsOf::Latest));
    let (mut lost, mut decided) = (Vec::new(), Vec::new());
    let mut before = String::new();
    for page in pages {
        lost.extend(part.begin_page(page.first().map(|(key, _)| *key)));
        for (key, made) in *page {
            let entry = Entry {
                key,
                version_id: "v",
                is_latest: before != *key,
                last_modified: Instant::from_millis(*made),
                kind: Kind::DeleteMarker,
            };
            (*key).clone_into(&mut before);
            decided.extend(part.resolver.push(&entry, false).unwrap().map(|state| state.key.to_owned()));
        }
        part.end_page(page.last().map(|(key, _)| *key));
    }
    decided.extend(part.resolver.finish().map(|state| state.key.to_owned()));
    (lost, decided)
}

#[test]
fn a_key_that_the_next_page_goes_on_with_stays_in_its_range() {
    assert_eq!(fed(&[&[("a", 50), ("b", 150)], &[("b", 50), ("c", 50)]]), (vec![], words("a b c")));
}

#[test]
fn a_key_at_a_border_whose_answer_is_open_is_read_again() {
    assert_eq!(fed(&[&[("a", 50), ("b", 150)], &[("c", 50)]]), (words("b"), words("a c")));
    assert_eq!(fed(&[&[("b", 150)], &[]]), (words("b"), vec![]));
    // Once the entry that was live at T is seen, later entries do not matter.
    assert_eq!(fed(&[&[("a", 50), ("b", 50)], &[("c", 50)]]), (vec![], words("a b c")));
}

#[test]
fn each_border_is_looked_at() {
    let pages: [&[(&str, i64)]; 3] = [&[("a", 150)], &[("b", 150)], &[("c", 50)]];
    assert_eq!(fed(&pages), (words("a b"), words("c")));
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(ToOwned::to_owned).collect()
}
