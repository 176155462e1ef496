//! The entries read in a range, by each prefix of the last key.

use super::alphabet::common;

/// Counts entries like an odometer: where a key differs from the one before, the count of what follows begins anew.
#[derive(Debug, Default)]
pub(super) struct Odometer {
    last: String,
    /// The entries whose keys begin with the first byte of `last`, with the first two, and so on.
    counts: Vec<f64>,
    all: f64,
}

impl Odometer {
    /// Adds entries up to and including `key`.
    pub(super) fn add(&mut self, key: &str, entries: f64) {
        self.counts.truncate(common(&self.last, key));
        for count in &mut self.counts {
            *count += entries;
        }
        self.counts.resize(key.len(), entries);
        self.last.clear();
        self.last.push_str(key);
        self.all += entries;
    }

    /// Returns the last key; empty if there are no entries.
    pub(super) fn last(&self) -> &str {
        &self.last
    }

    /// Returns the number of entries whose keys share the first `len` bytes with the last.
    pub(super) fn under(&self, len: usize) -> f64 {
        len.checked_sub(1).map_or(self.all, |at| self.counts.get(at).copied().unwrap_or_default())
    }

    /// Returns whether no entries were read.
    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "whole numbers")]

    use super::Odometer;

    #[test]
    fn counts_by_prefix() {
        let mut read = Odometer::default();
        for (key, entries) in [("a/1", 10.0), ("b/1", 5.0), ("b/2", 3.0)] {
            read.add(key, entries);
        }
        assert_eq!([0, 1, 2, 3].map(|len| read.under(len)), [18.0, 8.0, 8.0, 3.0]);
        assert_eq!(read.last(), "b/2");
    }
}
