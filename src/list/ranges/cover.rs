//! Whether what is read and what is not make up the whole: no key between two ranges is passed over, none is listed twice.

use std::sync::Arc;

use super::part::Part;

/// The stretches that have been read.
#[derive(Debug)]
pub(super) struct Cover {
    whole: Stretch,
    /// In order, none touching another.
    read: Vec<Stretch>,
}

/// Keys after `from`, up to `to` or to the last one.
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
    /// Nothing of the whole.
    pub(super) fn of(whole: &Part) -> Self {
        Self { whole: Stretch::of(whole), read: Vec::new() }
    }

    /// Takes a range that has been read to its end.
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

    /// Whether what has been read and these ranges make up the whole.
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
