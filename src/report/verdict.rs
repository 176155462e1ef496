//! What a comparison came to, in words.

use super::doubt::straddling_keys;
use super::units::plural;
use crate::engine::Query;
use crate::model::{Instant, printable};
use crate::plan::Sums;

/// The keys that a comparison was asked about, for what is said where there are none.
#[derive(Debug, Clone)]
pub(crate) struct AskedKeys {
    /// How many were asked for by name, if they were.
    named: Option<usize>,
    place: String,
}

impl AskedKeys {
    /// Those of a query.
    pub(crate) fn of(query: &Query) -> Self {
        Self { named: query.named(), place: printable(&query.location.to_string()).into_owned() }
    }

    /// That nothing was compared, and what was empty. `against` is what else was looked at.
    pub(crate) fn nothing_compared(&self, sums: &Sums, against: &str) -> String {
        let place = &self.place;
        let why = match self.named {
            Some(0) => "--keys-from names no keys".to_owned(),
            Some(n) => {
                format!("of {} in --keys-from, none has ever existed", plural(n as u64, "key", "keys"))
            }
            None => format!("there are no keys under {place}, neither at that time nor now{against}"),
        };
        let nothing = format!("nothing was compared: {why}");
        sums.likely_causes().iter().fold(nothing, |text, cause| format!("{text}; likely cause: {cause}"))
    }
}

/// What is said where nothing differs.
pub(crate) fn equal(sums: &Sums, matched: u64, at: Instant, trust: bool) -> String {
    let at = at.human();
    let uncertain = sums.unsure.all();
    if uncertain == 0 || trust {
        let keys = plural(matched, "key is as it was", "keys are as they were");
        let trusted = if uncertain == 0 {
            String::new()
        } else {
            format!(", {} of which the listing is trusted", plural(uncertain, "key", "keys"))
        };
        return format!("verified: {keys} at {at}{trusted}");
    }
    let mut reasons = Vec::new();
    if sums.unsure.keys > 0 {
        let in_doubt = plural(sums.unsure.keys, "key", "keys");
        reasons.push(format!("of {in_doubt} that is in doubt"));
    }
    reasons.extend(straddling_keys(sums));
    let reasons = reasons.join(", and ");
    format!(
        "not verified: nothing differs from what the listing tells of {at}, but {reasons}; --doubtful trust accepts it"
    )
}

/// What is said where something differs.
pub(crate) fn different(matched: u64, mismatched: u64) -> String {
    let matched = plural(matched, "key matches", "keys match");
    format!("{matched}, {}", plural(mismatched, "does not", "do not"))
}
