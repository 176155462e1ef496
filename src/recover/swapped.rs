//! What is said of databases whose names are swapped with those of their sources, or half swapped.

use crate::db::{Renamed, Swap};

/// That a swap is not done: whoever is left with it has no database under the name that everything else knows.
pub(crate) fn half(Swap { source: Renamed { from, to, .. }, .. }: &Swap) -> String {
    format!(
        "{from} may be called {to} now: then nothing answers as {from} until the recovery is finished or aborted"
    )
}

/// That an abort has not given a source its name back.
pub(crate) fn not_back(Swap { source: Renamed { from, to, .. }, .. }: &Swap) -> String {
    format!(
        "{to} may not have its name {from} back: the restored database answers as {from}, or nothing does"
    )
}

/// What the undo of a bucket's run does not take back.
pub(crate) fn stays(Swap { source: Renamed { from, to, .. }, .. }: &Swap) -> String {
    format!(
        "that takes the bucket alone back: {from} stays the restored database, and the one before it is kept as {to}"
    )
}

/// How another recovery is begun after names were swapped. The source is another database since.
pub(crate) fn anew(Swap { source: Renamed { from, to, .. }, .. }: &Swap) -> String {
    format!(
        "{from} is the restored database now: to recover it anew, name a time since it was restored; what was before that \
         can only be restored from {to}, by another recovery file"
    )
}
