//! A key as a path beneath a directory.
//!
//! | key | path |
//! |---|---|
//! | `a/b` | the file `b` in the directory `a` |
//! | `a/b/` | the directory `a/b`: a folder as consoles make them |
//! | the empty rest of a folder's own key | the directory itself |
//! | `..`, `a/../b`, `./a` | refused: leads elsewhere, or to what another key names |
//! | `/a`, `a//b`, `//` | refused: a name is empty |
//! | a NUL in it | refused: no path has one |
//! | a name of more than 255 bytes | refused: no file system takes it |
//! | a name that begins as our unfinished files do | refused: it would be taken for one |
//!
//! Nothing is rewritten: two keys never become one path, and a path tells its key.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use crate::limits;

/// What the names of files that are not finished yet begin with.
pub const UNFINISHED: &str = ".asof-part-";

/// A key that can be a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPath {
    text: String,
    folder: bool,
}

impl KeyPath {
    /// Of a key, or of what is left of it when the folder of the source is cut off; an error says why it cannot be.
    pub fn of(key: &str) -> Result<Self, &'static str> {
        let text = key.strip_suffix('/').unwrap_or(key);
        if !key.is_empty() {
            text.split('/').try_for_each(check_name)?;
        }
        Ok(Self { text: text.to_owned(), folder: key.is_empty() || key.ends_with('/') })
    }

    /// The path as a whole, without a `/` at either end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the key stands for a directory.
    pub fn is_folder(&self) -> bool {
        self.folder
    }

    /// The directories that lead to it, and its own name; no name for the directory itself.
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

/// Finds keys that lie under another key as if that were a directory: `a/b` under `a`. Both cannot be files; the object
/// keeps its place. Takes paths in the order of their keys, and holds no more than one key's length of them.
#[derive(Debug, Default)]
pub struct Overlaps {
    /// Files, each the beginning of the next.
    files: Vec<String>,
}

impl Overlaps {
    /// The file in whose place this path would need a directory, if there is one.
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

/// Finds paths that differ from an earlier one in case only. Holds a hash of each path: some 16 bytes a key.
#[derive(Debug, Default)]
pub struct CaseFold {
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl CaseFold {
    /// Takes the path's place; gives whether it was free.
    pub fn take(&mut self, path: &str) -> bool {
        self.seen.insert(self.hasher.hash_one(path.to_lowercase()))
    }
}

#[cfg(test)]
mod tests;
