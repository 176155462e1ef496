//! How a restore copies, by what was typed.

use super::args::apply::{ApplyArgs, ConflictArg, CopyArgs, DoubtfulArg, ThawArgs, TierArg};
use super::suggest::Suggestion;
use crate::apply::OnConflict;
use crate::engine::{ApplyOptions, Copying, OnDoubt, RestoreOptions};
use crate::error::{Error, Result};
use crate::report::plural;
use crate::s3::{Thaw, Tier};

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

/// How many keys are left out because they are in doubt.
pub(super) fn left_out_line(keys: u64) -> String {
    plural(keys, "key in doubt is left as it is", "keys in doubt are left as they are")
}

/// What is said of the keys whose versions lie in an archive; `resume` is the command that continues the run.
pub(super) fn archived_line(keys: u64, thaw: Option<Thaw>, resume: &Suggestion) -> String {
    let keys =
        plural(keys, "key is not restored: its version lies", "keys are not restored: their versions lie");
    match thaw {
        None => format!("{keys} in an archive; to ask for them: {}", resume.clone().option("thaw", "bulk")),
        Some(thaw) => {
            let wait = match thaw.tier {
                Tier::Bulk => "within 12 hours (48 from DEEP_ARCHIVE)",
                Tier::Standard => "within 5 hours (12 from DEEP_ARCHIVE)",
                Tier::Expedited => "within minutes",
            };
            format!("{keys} in an archive, and will have thawed {wait}; to copy them then: {resume}")
        }
    }
}
