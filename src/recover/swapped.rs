//! Messages about databases whose names are swapped, or half swapped, with their sources'.

use crate::db::{Renamed, Swap};

/// Warns that a swap is incomplete: until it is finished, the usual name may belong to no database.
pub(crate) fn half(Swap { source: Renamed { from, to, .. }, .. }: &Swap) -> String {
    format!(
        "{from} may be named {to} now: then {from} is unavailable until the recovery is finished or aborted"
    )
}

/// Warns that an abort has not given a source its name back.
pub(crate) fn not_back(Swap { source: Renamed { from, to, .. }, .. }: &Swap) -> String {
    format!("{to} may not have its name {from} back: {from} is the restored database or unavailable")
}

/// Explains what undoing a bucket's run does not undo.
pub(crate) fn stays(Swap { source: Renamed { from, to, .. }, .. }: &Swap) -> String {
    format!(
        "this undoes the bucket only: {from} stays the restored database, and the former one is kept as {to}"
    )
}

/// Explains how to begin another recovery after names were swapped: the source's name now belongs to another database.
pub(crate) fn start_over(Swap { source: Renamed { from, to, .. }, .. }: &Swap) -> String {
    format!(
        "{from} is now the restored database: to recover it again, choose a time after it was restored; earlier times can only be restored from {to}, with another recovery file"
    )
}
