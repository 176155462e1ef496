//! Converts the entries of a listing to events.

use super::Event;
use crate::limits;
use crate::model::{Entry, Kind};

/// The output of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told<'a> {
    /// An entry.
    Did {
        /// The key of the entry.
        key: &'a str,
        /// The time the entry was created.
        second: i64,
        /// The event; `None` if there was nothing to delete.
        event: Option<Event>,
    },
    /// A put or overwrite reported before has the content of an older version of its key.
    Copied {
        /// The time the version was created.
        second: i64,
        /// The kind of the event.
        event: Event,
    },
}

/// Odd and without a pattern: multiplication spreads over all bits.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// Determines the event of each entry from the next older one. Holds a few entries of one key.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    key: String,
    above: Option<Above>,
    /// The key's newest versions whose content no older version has had yet.
    newer: Vec<Newer>,
    /// Their contents, in the same order: searched for each version of each key with several versions.
    contents: Vec<Content>,
}

/// An entry whose next older one has not been seen yet.
#[derive(Debug, Clone, Copy)]
struct Above {
    second: i64,
    /// `None` for a delete marker.
    content: Option<Content>,
}

/// A version that may be a copy.
#[derive(Debug, Clone, Copy)]
struct Newer {
    second: i64,
    event: Event,
}

/// The size and half of the ETag in one number: precise enough to count copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Content(u64);

impl Content {
    /// Never counts as equal: a server may list no ETags.
    const UNKNOWN: Self = Self(0);

    fn of(kind: &Kind<'_>) -> Option<Self> {
        let Kind::Version { etag, size, .. } = kind else { return None };
        let etag: [u8; 16] = match etag.as_bytes().first_chunk() {
            Some(half) => *half,
            None if etag.is_empty() => return Some(Self::UNKNOWN),
            None => {
                let mut padded = [0; 16];
                padded.iter_mut().zip(etag.bytes()).for_each(|(to, from)| *to = from);
                padded
            }
        };
        let [low, high] = [0, 8].map(|at| {
            let half = etag.get(at..at + 8).and_then(|half| half.try_into().ok());
            u64::from_le_bytes(half.unwrap_or_default())
        });
        let mixed = (low ^ size).wrapping_mul(MIX) ^ high.wrapping_mul(MIX).rotate_left(32);
        Some(Self(mixed | 1))
    }
}

impl Trace {
    /// Adds the next entry; passes the event of the previous one to `sink`. Returns whether this entry starts another
    /// key.
    pub(crate) fn push(&mut self, entry: &Entry<'_>, mut sink: impl FnMut(Told<'_>)) -> bool {
        let content = Content::of(&entry.kind);
        let another = self.above.is_none() || self.key != entry.key;
        if another {
            self.finish(sink);
            self.key.clear();
            self.key.push_str(entry.key);
        } else {
            self.tell(Some(content.is_none()), &mut sink);
            if let Some(content) = content {
                self.find_copies(content, &mut sink);
            }
        }
        self.above = Some(Above { second: entry.last_modified.second(), content });
        another
    }

    /// Reports the last entry, which has none below.
    pub(crate) fn finish(&mut self, mut sink: impl FnMut(Told<'_>)) {
        self.tell(None, &mut sink);
        self.above = None;
        self.newer.clear();
        self.contents.clear();
    }

    /// Reports the event of an entry above a delete marker, a version, or nothing.
    fn tell(&mut self, below: Option<bool>, sink: &mut impl FnMut(Told<'_>)) {
        let Some(Above { second, content }) = self.above else { return };
        let event = match (content, below) {
            (Some(_), None | Some(true)) => Some(Event::Put),
            (Some(_), Some(false)) => Some(Event::Overwrite),
            (None, Some(false)) => Some(Event::Delete),
            (None, None | Some(true)) => None,
        };
        sink(Told::Did { key: &self.key, second, event });
        if let (Some(content), Some(event), Some(_)) = (content, event, below)
            && content != Content::UNKNOWN
            && self.newer.len() < limits::TRACED_VERSIONS
        {
            self.newer.push(Newer { second, event });
            self.contents.push(content);
        }
    }

    /// Reports which newer versions have the content of this one.
    fn find_copies(&mut self, older: Content, sink: &mut impl FnMut(Told<'_>)) {
        while let Some(at) = self.contents.iter().position(|newer| *newer == older) {
            self.contents.swap_remove(at);
            let Newer { second, event } = self.newer.swap_remove(at);
            sink(Told::Copied { second, event });
        }
    }
}
