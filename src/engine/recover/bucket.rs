//! A bucket's part in a recovery: an ordinary run, which the journal names, so that going on is resuming it; and the check
//! of a copy.

use std::path::Path;
use std::time::Duration;

use super::step::Parts;
use super::store::Recovery;
use crate::apply::{Applied, Manner, Place};
use crate::cancel::Cancel;
use crate::engine::bucket::{Standing, rules, standing};
use crate::engine::pairing::survey_elsewhere;
use crate::engine::past::judge;
use crate::engine::prepare::{begin, find_changes, standings};
use crate::engine::restore::carry_out;
use crate::engine::run::{Copying, Order, Run, Server};
use crate::engine::survey::{Extras, Findings};
use crate::engine::walk::Scope;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Counters;
use crate::limits;
use crate::model::{BucketSettings, Instant, Known, Lifecycle, Location, Rule};
use crate::plan::file::{Checks, Header, Selected};
use crate::plan::{Change, Sums, Undelete};
use crate::recover::{Event, Finding, StepResult, counts};
use crate::resolve::{Cut, Judge};
use crate::s3::Client;
use crate::verify::Compare;

/// A bucket that belongs to a recovery.
#[derive(Debug)]
pub struct BucketPart {
    /// A client of its own: it counts this bucket only.
    pub client: Client,
    /// The server, as a run keeps it.
    pub server: Server,
    /// The place whose past is restored.
    pub location: Location,
    /// Where to, if not in place.
    pub to: Option<Location>,
    /// The recovery file lets it lose more than half of its keys.
    pub allow_mass_delete: bool,
    /// The recovery file lets it have held nothing at the target time.
    pub allow_empty: bool,
}

/// How buckets are restored.
pub struct Terms<'a> {
    /// Where runs are kept.
    pub state_dir: &'a Path,
    /// How versions are copied.
    pub copying: Copying,
    /// How changes are carried out.
    pub manner: Manner,
    /// Uploads in parts begun so long before the time are cautioned about.
    pub multipart_window: Duration,
    /// The present.
    pub now: Instant,
    /// Refuses a plan that must not be carried out, given the settings of the bucket that is changed.
    pub accept: &'a dyn Fn(&BucketPart, Standing, &Sums) -> Result<()>,
    /// Whether a change is carried out.
    pub wanted: &'a dyn Fn(&Change) -> bool,
}

impl std::fmt::Debug for Terms<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terms").field("copying", &self.copying).finish_non_exhaustive()
    }
}

/// What was found out about a bucket before it is changed.
#[derive(Debug)]
pub struct Surveyed {
    /// The settings of the bucket whose past is restored.
    pub settings: BucketSettings,
    /// Those of the bucket that is changed.
    pub there: Standing,
    /// By what the past was judged.
    pub judge: Judge,
    /// What would be changed.
    pub findings: Findings,
}

impl BucketPart {
    /// The keys that it is about.
    pub(super) fn scope(&self) -> Scope {
        let Location { bucket, prefix } = self.location.clone();
        Scope { bucket, prefix, ..Scope::default() }
    }

    /// Where its changes are made.
    pub(super) fn place(&self) -> Place {
        match &self.to {
            None => Place::in_place(&self.location.bucket),
            Some(to) => Place::elsewhere(&self.location, to),
        }
    }

    /// What a restore to `at` would change now.
    pub async fn survey(&self, at: Instant, terms: &Terms<'_>, cancel: &Cancel) -> Result<Surveyed> {
        let (settings, there) = standings(&self.client, &self.location, self.to.as_ref()).await?;
        let here = Standing::from(&settings);
        let judge = judged(&settings.rules, at, terms);
        let (place, elsewhere) = (self.place(), self.to.is_some());
        let compare = (Compare { kms: here.kms || there.kms, trust_etag: false }, Undelete::Copy);
        let of = (self.scope(), &judge);
        let findings = find_changes(&self.client, of, (&place, elsewhere), compare, cancel).await?;
        Ok(Surveyed { settings, there, judge, findings })
    }

    /// The order of a run that restores it, and the head of the run's plan.
    pub(super) fn order(&self, at: Instant, here: Standing, terms: &Terms<'_>) -> (Order, Header) {
        let places = (self.location.clone(), at, self.to.clone());
        let order =
            Order { copying: terms.copying, ..Order::restore(places, self.server.clone(), terms.now) };
        let checks = Checks { versioning: here.versioning, kms: here.kms, trust_etag: false };
        let header = Header::new(&self.location, (at, terms.now), checks, Selected::default());
        (order, header)
    }

    /// By what its past is judged.
    pub(super) async fn judge(&self, at: Instant, terms: &Terms<'_>) -> Result<Judge> {
        Ok(judged(&rules(&self.client, &self.location.bucket).await?, at, terms))
    }
}

fn judged(rules: &Known<Vec<Rule>>, at: Instant, terms: &Terms<'_>) -> Judge {
    judge(rules, Lifecycle::default(), (Cut::At(at), Cut::Latest), terms.multipart_window)
}

impl Parts<'_> {
    /// Restores a bucket: by the run that was begun for it, or by a new one. What is to be changed is found out only now:
    /// the writers stand still since the quiesce hook, or have gone on while the database was restored. The plan of a run that
    /// an earlier process began is as old as that: after it a further run restores what was written since.
    pub(super) async fn restore_bucket(&self, recovery: &Recovery, n: usize) -> Result<StepResult> {
        let part = self.bucket(n)?;
        let mut begun = match recovery.state().run(n) {
            Some(id) => Some(Run::open(self.terms.state_dir, id)?),
            None => self.begin_run(recovery, part, n).await?,
        };
        let resumed = begun.is_some() && recovery.is_taken_up();
        let mut result =
            StepResult { note: Some("there was nothing to change".to_owned()), ..StepResult::default() };
        for round in 1..=limits::BUCKET_RUNS {
            let Some(run) = begun.take() else { break };
            result = self.carry_out_run(part, n, run).await?;
            if resumed && round < limits::BUCKET_RUNS && self.differences(recovery, n).await? > 0 {
                begun = self.begin_run(recovery, part, n).await?;
            }
        }
        Ok(result)
    }

    async fn carry_out_run(
        &self,
        part: &BucketPart,
        n: usize,
        (run, mut order): (Run, Order),
    ) -> Result<StepResult> {
        order.copying.thaw = self.terms.copying.thaw.or(order.copying.thaw);
        let warning = run.damaged_uploads(&order)?;
        let mut first = None;
        let on = |change: &Change, outcome: &crate::apply::Outcome| {
            if let crate::apply::Outcome::Failed(e) = outcome {
                first.get_or_insert_with(|| format!("{}: {e}", crate::model::printable(&change.key)));
            }
            if let crate::apply::Outcome::Superseded { version, .. } = outcome {
                self.find(Finding::superseded(order.changed(), &change.key, version.as_ref()));
            }
            let counters = part.client.counters();
            (self.on)(&Event::Bucket(n, counters.settled(), counters.planned.get()));
            Ok(())
        };
        let (manner, now) = (self.terms.manner.clone(), self.terms.now);
        let Applied { finished, .. } =
            carry_out(&part.client, (&run, &order), manner, now, self.cancel, on).await?;
        if !finished {
            return Err(Error::new(ErrorKind::Interrupted, format!("interrupted in the run {}", run.id())));
        }
        let mut result = settled(part.client.counters(), run.id(), first)?;
        if let (Some(note), Some(warning)) = (&mut result.note, warning) {
            *note = format!("{note}; {warning}");
        }
        Ok(result)
    }

    async fn begin_run(
        &self,
        recovery: &Recovery,
        part: &BucketPart,
        n: usize,
    ) -> Result<Option<(Run, Order)>> {
        let (terms, at) = (&self.terms, self.file.buckets_at(recovery.told().at));
        let Surveyed { settings, there, judge: _, findings: Findings { changes, sums, .. } } =
            part.survey(at, terms, self.cancel).await?;
        (terms.accept)(part, there, &sums)?;
        if changes.is_empty() {
            return Ok(None);
        }
        let (order, header) = part.order(at, Standing::from(&settings), terms);
        let counters = part.client.counters();
        let looked_at = (counters.keys.get(), counters.versions.get());
        let changes = (changes.into_changes()?, &sums);
        let run = begin(terms.state_dir, (&order, &header), changes, terms.wanted, looked_at)?;
        recovery.run(n, run.id())?;
        Ok(Some((run, order)))
    }

    /// Compares a bucket's copy with the past state.
    pub(super) async fn verify_copy(&self, recovery: &Recovery, n: usize) -> Result<StepResult> {
        let part = self.bucket(n)?;
        let Some(to) = &part.to else { return Ok(StepResult::default()) };
        let here = standing(&part.client, &part.location.bucket).await?;
        let there = standing(&part.client, &to.bucket).await?;
        let compare = Compare { kms: here.kms || there.kms, trust_etag: false };
        let judge = part.judge(self.file.buckets_at(recovery.told().at), &self.terms).await?;
        let (place, scope) = (part.place(), part.scope());
        let found = (scope, &judge);
        let compared = survey_elsewhere(&part.client, found, (&place, Extras::Differ), compare, self.cancel);
        let Findings { changes, sums, .. } = compared.await?;
        let mut counts = counts([
            ("matched", sums.unchanged + sums.same_content),
            ("mismatched", sums.changes()),
            ("keys", sums.existed),
        ]);
        if sums.unsure.all() > 0 {
            counts.insert("uncertain".to_owned(), sums.unsure.all());
        }
        if sums.found_nothing() && !part.allow_empty {
            self.find(Finding::nothing_restored(&part.location, sums.oldest));
            counts.insert("nothing_compared".to_owned(), 1);
        }
        for change in changes.into_changes()?.take(limits::FINDINGS) {
            self.find(Finding::of_copy(to, &change?));
        }
        Ok(StepResult { counts, ..StepResult::default() })
    }
}

/// What came of a run; an error where keys are left.
fn settled(counters: &Counters, run: &str, first: Option<String>) -> Result<StepResult> {
    let (failed, conflicts) = (counters.failed.get(), counters.conflicts.get());
    let archived = counters.archived.get();
    if failed + conflicts + archived > 0 {
        let first = first.map(|first| format!(" ({first})")).unwrap_or_default();
        let message = format!(
            "keys are left: {failed} could not be changed{first}, {conflicts} were changed by somebody meanwhile, \
             {archived} lie in an archive"
        );
        return Err(Error::new(ErrorKind::Local, message)
            .hint(format!("the same command goes on with the run {run}; with --on-conflict overwrite it changes those of somebody else too, with --thaw it asks for the archived")));
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
    Ok(StepResult { note: Some(format!("run {run}")), counts, connection: None })
}
