//! What is said of keys in doubt.

use super::units::plural;
use crate::limits;
use crate::model::printable;
use crate::plan::Sums;
use crate::resolve::Doubt;

/// What a doubt means, after a number of keys.
pub(super) fn meaning(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Lifecycle => "in doubt: lifecycle rules may have removed what was live then",
        Doubt::NullVersion => "in doubt: a null version may have overwritten what was live then",
        Doubt::Archived => "in doubt: of these, in an archive, to be thawed first (--thaw)",
    }
}

/// Keys of which it is in doubt what they held: how many, why, and some of them; `None` if there are none.
pub fn uncertainty(sums: &Sums) -> Option<String> {
    let (doubts, some) = sums.uncertain();
    let reasons: Vec<_> = doubts
        .into_iter()
        .filter(|(_, keys)| *keys > 0)
        .map(|(doubt, keys)| {
            let keys = plural(keys, "key", "keys");
            match doubt {
                Doubt::Lifecycle => format!("lifecycle rules may have removed what {keys} held"),
                _ => format!("null versions may have overwritten what {keys} held"),
            }
        })
        .collect();
    let mut some: Vec<_> = some.map(printable).collect();
    if some.len() == limits::SHOWN_CHANGES {
        some.push("…".into());
    }
    (!reasons.is_empty()).then(|| format!("{}: {}", reasons.join(", and "), some.join(", ")))
}

/// Of the keys in doubt, those that nothing would be done to; `None` if there are none.
pub(super) fn unsure_line(sums: &Sums) -> Option<String> {
    let keys = plural(sums.unsure.keys, "key in doubt is", "keys in doubt are");
    (sums.unsure.keys > 0).then(|| {
        format!("{keys} not among the changes: what may have been there then is nowhere to be found")
    })
}
