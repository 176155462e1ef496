//! How a restore copies: its options, what must be asked of the bucket once, and the keys that are in doubt.

use super::args::{CopyArgs, DoubtfulArg, TierArg};
use crate::apply::{Copies, Place, Uploads};
use crate::error::{Error, ErrorKind, Result};
use crate::plan::{Change, Sums};
use crate::report::plural;
use crate::resolve::Doubt;
use crate::s3::{Client, Thaw, Tier};

/// Makes options of arguments, and asks the bucket for what decides how much has to be carried by hand.
pub(super) async fn copies(client: &Client, place: &Place, args: &CopyArgs) -> Result<Copies> {
    Ok(Copies {
        // A redirect that has no effect need not be looked for.
        heads: !args.no_head || client.is_website(&place.bucket).await?,
        acls: client.has_acls(&place.bucket).await?,
        locks: args.locks,
        thaw: args.thaw.map(|tier| Thaw { tier: tier.into(), days: args.thaw_days }),
        multipart_threshold: args.multipart_threshold,
        uploads: Uploads::default(),
    })
}

impl From<TierArg> for Tier {
    fn from(tier: TierArg) -> Self {
        match tier {
            TierArg::Bulk => Tier::Bulk,
            TierArg::Standard => Tier::Standard,
            TierArg::Expedited => Tier::Expedited,
        }
    }
}

/// Refuses a plan with keys in doubt for which the person has not said what is to be done:
///
/// | doubt | `--doubtful skip` | `--doubtful trust` | `--thaw` | none of these |
/// |---|---|---|---|---|
/// | archived | left out | refused | carried out | refused |
pub(super) fn require_certainty(sums: &Sums, args: &CopyArgs) -> Result<()> {
    let settled = |doubt| match doubt {
        Doubt::Archived => args.doubtful == Some(DoubtfulArg::Skip) || args.thaw.is_some(),
    };
    let Some((doubt, keys)) = sums.doubts().find(|(doubt, _)| !settled(*doubt)) else { return Ok(()) };
    Err(match doubt {
        Doubt::Archived => Error::new(
            ErrorKind::Refused,
            format!(
                "{} in an archive (GLACIER, DEEP_ARCHIVE), and cannot be copied before being thawed",
                plural(keys, "version to restore lies", "versions to restore lie")
            ),
        )
        .hint("--thaw bulk asks for them; the same command, run again, copies those that have arrived")
        .hint("or --doubtful skip leaves these keys as they are"),
    })
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
pub(super) fn archived_line(keys: u64, args: &CopyArgs) -> String {
    let keys =
        plural(keys, "key is not restored: its version lies", "keys are not restored: their versions lie");
    match args.thaw {
        None => format!("{keys} in an archive; the same command with --thaw bulk asks for them"),
        Some(tier) => {
            let wait = match tier {
                TierArg::Bulk => "within 12 hours (48 from DEEP_ARCHIVE)",
                TierArg::Standard => "within 5 hours (12 from DEEP_ARCHIVE)",
                TierArg::Expedited => "within minutes",
            };
            format!("{keys} in an archive, and will have thawed {wait}; the same command then goes on")
        }
    }
}
