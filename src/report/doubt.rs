//! The wording of doubts and cautions.

use super::units::plural;
use crate::model::examples;
use crate::plan::Sums;
use crate::resolve::{Caution, Doubt};

/// Returns the meaning of a doubt, to follow a number of keys.
pub(super) fn meaning(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Lifecycle => "uncertain: lifecycle rules may have removed the version live at T",
        Doubt::NullVersion => "uncertain: a null version may have overwritten the version live at T",
        Doubt::Archived => "uncertain: of these, archived; must be thawed first (--thaw)",
    }
}

/// Returns the meaning of a caution, to follow a number of changed keys.
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

/// Returns a caution about one version in words.
pub(crate) fn caution_words(caution: Caution) -> String {
    let meaning = caution_meaning(caution);
    format!("caution: {}: {}", caution.name(), meaning.strip_prefix("of these, ").unwrap_or(meaning))
}

/// Returns the line about uncertain keys without a change; `None` if there are none.
pub(super) fn uncertain_line(sums: &Sums) -> Option<String> {
    let keys = plural(sums.uncertain.keys, "uncertain key is", "uncertain keys are");
    (sums.uncertain.keys > 0)
        .then(|| format!("{keys} not among the changes: the version live at T may have been removed"))
}

/// Returns the line about keys without a change whose version at T is a multipart upload that may have been completed
/// after T, with examples; `None` if there are none.
pub(super) fn straddling_keys(sums: &Sums) -> Option<String> {
    let keys = plural(sums.uncertain.multipart, "key was", "keys were");
    (sums.uncertain.multipart > 0).then(|| {
        let examples = examples(sums.straddling());
        format!(
            "{keys} uploaded in parts, started shortly before T and possibly completed after it: {examples}"
        )
    })
}
