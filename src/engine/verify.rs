//! Verifies that a bucket, or another target, matches the bucket's state at a past time. Read-only.

use super::bucket::{BucketState, bucket_state, require_history, rules};
use super::extras::verify_directory;
use super::pairing::survey_elsewhere;
use super::query::{Query, check_elsewhere};
use super::scope_keys::Listing;
use super::survey::{Extras, Findings, survey};
use crate::apply::Place;
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::local::Directory;
use crate::model::{Check, Destination, Instant, Location, Relocation};
use crate::plan::file::Selected;
use crate::plan::set::PlanSet;
use crate::plan::{Sums, Undelete};
use crate::resolve::{AsOf, Judge, history_check};
use crate::s3::Client;
use crate::verify::{Compare, Files};

/// A comparison with a past state.
#[derive(Debug)]
pub struct Verify {
    /// The query for the past state.
    pub query: Query,
    /// The place that should match it.
    pub against: Against,
}

/// The place that should match a past state.
#[derive(Debug)]
pub enum Against {
    /// The bucket itself.
    Itself,
    /// Another bucket or prefix.
    Place(Location),
    /// A local directory.
    Directory(Directory),
}

/// A comparison whose buckets have been inspected but not listed.
#[derive(Debug)]
pub struct Verification {
    /// The location whose past state is compared.
    pub location: Location,
    /// The target time.
    pub at: Instant,
    /// The place that should match it.
    pub against: Against,
    /// The check of the bucket's history, with the time since which it is complete.
    pub history: Check,
    /// The state of the bucket whose past state is compared.
    pub here: BucketState,
    query: Query,
    compare: Compare,
    judge: Judge,
}

/// The verdict of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// There was nothing to compare.
    Empty,
    /// Everything matches.
    Verified,
    /// Nothing differs, but some keys cannot be verified.
    Uncertain,
    /// Something differs.
    Different,
}

impl Against {
    /// The place to compare with; the bucket itself if `against` is `None`.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a location that overlaps the source, or a directory that does not
    /// exist.
    pub fn of(source: &Location, against: Option<&Destination>) -> Result<Self> {
        match against {
            None => Ok(Self::Itself),
            Some(Destination::Bucket(place)) => {
                check_elsewhere(source, place)?;
                Ok(Self::Place(place.clone()))
            }
            Some(Destination::Directory(path)) => {
                let none = || Error::usage(format!("the directory {} does not exist", path.display()));
                Directory::open(path)?.ok_or_else(none).map(Self::Directory)
            }
        }
    }
}

impl Verify {
    /// Checks that the bucket has a past, and how far back it is complete.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a time that is not in the past;
    /// [`Refused`](crate::error::ErrorKind::Refused) for a bucket without a past.
    pub async fn inspect(self, client: &Client) -> Result<Verification> {
        let Self { query, against } = self;
        let location = query.location.clone();
        let here = bucket_state(client, &location.bucket).await?;
        let at = query.at.past(client.clock().now().whole_second())?;
        require_history(&location.bucket, here)?;
        let there = match &against {
            Against::Itself | Against::Directory(_) => here,
            Against::Place(place) => bucket_state(client, &place.bucket).await?,
        };
        let rules = rules(client, &location.bucket).await?;
        let judge = query.judge(&rules, at, AsOf::Latest);
        let history =
            history_check(&rules, &judge.expiries, &location.prefix, Some(at), client.clock().now_at_most());
        let compare = Compare { kms: here.kms || there.kms, trust_etag: query.trust_etag };
        Ok(Verification { location, at, against, history, here, query, compare, judge })
    }
}

impl Verification {
    /// Returns true if keys that existed at T may have expired entirely, which no listing shows.
    pub(super) fn may_lack_keys(&self, client: &Client) -> bool {
        let now = client.clock().now_at_most();
        self.judge.expiries.may_have_removed_keys(&self.location.prefix, self.at, now)
    }

    /// Lists both sides and finds the differences.
    pub async fn survey(&self, client: &Client, cancel: &Cancel) -> Result<Findings> {
        let Self { location, against, query, compare, judge, .. } = self;
        match against {
            Against::Itself => {
                let listing = Listing::start(client, query.scope());
                survey(client, listing, judge, *compare, Undelete::Copy, cancel).await
            }
            Against::Place(place) => {
                let place = &Place::elsewhere(location, place);
                let listing = Listing::start(client, query.scope());
                survey_elsewhere(client, listing, judge, place, Extras::Differ, *compare, cancel).await
            }
            Against::Directory(directory) => {
                let relocation = &Relocation::to_directory(location);
                let files = Files { directory: Some(directory), relocation, compare: *compare, bytes: true };
                verify_directory(client, query.scope(), judge, files, cancel).await
            }
        }
    }
}

/// Returns the location and the keys of the past state that a plan set restores.
///
/// # Errors
/// [`Usage`](crate::error::ErrorKind::Usage) for a set that undoes another, and so restores no past state; and for a set
/// whose keys were read from standard input.
pub fn set_selection(set: &PlanSet) -> Result<SetSelection> {
    let plan = &set.manifest.plan;
    if let Some(undone) = &set.manifest.undoes {
        let message = format!("the plan set {} is the undo of {undone}: it restores no past state", set.id);
        return Err(Error::usage(message).hint("see its progress with asof runs SET"));
    }
    if plan.selection.keys_from.as_deref() == Some("-") {
        let message = format!("the keys of the plan set {} were read from standard input", set.id);
        let command = format!("asof verify {} --at {} --keys-from FILE", plan.location(), plan.at);
        return Err(Error::usage(message).hint(format!("save the same keys to a file: {command}")));
    }
    Ok(SetSelection { location: plan.location(), selected: plan.selection.clone() })
}

/// The location of a plan set, and its keys.
#[derive(Debug, Clone)]
pub struct SetSelection {
    /// The bucket and prefix.
    pub location: Location,
    /// The keys.
    pub selected: Selected,
}

impl Verdict {
    /// The verdict: differences take precedence, then uncertain keys.
    ///
    /// | keys found | differences | uncertain keys | trusted | verdict |
    /// |---|---|---|---|---|
    /// | none | none | none | | empty |
    /// | any | some | | | different |
    /// | any | none | some | no | uncertain |
    /// | any | none | some | yes | verified |
    /// | some | none | none | | verified |
    pub fn of(sums: &Sums, trust: bool) -> Self {
        let uncertain = sums.uncertain.all() > 0;
        if sums.changes() > 0 {
            Self::Different
        } else if uncertain && !trust {
            Self::Uncertain
        } else if sums.found_nothing() && !uncertain {
            Self::Empty
        } else {
            Self::Verified
        }
    }
}

#[cfg(test)]
mod tests;
