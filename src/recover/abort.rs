//! What aborting a recovery takes.

use super::journal::RecoveryState;

/// A part of an abort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AbortPart {
    /// A run of a bucket is undone.
    Undo {
        /// The bucket's number in the file.
        bucket: usize,
        /// The run.
        run: String,
    },
    /// A run was undone already.
    Undone {
        /// The run.
        run: String,
        /// By this one.
        by: String,
    },
    /// A run is left as it is: something newer has changed its bucket.
    Left {
        /// The run.
        run: String,
    },
    /// A restored database has its source's name, or is getting it: both get their own again.
    SwapBack {
        /// The database's number in the file.
        database: usize,
    },
    /// A restored database has got its source's name, and a later recovery may have renamed it, or uses it: it is left.
    LeftSwapped {
        /// The database's number in the file.
        database: usize,
    },
    /// The restored database is removed, if it is there and carries the recovery's tag.
    Remove {
        /// The database's number in the file.
        database: usize,
    },
    /// A database is left that was restored in place: nothing takes that back, and its teardown command would remove the
    /// one in use.
    Stays {
        /// The database's number in the file.
        database: usize,
    },
    /// The resume hook is run.
    Resume,
}

/// What aborting a recovery takes, in this order; `undone_by` names the finished run that undid another, `stays` the
/// databases that are restored in place, `has_hook` says whether the file names a resume hook.
///
/// | | overtaken | |
/// |---|---|---|
/// | each database whose names are swapped, or half swapped | no, or by a run or an undo | gets its own name back, then its source |
/// | each database whose names are half swapped | by a recovery | the same: nothing may have the source's name |
/// | each of its runs, the newest first | no | is undone, unless it was |
/// | each of its runs | yes | is left: the undo would change what is newer |
/// | each database whose names are swapped | by a recovery | is left, and not removed: it is the source of what is newer |
/// | each database that was asked for, in place | | stays |
/// | each other database that was asked for | | is removed |
/// | the application may be quiesced | | the resume hook is run; a later recovery that has overtaken this one sees to that itself |
pub(crate) fn abort_parts(
    state: &RecoveryState,
    undone_by: impl Fn(&str) -> Option<String>,
    stays: impl Fn(usize) -> bool,
    has_hook: bool,
) -> Vec<AbortPart> {
    let overtaken = state.overtaken().is_some();
    let undo = |(bucket, run): &(usize, String)| {
        let (bucket, run) = (*bucket, run.clone());
        match undone_by(&run) {
            Some(by) => AbortPart::Undone { run, by },
            None if overtaken => AbortPart::Left { run },
            None => AbortPart::Undo { bucket, run },
        }
    };
    let left = |n: usize| state.is_overtaken_by_recovery() && state.is_swapped(n);
    let databases = state.shape().map_or(0, |shape| shape.databases);
    let back = (0..databases).filter(|n| state.swap(*n).is_some() && !left(*n));
    let mut parts: Vec<_> = back.map(|database| AbortPart::SwapBack { database }).collect();
    parts.extend(state.all_runs().iter().rev().map(undo));
    let asked = (0..databases).filter(|n| state.was_asked_for(*n));
    let removed = |database: usize| match () {
        () if left(database) => AbortPart::LeftSwapped { database },
        () if stays(database) => AbortPart::Stays { database },
        () => AbortPart::Remove { database },
    };
    parts.extend(asked.map(removed));
    if state.may_be_quiesced() && has_hook {
        parts.push(AbortPart::Resume);
    }
    parts
}

#[cfg(test)]
mod tests;
