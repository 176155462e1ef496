//! What a restore is to do: by what was typed, or by a saved plan.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant as Clock};

use super::args::apply::{CopyArgs, StateArgs};
use super::args::common::{CommonArgs, FormatArg, ServerArgs};
use super::context::{Context, Output, check_elsewhere, earlier_rules, scope};
use super::copies::{Restoring, copying, is_wanted};
use super::diff::Preview;
use super::exit::Exit;
use super::{next, saved};
use crate::apply::Place;
use crate::engine::{Compare, Findings, Order, Run, Scope, Server, Standing, begin, find_changes, judge};
use crate::error::Result;
use crate::model::{BucketSettings, Check, Destination, Instant, Lifecycle, Location, TypedTime};
use crate::plan::file::{Checks, Header, PlanFile, Selected};
use crate::plan::{Action, Change, Only, Sums, Undelete, Warning};
use crate::report::{
    DiffView, Display, Format, Heading, Phase, Progress, Purpose, head, plural, problems, shell_word,
};
use crate::resolve::{Cut, Judge, checks};
use crate::s3::Client;

/// What is restored, and where to.
pub(super) struct Job {
    pub(super) location: Location,
    pub(super) at: Instant,
    pub(super) to: Option<Location>,
    pub(super) place: Place,
    /// Options that a command which is suggested needs too.
    pub(super) options: String,
    /// What was found out about the bucket.
    pub(super) checks: Vec<Check>,
    /// What the table says of it.
    notes: Vec<String>,
    /// When the bucket was listed, with which options.
    listed: Instant,
    selected: Selected,
    trust_etag: bool,
}

/// A restore as it was typed.
pub(super) struct Typed<'a> {
    pub(super) location: Location,
    pub(super) at: TypedTime,
    pub(super) to: Option<Location>,
    pub(super) common: &'a CommonArgs<FormatArg>,
    pub(super) kinds: Only,
    pub(super) undelete: Undelete,
    pub(super) state: &'a StateArgs,
}

/// A saved plan as it was typed.
#[derive(Clone, Copy)]
pub(super) struct Saved<'a> {
    pub(super) path: &'a Path,
    pub(super) location: Option<&'a Location>,
    pub(super) kinds: &'a Only,
    pub(super) server: &'a ServerArgs,
    pub(super) state: &'a StateArgs,
}

/// Where the changes come from.
pub(super) enum Source {
    /// The bucket is listed.
    Survey(Box<Asked>),
    /// A plan that was made before, exactly as it is, or its changes of these kinds.
    Plan(Box<PlanFile>, Only),
}

/// What is listed, and how it is judged.
pub(super) struct Asked {
    typed: TypedTime,
    scope: Scope,
    trust_etag: bool,
    undelete: Undelete,
    multipart_window: Duration,
    earlier: Lifecycle,
}

/// The changes that a job comes to.
pub(super) struct Work {
    pub(super) changes: Box<dyn Iterator<Item = Result<Change>> + Send>,
    pub(super) len: u64,
    pub(super) sums: Sums,
}

impl Job {
    /// The restore of `location` to a time, in place or into `to`. When that is, and when the bucket is listed, is known
    /// once the server has told its clock: see [`Job::find`].
    pub(super) fn typed(typed: Typed<'_>) -> Result<(Self, Source)> {
        let Typed { location, at, to, common, kinds, undelete, state } = typed;
        let CommonArgs { select, compare, multipart_window, earlier, .. } = common;
        let scope = Scope { only: kinds.clone(), ..scope(&location, select)? };
        let place = match &to {
            None => Place::in_place(&location.bucket),
            Some(to) => {
                check_elsewhere(&location, to)?;
                Place::elsewhere(&location, to)
            }
        };
        let options = next::of_common(common, state);
        let (earlier, multipart_window) = (earlier_rules(earlier)?, *multipart_window);
        let selected = Selected { only: kinds, ..saved::selected(select) };
        let trust_etag = compare.trust_etag;
        let (checks, notes) = (Vec::new(), Vec::new());
        let (typed, at, listed) = (at, Instant::default(), Instant::default());
        let job = Self { location, at, to, place, options, checks, notes, listed, selected, trust_etag };
        let asked = Asked { typed, scope, trust_etag, undelete, multipart_window, earlier };
        Ok((job, Source::Survey(Box::new(asked))))
    }

    /// What the plan in a file says. A plan is always of a restore in place; `location`, if one is given, has to be the
    /// plan's.
    pub(super) fn saved(saved: Saved<'_>, now: Instant) -> Result<(Self, Source)> {
        let Saved { path, location, kinds, server, state } = saved;
        let (file, kinds) = saved::open(path, kinds)?;
        saved::require_of(path, &file.header, location)?;
        let of_plan = file.header.location();
        let (select, compare) = saved::asked(&file.header);
        let job = Self {
            at: file.header.at,
            to: None,
            place: Place::in_place(&of_plan.bucket),
            options: next::options(&select, &compare, server) + &next::of_state(state),
            checks: Vec::new(),
            notes: saved::notes(&file.header, now),
            location: of_plan,
            listed: file.header.listed,
            selected: Selected { only: kinds.clone(), ..file.header.selection.clone() },
            trust_etag: file.header.checks.trust_etag,
        };
        Ok((job, Source::Plan(Box::new(file), kinds)))
    }

    /// What kind of restore it is.
    pub(super) fn change(&self) -> Restoring {
        Restoring { at: self.at, in_place: self.to.is_none() }
    }

    /// Finds the changes, by the server's clock, which `context` has by now. `kms` says that ETags may not be MD5s.
    pub(super) async fn find(
        &mut self,
        source: Source,
        context: &Context,
        display: Display,
        (client, settings, kms): (&Client, &BucketSettings, bool),
    ) -> Result<Work> {
        if let Source::Survey(asked) = &source {
            (self.at, self.listed) = (asked.typed.past(context.now)?, context.now);
        }
        let cuts = (Cut::At(self.at), Cut::Latest);
        let (scope, trust_etag, undelete, judge) = match source {
            Source::Survey(asked) => {
                let Asked { typed: _, scope, trust_etag, undelete, multipart_window, earlier } = *asked;
                let judge = judge(&settings.rules, earlier, cuts, multipart_window);
                self.check(settings, &judge, client.clock().now_at_most());
                self.notes.extend(head(&self.checks));
                (scope, trust_etag, undelete, judge)
            }
            Source::Plan(file, kinds) => {
                let judge = judge(&settings.rules, Lifecycle::default(), cuts, Duration::ZERO);
                self.check(settings, &judge, client.clock().now_at_most());
                self.notes.extend(problems(&self.checks));
                return Ok(Work::of_plan(*file, kinds, context));
            }
        };
        let compare = Compare { kms, trust_etag };
        let progress = Progress::start(display, Phase::Surveying, &context.counters);
        let place = (&self.place, self.to.is_some());
        let findings =
            find_changes(client, (scope, &judge), place, (compare, undelete), &context.cancel).await;
        drop(progress);
        let Findings { changes, sums, .. } = findings?;
        Ok(Work { len: changes.len(), changes: Box::new(changes.into_changes()?), sums })
    }

    fn check(&mut self, settings: &BucketSettings, judge: &Judge, now: Instant) {
        self.checks = checks(settings, &judge.expiries, (&self.location.prefix, Some(self.at)), now);
    }

    /// Begins the run, and writes its plan.
    pub(super) fn begin(
        &self,
        (state_dir, server): (&Path, Server),
        (work, here): (Work, Standing),
        copies: &CopyArgs,
        context: &Context,
    ) -> Result<(Run, Order)> {
        let places = (self.location.clone(), self.at, self.to.clone());
        let order = Order { copying: copying(copies), ..Order::restore(places, server, context.now) };
        let Standing { versioning, kms } = here;
        let checks = Checks { versioning, kms, trust_etag: self.trust_etag };
        let header = Header::new(&self.location, (self.at, self.listed), checks, self.selected.clone());
        let looked_at = (context.counters.keys.get(), context.counters.versions.get());
        let (changes, wanted) = ((work.changes, &work.sums), |change: &Change| is_wanted(change, copies));
        let run = begin(state_dir, (&order, &header), changes, wanted, looked_at)?;
        Ok((run, order))
    }

    /// The kinds of change that it is limited to.
    pub(super) fn kinds(&self) -> &Only {
        &self.selected.only
    }

    fn heading(&self, restore: String, now: Instant) -> Heading {
        Heading {
            location: self.location.clone(),
            at: self.at,
            purpose: if self.to.is_some() { Purpose::Elsewhere } else { Purpose::Restore },
            against: self.to.clone().map(Destination::Bucket),
            notes: self.notes.clone(),
            restore,
            now,
        }
    }

    /// Shows what the restore into another place would change; `more` are its further options.
    pub(super) fn preview(
        &self,
        context: &Context,
        output: Output,
        work: Work,
        more: &str,
        began: Clock,
    ) -> Result<Exit> {
        self.show(context, output, &work, &work.sums.plausibility(self.at, 0).warnings())?;
        let to = self.to.as_ref().map(|to| format!(" --to {}", shell_word(&to.to_string())));
        let options = to.unwrap_or_default() + &self.options + more;
        let preview = Preview {
            place: (&self.location, self.at),
            checks: &self.checks,
            sums: &work.sums,
            changes: work.len,
            restore: next::about("restore", &self.location, self.at, &options),
        };
        preview.show(context, output, work.changes, began)
    }

    /// Shows the sums of the changes before they are carried out.
    pub(super) fn show(
        &self,
        context: &Context,
        output: Output,
        work: &Work,
        warnings: &[Warning],
    ) -> Result<()> {
        let heading = self.heading(String::new(), context.now);
        let table = output.format == Format::Table && !output.quiet && work.len > 0;
        if table {
            let mut out = BufWriter::new(std::io::stdout());
            let mut view = DiffView::new(heading, false);
            view.warn(warnings);
            view.sums(&work.sums, &mut out)?;
            out.flush()?;
        }
        let extra = if self.to.is_some() { work.sums.of(Action::Delete).keys } else { 0 };
        if extra > 0 && !table {
            output.note(&format!(
                "{} there beyond the past state, left alone",
                plural(extra, "key is", "keys are")
            ));
        }
        Ok(())
    }
}

impl Work {
    fn of_plan(file: PlanFile, kinds: Only, context: &Context) -> Self {
        let PlanFile { trailer, sums, changes, .. } = file;
        context.counters.keys.add(trailer.keys);
        context.counters.versions.add(trailer.versions);
        let (len, changes) = (sums.changes(), changes.map(|change| Ok(change?.1)));
        let asked_for = move |change: &Result<Change>| change.as_ref().map_or(true, |c| kinds.has(c.action));
        Self { changes: Box::new(changes.filter(asked_for)), len, sums }
    }
}
