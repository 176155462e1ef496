//! Changes by folder, for a picture: as deep as it takes to tell folders apart, in bounded memory.

use std::collections::BTreeMap;

use crate::limits;
use crate::plan::{Action, Change, PrefixCounts};

/// Counts changes by the folder of their key.
#[derive(Debug, Clone)]
pub(super) struct Folders {
    /// The number of folders in each name; fewer where there are very many.
    depth: usize,
    counts: BTreeMap<String, PrefixCounts>,
    /// The changes in folders beyond the limit.
    elsewhere: PrefixCounts,
}

/// The changes in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FolderCounts {
    /// The folder; empty for keys without one.
    pub folder: String,
    /// Keys by action, in the order of [`Action::ALL`].
    pub counts: PrefixCounts,
}

impl Folders {
    pub(super) fn new() -> Self {
        Self { depth: limits::PREFIX_DEPTH, counts: BTreeMap::new(), elsewhere: PrefixCounts::default() }
    }

    /// Counts a change.
    pub(super) fn add(&mut self, change: &Change) {
        let slot = Action::ALL.iter().position(|action| *action == change.action).unwrap_or_default();
        while self.is_full(&change.key) && self.depth > 1 {
            self.depth -= 1;
            self.counts = at_depth(&self.counts, self.depth);
        }
        let counts = if self.is_full(&change.key) {
            &mut self.elsewhere
        } else {
            self.counts.entry(folder(&change.key, self.depth).to_owned()).or_default()
        };
        if let Some(n) = counts.get_mut(slot) {
            *n += 1;
        }
    }

    fn is_full(&self, key: &str) -> bool {
        self.counts.len() >= limits::COUNTED_PREFIXES && !self.counts.contains_key(folder(key, self.depth))
    }

    /// Returns the folders at the least depth that has several, those with the most changes first, and the changes
    /// elsewhere.
    pub(super) fn largest(&self) -> (Vec<FolderCounts>, PrefixCounts) {
        let mut depths = (1..=self.depth).map(|depth| at_depth(&self.counts, depth));
        let several = depths.clone().find(|counts| counts.len() > 1);
        let rows = several.or_else(|| depths.next_back()).unwrap_or_default().into_iter();
        let mut rows: Vec<_> = rows.map(|(folder, counts)| FolderCounts { folder, counts }).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.counts.iter().sum::<u64>()));
        let rest = rows.split_off(rows.len().min(limits::PAGE_FOLDERS));
        let elsewhere = rest.iter().fold(self.elsewhere, |sum, row| plus(sum, row.counts));
        (rows, elsewhere)
    }
}

fn at_depth(counts: &BTreeMap<String, PrefixCounts>, depth: usize) -> BTreeMap<String, PrefixCounts> {
    let mut shallow = BTreeMap::<String, PrefixCounts>::new();
    for (name, counts) in counts {
        let sum = shallow.entry(folder(name, depth).to_owned()).or_default();
        *sum = plus(*sum, *counts);
    }
    shallow
}

fn plus(one: PrefixCounts, other: PrefixCounts) -> PrefixCounts {
    let mut sums = one;
    sums.iter_mut().zip(other).for_each(|(sum, n)| *sum += n);
    sums
}

/// Returns the start of a key up to its slash of this number, or else its last one.
fn folder(key: &str, depth: usize) -> &str {
    let slash = key.match_indices('/').take(depth).last();
    slash.and_then(|(at, _)| key.get(..=at)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'a>(keys: impl IntoIterator<Item = &'a str>) -> (Vec<FolderCounts>, PrefixCounts) {
        let mut folders = Folders::new();
        for key in keys {
            folders.add(&Change::new(key, Action::Revert, None, None));
        }
        folders.largest()
    }

    fn names(rows: &[FolderCounts]) -> Vec<&str> {
        rows.iter().map(|row| row.folder.as_str()).collect()
    }

    #[test]
    fn folders_are_as_deep_as_tells_them_apart() {
        let (rows, elsewhere) = of(["a/b/1", "a/b/2", "a/c/d/3", "a/4"]);
        assert_eq!((names(&rows), elsewhere), (vec!["a/b/", "a/", "a/c/"], [0; 3]));
        assert_eq!(rows[0].counts, [0, 2, 0]);
        assert_eq!(names(&of(["a/1", "b/1", "b/c/1", "2"]).0), ["b/", "", "a/"]);
        assert_eq!(names(&of(["a/b/c/d/e/1"]).0), ["a/b/c/"]);
    }

    #[test]
    fn very_many_folders_become_shallow_and_the_rest_is_summed_up() {
        let keys: Vec<_> = (0..limits::COUNTED_PREFIXES * 2).map(|n| format!("{}/{n}/x", n % 30)).collect();
        let (rows, elsewhere) = of(keys.iter().map(String::as_str));
        assert_eq!(rows.len(), limits::PAGE_FOLDERS);
        let shown: u64 = rows.iter().flat_map(|row| row.counts).sum();
        assert_eq!(shown + elsewhere.iter().sum::<u64>(), keys.len() as u64);
        assert!(rows.iter().all(|row| row.folder.matches('/').count() == 1), "{rows:?}");
    }
}
