//! Heals late uploads: objects that rows name and that were written shortly after T.

use std::time::Duration;

use super::args::apply::ChangeArgs;
use super::carry::PendingRun;
use super::context::Context;
use super::exit::Exit;
use super::kept::home;
use crate::engine::{Begun, Client, Prepared, Server, Settings};
use crate::error::Result;
use crate::report::{Command, left_out_line, plural, show_heal};

/// Options for healing dangling keys.
pub(super) struct Healing {
    pub(super) within: Duration,
    pub(super) change: ChangeArgs,
    pub(super) settings: Settings,
    pub(super) yes: bool,
}

/// The outcome of healing.
pub(super) struct Healed {
    pub(super) exit: Exit,
    /// The number of keys skipped because their state is uncertain.
    pub(super) left_out: u64,
}

/// Heals dangling keys in a run like any other.
pub(super) async fn heal(
    context: &Context,
    client: &Client,
    prepared: Prepared,
    healing: Healing,
) -> Result<Healed> {
    let Healing { within, change, settings, yes } = healing;
    let (server, options) = (Server::of(&settings, client), change.options());
    let home = home(&change.apply.state, settings).await?;
    home.require_apart(&prepared.location)?;
    home.require_apart(prepared.changed())?;
    show_heal(context.output, &prepared, within, context.now)?;
    prepared.require_certainty(&options)?;
    let sums = prepared.sums.clone();
    let left_out = options.left_out(&sums);
    if left_out > 0 {
        context.note(&left_out_line(left_out));
    }
    if prepared.len == left_out {
        let there =
            plural(sums.matched(), "late upload is already correct", "late uploads are already correct");
        context.note(&format!("nothing to restore: {there}"));
        return Ok(Healed { exit: Exit::Done, left_out });
    }
    if !yes {
        context.prompt().name("bucket", &prepared.changed().bucket).await?;
    }
    let run = prepared.begin(&options, Begun { state_dir: home.dir(), server, now: context.now })?;
    let run = home.keep(run, &context.cancel).await?;
    let run = PendingRun::new(run, options.apply, sums, Command::Restore);
    Ok(Healed { exit: run.execute(context, client).await?, left_out })
}
