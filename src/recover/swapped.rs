//! What is said of databases whose names are swapped with those of their sources, or half swapped.

use crate::db::{Renamed, Swap};

/// That a swap is not done: whoever is left with it has no database under the name that everything else knows.
pub(crate) fn half(Swap { source: Renamed { from, to, .. }, .. }: &Swap) -> String {
    format!(
        "{from} may be named {to} now: then {from} is unavailable until the recovery is finished or aborted"
    )
}

/// That an abort has not given a source its name back.
pub(crate) fn not_back(Swap { source: Renamed { from, to, .. }, .. }: &Swap) -> String {
    format!("{to} may not have its name {from} back: {from} is the restored database or unavailable")
}

/// What the undo of a bucket's run does not take back.
pub(crate) fn stays(Swap { source: Renamed { from, to, .. }, .. }: &Swap) -> String {
    format!(
        "this undoes the bucket only: {from} stays the restored database, and the former one is kept as {to}"
    )
}

/// How another recovery is begun after names were swapped. The source is another database since.
pub(crate) fn start_over(Swap { source: Renamed { from, to, .. }, .. }: &Swap) -> String {
    format!(
        "{from} is now the restored database: to recover it again, choose a time after it was restored; earlier times can only be restored from {to}, with another recovery file"
    )
}
