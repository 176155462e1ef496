//! How a restore copies: its options, and the keys that are in doubt.

use super::args::apply::{CopyArgs, DoubtfulArg, ThawArgs, TierArg};
use crate::engine::Copying;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Instant;
use crate::plan::{Change, Plausibility, Sums};
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

/// A restore: to when, and whether in place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Restoring {
    pub(super) at: Instant,
    pub(super) in_place: bool,
}

/// What decides whether a restore is plausible. Elsewhere nothing is deleted.
pub(super) fn plausibility(sums: &Sums, restoring: &Restoring, args: &CopyArgs) -> Plausibility {
    let skip = args.doubtful == Some(DoubtfulArg::Skip);
    sums.plausibility(restoring.at, if restoring.in_place { sums.deletes(skip) } else { 0 })
}

/// What a past state is brought into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Bucket,
    Directory,
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

/// Refuses a plan with keys in doubt for which the person has not said what is to be done:
///
/// | doubt | `--doubtful skip` | `--doubtful trust` | `--thaw` | none of these |
/// |---|---|---|---|---|
/// | lifecycle, null-version | left out | carried out | refused | refused |
/// | archived | left out | refused | carried out | refused |
/// | archived, into a directory | left out | carried out, as far as they have thawed | not taken | refused |
pub(super) fn require_certainty(sums: &Sums, at: Instant, args: &CopyArgs, into: Target) -> Result<()> {
    if let (None, Some(what)) = (args.doubtful, uncertainty(sums)) {
        return Err(Error::new(
            ErrorKind::Refused,
            format!("it is in doubt what was there at {}: {what}", at.human()),
        )
        .hint("--doubtful skip leaves these keys as they are")
        .hint("--doubtful trust takes the listing for the whole truth: a key whose version has expired is deleted as if it had not been there"));
    }
    let archived = sums.in_doubt(Doubt::Archived);
    let settled = match args.doubtful {
        Some(DoubtfulArg::Skip) => true,
        Some(DoubtfulArg::Trust) => into == Target::Directory || args.thaw.thaw.is_some(),
        None => args.thaw.thaw.is_some(),
    };
    if archived == 0 || settled {
        return Ok(());
    }
    let thaw = match into {
        Target::Bucket => "--thaw bulk asks for them; asof resume then copies those that have arrived",
        Target::Directory => {
            "thaw them (aws s3api restore-object, with the version id); then --doubtful trust downloads them"
        }
    };
    Err(Error::new(
        ErrorKind::Refused,
        format!(
            "{} in an archive (GLACIER, DEEP_ARCHIVE), and cannot be copied before being thawed",
            plural(archived, "version to restore lies", "versions to restore lie")
        ),
    )
    .hint(thaw)
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

/// What is said of the keys whose versions lie in an archive; `resume` is the command that goes on, with more options.
pub(super) fn archived_line(keys: u64, thaw: Option<Thaw>, resume: impl Fn(&str) -> String) -> String {
    let keys =
        plural(keys, "key is not restored: its version lies", "keys are not restored: their versions lie");
    match thaw {
        None => format!("{keys} in an archive; to ask for them: {}", resume(" --thaw bulk")),
        Some(thaw) => {
            let wait = match thaw.tier {
                Tier::Bulk => "within 12 hours (48 from DEEP_ARCHIVE)",
                Tier::Standard => "within 5 hours (12 from DEEP_ARCHIVE)",
                Tier::Expedited => "within minutes",
            };
            format!("{keys} in an archive, and will have thawed {wait}; to copy them then: {}", resume(""))
        }
    }
}
