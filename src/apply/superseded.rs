//! What a change lies on: the version that was current just before it.
//!
//! A condition on a write sees the ETag, and a rewrite with equal bytes and other metadata or tags keeps that: it passes,
//! and ours supersedes it without a conflict. Only the key's history tells, in which nothing is lost: the entry right
//! below ours is what was current before.
//!
//! | in the history, newest first | so |
//! |---|---|
//! | ours, and below it the version that was expected | as planned |
//! | ours, and below it a delete marker or nothing, and no version was expected | as planned |
//! | ours, and below it a version older than the one expected, or than the source | as planned: what lay there was removed since |
//! | ours, and below it an entry of the same second as ours, or as the version expected, and of another kind than that, where the server lists versions and markers apart | nobody can tell: the next one counts |
//! | ours, and below it anything else | a write was superseded |
//! | ours is not there | it was removed since, or never made |

use crate::list::{HistoryReader, Want};
use crate::model::{Entry, Instant, Kind, Version};
use crate::plan::{Action, Change};
use crate::state::Ending;

/// What a change has put on its key, as far as the server said it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Ours {
    /// The version or the delete marker with this id.
    Id(String),
    /// A version with this ETag.
    Etag(String),
    /// A delete marker.
    Marker,
}

/// What a change lies on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// What the plan saw, or what was found just before the change.
    AsPlanned,
    /// Something else, which is superseded: this version, or none.
    Superseded(Option<Version>),
    /// The key's history lacks what the change is said to have made.
    NotThere,
}

/// Reads a key's history for the base of a change.
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

/// Ours, as it was found.
#[derive(Debug, Clone, Copy)]
struct Found {
    marker: bool,
    at: Instant,
}

/// What a history says of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it lies on.
    pub base: Base,
    /// The id of ours; none where it is not there.
    pub version_id: Option<String>,
}

impl BaseReader {
    /// For a change that ended like this; none where the change put nothing on its key.
    pub fn new(change: &Change, ending: &Ending) -> Option<Self> {
        let (ours, over) = match ending {
            Ending::Copied { version_id: Some(id), over, .. }
            | Ending::Deleted { version_id: Some(id), over } => (Ours::Id(id.clone()), over),
            Ending::Copied { version_id: None, etag, over } => {
                let etag = etag.as_ref().or(change.then.as_ref().map(|then| &then.etag));
                (Ours::Etag(etag?.clone()), over)
            }
            Ending::Deleted { version_id: None, over } => (Ours::Marker, over),
            // It may have been made all the same: then a marker, or a version with the ETag of its source.
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

    /// What it is, with every entry of the key taken in.
    pub fn finish(self) -> Finding {
        // Where nothing is left below ours, what was there was removed since.
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

    /// Whether an entry was there before the plan: ours, which has no name to be known by, can only be above it.
    fn is_older(&self, entry: &Entry<'_>) -> bool {
        !matches!(self.ours, Ours::Id(_)) && self.planned().any(|of| is_it(of, entry))
    }

    /// The versions that the plan knows of.
    fn planned(&self) -> impl Iterator<Item = &Version> {
        self.expected.iter().chain(&self.source)
    }

    /// Whether the place of an entry below ours says nothing.
    fn is_out_of_order(&self, ours: Found, entry: &Entry<'_>) -> bool {
        let expected = self.expected.as_ref().map(|of| of.last_modified);
        let marker = entry.kind.is_marker();
        let guessed = (marker != ours.marker && entry.last_modified == ours.at)
            || (marker && Some(entry.last_modified) == expected);
        guessed && !self.planned().any(|of| is_it(of, entry))
    }

    /// What the entry right below ours says.
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

/// Whether an entry is a version that the plan knows of: by its id, or by its ETag where a run was killed before it heard
/// the id, and an undo knows no more.
fn is_it(of: &Version, entry: &Entry<'_>) -> bool {
    match entry.kind {
        Kind::Version { etag, .. } if of.version_id.is_empty() => of.etag == etag,
        _ => of.version_id == entry.version_id,
    }
}

#[cfg(test)]
mod tests;
