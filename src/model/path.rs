//! Maps a key to a path below a directory.
//!
//! | key | path |
//! |---|---|
//! | `a/b` | the file `b` in the directory `a` |
//! | `a/b/` | the directory `a/b`: a folder as consoles create it |
//! | empty, as the rest of a folder's own key | the directory itself |
//! | `..`, `a/../b`, `./a` | refused: leads elsewhere, or to another key's path |
//! | `/a`, `a//b`, `//` | refused: a name is empty |
//! | contains a NUL | refused: paths cannot contain one |
//! | a name of more than 255 bytes | refused: no file system supports it |
//! | a name with the prefix of unfinished files | refused: it would be mistaken for one |
//!
//! Nothing is rewritten: two keys never share a path, and a path determines its key.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use crate::limits;

/// The name prefix of unfinished files.
pub const UNFINISHED: &str = ".asof-part-";

/// A key that maps to a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPath {
    text: String,
    folder: bool,
}

impl KeyPath {
    /// Converts a key, or the rest of a key after the source's folder; an error is the reason it has no path.
    pub fn of(key: &str) -> Result<Self, &'static str> {
        let text = key.strip_suffix('/').unwrap_or(key);
        if !key.is_empty() {
            text.split('/').try_for_each(check_name)?;
        }
        Ok(Self { text: text.to_owned(), folder: key.is_empty() || key.ends_with('/') })
    }

    /// Returns the whole path, without a `/` at either end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether the key stands for a directory.
    pub fn is_folder(&self) -> bool {
        self.folder
    }

    /// Returns its parent directories and its own name; no name for the directory itself.
    pub fn split(&self) -> (impl Iterator<Item = &str>, Option<&str>) {
        let (parents, name) = self.text.rsplit_once('/').unwrap_or(("", &self.text));
        (parents.split('/').filter(|name| !name.is_empty()), Some(name).filter(|name| !name.is_empty()))
    }
}

fn check_name(name: &str) -> Result<(), &'static str> {
    match name {
        "" => Err("it has an empty path component"),
        "." | ".." => Err("it has a . or .. path component"),
        _ if name.contains('\0') => Err("it contains a NUL"),
        _ if name.len() > limits::NAME_BYTES => Err("it has a path component longer than 255 bytes"),
        _ if name.starts_with(UNFINISHED) => Err("its name is reserved for asof's unfinished files"),
        _ => Ok(()),
    }
}

/// Finds keys below another key as if that were a directory: `a/b` below `a`. Both cannot be files; the object keeps
/// its path. Accepts paths in key order, and stores at most one key's length of them.
#[derive(Debug, Default)]
pub struct Overlaps {
    /// Files, each a prefix of the next.
    files: Vec<String>,
}

impl Overlaps {
    /// Returns the file that this path would need as a directory, if any.
    pub fn under(&mut self, path: &KeyPath) -> Option<&str> {
        let text = path.text();
        while self.files.last().is_some_and(|file| !text.starts_with(file.as_str())) {
            self.files.pop();
        }
        let blocks = |file: &String| match text.get(file.len()..) {
            Some("") => path.is_folder(),
            Some(rest) => rest.starts_with('/'),
            None => false,
        };
        let found = self.files.iter().position(blocks);
        if found.is_none() && !path.is_folder() {
            self.files.push(text.to_owned());
        }
        found.and_then(|at| self.files.get(at)).map(String::as_str)
    }
}

/// Finds paths that differ from an earlier one only in case. Stores a hash of each path: about 16 bytes per key.
#[derive(Debug, Default)]
pub struct CaseFold {
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl CaseFold {
    /// Claims a path. Returns whether it was free.
    pub fn take(&mut self, path: &str) -> bool {
        self.seen.insert(self.hasher.hash_one(path.to_lowercase()))
    }
}

#[cfg(test)]
mod tests;
