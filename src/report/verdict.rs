//! The wording of the verdicts of comparisons.

use super::doubt::straddling_keys;
use super::units::plural;
use crate::engine::{Query, Verdict};
use crate::model::{Instant, Versioning, printable};
use crate::plan::Sums;

/// The keys selected for a comparison, to explain why there are none.
#[derive(Debug, Clone)]
pub(crate) struct AskedKeys {
    /// The number of keys selected by name, if any were.
    named: Option<usize>,
    place: String,
    in_directory: bool,
}

impl AskedKeys {
    /// Returns the keys selected by a query.
    pub(crate) fn of(query: &Query, in_directory: bool) -> Self {
        let place = printable(&query.location.to_string()).into_owned();
        Self { named: query.named(), place, in_directory }
    }

    /// Returns the verdict of `verify`. `trust` takes uncertain keys to be as listed.
    pub(crate) fn verdict(&self, verdict: Verdict, sums: &Sums, at: Instant, trust: bool) -> String {
        match verdict {
            Verdict::Empty => self.nothing_compared(sums),
            Verdict::Verified | Verdict::Uncertain => equal(sums, at, trust),
            Verdict::Different => {
                let matched = plural(sums.matched(), "key matches", "keys match");
                format!("{matched}, {}", plural(sums.changes(), "does not", "do not"))
            }
        }
    }

    /// Explains why nothing was compared.
    fn nothing_compared(&self, sums: &Sums) -> String {
        let (place, against) = (&self.place, if self.in_directory { ", and no files" } else { "" });
        let why = match self.named {
            Some(0) => "--keys-from has no keys".to_owned(),
            Some(n) => {
                format!("none of {} in --keys-from has ever existed", plural(n as u64, "key", "keys"))
            }
            None => format!("no keys under {place}, neither at T nor now{against}"),
        };
        let nothing = format!("nothing was compared: {why}");
        sums.likely_causes().iter().fold(nothing, |text, cause| format!("{text}; likely cause: {cause}"))
    }
}

/// Returns the verdict if nothing differs.
fn equal(sums: &Sums, at: Instant, trust: bool) -> String {
    let at = at.human();
    let uncertain = sums.uncertain.all();
    if uncertain == 0 || trust {
        let keys = plural(sums.matched(), "key is as it was", "keys are as they were");
        let trusted = if uncertain == 0 {
            String::new()
        } else {
            format!(", trusting the listing for {}", plural(uncertain, "key", "keys"))
        };
        return format!("verified: {keys} at {at}{trusted}");
    }
    let mut reasons = Vec::new();
    if sums.uncertain.keys > 0 {
        let in_doubt = plural(sums.uncertain.keys, "key", "keys");
        reasons.push(format!("the state of {in_doubt} is uncertain"));
    }
    reasons.extend(straddling_keys(sums));
    let reasons = reasons.join(", and ");
    format!(
        "not verified: no differences from the listing at {at}, but {reasons}; --doubtful trust accepts it"
    )
}

/// Shown instead of a command that would be refused.
pub(crate) const SUSPENDED: &str = "versioning is suspended, so a restore in place would permanently overwrite null versions: enable it first, or restore elsewhere with --to s3://OTHER";

/// Returns the line that replaces the next step of a diff without one.
pub(crate) fn diff_verdict(versus: Option<Instant>, sums: &Sums, versioning: Versioning) -> Option<String> {
    match (versus, sums.changes()) {
        (Some(_), 0) if sums.excluded > 0 => Some("no such differences between the two times".to_owned()),
        (Some(_), 0) => Some("no differences between the two times".to_owned()),
        (Some(_), n) => Some(format!("{} between the two times", plural(n, "key differs", "keys differ"))),
        (None, n) if n > 0 && versioning == Versioning::Suspended => Some(SUSPENDED.to_owned()),
        (None, _) => None,
    }
}
