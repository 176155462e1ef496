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

use super::journal::Ending;
use crate::list::{HistoryReader, Want};
use crate::model::{Entry, Instant, Kind, Version};
use crate::plan::{Action, Change};

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
            Ending::Uncovered
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
mod tests {
    use super::super::journal::Buried;
    use super::*;
    use crate::model::ChecksumType;

    /// A version is its id, with its second; a delete marker has no ETag.
    #[derive(Debug, Clone, Copy)]
    enum E {
        V(&'static str, i64),
        M(&'static str, i64),
    }

    fn version(id: &str, second: i64) -> Version {
        let last_modified = Instant::from_millis(second * 1000);
        Version { version_id: id.into(), etag: format!("etag of {id}"), last_modified, ..Version::default() }
    }

    fn read(reader: &BaseReader, history: &[E]) -> Base {
        read_of(reader, history, false)
    }

    fn read_of(reader: &BaseReader, history: &[E], order_lost: bool) -> Base {
        let mut reader = reader.clone();
        for entry in history {
            let (id, second, etag) = match entry {
                E::V(id, second) => (*id, *second, Some(format!("etag of {id}"))),
                E::M(id, second) => (*id, *second, None),
            };
            let kind = etag.as_ref().map_or(Kind::DeleteMarker, |etag| Kind::Version {
                etag,
                size: 0,
                storage_class: "",
                checksum_algorithm: "",
                checksum_type: ChecksumType::Unknown,
            });
            let last_modified = Instant::from_millis(second * 1000);
            let entry = Entry { key: "k", version_id: id, is_latest: false, last_modified, kind };
            if reader.push(&entry, order_lost) == Want::Enough {
                break;
            }
        }
        reader.finish().base
    }

    #[test]
    fn the_table_holds() {
        use E::{M, V};
        let (v, w, x) = (version("v", 1), version("w", 5), version("x", 7));
        let revert = Change::new("k", Action::Revert, Some(w.clone()), Some(v.clone()));
        let undelete = Change::new("k", Action::Undelete, None, Some(v));
        let delete = Change::new("k", Action::Delete, Some(w), None);
        let copied = |id: Option<&str>| Ending::Copied {
            version_id: id.map(Into::into),
            etag: Some("etag of o".into()),
            over: None,
        };
        let deleted = |id: Option<&str>| Ending::Deleted { version_id: id.map(Into::into), over: None };
        let superseded = |version: &Version| Base::Superseded(Some(version.clone()));
        for (change, ending, history, base) in [
            (&revert, copied(Some("o")), &[V("o", 9), V("w", 5), V("v", 1)][..], Base::AsPlanned),
            (&revert, copied(Some("o")), &[V("z", 10), M("y", 9), V("o", 9), V("w", 5)], Base::AsPlanned),
            (&revert, copied(Some("o")), &[V("o", 9), V("x", 7), V("w", 5)], superseded(&x)),
            (&revert, copied(Some("o")), &[V("o", 9), M("m", 7), V("w", 5)], Base::Superseded(None)),
            (&revert, copied(Some("o")), &[V("o", 9), V("v", 1)], Base::AsPlanned),
            (&revert, copied(Some("o")), &[V("o", 9)], Base::AsPlanned),
            (&revert, copied(Some("o")), &[V("w", 5), V("v", 1)], Base::NotThere),
            (&revert, copied(Some("o")), &[], Base::NotThere),
            (&revert, copied(None), &[V("o", 9), V("w", 5), V("v", 1)], Base::AsPlanned),
            (&revert, copied(None), &[V("o", 9), V("x", 7), V("w", 5)], superseded(&x)),
            (&revert, copied(None), &[V("x", 7), V("w", 5), V("o", 3)], Base::NotThere),
            (&undelete, copied(Some("o")), &[V("o", 9), M("m", 7), V("v", 1)], Base::AsPlanned),
            (&undelete, copied(Some("o")), &[V("o", 9), V("v", 1)], Base::AsPlanned),
            (&undelete, copied(Some("o")), &[V("o", 9), V("x", 7), M("m", 5)], superseded(&x)),
            (&delete, deleted(Some("m")), &[M("m", 9), V("w", 5)], Base::AsPlanned),
            (&delete, deleted(Some("m")), &[M("m", 9), V("x", 7), V("w", 5)], superseded(&x)),
            (&delete, deleted(Some("m")), &[V("w", 5)], Base::NotThere),
            (&delete, deleted(None), &[M("m", 9), V("w", 5)], Base::AsPlanned),
            (&delete, deleted(None), &[V("x", 7), V("w", 5), M("m", 3)], Base::NotThere),
        ] {
            let reader = BaseReader::new(change, &ending).unwrap();
            assert_eq!(read(&reader, history), base, "{change:?} {ending:?} {history:?}");
        }
        assert!(BaseReader::new(&revert, &Ending::Skipped).is_none());
    }

    /// Versions first, then markers: within a second, their order is anybody's guess.
    #[test]
    fn what_has_no_order_supersedes_nothing() {
        use E::{M, V};
        let (v, w, x) = (version("v", 1), version("w", 5), version("x", 7));
        let revert = Change::new("k", Action::Revert, Some(w.clone()), Some(v));
        let delete = Change::new("k", Action::Delete, Some(w), None);
        let copied = Ending::Copied { version_id: Some("o".into()), etag: None, over: None };
        let deleted = Ending::Deleted { version_id: Some("m".into()), over: None };
        for (change, ending, history, base) in [
            (&revert, &copied, &[V("o", 9), M("m", 9), V("w", 5)][..], Base::AsPlanned),
            (&revert, &copied, &[V("o", 9), M("m", 5), V("w", 5)], Base::AsPlanned),
            (&revert, &copied, &[V("o", 9), M("m", 7), V("w", 5)], Base::Superseded(None)),
            (&revert, &copied, &[V("o", 9), V("x", 9), V("w", 5)], Base::Superseded(Some(version("x", 9)))),
            (&delete, &deleted, &[M("m", 9), V("x", 9), V("w", 5)], Base::AsPlanned),
            (&delete, &deleted, &[M("m", 9), M("n", 5), V("w", 5)], Base::AsPlanned),
            (&delete, &deleted, &[M("m", 5), V("w", 5), M("n", 3)], Base::AsPlanned),
            (&delete, &deleted, &[M("m", 9), V("x", 7), V("w", 5)], Base::Superseded(Some(x.clone()))),
        ] {
            let reader = BaseReader::new(change, ending).unwrap();
            assert_eq!(read_of(&reader, history, true), base, "{change:?} {history:?}");
        }
    }

    /// What was found just before the change is what it was meant to lie on; what was found only afterwards is not.
    #[test]
    fn what_was_seen_to_be_overwritten_is_expected_and_what_was_not_is_reported_again() {
        use E::V;
        let x = version("x", 7);
        let revert = Change::new("k", Action::Revert, Some(version("w", 5)), Some(version("v", 1)));
        for (superseded, base) in [(false, Base::AsPlanned), (true, Base::Superseded(Some(x.clone())))] {
            let over = Some(Box::new(Buried { version: Some(x.clone()), superseded }));
            let ending = Ending::Copied { version_id: Some("o".into()), etag: None, over };
            let reader = BaseReader::new(&revert, &ending).unwrap();
            assert_eq!(read(&reader, &[V("o", 9), V("x", 7), V("w", 5)]), base, "{superseded}");
        }
    }
}
