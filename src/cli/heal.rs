//! Bringing back late uploads: objects that rows name and that came shortly after T.

use std::io::{BufWriter, Write};
use std::time::{Duration, Instant as Clock};

use super::args::common::ServerArgs;
use super::args::references::HealingArgs;
use super::carry::{Lead, PendingRun, server_of, state_dir};
use super::confirm::confirm;
use super::context::{Context, Output};
use super::copies::{left_out_line, restore_options};
use super::exit::Exit;
use crate::engine::{Begun, BucketState, Heal};
use crate::error::Result;
use crate::model::{Destination, Instant, Location};
use crate::plan::Sums;
use crate::plan::file::Selected;
use crate::recover::Dangling;
use crate::report::{Command, DiffView, Format, Heading, Purpose, plural};
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
    pub(super) here: BucketState,
    pub(super) there: BucketState,
    pub(super) healing: HealingArgs,
    pub(super) yes: bool,
}

impl Asked {
    pub(super) fn changed(&self) -> &Location {
        self.to.as_ref().unwrap_or(&self.location)
    }
}

/// How bringing back ended.
pub(super) struct Healed {
    pub(super) exit: Exit,
    /// How many keys are left out as being in doubt.
    pub(super) left_out: u64,
}

/// Brings keys back that dangle, by a run like any other.
pub(super) async fn heal(
    context: &Context,
    output: Output,
    client: &Client,
    asked: Asked,
    (server, began): (ServerArgs, Clock),
    late: Spool<Dangling>,
) -> Result<Healed> {
    let HealingArgs { apply, copies } = &asked.healing;
    let (state_dir, kept) = (state_dir(&apply.state)?, server_of(&server));
    let options = restore_options(copies, apply);
    let (location, at, to) = (asked.location.clone(), asked.at, asked.to.clone());
    let healing = Heal { location, at, to, within: asked.within, here: asked.here, there: asked.there };
    let prepared = healing.prepare(client, late.into_changes()?).await?;
    show(context, output, &asked, &prepared.sums)?;
    prepared.require_certainty(&options)?;
    let sums = prepared.sums.clone();
    let left_out = options.left_out(&sums);
    if left_out > 0 {
        output.note(&left_out_line(left_out));
    }
    if prepared.len == left_out {
        let there = sums.unchanged + sums.same_content;
        let there = plural(there, "late upload is there already", "late uploads are there already");
        output.note(&format!("nothing to bring back: {there}"));
        return Ok(Healed { exit: Exit::Done, left_out });
    }
    if !asked.yes {
        confirm(context, "bucket", &prepared.changed().bucket).await?;
    }
    let run = prepared.begin(&options, Begun { state_dir: &state_dir, server: kept, now: context.now })?;
    let ready = PendingRun {
        run,
        apply: options.apply,
        lead: Lead::default(),
        sums: &sums,
        command: Command::Restore,
        selected: &Selected::default(),
        trust_etag: false,
        began,
    };
    Ok(Healed { exit: ready.carry_out(context, output, client).await?, left_out })
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
