//! From the entries of a listing to events.

use super::Event;
use crate::model::Entry;

/// Tells what each entry did, which its next older one decides. Holds one entry of one key.
#[derive(Debug, Default)]
pub struct Trace {
    key: String,
    above: Option<Above>,
}

/// An entry whose next older one has not been seen yet.
#[derive(Debug, Clone, Copy)]
struct Above {
    second: i64,
    marker: bool,
}

impl Trace {
    /// Takes the next entry; hands `sink` what the one before it did, with that one's key and second. Whether this entry
    /// begins another key.
    pub fn push(&mut self, entry: &Entry<'_>, sink: impl FnMut(&str, i64, Option<Event>)) -> bool {
        let marker = entry.kind.is_marker();
        let another = self.above.is_none() || self.key != entry.key;
        if another {
            self.finish(sink);
            self.key.clear();
            self.key.push_str(entry.key);
        } else {
            self.tell(Some(marker), sink);
        }
        self.above = Some(Above { second: entry.last_modified.second(), marker });
        another
    }

    /// Hands over the last entry, below which there is none.
    pub fn finish(&mut self, sink: impl FnMut(&str, i64, Option<Event>)) {
        self.tell(None, sink);
        self.above = None;
    }

    /// Tells what the entry did, over a delete marker, a version, or nothing.
    fn tell(&self, below: Option<bool>, mut sink: impl FnMut(&str, i64, Option<Event>)) {
        let Some(Above { second, marker }) = self.above else { return };
        let event = match (marker, below) {
            (false, None | Some(true)) => Some(Event::Put),
            (false, Some(false)) => Some(Event::Overwrite),
            (true, Some(false)) => Some(Event::Delete),
            (true, None | Some(true)) => None,
        };
        sink(&self.key, second, event);
    }
}
