//! What a comparison came to, and the exit code of that.

use super::exit::Exit;
use crate::engine::{Query, Verdict};
use crate::model::{Instant, printable};
use crate::plan::Sums;
use crate::report::{plural, straddling_keys};

/// What a comparison puts up with, as it was typed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tolerance {
    /// Keys whose state at T is uncertain are taken to be as the listing tells.
    pub(super) trust: bool,
    /// There may be nothing to compare.
    pub(super) empty: bool,
}

impl Tolerance {
    /// The exit code: that nothing was compared is a finding.
    pub(super) fn exit(self, verdict: Verdict) -> Exit {
        match verdict {
            Verdict::Empty if !self.empty => Exit::Differences,
            Verdict::Empty | Verdict::Verified => Exit::Done,
            Verdict::Uncertain => Exit::Refused,
            Verdict::Different => Exit::Differences,
        }
    }
}

/// The keys that a comparison was asked about, for what is said where there are none.
#[derive(Debug, Clone)]
pub(super) struct AskedKeys {
    /// How many were asked for by name, if they were.
    named: Option<usize>,
    place: String,
}

impl AskedKeys {
    /// Those of a query.
    pub(super) fn of(query: &Query) -> Self {
        Self { named: query.named(), place: printable(&query.location.to_string()).into_owned() }
    }

    /// That nothing was compared, and what was empty. `against` is what else was looked at.
    pub(super) fn nothing_compared(&self, sums: &Sums, against: &str) -> String {
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
pub(super) fn equal(sums: &Sums, matched: u64, at: Instant, trust: bool) -> String {
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
pub(super) fn different(matched: u64, mismatched: u64) -> String {
    let matched = plural(matched, "key matches", "keys match");
    format!("{matched}, {}", plural(mismatched, "does not", "do not"))
}
