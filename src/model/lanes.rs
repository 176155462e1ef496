//! The order in which a run applies its changes: from several places of the key order at once. Pure.
//!
//! S3 limits writes per key range (partition). Changes applied in key order all fall into one partition at a time; lanes
//! spread them over as many partitions as there are lanes.

use crate::limits;

/// The order of a run: its changes are cut into lanes, ranges of adjacent changes of nearly equal length, and the run
/// takes one change of each lane in turn. Within a lane, changes are taken in key order.
///
/// Ten changes in four lanes (the first two lanes have one change more than the others):
///
/// | lane | its changes | their positions |
/// |---|---|---|
/// | 0 | 0, 1, 2 | 0, 4, 8 |
/// | 1 | 3, 4, 5 | 1, 5, 9 |
/// | 2 | 6, 7 | 2, 6 |
/// | 3 | 8, 9 | 3, 7 |
///
/// With one lane, each change is at the position of its own number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneOrder {
    changes: u64,
    lanes: u64,
}

impl Default for LaneOrder {
    fn default() -> Self {
        Self::new(0, 1)
    }
}

impl LaneOrder {
    /// The order of this many changes in this many lanes; without any, in one.
    pub fn new(changes: u64, lanes: u32) -> Self {
        Self { changes, lanes: u64::from(lanes.max(1)) }
    }

    /// Returns the number of lanes for a plan unless `--lanes` sets it: a small plan gains nothing from several.
    ///
    /// | changes | lanes |
    /// |---|---|
    /// | fewer than two lanes' worth ([`LANE_CHANGES`](limits::LANE_CHANGES)) | 1 |
    /// | more | one for each lane's worth, at most [`DEFAULT_LANES`](limits::DEFAULT_LANES) |
    pub fn default_lanes(changes: u64) -> u32 {
        let worth = u32::try_from(changes / limits::LANE_CHANGES).unwrap_or(u32::MAX);
        worth.clamp(1, limits::DEFAULT_LANES)
    }

    /// The number of changes.
    pub fn changes(self) -> u64 {
        self.changes
    }

    /// The number of lanes. With fewer changes than lanes, some lanes are empty.
    pub fn lanes(self) -> u64 {
        self.lanes
    }

    /// The number of the first change of a lane; for the lane after the last one, the number of changes.
    pub fn start(self, lane: u64) -> u64 {
        lane * self.shorter() + lane.min(self.longer_lanes())
    }

    /// The lane of a change.
    pub fn lane(self, n: u64) -> u64 {
        let (shorter, longer_lanes) = (self.shorter(), self.longer_lanes());
        let in_longer = longer_lanes * (shorter + 1);
        match n.checked_sub(in_longer) {
            None => n / (shorter + 1),
            Some(n) => longer_lanes + n.checked_div(shorter).unwrap_or(0),
        }
    }

    /// The position of a change in the order. A number that the plan does not have is its own position.
    pub fn position(self, n: u64) -> u64 {
        if n >= self.changes {
            return n;
        }
        let lane = self.lane(n);
        (n - self.start(lane)) * self.lanes + lane
    }

    /// The number of changes in a lane, not counting the extra one of the longer lanes.
    fn shorter(self) -> u64 {
        self.changes / self.lanes
    }

    /// The number of lanes with one change more. They are the first ones.
    fn longer_lanes(self) -> u64 {
        self.changes % self.lanes
    }
}

#[cfg(test)]
mod tests;
