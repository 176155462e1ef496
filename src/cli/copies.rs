//! How a restore copies, by what was typed.

use super::args::apply::{ApplyArgs, ConflictArg, CopyArgs, DoubtfulArg, ThawArgs, TierArg};
use crate::engine::{ApplyOptions, Copying, OnConflict, OnDoubt, RestoreOptions, Thaw, Tier};
use crate::error::{Error, Result};

/// What a restore is told.
pub(super) fn restore_options(copies: &CopyArgs, apply: &ApplyArgs) -> RestoreOptions {
    let CopyArgs { locks, no_head, multipart_threshold, thaw, doubtful } = *copies;
    let copying = Copying { locks, no_head, thaw: self::thaw(thaw), multipart_threshold };
    RestoreOptions { copying, on_doubt: on_doubt(doubtful), apply: apply_options(apply) }
}

/// How changes are made.
pub(super) fn apply_options(apply: &ApplyArgs) -> ApplyOptions {
    let on_conflict = match apply.on_conflict {
        ConflictArg::Skip => OnConflict::Skip,
        ConflictArg::Overwrite => OnConflict::Overwrite,
    };
    ApplyOptions { on_conflict, concurrency: apply.concurrency }
}

/// What is done about keys in doubt.
pub(super) fn on_doubt(doubtful: Option<DoubtfulArg>) -> OnDoubt {
    match doubtful {
        None => OnDoubt::Refuse,
        Some(DoubtfulArg::Skip) => OnDoubt::Skip,
        Some(DoubtfulArg::Trust) => OnDoubt::Trust,
    }
}

/// How archived versions are asked for.
pub(super) fn thaw(args: ThawArgs) -> Option<Thaw> {
    let tier = match args.thaw? {
        TierArg::Bulk => Tier::Bulk,
        TierArg::Standard => Tier::Standard,
        TierArg::Expedited => Tier::Expedited,
    };
    Some(Thaw { tier, days: args.thaw_days })
}

/// Refuses options that say how objects are copied, where none are.
pub(super) fn no_copies(args: &CopyArgs) -> Result<()> {
    let given = [("--thaw", args.thaw.thaw.is_some()), ("--locks", args.locks), ("--no-head", args.no_head)];
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((option, _)) => Err(Error::usage(format!("{option} is for copies in a bucket"))
            .hint("leave it out: files have bytes and a date, and nothing else")),
    }
}
