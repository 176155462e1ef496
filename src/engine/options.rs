//! How a restore is carried out, and what it refuses to do unless it is told to.

use crate::apply::OnConflict;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Instant, plural};
use crate::plan::{Change, Plausibility, Sums};
use crate::resolve::Doubt;
use crate::state::Copying;

/// What every restore is told alike, whatever is restored.
#[derive(Debug, Clone, Copy, Default)]
pub struct RestoreOptions {
    /// How versions are copied.
    pub copying: Copying,
    /// What is done about keys of which it is in doubt what they held.
    pub on_doubt: OnDoubt,
    /// How changes are made.
    pub apply: ApplyOptions,
}

/// How the changes of a run are made, each time that somebody works on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApplyOptions {
    /// What is done about keys that somebody changed since the plan.
    pub on_conflict: OnConflict,
    /// Requests under way at once, at most.
    pub concurrency: usize,
    /// The number of lanes; by the size of the plan if `None`. A run that has begun keeps its own.
    pub lanes: Option<u32>,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self { on_conflict: OnConflict::Skip, concurrency: limits::DEFAULT_CONCURRENCY, lanes: None }
    }
}

/// What is done about keys of which it is in doubt what they held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnDoubt {
    /// Nothing at all is restored.
    #[default]
    Refuse,
    /// They are left as they are.
    Skip,
    /// The listing is taken for the whole truth. Archived versions have to be thawed all the same.
    Trust,
}

/// What a past state is brought into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A bucket.
    Bucket,
    /// A directory of this machine.
    Directory,
}

impl RestoreOptions {
    /// Whether a change is made.
    pub fn wants(&self, change: &Change) -> bool {
        change.doubts.is_empty() || self.on_doubt != OnDoubt::Skip
    }

    /// How many keys in doubt are left out.
    pub fn left_out(&self, sums: &Sums) -> u64 {
        if self.on_doubt == OnDoubt::Skip { sums.doubtful } else { 0 }
    }

    /// What decides whether a restore in place to `at` is plausible.
    pub fn plausibility(&self, sums: &Sums, at: Instant) -> Plausibility {
        sums.plausibility(at, sums.deletes(self.on_doubt == OnDoubt::Skip))
    }

    /// Refuses a plan with keys in doubt for which nobody has said what is to be done:
    ///
    /// | doubt | skip | trust | thaw | refuse |
    /// |---|---|---|---|---|
    /// | lifecycle, null-version | left out | carried out | refused | refused |
    /// | archived | left out | refused | carried out | refused |
    /// | archived, into a directory | left out | carried out, as far as they have thawed | not taken | refused |
    pub fn require_certainty(&self, sums: &Sums, at: Instant, into: Target) -> Result<()> {
        if self.on_doubt == OnDoubt::Refuse
            && let Some(what) = sums.uncertainty()
        {
            return Err(Error::new(
                ErrorKind::Refused,
                format!("the state at {} is uncertain: {what}", at.human()),
            )
            .hint("--doubtful skip leaves these keys unchanged")
            .hint("--doubtful trust assumes the listing is complete: a key whose version has expired is deleted as if it had not existed"));
        }
        let archived = sums.with_doubt(Doubt::Archived);
        let settled = match self.on_doubt {
            OnDoubt::Skip => true,
            OnDoubt::Trust => into == Target::Directory || self.copying.thaw.is_some(),
            OnDoubt::Refuse => self.copying.thaw.is_some(),
        };
        if archived == 0 || settled {
            return Ok(());
        }
        let thaw = match into {
            Target::Bucket => "--thaw bulk requests them; asof resume copies them once thawed",
            Target::Directory => {
                "thaw them (aws s3api restore-object, with the version id); then --doubtful trust downloads them"
            }
        };
        Err(Error::new(
            ErrorKind::Refused,
            format!(
                "{} archived (GLACIER, DEEP_ARCHIVE) and must be thawed before it can be copied",
                plural(archived, "version to restore is", "versions to restore are")
            ),
        )
        .hint(thaw)
        .hint("or --doubtful skip leaves these keys unchanged"))
    }
}

/// The refusal of a restore that deletes more than half of the keys.
pub fn mass_delete(plausibility: Plausibility) -> Error {
    let warnings: Vec<_> = plausibility.warnings().iter().map(ToString::to_string).collect();
    Error::new(ErrorKind::Refused, warnings.join("; "))
        .hint(format!("check the target time: {}", plausibility.at.human()))
}
