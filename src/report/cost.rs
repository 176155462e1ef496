//! The estimated cost of a restore.

use schemars::JsonSchema;
use serde::Serialize;

use crate::plan::{Estimate, ThawTier};

/// The estimate in one line.
pub(super) fn cost_line(estimate: &Estimate) -> String {
    let Estimate { usd, thaw, prices } = estimate;
    let thaw: Vec<_> = thaw.iter().map(|(tier, usd)| format!("{} {}", dollars(*usd), name(*tier))).collect();
    let thaw = if thaw.is_empty() { String::new() } else { format!(", thawing: {}", thaw.join(", ")) };
    format!("estimated cost: {}{thaw} (prices: {prices})", dollars(*usd))
}

/// `$0.42`, to the cent.
fn dollars(usd: f64) -> String {
    match usd {
        0.0 => "$0".to_owned(),
        ..0.01 => "less than $0.01".to_owned(),
        _ => format!("${usd:.2}"),
    }
}

fn name(tier: ThawTier) -> &'static str {
    match tier {
        ThawTier::Bulk => "bulk",
        ThawTier::Standard => "standard",
        ThawTier::Expedited => "expedited",
    }
}

/// The estimated cost of thawing in US dollars, by retrieval tier. A tier is absent if it is not available for all archived
/// versions.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) struct ThawCost {
    #[serde(skip_serializing_if = "Option::is_none")]
    bulk: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    standard: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expedited: Option<f64>,
}

impl ThawCost {
    /// Of an estimate; `None` if there is nothing to thaw.
    pub(super) fn of(estimate: &Estimate) -> Option<Self> {
        let of = |tier: ThawTier| estimate.thaw.get(&tier).copied().map(rounded);
        let all = Self {
            bulk: of(ThawTier::Bulk),
            standard: of(ThawTier::Standard),
            expedited: of(ThawTier::Expedited),
        };
        (!estimate.thaw.is_empty()).then_some(all)
    }
}

/// To a ten-thousandth of a dollar: an estimate has no more.
pub(super) fn rounded(usd: f64) -> f64 {
    (usd * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests;
