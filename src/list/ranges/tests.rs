//! Random buckets, servers, answer orders, cuts and names of folders: every entry is read exactly once, in order.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use proptest::prelude::*;

use super::estimate::Behind;
use super::part::Origin;
use super::{Ask, Gap, Marker, Page, Ranges};

type Entry = (String, String);

/// A server's deviations.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "independent habits")]
struct Habits {
    /// The maximum page size; at least 2 if markers are inclusive, or the listing could not advance.
    page: usize,
    /// Repeats the marker's own entries.
    inclusive: bool,
    /// Sends pages with fewer entries.
    short: bool,
    /// Sends empty pages with a later marker.
    empty: bool,
    /// Omits the version from a marker at the end of a key.
    bare: bool,
    /// Sends a marker before the end of the page.
    lagging: bool,
    /// Omits the first entry after a start key that does not exist.
    leaves_out: bool,
}

/// A small random generator, seeded by the test.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % sides as u64).unwrap()
    }
}

struct Sent {
    entries: Vec<Entry>,
    next: Option<Marker>,
}

impl Page for Sent {
    fn len(&self) -> usize {
        self.entries.len()
    }
    fn key(&self, at: usize) -> Cow<'_, str> {
        Cow::Borrowed(&self.entries[at].0)
    }
    fn version(&self, at: usize) -> Cow<'_, str> {
        Cow::Borrowed(&self.entries[at].1)
    }
    fn next(&self) -> Option<Marker> {
        self.next.clone()
    }
}

fn serve(bucket: &[Entry], habits: Habits, after: Option<&Marker>, dice: &mut Dice) -> Sent {
    let from = after.map_or(0, |after| {
        let start = bucket.partition_point(|entry| entry.0 < after.key);
        let end = bucket.partition_point(|entry| entry.0 <= after.key);
        match &after.version {
            None if habits.inclusive => start,
            None if habits.leaves_out && start == end => (end + 1).min(bucket.len()),
            None => end,
            Some(version) => {
                let at = bucket[start..end].iter().position(|entry| entry.1 == *version).unwrap() + start;
                if habits.inclusive { at } else { at + 1 }
            }
        }
    });
    let rest = &bucket[from..];
    if habits.empty && dice.roll(4) == 0 {
        // A prefix of the next key comes before it.
        let stop =
            rest.first().and_then(|entry| entry.0.char_indices().next_back().map(|(at, _)| &entry.0[..at]));
        if let Some(stop) = stop.filter(|stop| after.is_some_and(|after| after.key.as_str() < *stop)) {
            let next = Marker { key: stop.to_owned(), version: None };
            return Sent { entries: Vec::new(), next: Some(next) };
        }
    }
    let least = if habits.inclusive { 2 } else { 1 };
    let page = habits.page.max(least);
    let len = if habits.short { least + dice.roll(page - least + 1) } else { page };
    let entries = rest[..len.min(rest.len())].to_vec();
    let next = (rest.len() > len).then(|| {
        let mut at = entries.len() - 1;
        if habits.lagging {
            // Move to an earlier key's end that is after the marker, if the page has one.
            let ends = (0..at).filter(|at| entries[*at].0 != entries[at + 1].0);
            let ends: Vec<usize> =
                ends.filter(|at| after.is_none_or(|after| after.key < entries[*at].0)).collect();
            at = if ends.is_empty() { at } else { ends[dice.roll(ends.len())] };
        }
        let (key, version) = entries[at].clone();
        let whole = bucket.get(from + at + 1).is_none_or(|entry| entry.0 != key);
        Marker { key, version: (!(habits.bare && whole)).then_some(version) }
    });
    Sent { entries, next }
}

/// Cuts at a random place in a range being read.
fn cut_somewhere(plan: &mut Ranges, keys: &[String], dice: &mut Dice) {
    let at = dice.roll(plan.parts.len().max(1));
    let mut mark = keys[dice.roll(keys.len())].clone();
    match dice.roll(3) {
        0 => drop(mark.pop()),
        1 => mark.push('m'),
        _ => {}
    }
    if plan.parts.get(at).is_some_and(|part| part.flying && part.holds(&mark)) {
        plan.cut(at, mark, Origin::Middle);
    }
}

/// Lists a folder with a delimiter; now and then wrongly.
fn names(bucket: &[Entry], folder: &str, dice: &mut Dice) -> (Vec<String>, bool) {
    let in_folder = bucket.iter().filter_map(|entry| entry.0.strip_prefix(folder));
    let name = |rest: &str| format!("{folder}{}", rest.find('/').map_or(rest, |at| &rest[..=at]));
    let mut names: Vec<String> = in_folder.map(name).collect();
    names.dedup();
    match dice.roll(4) {
        0 => names.clear(),
        1 => names.truncate(dice.roll(names.len() + 1)),
        2 => names.reverse(),
        _ => {}
    }
    (names, dice.roll(2) == 0)
}

/// The result of listing a bucket.
struct Listed {
    read: Vec<Entry>,
    requests: usize,
    ranges: usize,
    gaps: Vec<Gap>,
}

fn list(bucket: &[Entry], habits: Habits, plan: &mut Ranges, wild: bool, dice: &mut Dice) -> Listed {
    let keys: Vec<String> = bucket.iter().map(|entry| entry.0.clone()).chain(["q".to_owned()]).collect();
    let mut under_way: Vec<Ask> = Vec::new();
    let mut read: BTreeMap<Arc<str>, Vec<Entry>> = BTreeMap::new();
    let (mut requests, mut gaps) = (0, Vec::new());
    loop {
        if wild && dice.roll(8) == 0 {
            plan.set_slots(1 + dice.roll(9));
        }
        if wild && dice.roll(3) == 0 {
            cut_somewhere(plan, &keys, dice);
        }
        while under_way.is_empty() || dice.roll(4) > 0 {
            let Some(ask) = plan.ask() else { break };
            under_way.push(ask);
        }
        if under_way.is_empty() {
            break;
        }
        while let Some(folder) = plan.folder() {
            let (names, whole) = names(bucket, &folder, dice);
            plan.names(&folder, &names, whole);
        }
        let ask = under_way.swap_remove(dice.roll(under_way.len()));
        let page = serve(bucket, habits, ask.after.as_ref(), dice);
        requests += 1;
        let answer = plan.answer(ask.range, &page);
        assert!(!answer.stuck);
        assert!(requests < 20 * (bucket.len() + 20), "no end");
        gaps.extend(answer.gaps);
        read.entry(ask.start).or_default().extend_from_slice(&page.entries[answer.take]);
    }
    assert!(plan.is_done());
    Listed { read: read.values().flatten().cloned().collect(), requests, ranges: read.len(), gaps }
}

fn bucket(keys: Vec<String>, versions: &[usize]) -> Vec<Entry> {
    let mut keys = keys;
    keys.sort();
    keys.dedup();
    let counts = versions.iter().cycle();
    keys.into_iter()
        .zip(counts)
        // Version IDs are in no order.
        .flat_map(|(key, count)| (0..*count).map(move |n| (key.clone(), format!("{:x}", n * 7919 % 1009))))
        .collect()
}

fn keys() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![
        prop::collection::vec("[ab]{1,6}", 0..120),
        prop::collection::vec("[a/é日🎉\u{10FFFF}]{1,5}", 0..120),
        prop::collection::vec("(x/){0,3}[0-9]{1,4}", 0..300),
        prop::collection::vec("[a-f0-9]{8}", 0..300),
        prop::collection::vec("[\u{1}\u{7f}~\u{d7ff}\u{e000}]{1,4}", 0..60),
    ]
}

fn habits() -> impl Strategy<Value = Habits> {
    (1..20_usize, any::<[bool; 5]>()).prop_map(|(page, [inclusive, short, empty, bare, lagging])| Habits {
        page,
        inclusive,
        short,
        empty,
        bare,
        lagging,
        leaves_out: false,
    })
}

/// A server without deviations.
fn plain(page: usize) -> Habits {
    Habits {
        page,
        inclusive: false,
        short: false,
        empty: false,
        bare: false,
        lagging: false,
        leaves_out: false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { ..ProptestConfig::default() })]

    #[test]
    fn every_entry_is_read_once_and_in_order(
        keys in keys(),
        versions in prop::collection::vec(prop_oneof![4 => 1..4_usize, 1 => 20..60_usize], 1..9),
        habits in habits(),
        slots in 1..10_usize,
        seed in any::<u64>(),
    ) {
        let bucket = bucket(keys, &versions);
        let mut plan = Ranges::new("", None, None, slots);
        let listed = list(&bucket, habits, &mut plan, true, &mut Dice(seed));
        prop_assert_eq!(listed.read, bucket);
        prop_assert_eq!(listed.gaps, []);
    }

    #[test]
    fn a_key_that_is_left_out_where_a_range_begins_is_told(
        keys in keys(),
        page in 1..20_usize,
        slots in 2..10_usize,
        seed in any::<u64>(),
    ) {
        let bucket = bucket(keys, &[1]);
        let habits = Habits { leaves_out: true, ..plain(page) };
        let mut plan = Ranges::new("", None, None, slots);
        let Listed { read, gaps, .. } = list(&bucket, habits, &mut plan, true, &mut Dice(seed));
        for (key, _) in bucket.iter().filter(|entry| !read.contains(entry)) {
            prop_assert!(gaps.iter().any(|gap| gap.key == *key), "{key} is missing: {gaps:?}");
        }
    }

    #[test]
    fn bounds_and_prefix_are_kept(
        keys in keys(),
        prefix in "(|a|x/|x/x/|é)",
        after in prop::option::of("[a-e0-9x/é]{0,3}"),
        upto in prop::option::of("[a-e0-9x/é]{1,3}"),
        habits in habits(),
        seed in any::<u64>(),
    ) {
        let (after, upto) = (after.as_deref().filter(|after| !after.is_empty()), upto.as_deref());
        prop_assume!(upto.is_none_or(|upto| after.is_none_or(|after| after < upto)));
        let mut all = bucket(keys, &[1, 3]);
        all.retain(|entry| entry.0.starts_with(&prefix));
        let mut plan = Ranges::new(&prefix, after, upto, 6);
        let Listed { read, gaps, .. } = list(&all, habits, &mut plan, false, &mut Dice(seed));
        all.retain(|(key, _)| after.is_none_or(|after| **key > *after) && upto.is_none_or(|upto| **key <= *upto));
        prop_assert_eq!(read, all);
        prop_assert_eq!(gaps, []);
    }

    #[test]
    fn few_requests_are_lost(keys in keys(), page in 4..20_usize, slots in 1..10_usize, seed in any::<u64>()) {
        let bucket = bucket(keys, &[1, 2, 3]);
        let mut plan = Ranges::new("", None, None, slots);
        let Listed { read, requests, ranges, .. } =
            list(&bucket, plain(page), &mut plan, false, &mut Dice(seed));
        prop_assert_eq!(read.len(), bucket.len());
        let least = bucket.len().div_ceil(page).max(1);
        // Each range ends with one page that is not full.
        prop_assert!(requests <= least + ranges, "{requests} requests, {ranges} ranges, least {least}");
        if slots == 1 {
            prop_assert_eq!(requests, least);
        }
    }
}

/// Builds a page: keys with one version each, and the next marker.
fn page(keys: &[&str], next: Option<(&str, Option<&str>)>) -> Sent {
    Sent {
        entries: keys.iter().map(|key| ((*key).to_owned(), "v".to_owned())).collect(),
        next: next.map(|(key, version)| Marker { key: key.to_owned(), version: version.map(str::to_owned) }),
    }
}

#[test]
fn a_page_that_is_not_truncated_ends_everything() {
    let mut plan = Ranges::new("", None, None, 64);
    let ask = plan.ask().unwrap();
    assert_eq!(ask.after, None);
    assert_eq!(plan.ask(), None, "nothing is known yet: one request");
    let answer = plan.answer(ask.range, &page(&["a", "b"], None));
    assert_eq!((answer.take, answer.ended, plan.is_done()), (0..2, true, true));
    assert_eq!(plan.ask(), None);
}

#[test]
fn a_server_that_does_not_move_is_told_of() {
    let mut plan = Ranges::new("", None, None, 1);
    let ask = plan.ask().unwrap();
    let first = page(&["a", "b"], Some(("b", Some("v"))));
    assert!(!plan.answer(ask.range, &first).stuck);
    let ask = plan.ask().unwrap();
    let answer = plan.answer(ask.range, &first);
    assert_eq!((answer.take.len(), answer.ended, answer.stuck), (0, false, true));
}

#[test]
fn a_page_is_cut_at_an_end_that_came_while_it_was_under_way() {
    let mut plan = Ranges::new("", None, None, 2);
    let ask = plan.ask().unwrap();
    let right = plan.cut(0, "m".to_owned(), Origin::Middle);
    assert_eq!(right, 1);
    let other = plan.ask().unwrap();
    assert_eq!((other.start.as_ref(), other.after.unwrap().key.as_str()), ("m", "m"));
    let answer = plan.answer(ask.range, &page(&["a", "m", "n", "z"], Some(("z", None))));
    assert_eq!((answer.take, answer.ended), (Range { start: 0, end: 2 }, true));
}

/// It was taken for the end of the bucket: the range before it seemed to have few keys.
#[test]
fn an_empty_page_that_is_truncated_does_not_end_the_bucket() {
    let behind = |next| {
        let mut plan = Ranges::new("", None, None, 2);
        plan.ask().unwrap();
        plan.cut(0, "m".to_owned(), Origin::Middle);
        let ask = plan.ask().unwrap();
        plan.answer(ask.range, &page(&[], next));
        plan.parts[0].behind.clone()
    };
    assert_eq!(behind(Some(("p", None))), Behind::Unknown);
    assert_eq!(behind(None), Behind::Nothing);
}

#[test]
fn an_answer_nobody_asked_for_has_no_entries() {
    let mut plan = Ranges::new("", None, None, 2);
    let ask = plan.ask().unwrap();
    let sent = page(&["a"], None);
    assert_eq!(plan.answer(ask.range, &sent).take, 0..1);
    assert_eq!(plan.answer(ask.range, &sent).take, 0..0);
}

/// One key in sixteen stood for all before it, however little they shared: a folder with one key seemed to have 62.
#[test]
fn the_entries_of_the_last_folder_are_counted() {
    let keys: Vec<String> = (0..997).map(|n| format!("a/{n:03}")).collect();
    let last = ["b/1", "b/2", "c/1"].map(str::to_owned);
    let keys: Vec<&str> = keys.iter().chain(&last).map(String::as_str).collect();
    let mut plan = Ranges::new("", None, None, 1);
    let ask = plan.ask().unwrap();
    plan.answer(ask.range, &page(&keys, Some(("c/1", None))));
    let read = &plan.parts[0].read;
    assert_eq!([0, 2, 3].map(|len| read.under(len).to_string()), ["1000", "1", "1"]);
}
