//! The options of a restore, and the refusals that they can lift.

use crate::apply::OnConflict;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Instant, plural};
use crate::plan::{Change, Plausibility, Sums};
use crate::resolve::Doubt;
use crate::state::Copying;

/// The options common to all restores.
#[derive(Debug, Clone, Copy, Default)]
pub struct RestoreOptions {
    /// Options for copying versions.
    pub copying: Copying,
    /// The policy for keys whose state is uncertain.
    pub on_doubt: OnDoubt,
    /// Options for applying changes.
    pub apply: ApplyOptions,
}

/// Options for applying the changes of a run, each time it is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApplyOptions {
    /// The policy for keys that someone else changed after the plan was made.
    pub on_conflict: OnConflict,
    /// The maximum number of concurrent requests.
    pub concurrency: usize,
    /// The number of lanes; by the size of the plan if `None`. A run that has begun keeps its own.
    pub lanes: Option<u32>,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self { on_conflict: OnConflict::Skip, concurrency: limits::DEFAULT_CONCURRENCY, lanes: None }
    }
}

/// The policy for keys whose state is uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnDoubt {
    /// Refuse the whole restore.
    #[default]
    Refuse,
    /// Leave these keys unchanged.
    Skip,
    /// Trust the listing. Archived versions must still be thawed.
    Trust,
}

/// The kind of place that a past state is restored into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A bucket.
    Bucket,
    /// A local directory.
    Directory,
}

impl RestoreOptions {
    /// Returns true if a change is to be made.
    pub fn wants(&self, change: &Change) -> bool {
        change.doubts.is_empty() || self.on_doubt != OnDoubt::Skip
    }

    /// The number of uncertain keys that are skipped.
    pub fn left_out(&self, sums: &Sums) -> u64 {
        if self.on_doubt == OnDoubt::Skip { sums.doubtful } else { 0 }
    }

    /// The plausibility of a restore in place to `at`.
    pub fn plausibility(&self, sums: &Sums, at: Instant) -> Plausibility {
        sums.plausibility(at, sums.deletes(self.on_doubt == OnDoubt::Skip))
    }

    /// Refuses a plan with uncertain keys if the options do not say how to handle them:
    ///
    /// | doubt | skip | trust | thaw | refuse |
    /// |---|---|---|---|---|
    /// | lifecycle, null-version | skipped | applied | refused | refused |
    /// | archived | skipped | refused | applied | refused |
    /// | archived, into a directory | skipped | applied if thawed | not available | refused |
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

/// The error for a restore that deletes more than half of the keys.
pub fn mass_delete(plausibility: Plausibility) -> Error {
    let warnings: Vec<_> = plausibility.warnings().iter().map(ToString::to_string).collect();
    Error::new(ErrorKind::Refused, warnings.join("; "))
        .hint(format!("check the target time: {}", plausibility.at.human()))
}
