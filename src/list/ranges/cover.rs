//! Checks that finished and open ranges together make up the whole, without gap or overlap.

use std::sync::Arc;

use super::part::Part;

/// The stretches already read.
#[derive(Debug)]
pub(super) struct Cover {
    whole: Stretch,
    /// In order; none adjoins another.
    read: Vec<Stretch>,
}

/// The keys after `from`, up to and including `to` or to the end.
#[derive(Debug, Clone)]
struct Stretch {
    from: Arc<str>,
    to: Option<Arc<str>>,
}

impl Stretch {
    fn of(part: &Part) -> Self {
        Self { from: Arc::clone(&part.start), to: part.end.clone() }
    }
}

impl Cover {
    /// Starts with nothing read.
    pub(super) fn of(whole: &Part) -> Self {
        Self { whole: Stretch::of(whole), read: Vec::new() }
    }

    /// Adds a range that was read to its end.
    pub(super) fn close(&mut self, part: &Part) {
        let closed = Stretch::of(part);
        let at = self.read.partition_point(|read| read.from < closed.from);
        self.read.insert(at, closed);
        self.read.dedup_by(|later, before| {
            let touch = before.to.as_ref() == Some(&later.from);
            if touch {
                before.to = later.to.take();
            }
            touch
        });
    }

    /// Returns whether the stretches read and these ranges make up the whole.
    pub(super) fn is_whole(&self, parts: &[Part]) -> bool {
        let mut all: Vec<_> = self.read.iter().cloned().chain(parts.iter().map(Stretch::of)).collect();
        all.sort_unstable_by(|a, b| a.from.cmp(&b.from));
        let mut start = Some(&self.whole.from);
        all.iter().all(|stretch| std::mem::replace(&mut start, stretch.to.as_ref()) == Some(&stretch.from))
            && start == self.whole.to.as_ref()
    }
}

#[cfg(test)]
mod tests;
