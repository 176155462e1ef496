//! How a restore copies: its options, and the keys that are in doubt.

use super::args::apply::{CopyArgs, DoubtfulArg, ThawArgs, TierArg};
use crate::engine::Copying;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Instant;
use crate::plan::{Change, Sums};
use crate::report::{plural, uncertainty};
use crate::resolve::Doubt;
use crate::s3::{Thaw, Tier};

/// What a run keeps of the options.
pub(super) fn copying(args: &CopyArgs) -> Copying {
    let CopyArgs { locks, no_head, multipart_threshold, thaw, doubtful: _ } = args;
    let thaw = self::thaw(*thaw);
    Copying { locks: *locks, no_head: *no_head, thaw, multipart_threshold: *multipart_threshold }
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

/// Refuses a plan with keys in doubt for which the person has not said what is to be done:
///
/// | doubt | `--doubtful skip` | `--doubtful trust` | `--thaw` | none of these |
/// |---|---|---|---|---|
/// | lifecycle, null-version | left out | carried out | refused | refused |
/// | archived | left out | refused | carried out | refused |
pub(super) fn require_certainty(sums: &Sums, at: Instant, args: &CopyArgs) -> Result<()> {
    if let (None, Some(what)) = (args.doubtful, uncertainty(sums)) {
        return Err(Error::new(
            ErrorKind::Refused,
            format!("it is in doubt what was there at {}: {what}", at.human()),
        )
        .hint("--doubtful skip leaves these keys as they are")
        .hint("--doubtful trust takes the listing for the whole truth: a key whose version has expired is deleted as if it had not been there"));
    }
    let archived = sums.in_doubt(Doubt::Archived);
    if archived == 0 || args.doubtful == Some(DoubtfulArg::Skip) || args.thaw.thaw.is_some() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Refused,
        format!(
            "{} in an archive (GLACIER, DEEP_ARCHIVE), and cannot be copied before being thawed",
            plural(archived, "version to restore lies", "versions to restore lie")
        ),
    )
    .hint("--thaw bulk asks for them; asof resume then copies those that have arrived")
    .hint("or --doubtful skip leaves these keys as they are"))
}

/// Whether a change is carried out.
pub(super) fn is_wanted(change: &Change, args: &CopyArgs) -> bool {
    change.doubts.is_empty() || args.doubtful != Some(DoubtfulArg::Skip)
}

/// How many keys in doubt are left out.
pub(super) fn left_out(sums: &Sums, args: &CopyArgs) -> u64 {
    if args.doubtful == Some(DoubtfulArg::Skip) { sums.doubtful } else { 0 }
}

/// What is said of the keys whose versions lie in an archive.
pub(super) fn archived_line(keys: u64, thaw: Option<Thaw>, run: &str) -> String {
    let keys =
        plural(keys, "key is not restored: its version lies", "keys are not restored: their versions lie");
    match thaw {
        None => format!("{keys} in an archive; asof resume {run} --thaw bulk asks for them"),
        Some(thaw) => {
            let wait = match thaw.tier {
                Tier::Bulk => "within 12 hours (48 from DEEP_ARCHIVE)",
                Tier::Standard => "within 5 hours (12 from DEEP_ARCHIVE)",
                Tier::Expedited => "within minutes",
            };
            format!("{keys} in an archive, and will have thawed {wait}; asof resume {run} then copies them")
        }
    }
}
