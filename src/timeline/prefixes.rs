//! Folders as numbers: the first levels of keys, in a table of limited size.
//!
//! A folder without room is counted as its parent, so the count of a folder is never too high.

use std::collections::HashMap;
use std::sync::Arc;

use memchr::memchr;

use crate::limits;

/// The number of the timeline's own folder, which is above all others.
pub(super) const ROOT: u32 = 0;

/// A table of folders. A folder's number is greater than its parent's.
#[derive(Debug)]
pub(super) struct Prefixes {
    /// The number of bytes that all keys have in common, up to a `/`.
    base: usize,
    names: Vec<Name>,
    numbers: HashMap<Arc<str>, u32>,
    /// The last folder looked up: keys of one folder are listed together.
    last: u32,
}

#[derive(Debug, Clone)]
struct Name {
    text: Arc<str>,
    above: u32,
}

impl Prefixes {
    /// Creates a table for keys in `folder`.
    pub(super) fn new(folder: &str) -> Self {
        let root = Name { text: folder.into(), above: ROOT };
        Self { base: folder.len(), names: vec![root], numbers: HashMap::new(), last: ROOT }
    }

    /// Returns the number of a key's folder.
    pub(super) fn of(&mut self, key: &str) -> u32 {
        let folder = self.folder(key);
        if self.name(self.last) != folder {
            self.last = self.number(folder);
        }
        self.last
    }

    /// Returns a key's folder, limited in depth and length.
    fn folder<'k>(&self, key: &'k str) -> &'k str {
        let mut end = self.base;
        for _ in 0..limits::PREFIX_DEPTH {
            let rest = key.as_bytes().get(end..).unwrap_or_default();
            match memchr(b'/', rest) {
                Some(slash) if end + slash < self.base + limits::PREFIX_BYTES => end += slash + 1,
                _ => break,
            }
        }
        key.get(..end).unwrap_or_default()
    }

    fn number(&mut self, folder: &str) -> u32 {
        if folder.len() <= self.base {
            return ROOT;
        }
        if let Some(number) = self.numbers.get(folder) {
            return *number;
        }
        let inner = folder.get(self.base..folder.len() - 1).unwrap_or_default();
        let end = inner.rfind('/').map_or(self.base, |slash| self.base + slash + 1);
        let above = self.number(folder.get(..end).unwrap_or_default());
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        if self.is_full() {
            return above;
        }
        let text: Arc<str> = folder.into();
        self.names.push(Name { text: Arc::clone(&text), above });
        self.numbers.insert(text, number);
        number
    }

    pub(super) fn is_full(&self) -> bool {
        self.names.len() >= limits::TIMELINE_PREFIXES
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Returns a folder's parent; the root's is itself.
    pub(super) fn above(&self, number: u32) -> u32 {
        self.names.get(number as usize).map_or(ROOT, |name| name.above)
    }

    pub(super) fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", |name| &name.text)
    }

    /// Returns a flag for each folder, all unset.
    pub(super) fn none_used(&self) -> Vec<bool> {
        vec![false; self.names.len()]
    }

    /// Removes all folders except those used and their ancestors; returns the new number for each old one, in the same
    /// order.
    pub(super) fn retain(&mut self, used: &[bool]) -> Vec<u32> {
        let mut kept = used.to_vec();
        kept.resize(self.names.len(), false);
        for (number, name) in self.names.iter().enumerate().rev() {
            if kept.get(number) == Some(&true)
                && let Some(above) = kept.get_mut(name.above as usize)
            {
                *above = true;
            }
        }
        let (mut numbers, mut names) = (Vec::with_capacity(self.names.len()), Vec::new());
        for (number, name) in self.names.iter().enumerate() {
            numbers.push(u32::try_from(names.len()).unwrap_or(u32::MAX));
            if number == ROOT as usize || kept.get(number) == Some(&true) {
                let above = numbers.get(name.above as usize).copied().unwrap_or(ROOT);
                names.push(Name { above, ..name.clone() });
            }
        }
        self.numbers =
            (ROOT + 1..).zip(names.iter().skip(1)).map(|(n, name)| (Arc::clone(&name.text), n)).collect();
        self.names = names;
        self.last = ROOT;
        numbers
    }
}
