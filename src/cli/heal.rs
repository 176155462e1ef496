//! Bringing back late uploads: objects that rows name and that came shortly after T.

use std::io::Write;

use super::args::common::ServerArgs;
use super::args::references::HealingArgs;
use super::carry::{Lead, PendingRun};
use super::confirm::confirm;
use super::context::Context;
use super::copies::restore_options;
use super::exit::Exit;
use super::kept::{server_of, state_dir};
use crate::engine::{Begun, Client, Heal, Prepared, Sums};
use crate::error::Result;
use crate::model::{Destination, Instant};
use crate::report::{Command, Heading, Purpose, left_out_line, plural, show_sums};

/// How keys are brought back, as it was typed.
pub(super) struct Typed {
    pub(super) healing: HealingArgs,
    pub(super) server: ServerArgs,
    pub(super) yes: bool,
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
    client: &Client,
    heading: Heading,
    prepared: Prepared,
    typed: Typed,
) -> Result<Healed> {
    let Typed { healing: HealingArgs { apply, copies }, server, yes } = typed;
    let (state_dir, kept) = (state_dir(&apply.state)?, server_of(server, client));
    let options = restore_options(&copies, &apply);
    show(context, heading, &prepared.sums)?;
    prepared.require_certainty(&options)?;
    let sums = prepared.sums.clone();
    let left_out = options.left_out(&sums);
    if left_out > 0 {
        context.note(&left_out_line(left_out));
    }
    if prepared.len == left_out {
        let there = sums.unchanged + sums.same_content;
        let there = plural(there, "late upload is there already", "late uploads are there already");
        context.note(&format!("nothing to bring back: {there}"));
        return Ok(Healed { exit: Exit::Done, left_out });
    }
    if !yes {
        confirm(context, "bucket", &prepared.changed().bucket).await?;
    }
    let run = prepared.begin(&options, Begun { state_dir: &state_dir, server: kept, now: context.now })?;
    let ready = PendingRun {
        run,
        apply: options.apply,
        lead: Lead::default(),
        sums: &sums,
        command: Command::Restore,
        check: None,
    };
    Ok(Healed { exit: ready.execute(context, client).await?, left_out })
}

/// Shows what will be brought back.
fn show(context: &Context, heading: Heading, sums: &Sums) -> Result<()> {
    if !context.output.is_read() || sums.changes() == 0 {
        return Ok(());
    }
    std::io::stdout().write_all(b"\n")?;
    show_sums(context.output, heading, &[], sums)
}

/// What the table of what would be brought back is about.
pub(super) fn heading_of(heal: &Heal, now: Instant) -> Heading {
    let seconds = plural(heal.within.as_secs(), "second", "seconds");
    Heading::new(&heal.location, heal.at, Purpose::Heal, now)
        .against(heal.to.clone().map(Destination::Bucket))
        .notes(vec![format!("late uploads: what came first within {seconds} after it")])
}
