//! What is said of keys in doubt.

use super::units::plural;
use crate::model::examples;
use crate::plan::Sums;
use crate::resolve::{Caution, Doubt};

/// What a doubt means, after a number of keys.
pub(super) fn meaning(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Lifecycle => "in doubt: lifecycle rules may have removed what was live then",
        Doubt::NullVersion => "in doubt: a null version may have overwritten what was live then",
        Doubt::Archived => "in doubt: of these, in an archive, to be thawed first (--thaw)",
    }
}

/// What a caution means, after a number of keys that are changed.
pub(super) fn caution_meaning(caution: Caution) -> &'static str {
    match caution {
        Caution::SameSecond => "of these, written or deleted in that very second",
        Caution::Unordered => "of these, whose versions are listed in another order than their times",
        Caution::Multipart => "of these, uploaded in parts, begun shortly before and perhaps completed after",
        Caution::LifecycleMarker => {
            "of these, under a lifecycle rule's marker: gone within a day after its time"
        }
        Caution::Replica => "of these, replicas: dated by their originals, perhaps not yet here then",
    }
}

/// Of the keys in doubt, those that nothing would be done to; `None` if there are none.
pub(super) fn unsure_line(sums: &Sums) -> Option<String> {
    let keys = plural(sums.unsure.keys, "key in doubt is", "keys in doubt are");
    (sums.unsure.keys > 0).then(|| {
        format!("{keys} not among the changes: what may have been there then is nowhere to be found")
    })
}

/// Of the keys that nothing would be done to, those that held a multipart upload that may have been completed after T: how
/// many, and some of them; `None` if there are none.
pub(super) fn straddling_keys(sums: &Sums) -> Option<String> {
    let keys = plural(sums.unsure.multipart, "key was", "keys were");
    (sums.unsure.multipart > 0).then(|| {
        let examples = examples(sums.straddling());
        format!("{keys} uploaded in parts, started shortly before that time and perhaps completed after it: {examples}")
    })
}
