//! Detects superseded writes: the version that was current just before a change.
//!
//! A condition on a write checks the ETag. A rewrite with equal bytes but other metadata or tags has the same ETag: the
//! condition passes, and our write supersedes it without a conflict. Only the key's history, where nothing is lost,
//! shows it: the entry right below ours is the one that was current before.
//!
//! | in the history, newest first | conclusion |
//! |---|---|
//! | ours, and below it the expected version | as planned |
//! | ours, and below it a delete marker or nothing, and no version was expected | as planned |
//! | ours, and below it a version older than the expected one, or than the source | as planned: the expected one was removed since |
//! | ours, and below it an entry of the other kind (version or marker) than ours or the expected one, from the same second, if the server lists versions and markers apart | unknown: the next entry decides |
//! | ours, and below it anything else | a write was superseded |
//! | ours is missing | it was removed since, or never made |

use crate::list::{HistoryReader, Want};
use crate::model::{Entry, Instant, Kind, Version};
use crate::plan::{Action, Change};
use crate::state::Ending;

/// The property that identifies the entry created by a change.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Ours {
    /// The version or delete marker with this ID.
    Id(String),
    /// A version with this ETag.
    Etag(String),
    /// A delete marker.
    Marker,
}

/// The entry right below ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// The version that the plan saw, or that was found just before the change.
    AsPlanned,
    /// Another one, which was superseded: this version, or none.
    Superseded(Option<Version>),
    /// The entry that the change created is missing from the key's history.
    NotThere,
}

/// Reads a key's history to find the base of a change.
#[derive(Debug, Clone)]
pub struct BaseReader {
    ours: Ours,
    expected: Option<Version>,
    /// The version that was copied: it is older than ours, and may have its ETag.
    source: Option<Version>,
    found: Option<Found>,
    version_id: Option<String>,
    base: Option<Base>,
}

/// Our entry.
#[derive(Debug, Clone, Copy)]
struct Found {
    marker: bool,
    at: Instant,
}

/// The findings in a key's history about a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The base of the change.
    pub base: Base,
    /// The version ID of our entry; `None` if it is missing.
    pub version_id: Option<String>,
}

impl BaseReader {
    /// Creates a reader for a change with this ending; `None` if the change created no entry.
    pub fn new(change: &Change, ending: &Ending) -> Option<Self> {
        let (ours, over) = match ending {
            Ending::Copied { version_id: Some(id), over, .. }
            | Ending::Deleted { version_id: Some(id), over } => (Ours::Id(id.clone()), over),
            Ending::Copied { version_id: None, etag, over } => {
                let etag = etag.as_ref().or(change.then.as_ref().map(|then| &then.etag));
                (Ours::Etag(etag?.clone()), over)
            }
            Ending::Deleted { version_id: None, over } => (Ours::Marker, over),
            // It may have been made nevertheless: a marker, or a version with the ETag of its source.
            Ending::Failed { over, .. } if change.action == Action::Delete => (Ours::Marker, over),
            Ending::Failed { over, .. } if change.markers.is_empty() => {
                (Ours::Etag(change.then.as_ref()?.etag.clone()), over)
            }
            Ending::MarkersRemoved
            | Ending::Skipped
            | Ending::Conflict
            | Ending::Archived
            | Ending::Failed { .. } => return None,
        };
        let expected = match over {
            Some(over) if !over.superseded => over.version.clone(),
            _ => change.now.clone(),
        };
        Some(Self { ours, expected, source: change.then.clone(), found: None, version_id: None, base: None })
    }

    /// Returns the finding, after every entry of the key was read.
    pub fn finish(self) -> Finding {
        // If there is nothing below ours, the previous version was removed since.
        let rest = if self.found.is_some() { Base::AsPlanned } else { Base::NotThere };
        Finding { base: self.base.unwrap_or(rest), version_id: self.version_id }
    }

    fn is_ours(&self, entry: &Entry<'_>) -> bool {
        match &self.ours {
            Ours::Id(id) => entry.version_id == id,
            Ours::Etag(etag) => matches!(entry.kind, Kind::Version { etag: of, .. } if of == etag),
            Ours::Marker => entry.kind.is_marker(),
        }
    }

    /// Returns true if an entry existed before the plan: our entry, if its ID is unknown, can only be above it.
    fn is_older(&self, entry: &Entry<'_>) -> bool {
        !matches!(self.ours, Ours::Id(_)) && self.planned().any(|of| is_it(of, entry))
    }

    /// The versions that the plan names.
    fn planned(&self) -> impl Iterator<Item = &Version> {
        self.expected.iter().chain(&self.source)
    }

    /// Returns true if the position of an entry below ours means nothing.
    fn is_out_of_order(&self, ours: Found, entry: &Entry<'_>) -> bool {
        let expected = self.expected.as_ref().map(|of| of.last_modified);
        let marker = entry.kind.is_marker();
        let guessed = (marker != ours.marker && entry.last_modified == ours.at)
            || (marker && Some(entry.last_modified) == expected);
        guessed && !self.planned().any(|of| is_it(of, entry))
    }

    /// Judges the entry right below ours.
    fn judge(&self, below: &Entry<'_>) -> Base {
        if below.kind.is_marker() {
            return if self.expected.is_none() { Base::AsPlanned } else { Base::Superseded(None) };
        }
        let newest = self.expected.as_ref().or(self.source.as_ref()).map(|of| of.last_modified);
        let is_planned = self.planned().any(|of| is_it(of, below));
        if is_planned || newest.is_some_and(|newest| below.last_modified < newest) {
            return Base::AsPlanned;
        }
        Base::Superseded(Some(Version::from(*below)))
    }
}

impl HistoryReader for BaseReader {
    fn push(&mut self, entry: &Entry<'_>, order_lost: bool) -> Want {
        match self.found {
            _ if self.base.is_some() => {}
            Some(ours) if order_lost && self.is_out_of_order(ours, entry) => {}
            Some(_) => self.base = Some(self.judge(entry)),
            None if self.is_older(entry) => self.base = Some(Base::NotThere),
            None if self.is_ours(entry) => {
                self.found = Some(Found { marker: entry.kind.is_marker(), at: entry.last_modified });
                self.version_id = Some(entry.version_id.to_owned());
            }
            None => {}
        }
        if self.base.is_some() { Want::Enough } else { Want::More }
    }

    fn is_settled(&self) -> bool {
        self.found.is_some()
    }
}

/// Returns true if an entry is a version that the plan names: by its ID, or by its ETag if a run was killed before it
/// received the ID and an undo does not know it either.
fn is_it(of: &Version, entry: &Entry<'_>) -> bool {
    match entry.kind {
        Kind::Version { etag, .. } if of.version_id.is_empty() => of.etag == etag,
        _ => of.version_id == entry.version_id,
    }
}

#[cfg(test)]
mod tests;
