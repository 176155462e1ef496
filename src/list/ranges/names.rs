//! The names in folders, as told by listings with a delimiter.
//!
//! Such a listing tells all subfolders of a folder with one request. Folders of one depth are expected to look alike: of
//! a folder that was not listed, the names are those of the listed one that shares the longest prefix with it. Nothing
//! depends on the names being right: they only decide where ranges are cut.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::alphabet::common;
use super::part::Part;

/// The maximum number of bytes of all names.
const ROOM: usize = 4 << 20;
/// The number of folders to list, …
const FOLDERS: usize = 24;
/// … plus one for this many pages, …
const PAGES: u64 = 256;
/// … but not more than this.
const MOST: usize = 96;

/// The names in the folders listed so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// By depth and folder; none if there are too many to be listed, or no subfolders.
    levels: Vec<BTreeMap<String, Vec<String>>>,
    size: usize,
}

impl Names {
    /// Adds the names in `folder`, in order and without the folder.
    pub(super) fn add(&mut self, folder: &str, names: Vec<String>) {
        self.size += folder.len() + names.iter().map(String::len).sum::<usize>();
        if self.size > ROOM {
            return;
        }
        let depth = depth(folder);
        if self.levels.len() <= depth {
            self.levels.resize_with(depth + 1, BTreeMap::new);
        }
        if let Some(level) = self.levels.get_mut(depth) {
            level.insert(folder.to_owned(), names);
        }
    }

    /// Returns whether `folder` itself was listed, and has names.
    pub(super) fn is_known(&self, folder: &str) -> bool {
        self.levels
            .get(depth(folder))
            .and_then(|level| level.get(folder))
            .is_some_and(|names| !names.is_empty())
    }

    /// Returns the names expected in `folder`; empty if nothing is known about them.
    pub(super) fn of(&self, folder: &str) -> &[String] {
        let Some(level) = self.levels.get(depth(folder)) else { return &[] };
        let before = level.range::<str, _>((Bound::Unbounded, Bound::Included(folder))).next_back();
        let after = level.range::<str, _>((Bound::Included(folder), Bound::Unbounded)).next();
        let alike = before.into_iter().chain(after).max_by_key(|(other, _)| common(other, folder));
        alike.map_or(&[], |(_, names)| names)
    }
}

fn depth(folder: &str) -> usize {
    folder.bytes().filter(|byte| *byte == b'/').count()
}

/// The folders to list.
#[derive(Debug, Default)]
pub(super) struct Folders {
    wanted: Vec<String>,
    /// Those wanted so far.
    asked: BTreeSet<String>,
    waiting: usize,
}

impl Folders {
    /// Wants the names in the folders that contain all of a range's last page, of which `key` is one.
    pub(super) fn want(&mut self, part: &Part, prefix: &str, key: &str, pages: u64, names: &mut Names) {
        let most = FOLDERS.saturating_add(usize::try_from(pages / PAGES).unwrap_or(MOST)).min(MOST);
        let path = part.at.get(..part.shared).unwrap_or_default();
        let ends = std::iter::once(0).chain(path.match_indices('/').map(|(at, _)| at + 1));
        for end in ends.filter(|end| *end >= prefix.len()) {
            let (folder, rest) = key.split_at_checked(end).unwrap_or_default();
            if self.asked.len() >= most || self.asked.contains(folder) {
                continue;
            }
            if rest.contains('/') {
                self.asked.insert(folder.to_owned());
                self.wanted.push(folder.to_owned());
            } else if !folder.is_empty() {
                names.add(folder, Vec::new());
            }
        }
    }

    /// Returns the next folder to list.
    pub(super) fn next(&mut self) -> Option<String> {
        let folder = self.wanted.pop()?;
        self.waiting += 1;
        Some(folder)
    }

    /// Records an answer.
    pub(super) fn answered(&mut self) {
        self.waiting = self.waiting.saturating_sub(1);
    }

    /// Returns whether answers are due.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting > 0
    }
}
