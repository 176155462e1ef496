//! The recent success of one kind of cut.

/// Older cuts count half after this many.
const RECENT: f64 = 64.0;

/// The cuts made, and the pages wasted on them.
#[derive(Debug)]
pub(super) struct Luck {
    cuts: f64,
    wasted: f64,
}

impl Luck {
    /// Expects cuts to waste a part of a page until some were answered.
    pub(super) fn new(expected: f64) -> Self {
        Self { cuts: 2.0, wasted: 2.0 * expected }
    }

    /// Records the part of the first page after a cut that was wasted.
    pub(super) fn tell(&mut self, wasted: f64) {
        self.cuts += 1.0;
        self.wasted += wasted;
        if self.cuts > RECENT {
            self.cuts /= 2.0;
            self.wasted /= 2.0;
        }
    }

    /// Returns the expected waste of a cut, in pages.
    pub(super) fn price(&self) -> f64 {
        self.wasted / self.cuts
    }
}
