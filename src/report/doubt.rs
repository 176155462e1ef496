//! What is said of keys in doubt.

use super::units::plural;
use crate::model::examples;
use crate::plan::Sums;
use crate::resolve::{Caution, Doubt};

/// What a doubt means, after a number of keys.
pub(super) fn meaning(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Lifecycle => "uncertain: lifecycle rules may have removed the version live at T",
        Doubt::NullVersion => "uncertain: a null version may have overwritten the version live at T",
        Doubt::Archived => "uncertain: of these, archived; must be thawed first (--thaw)",
    }
}

/// What a caution means, after a number of keys that are changed.
pub(super) fn caution_meaning(caution: Caution) -> &'static str {
    match caution {
        Caution::SameSecond => "of these, written or deleted in the same second",
        Caution::Unordered => "of these, listed in a different order than their times",
        Caution::Multipart => {
            "of these, multipart uploads started shortly before T, possibly completed after it"
        }
        Caution::LifecycleMarker => "of these, deleted by a lifecycle rule: up to a day after the time shown",
        Caution::Replica => "of these, replicas: dated by their source, possibly not yet here at T",
    }
}

/// Of the keys in doubt, those that nothing would be done to; `None` if there are none.
pub(super) fn uncertain_line(sums: &Sums) -> Option<String> {
    let keys = plural(sums.uncertain.keys, "uncertain key is", "uncertain keys are");
    (sums.uncertain.keys > 0)
        .then(|| format!("{keys} not among the changes: the version live at T may have been removed"))
}

/// Of the keys that nothing would be done to, those that held a multipart upload that may have been completed after T: how
/// many, and some of them; `None` if there are none.
pub(super) fn straddling_keys(sums: &Sums) -> Option<String> {
    let keys = plural(sums.uncertain.multipart, "key was", "keys were");
    (sums.uncertain.multipart > 0).then(|| {
        let examples = examples(sums.straddling());
        format!(
            "{keys} uploaded in parts, started shortly before T and possibly completed after it: {examples}"
        )
    })
}
