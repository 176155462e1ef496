//! The bucket steps of a recovery: restoring, as an ordinary run that the journal records so that it can be resumed,
//! and verifying a copy.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::step::StepContext;
use crate::apply::Place;
use crate::cancel::Cancel;
use crate::counters::Counters;
use crate::engine::bucket::rules;
use crate::engine::key_lookup::Scope;
use crate::engine::options::{OnDoubt, RestoreOptions, mass_delete};
use crate::engine::query::Query;
use crate::engine::restore::{Begun, Prepared, Restore};
use crate::engine::survey::Findings;
use crate::engine::verify::{Against, Verify};
use crate::engine::view::PastBucket;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Instant, Location, TypedTime};
use crate::plan::file::Selected;
use crate::plan::{Change, Undelete};
use crate::recover::{Event, Finding, Purpose, Record, StepResult, Target, counts};
use crate::resolve::{AsOf, Judge};
use crate::s3::Client;
use crate::state::{Recovery, Run, Server};

/// A bucket in a recovery.
#[derive(Debug)]
pub(crate) struct BucketPart {
    /// The bucket's own client, so that its counters cover this bucket only.
    pub client: Client,
    /// The server settings, as stored in a run.
    pub server: Server,
    /// The location whose past state is restored.
    pub location: Location,
    /// The place where it is restored.
    pub target: Target,
    /// True if the recovery file allows deleting more than half of the keys.
    pub allow_mass_delete: bool,
    /// True if the recovery file allows the bucket to have been empty at the target time.
    pub allow_empty: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct BucketOptions {
    pub state_dir: PathBuf,
    /// The options for every bucket.
    pub options: RestoreOptions,
    /// Caution about multipart uploads begun within this time before the target time.
    pub multipart_window: Duration,
    pub now: Instant,
}

impl BucketPart {
    pub(super) fn scope(&self) -> Scope {
        let Location { bucket, prefix } = self.location.clone();
        Scope { bucket, prefix, ..Scope::default() }
    }

    pub(super) fn place(&self) -> Place {
        match self.target.elsewhere() {
            None => Place::in_place(&self.location.bucket),
            Some(to) => Place::elsewhere(&self.location, to),
        }
    }

    /// Compares the bucket with its state at `at`.
    pub(crate) async fn prepare(
        &self,
        at: Instant,
        terms: &BucketOptions,
        cancel: &Cancel,
    ) -> Result<Prepared> {
        let (query, to, undelete) =
            (Box::new(self.query(at, terms)?), self.target.elsewhere().cloned(), Undelete::Copy);
        Restore::Past { query, to, undelete }.prepare(&self.client, cancel).await
    }

    fn query(&self, at: Instant, terms: &BucketOptions) -> Result<Query> {
        let (location, at) = (self.location.clone(), TypedTime::Instant(at));
        let mut query = Query::new(location, at, Selected::default())?;
        query.multipart_window = terms.multipart_window;
        Ok(query)
    }

    /// Refuses a restore that the options do not allow.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) for uncertain keys that the options do not cover, for data that would be lost
    /// for good, and for deleting more than half of the keys unless the recovery file allows it.
    pub(crate) fn accept(&self, prepared: &Prepared, options: &RestoreOptions) -> Result<()> {
        prepared.require_room(options)?;
        prepared.require_certainty(options)?;
        let plausibility = prepared.plausibility(options);
        if self.allow_mass_delete || !plausibility.is_mass_delete() {
            return Ok(());
        }
        let place = &self.location;
        Err(mass_delete(plausibility).hint(format!(
            "to allow it, set allow-mass-delete = true in the [[bucket]] of {place} in the recovery file"
        )))
    }

    pub(super) async fn judge(&self, at: Instant, terms: &BucketOptions) -> Result<Judge> {
        let rules = rules(&self.client, &self.location.bucket).await?;
        Ok(self.query(at, terms)?.judge(&rules, at, AsOf::Latest))
    }
}

impl StepContext<'_> {
    pub(super) async fn bucket_step(&self, recovery: &Recovery, n: usize) -> Result<StepResult> {
        match self.bucket(n)?.target {
            Target::View => self.read_past(recovery, n).await,
            Target::InPlace | Target::Elsewhere(_) => self.restore_bucket(recovery, n).await,
        }
    }

    /// Lists a bucket's state at T. The keys that a view of it refuses to read are findings:
    ///
    /// | keys | refuse (the default) | skip | skip, and no key can be read | trust |
    /// |---|---|---|---|---|
    /// | uncertain | finding | left out | finding | read as listed |
    /// | archived | finding | left out | finding | finding |
    async fn read_past(&self, recovery: &Recovery, n: usize) -> Result<StepResult> {
        let part = self.bucket(n)?;
        let place = &part.location;
        let at = TypedTime::Instant(self.file.buckets_at(recovery.manifest().at));
        let bucket = PastBucket::open(&part.client, &place.bucket, at, self.view()).await?;
        let found = bucket.count(&place.prefix, self.cancel).await?;
        let (readable, refused) = (found.live - found.archived, found.uncertain + found.archived);
        let mut counts = counts([("keys", readable)]);
        if refused > 0 && self.terms.options.on_doubt == OnDoubt::Skip && readable > 0 {
            counts.insert("left_out".to_owned(), refused);
        } else if refused > 0 {
            self.find(Finding::unreadable(place, found.uncertain, found.archived));
            counts.insert("unreadable".to_owned(), refused);
        }
        if found.live + found.uncertain == 0 && !part.allow_empty {
            self.find(Finding::nothing_restored(place, found.oldest));
            counts.insert("nothing_compared".to_owned(), 1);
        }
        if bucket.may_lack_keys(&place.prefix) {
            self.miss_history(place, &mut counts);
        }
        Ok(StepResult { counts, ..StepResult::default() })
    }

    /// Reports that keys may have expired entirely, unless the listing is trusted.
    fn miss_history(&self, place: &Location, counts: &mut BTreeMap<String, u64>) {
        if !self.trusts() {
            self.find(Finding::incomplete_history(place));
            counts.insert("incomplete_history".to_owned(), 1);
        }
    }

    /// Restores a bucket with the run that was begun for it, or a new one. The changes are determined only now, since
    /// the application was writing until it was quiesced, or while the database was restored. The plan of a run that an
    /// earlier process began is as old as that run, so a second run then restores the keys written since.
    async fn restore_bucket(&self, recovery: &Recovery, n: usize) -> Result<StepResult> {
        let part = self.bucket(n)?;
        let mut begun = match recovery.state().run(n) {
            Some(id) => Some(Run::open(&self.terms.state_dir, id)?),
            None => self.begin_run(recovery, part, n).await?,
        };
        let resumed = begun.is_some() && recovery.is_taken_up();
        let mut result = StepResult { note: Some("nothing to change".to_owned()), ..StepResult::default() };
        for round in 1..=limits::BUCKET_RUNS {
            let Some(run) = begun.take() else { break };
            result = self.execute_run(part, n, run).await?;
            if resumed && round < limits::BUCKET_RUNS && self.differences(recovery, n).await? > 0 {
                begun = self.begin_run(recovery, part, n).await?;
            }
        }
        Ok(result)
    }

    async fn execute_run(&self, part: &BucketPart, n: usize, mut run: Run) -> Result<StepResult> {
        run.thaw(self.terms.options.copying.thaw);
        let warning = run.damaged_uploads()?;
        let mut first = None;
        let on = |change: &Change, outcome: &crate::apply::Outcome| {
            if let crate::apply::Outcome::Failed(e) = outcome {
                first.get_or_insert_with(|| format!("{}: {e}", crate::model::printable(&change.key)));
            }
            if let crate::apply::Outcome::Superseded { version, .. } = outcome {
                self.find(Finding::superseded(run.manifest().changed(), &change.key, version.as_ref()));
            }
            let counters = part.client.counters();
            (self.on)(&Event::Bucket(n, counters.settled(), counters.planned.get()));
            Ok(())
        };
        if !run.execute(&part.client, self.terms.options.apply, self.cancel, on).await?.finished {
            return Err(Error::new(ErrorKind::Interrupted, format!("interrupted in run {}", run.id())));
        }
        let mut result = settled(part.client.counters(), run.id(), first)?;
        if let (Some(note), Some(warning)) = (&mut result.note, warning) {
            *note = format!("{note}; {warning}");
        }
        Ok(result)
    }

    async fn begin_run(&self, recovery: &Recovery, part: &BucketPart, n: usize) -> Result<Option<Run>> {
        let (terms, at) = (&self.terms, self.file.buckets_at(recovery.manifest().at));
        let prepared = part.prepare(at, terms, self.cancel).await?;
        part.accept(&prepared, &terms.options)?;
        if prepared.len == 0 {
            return Ok(None);
        }
        let begun = Begun { state_dir: &terms.state_dir, server: part.server.clone(), now: terms.now };
        let run = prepared.begin(&terms.options, begun)?;
        recovery.note(|_| Record::Run { bucket: n, run: run.id().to_owned() })?;
        Ok(Some(run))
    }

    /// Compares a bucket's copy with the past state.
    pub(super) async fn verify_copy(&self, recovery: &Recovery, n: usize) -> Result<StepResult> {
        let part = self.bucket(n)?;
        let Some(to) = part.target.elsewhere() else { return Ok(StepResult::default()) };
        let query = part.query(self.file.buckets_at(recovery.manifest().at), &self.terms)?;
        let verification =
            Verify { query, against: Against::Place(to.clone()) }.inspect(&part.client).await?;
        let Findings { changes, sums, .. } = verification.survey(&part.client, self.cancel).await?;
        let mut counts =
            counts([("matched", sums.matched()), ("mismatched", sums.changes()), ("keys", sums.existed)]);
        if sums.uncertain.all() > 0 {
            counts.insert("uncertain".to_owned(), sums.uncertain.all());
        }
        if sums.found_nothing() && !part.allow_empty {
            self.find(Finding::nothing_restored(&part.location, sums.oldest));
            counts.insert("nothing_compared".to_owned(), 1);
        }
        if recovery.manifest().purpose == Purpose::Drill && verification.may_lack_keys(&part.client) {
            self.miss_history(&part.location, &mut counts);
        }
        for change in changes.into_changes()?.take(limits::FINDINGS) {
            self.find(Finding::of_copy(to, &change?));
        }
        Ok(StepResult { counts, ..StepResult::default() })
    }
}

/// The result of a run. Fails if keys are left.
fn settled(counters: &Counters, run: &str, first: Option<String>) -> Result<StepResult> {
    let (failed, conflicts) = (counters.failed.get(), counters.conflicts.get());
    let archived = counters.archived.get();
    if failed + conflicts + archived > 0 {
        let first = first.map(|first| format!(" ({first})")).unwrap_or_default();
        let message =
            format!("incomplete: {failed} failed{first}, {conflicts} in conflict, {archived} archived");
        return Err(Error::new(ErrorKind::Local, message)
            .hint(format!("run the same command again to resume run {run}; --on-conflict overwrite also changes keys with conflicts, --thaw requests archived versions")));
    }
    let mut counts = counts([
        ("copied", counters.copied.get()),
        ("bytes_copied", counters.bytes_copied.get()),
        ("deleted", counters.deleted.get()),
        ("skipped", counters.skipped.get()),
    ]);
    let superseded = counters.superseded.get();
    if superseded > 0 {
        counts.insert("superseded".to_owned(), superseded);
    }
    Ok(StepResult { note: Some(format!("run {run}")), counts, ..StepResult::default() })
}
