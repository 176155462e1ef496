//! The changes of a plan in the order in which a run takes them: from several places of the plan in turn.

use super::read::{Changes, PlanFile};
use crate::error::Result;
use crate::limits;
use crate::model::LaneOrder;
use crate::plan::Change;

impl PlanFile {
    /// The maximum number of lanes. A reader of a plan written before format 1.1 needs megabytes, and reads from the
    /// beginning wherever it starts.
    pub fn most_lanes(&self) -> u32 {
        if self.header.format.minor == 0 { 1 } else { limits::MAX_LANES }
    }

    /// Returns the changes in this order.
    pub fn in_lanes(&self, order: LaneOrder) -> Result<LaneChanges> {
        let all = 0..order.lanes();
        let ranges = all.map(|lane| order.start(lane)..order.start(lane + 1));
        let lanes =
            ranges.filter(|range| !range.is_empty()).map(|range| self.range(range)).collect::<Result<_>>()?;
        Ok(LaneChanges { lanes, turn: 0 })
    }
}

/// The changes of a plan with their indexes, one of each lane in turn.
#[derive(Debug)]
pub struct LaneChanges {
    lanes: Vec<Changes>,
    turn: usize,
}

impl Iterator for LaneChanges {
    type Item = Result<(u64, Change)>;

    fn next(&mut self) -> Option<Self::Item> {
        // Lanes with one change more come first, so that skipping the others at the end keeps the order.
        for _ in 0..self.lanes.len() {
            let turn = self.turn;
            self.turn = (turn + 1) % self.lanes.len();
            if let Some(change) = self.lanes.get_mut(turn).and_then(Changes::next) {
                return Some(change);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
