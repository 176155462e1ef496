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

/// Pushes this many removals of one marker each through as many lanes, in the order of the run. Returns the lane and the
/// size of each batch.
fn removals(changes: u64, lanes: u32) -> Vec<(u64, usize)> {
    let order = LaneOrder::new(changes, lanes);
    let mut numbers: Vec<_> = (0..changes).collect();
    numbers.sort_by_key(|n| order.position(*n));
    let items = numbers.into_iter().map(|n| Ok(item(n, &format!("{n:06}"), Action::Undelete, 1)));
    let sizes = Batches::new(items, order).map(|work| {
        let Work::RemoveMarkers(items) = work.unwrap() else { panic!("removals only") };
        let lane = order.lane(items[0].n);
        assert!(items.iter().all(|item| order.lane(item.n) == lane));
        assert!(items.is_sorted_by_key(|item| item.n));
        (lane, items.len())
    });
    sizes.collect()
}

#[test]
fn a_request_removes_the_markers_of_one_lane() {
    assert_eq!(removals(2500, 1), [(0, 1000), (0, 1000), (0, 500)]);
    let mut two = removals(4000, 2);
    two.sort_unstable();
    assert_eq!(two, [(0, 1000), (0, 1000), (1, 1000), (1, 1000)]);
    let many = removals(40_000, 16);
    assert_eq!(many.iter().map(|(_, size)| size).sum::<usize>(), 40_000);
    assert!(many.len() <= 40_000 / 400, "{many:?}");
}

/// So that its keys load every partition alike.
#[test]
fn a_request_deletes_keys_of_every_lane() {
    let order = LaneOrder::new(4000, 4);
    let mut numbers: Vec<_> = (0..4000).collect();
    numbers.sort_by_key(|n| order.position(*n));
    let items = numbers.into_iter().map(|n| Ok(item(n, &format!("{n:06}"), Action::Delete, 0)));
    for work in Batches::new(items, order) {
        let Work::Delete(items) = work.unwrap() else { panic!("deletes only") };
        for lane in 0..4 {
            assert_eq!(items.iter().filter(|item| order.lane(item.n) == lane).count(), 250);
        }
    }
}
