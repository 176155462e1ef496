//! Restores a location to a past time, in place or into another bucket.
//!
//! In two steps: [`Restore::prepare`] determines the changes and is read-only; the caller shows them and asks for
//! confirmation. [`Prepared::begin`] then creates a run, which [`Run::execute`] applies.

use std::path::Path;

use super::bucket::{
    BucketState, bucket_state, inspect, require_history, require_removable, require_room, require_versioning,
};
use super::execute::NewPlan;
use super::options::{RestoreOptions, Target};
use super::pairing::survey_elsewhere;
use super::past::{bucket_checks, judge};
use super::query::Query;
use super::scope_keys::Listing;
use super::survey::{Extras, Findings, seen, survey};
use crate::apply::Place;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::model::{BucketSettings, Check, Instant, Lifecycle, Location};
use crate::plan::file::{Checks, Header, PlanFile, Seen, Selected, Times};
use crate::plan::{Change, Plausibility, Sums, Undelete};
use crate::resolve::{AsOf, AsOfPair};
use crate::s3::Client;
use crate::state::{Run, RunManifest, Server, ShardId, StateHome};
use crate::verify::Compare;

/// The source and the target of a restore.
#[derive(Debug)]
pub enum Restore {
    /// The past state of a bucket, from its versions.
    Past {
        /// The query for the past state.
        query: Box<Query>,
        /// The target, if not in place.
        to: Option<Location>,
        /// The way deleted keys are restored.
        undelete: Undelete,
    },
    /// The changes of a saved plan, limited to its kinds, in place.
    Plan(Box<PlanFile>),
}

/// Changes, in key order.
type Changes = Box<dyn Iterator<Item = Result<Change>> + Send>;

/// The kind of state that a restore restores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The state at T.
    State,
    /// Late uploads, which did not exist at T.
    Heal,
}

/// A restore whose changes are known. Nothing has been changed yet.
pub struct Prepared {
    pub(super) kind: Kind,
    /// The shard of a plan set, if it is one.
    pub(super) shard: Option<ShardId>,
    /// The run that it undoes, if it is a shard that does.
    pub(super) undoes: Option<String>,
    /// The location whose past state is restored.
    pub location: Location,
    /// The target time.
    pub at: Instant,
    /// The target, if not in place.
    pub to: Option<Location>,
    /// The time the bucket was listed, by the server's clock.
    pub listed: Instant,
    /// The checks of the bucket.
    pub checks: Vec<Check>,
    /// The sums of the changes.
    pub sums: Sums,
    /// The number of changes to make; extra keys in another target are left alone.
    pub len: u64,
    /// The changes.
    pub changes: Changes,
    /// The selection of keys.
    pub selected: Selected,
    pub(super) seen: Seen,
    /// True if equal ETags and sizes were taken for equal objects.
    pub trust_etag: bool,
    pub(super) here: BucketState,
    pub(super) there: BucketState,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared")
            .field("location", &self.location)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// The parameters of a new run.
#[derive(Debug, Clone)]
pub struct Begun<'a> {
    /// The directory that holds the runs.
    pub state_dir: &'a Path,
    /// The server settings, so that the run can be resumed from another terminal.
    pub server: Server,
    /// The present time.
    pub now: Instant,
}

impl Restore {
    /// Refuses to keep state among the keys that are read or changed.
    ///
    /// # Errors
    /// [`Refused`](crate::error::ErrorKind::Refused) if they overlap.
    pub fn require_apart(&self, home: &StateHome) -> Result<()> {
        match self {
            Self::Past { query, to, .. } => {
                home.require_apart(&query.location)?;
                to.as_ref().map_or(Ok(()), |to| home.require_apart(to))
            }
            Self::Plan(file) => home.require_apart(&file.header.location()),
        }
    }

    /// Determines the changes. Read-only.
    ///
    /// # Errors
    /// [`Refused`](crate::error::ErrorKind::Refused) for a bucket that cannot be restored from or to;
    /// [`Usage`](crate::error::ErrorKind::Usage) for a time that is not in the past.
    pub async fn prepare(self, client: &Client, cancel: &Cancel) -> Result<Prepared> {
        let (location, to) = match &self {
            Self::Past { query, to, .. } => (query.location.clone(), to.clone()),
            Self::Plan(file) => (file.header.location(), None),
        };
        let states = || bucket_states(client, &location, to.as_ref());
        match self {
            Self::Past { query, to, undelete } => {
                let listing = Listing::start(client, query.scope());
                let places = states().await?;
                past(client, Past { query: *query, to, undelete, places, listing }, cancel).await
            }
            Self::Plan(file) => of_plan(client, *file, states().await?).await,
        }
    }
}

/// A past state to restore, from and to buckets that were checked.
struct Past {
    query: Query,
    to: Option<Location>,
    undelete: Undelete,
    places: BucketStates,
    listing: Listing,
}

async fn past(client: &Client, past: Past, cancel: &Cancel) -> Result<Prepared> {
    let Past { query, to, undelete, places: BucketStates { settings, here, there }, listing } = past;
    let now = client.clock().now().whole_second();
    if undelete == Undelete::RemoveMarker {
        require_removable(client, &query.location.bucket).await?;
    }
    let at = query.at.past(now)?;
    let judge = query.judge(&settings.rules, at, AsOf::Latest);
    let checks = bucket_checks(client, &settings, &judge, &query.location, at);
    let compare = Compare { kms: here.kms || there.kms, trust_etag: query.trust_etag };
    let listing = listing.covering(client, at);
    let listed = listing.began(client);
    let found = match &to {
        None => survey(client, listing, &judge, compare, undelete, cancel).await,
        Some(to) => {
            let place = Place::elsewhere(&query.location, to);
            survey_elsewhere(client, listing, &judge, &place, Extras::LeaveAlone, compare, cancel).await
        }
    };
    let Findings { changes, sums, .. } = found?;
    Ok(Prepared {
        kind: Kind::State,
        shard: None,
        undoes: None,
        at,
        to,
        listed,
        checks,
        sums,
        len: changes.len(),
        changes: Box::new(changes.into_changes()?),
        selected: query.selected().clone(),
        seen: seen(client),
        trust_etag: query.trust_etag,
        here,
        there,
        location: query.location,
    })
}

/// Prepares a saved plan. Its changes are used as they are: each is conditional on its key.
async fn of_plan(client: &Client, file: PlanFile, places: BucketStates) -> Result<Prepared> {
    let PlanFile { header, trailer, sums, changes, .. } = file;
    let BucketStates { settings, here, there } = places;
    let (location, at) = (header.location(), header.at);
    if sums.to_remove_markers().keys > 0 {
        require_removable(client, &location.bucket).await?;
    }
    let as_of = AsOfPair { then: AsOf::At(at), now: AsOf::Latest };
    let judge = judge(&settings.rules, Lifecycle::default(), as_of, std::time::Duration::ZERO);
    let counters = client.counters();
    counters.keys.add(trailer.keys);
    counters.versions.add(trailer.versions);
    let asked_for = {
        let kinds = header.selection.only.clone();
        move |change: &Result<Change>| change.as_ref().map_or(true, |change| kinds.has(change.action))
    };
    Ok(Prepared {
        kind: Kind::State,
        shard: None,
        undoes: None,
        checks: bucket_checks(client, &settings, &judge, &location, at),
        location,
        at,
        to: None,
        listed: header.listed,
        len: sums.changes(),
        sums,
        changes: Box::new(changes.map(|change| Ok(change?.1)).filter(asked_for)),
        selected: header.selection,
        seen: Seen { keys: trailer.keys, versions: trailer.versions },
        trust_etag: header.checks.trust_etag,
        here,
        there,
    })
}

impl Prepared {
    /// Refuses to overwrite objects that the target would not keep.
    pub fn require_room(&self, options: &RestoreOptions) -> Result<()> {
        let on_conflict = options.apply.on_conflict;
        self.to.as_ref().map_or(Ok(()), |to| require_room(to, self.there, &self.sums, on_conflict))
    }

    /// Refuses keys whose state is uncertain, unless the options say how to handle them.
    pub fn require_certainty(&self, options: &RestoreOptions) -> Result<()> {
        options.require_certainty(&self.sums, self.at, Target::Bucket)
    }

    /// The plausibility of the restore. Nothing is deleted in another target.
    pub fn plausibility(&self, options: &RestoreOptions) -> Plausibility {
        match self.to {
            None => options.plausibility(&self.sums, self.at),
            Some(_) => self.sums.plausibility(self.at, 0),
        }
    }

    /// The bucket or prefix that would be changed.
    pub fn changed(&self) -> &Location {
        self.to.as_ref().unwrap_or(&self.location)
    }

    /// Begins the run: stores it and its plan in the state directory, from which the changes are then read.
    pub fn begin(self, options: &RestoreOptions, begun: Begun<'_>) -> Result<Run> {
        self.begin_telling(options, begun, |_| ())
    }

    /// The same, calling `left_out` for each change that is skipped because its key is uncertain.
    pub(super) fn begin_telling(
        self,
        options: &RestoreOptions,
        begun: Begun<'_>,
        mut left_out: impl FnMut(&Change),
    ) -> Result<Run> {
        let Begun { state_dir, server, now } = begun;
        let Self { kind, shard, undoes, location, at, to, listed, sums, changes, selected, .. } = self;
        let Self { seen, trust_etag, here, .. } = self;
        let checks = Checks { versioning: here.versioning, kms: here.kms, trust_etag };
        let header = Header::new(&location, Times { at, listed }, checks, selected);
        let heals = kind == Kind::Heal;
        let manifest = RunManifest {
            copying: options.copying,
            heals,
            shard,
            undoes,
            ..RunManifest::restore(location, at, to, server, now)
        };
        let wanted = |change: &Result<Change>| {
            let Ok(change) = change else { return true };
            let wanted = options.wants(change);
            if !wanted {
                left_out(change);
            }
            wanted
        };
        let changes = changes.filter(wanted);
        Run::begin(state_dir, manifest, NewPlan { header, changes, sums: &sums, seen })
    }
}

/// The states of the two buckets of a restore, which are the same in place.
#[derive(Debug)]
pub(super) struct BucketStates {
    /// The settings of the bucket whose past state is restored.
    pub(super) settings: BucketSettings,
    /// The state of the same bucket, as a plan needs it.
    pub(super) here: BucketState,
    /// The state of the bucket to be changed.
    pub(super) there: BucketState,
}

/// Reads the states, and refuses buckets that cannot be restored from or to.
pub(super) async fn bucket_states(
    client: &Client,
    location: &Location,
    to: Option<&Location>,
) -> Result<BucketStates> {
    let settings = inspect(client, &location.bucket).await?;
    let here = BucketState::from(&settings);
    let there = match to {
        None => {
            require_versioning(&location.bucket, here)?;
            here
        }
        Some(to) => {
            require_history(&location.bucket, here)?;
            bucket_state(client, &to.bucket).await?
        }
    };
    Ok(BucketStates { settings, here, there })
}
