//! Bringing back late uploads: objects that rows name and that came shortly after T.

use std::io::{BufWriter, Write};
use std::time::{Duration, Instant as Clock};

use super::args::common::ServerArgs;
use super::args::references::HealingArgs;
use super::carry::{Lead, Ready, manner, server_of, state_dir};
use super::confirm::confirm;
use super::context::{Context, Output};
use super::copies::{Target, copying, is_wanted, left_out, require_certainty};
use super::exit::Exit;
use super::next::OfRun;
use crate::apply::Place;
use crate::engine::{Compare, Findings, Order, Server, Standing, begin, heal_changes};
use crate::error::Result;
use crate::model::{Destination, Instant, Location};
use crate::plan::file::{Checks, Header, Selected};
use crate::plan::{Change, Only, Sums};
use crate::recover::Dangling;
use crate::report::{Command, DiffView, Done, Format, Heading, Purpose, plural};
use crate::s3::Client;
use crate::spill::Spool;

/// What is to be brought back, and where.
pub(super) struct Asked {
    pub(super) location: Location,
    pub(super) at: Instant,
    /// The place that is changed, where that is another.
    pub(super) to: Option<Location>,
    /// How long after T an upload may have come.
    pub(super) within: Duration,
    pub(super) settings: Standing,
    pub(super) healing: HealingArgs,
    pub(super) yes: bool,
}

impl Asked {
    pub(super) fn changed(&self) -> &Location {
        self.to.as_ref().unwrap_or(&self.location)
    }

    fn order(&self, server: Server, now: Instant) -> Order {
        let places = (self.location.clone(), self.at, self.to.clone());
        let copying = copying(&self.healing.copies);
        Order { copying, heals: true, ..Order::restore(places, server, now) }
    }
}

/// Brings keys back that dangle, by a run like any other. Tells how it ended, and how many are left out as being in doubt.
pub(super) async fn heal(
    context: &Context,
    output: Output,
    client: &Client,
    asked: Asked,
    (server, began): (ServerArgs, Clock),
    late: Spool<Dangling>,
) -> Result<(Exit, u64)> {
    let HealingArgs { apply, copies } = &asked.healing;
    let state_dir = state_dir(&apply.state)?;
    let order = asked.order(server_of(&server), context.now);
    let next = OfRun::new(apply, &order.server, &server);
    let place: Place = order.place();
    let compare = Compare { kms: asked.settings.kms, trust_etag: false };
    let when = (asked.at, asked.within);
    let Findings { changes, sums, .. } =
        heal_changes(client, &place, late.into_changes()?, when, compare).await?;
    let len = changes.len();
    show(context, output, &asked, &sums)?;
    require_certainty(&sums, asked.at, copies, Target::Bucket)?;
    let left_out = left_out(&sums, copies);
    if left_out > 0 {
        output.note(&plural(left_out, "key in doubt is left as it is", "keys in doubt are left as they are"));
    }
    if len == left_out {
        let there = sums.unchanged + sums.same_content;
        let there = plural(there, "late upload is there already", "late uploads are there already");
        output.note(&format!("nothing to bring back: {there}"));
        return Ok((Exit::Done, left_out));
    }
    if !asked.yes {
        confirm(context, "bucket", &place.bucket).await?;
    }
    let Standing { versioning, kms } = asked.settings;
    let checks = Checks { versioning, kms, trust_etag: false };
    let header = Header::new(&asked.location, (asked.at, context.now), checks, Selected::default());
    let looked_at = (context.counters.keys.get(), context.counters.versions.get());
    let (changes, wanted) = ((changes.into_changes()?, &sums), |change: &Change| is_wanted(change, copies));
    let run = begin(&state_dir, (&order, &header), changes, wanted, looked_at)?;
    let (manner, command) = (manner(apply), Command::Restore as fn(Done) -> Command);
    let (kinds, lead) = (&Only::default(), Lead::default());
    let (sums, options) = (&sums, "");
    let ready = Ready { run, order: &order, manner, lead, sums, command, kinds, options, next, began };
    Ok((ready.carry_out(context, output, client).await?, left_out))
}

/// Shows what will be brought back.
fn show(context: &Context, output: Output, asked: &Asked, sums: &Sums) -> Result<()> {
    if output.format != Format::Table || output.quiet || sums.changes() == 0 {
        return Ok(());
    }
    let seconds = asked.within.as_secs();
    let late =
        format!("late uploads: what came first within {} after it", plural(seconds, "second", "seconds"));
    let heading = Heading {
        location: asked.location.clone(),
        at: asked.at,
        purpose: Purpose::Heal,
        against: asked.to.clone().map(Destination::Bucket),
        notes: vec![late],
        restore: String::new(),
        now: context.now,
    };
    let mut out = BufWriter::new(std::io::stdout());
    writeln!(out)?;
    DiffView::new(heading, false).sums(sums, &mut out)?;
    Ok(out.flush()?)
}
