use super::*;

fn item(n: u64, key: &str, action: Action, markers: usize) -> Item {
    let markers = vec![String::new(); markers];
    let change = Change { markers, ..Change::new(key, action, None, None) };
    Item::new(n, change)
}

fn sizes(items: Vec<Item>) -> Vec<(&'static str, usize)> {
    let works = Batches::new(items.into_iter().map(Ok), LaneOrder::default()).map(Result::unwrap);
    works
        .map(|work| match work {
            Work::One(_) => ("one", 1),
            Work::Delete(items) => ("delete", items.len()),
            Work::RemoveMarkers(items) => {
                ("remove_markers", items.iter().map(|i| i.change.markers.len()).sum())
            }
        })
        .collect()
}

#[test]
fn deletes_go_by_the_thousand_and_odd_keys_alone() {
    let mut items: Vec<_> = (0..2500).map(|n| item(n, &format!("{n:05}"), Action::Delete, 0)).collect();
    items.insert(7, item(3000, "x\u{1}", Action::Delete, 0));
    items.insert(9, item(3001, "y", Action::Revert, 0));
    items.push(Item { open: true, ..item(3002, "z", Action::Delete, 0) });
    let one = ("one", 1);
    assert_eq!(sizes(items), [one, one, ("delete", 1000), ("delete", 1000), one, ("delete", 500)]);
}

#[test]
fn a_request_removes_at_most_a_thousand_markers() {
    let items = [400, 600, 1, 999, 1, 1000].into_iter().enumerate();
    let items = items.map(|(n, markers)| item(n as u64, "k", Action::Undelete, markers)).collect();
    let remove_markers = |markers| ("remove_markers", markers);
    assert_eq!(
        sizes(items),
        [remove_markers(1000), remove_markers(1000), remove_markers(1), remove_markers(1000)]
    );
}
