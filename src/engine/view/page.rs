//! A page of the keys and folders that were live at T.

use serde::{Deserialize, Serialize};

use super::super::bucket_scan::Part;
use super::super::key_lookup::{ReadUntil, read_key};
use super::{KeyAt, PastBucket};
use crate::error::Result;
use crate::limits;
use crate::list::just_after;
use crate::resolve::KeyState;
use crate::s3::listing;

/// A request for a page.
#[derive(Debug, Clone, Copy, Default)]
pub struct PageAt<'a> {
    /// The prefix of the keys.
    pub prefix: &'a str,
    /// Keys that have this after the prefix are grouped into folders; none if it is empty.
    pub delimiter: &'a str,
    /// The beginning of the page; the first key if `None`.
    pub after: Option<&'a Position>,
    /// Maximum number of entries.
    pub max: usize,
}

/// A position between keys, from which a listing continues.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Position {
    /// After this key, existing or not.
    Key(String),
    /// After all keys that start with this.
    Folder(String),
}

impl Position {
    /// Returns whether a key comes before the position.
    fn is_after(&self, key: &str) -> bool {
        match self {
            Self::Key(last) => key <= last.as_str(),
            Self::Folder(folder) => key < folder.as_str() || key.starts_with(folder.as_str()),
        }
    }

    /// Returns a marker from which a server lists what follows, and perhaps some of what precedes.
    fn marker(&self) -> String {
        match self {
            Self::Key(key) => key.clone(),
            Self::Folder(folder) => just_after(folder).unwrap_or_else(|| folder.clone()),
        }
    }
}

/// A page of entries in key order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ViewPage {
    /// The entries.
    pub entries: Vec<ViewEntry>,
    /// The beginning of the next page; `None` after the last. The next page may be empty.
    pub next: Option<Position>,
}

/// An entry of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ViewEntry {
    /// A key that was live, or may have been.
    Key {
        /// The key.
        key: String,
        /// Its state; never absent.
        state: KeyAt,
    },
    /// The keys that have the same beginning up to a delimiter.
    Folder {
        /// The beginning, with the delimiter.
        prefix: String,
        /// The state of the keys in it.
        state: FolderAt,
    },
}

impl ViewEntry {
    /// Returns the key, or the beginning of the folder's keys.
    pub fn name(&self) -> &str {
        match self {
            Self::Key { key, .. } => key,
            Self::Folder { prefix, .. } => prefix,
        }
    }

    /// Returns the position after it.
    pub(in crate::engine) fn position(&self) -> Position {
        match self {
            Self::Key { key, .. } => Position::Key(key.clone()),
            Self::Folder { prefix, .. } => Position::Folder(prefix.clone()),
        }
    }
}

/// The state of a folder at T.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FolderAt {
    /// A key in it was live.
    Live,
    /// No key in it is known to have been live, but some may have been.
    Uncertain,
}

impl PastBucket {
    /// Returns the next keys and folders that were live or may have been. A folder that is known to have been live is
    /// not read to its end.
    pub async fn page(&self, at: PageAt<'_>) -> Result<ViewPage> {
        let Self { client, bucket, jumps, .. } = self;
        let mut fill = Fill::new(self, at);
        if at.max == 0 {
            return Ok(ViewPage::default());
        }
        let after = at.after.map(Position::marker).filter(|marker| marker.as_str() >= at.prefix);
        let mut pages = jumps.start(client, bucket, at.prefix, after).await?;
        let mut part = Part::new(self.resolver());
        while let Some(page) = pages.next(client, fill.entries_wanted()).await? {
            if page.is_empty() && !pages.is_ended() {
                continue;
            }
            if let Some(lost) = part.begin_page(page.entries().next().map(|entry| entry.key)) {
                let again = read_key(client, bucket, &lost, self.resolver(), ReadUntil::Answered);
                if let Some(state) = again.await?.finish() {
                    fill.take(&state);
                }
            }
            fill.read(&page, &mut part)?;
            if pages.is_ended() {
                break;
            }
            fill.take_last(&part);
            if fill.is_over() {
                return Ok(fill.page(More::Perhaps));
            }
            let testable = jumps.allowed_by(client, &pages, &page).await?;
            let jump = fill.live_folder().and_then(just_after).filter(|_| testable);
            fill.jumped = jump.is_some_and(|jump| pages.jump(jump));
        }
        if let Some(state) = part.resolver.finish() {
            fill.take(&state);
        }
        let more = if fill.over { More::Perhaps } else { More::None };
        Ok(fill.page(more))
    }
}

/// The end of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum More {
    /// Entries may follow.
    Perhaps,
    /// It is the last.
    None,
}

/// The entries of a page so far.
struct Fill<'a> {
    past: &'a PastBucket,
    at: PageAt<'a>,
    entries: Vec<ViewEntry>,
    /// A key for which there was no room has been seen.
    over: bool,
    /// The listing has just jumped behind a folder.
    jumped: bool,
    /// The number of entries that the last page of the listing added.
    yielded: usize,
}

impl<'a> Fill<'a> {
    fn new(past: &'a PastBucket, at: PageAt<'a>) -> Self {
        Self { past, at, entries: Vec::new(), over: false, jumped: false, yielded: 0 }
    }

    /// Returns the number of versions worth requesting. Few if few keys are missing, or the last page jumped for one
    /// folder: then the next one probably does too.
    fn entries_wanted(&self) -> i32 {
        let few = limits::KEY_PAGE_ENTRIES;
        let missing = self.at.max - self.entries.len();
        let is_small = i32::try_from(missing).is_ok_and(|missing| missing < few / 2);
        let is_first = self.entries.is_empty() && !self.jumped;
        if (self.jumped && self.yielded == 1) || (is_small && (is_first || self.yielded > 0)) {
            few
        } else {
            limits::PAGE_ENTRIES
        }
    }

    /// Reads a page of versions, as far as its keys have room.
    fn read(&mut self, page: &listing::Page, part: &mut Part) -> Result<()> {
        let before = self.entries.len();
        let mut last = None;
        for entry in page.entries() {
            last = Some(entry.key);
            if self.skips(entry.key) {
                continue;
            }
            if self.is_over() {
                self.over = true;
                break;
            }
            if let Some(state) = part.resolver.push(&entry, page.is_order_lost())? {
                self.take(&state);
            }
            if self.skips(entry.key) {
                // The key is in a folder that has just turned out to be live; its other entries are not read.
                part.resolver.forget_current();
            }
        }
        part.end_page(last);
        self.yielded = self.entries.len() - before;
        Ok(())
    }

    /// Returns whether a key is not needed.
    fn skips(&self, key: &str) -> bool {
        self.at.after.is_some_and(|after| after.is_after(key))
            || self.live_folder().is_some_and(|folder| key.starts_with(folder))
    }

    /// Takes the next key.
    fn take(&mut self, state: &KeyState<'_>) {
        if self.skips(state.key) {
            return;
        }
        let is_full = self.entries.len() == self.at.max;
        let folder = self.folder_of(state.key);
        let open = match self.entries.last_mut() {
            Some(ViewEntry::Folder { prefix, state }) if folder == Some(prefix) => Some(state),
            _ => None,
        };
        if is_full && open.is_none() {
            self.over = true;
            return;
        }
        let at = self.past.state_of(state);
        let folder_at = match at {
            KeyAt::Absent => return,
            KeyAt::Live(_) => FolderAt::Live,
            KeyAt::Uncertain { .. } => FolderAt::Uncertain,
        };
        match (open, folder) {
            (Some(open), _) => *open = folder_at,
            (None, Some(folder)) => {
                self.entries.push(ViewEntry::Folder { prefix: folder.to_owned(), state: folder_at });
            }
            (None, None) => self.entries.push(ViewEntry::Key { key: state.key.to_owned(), state: at }),
        }
    }

    /// Takes the key being read if it fills the page, which saves a request for the rest of it.
    fn take_last(&mut self, part: &Part) {
        if self.entries.len() + 1 == self.at.max
            && let Some(state) = part.resolver.answered()
        {
            self.take(&state);
        }
    }

    /// Returns the folder that a key is listed as.
    fn folder_of<'k>(&self, key: &'k str) -> Option<&'k str> {
        let PageAt { prefix, delimiter, .. } = self.at;
        let rest = key.strip_prefix(prefix).filter(|_| !delimiter.is_empty())?;
        let end = prefix.len() + rest.find(delimiter)? + delimiter.len();
        key.get(..end)
    }

    /// Returns the last folder, if it is known to have been live.
    fn live_folder(&self) -> Option<&str> {
        match self.entries.last() {
            Some(ViewEntry::Folder { prefix, state: FolderAt::Live }) => Some(prefix),
            _ => None,
        }
    }

    /// Returns whether further keys make no difference.
    fn is_over(&self) -> bool {
        let last_is_open =
            matches!(self.entries.last(), Some(ViewEntry::Folder { state: FolderAt::Uncertain, .. }));
        self.over || (self.entries.len() == self.at.max && !last_is_open)
    }

    /// Ends the page.
    fn page(self, more: More) -> ViewPage {
        let next = self.entries.last().filter(|_| more == More::Perhaps).map(ViewEntry::position);
        ViewPage { entries: self.entries, next }
    }
}
