//! `asof references`.

use super::args::common::PastArgs;
use super::args::references::{ReferencesArgs, RowsArgs};
use super::context::Context;
use super::exit::Exit;
use super::heal::{Healing, heal};
use super::suggest::{Suggestion, suggest};
use super::time_arg;
use crate::engine::{Aim, CheckReferences, Existed, Heal, Holder, ReferenceCheck, Rows, earlier_rules};
use crate::error::{Error, Result};
use crate::model::{Instant, Location};
use crate::report::{
    Asked, FindingsView, Format, ReferencesHeading, ReferencesSummary, can_ask, problems, references_verdict,
};

/// The question before late uploads are healed.
const HEAL: Asked = Asked { does: "change a bucket", first: "review it without --heal first" };

/// The note if no row names a key.
const FAILED_SILENTLY: &str = "check that the command that prints the keys did not fail (a pipe hides it); --allow-empty accepts no keys";

pub(super) async fn run(context: &Context, args: ReferencesArgs) -> Result<Exit> {
    let ReferencesArgs { past, rows, against, orphans, all, heal: within, .. } = args;
    let ReferencesArgs { yes, allow_empty, earlier, change, server, output, .. } = args;
    let PastArgs { location, at } = past;
    let mut context = context.shown(output);
    let format = context.output.format;
    let typed = time_arg::read(&at, &change.apply.state, None)?;
    let holder = Holder::of(&location, against.as_ref())?;
    if within.is_some() {
        if format == Format::Csv {
            return Err(Error::usage("--heal has no CSV output").hint("use --format json"));
        }
        can_ask(yes, HEAL)?;
    }
    let aim = if within.is_some() { Aim::Heal } else { Aim::Tell };
    let earlier = earlier_rules(earlier.lifecycle_history, &context.cancel).await?;
    let RowsArgs { keys_from, null } = rows;
    let rows = Rows::open(keys_from, null, &context.cancel).await?;
    let check = CheckReferences { location: location.clone(), at: typed, holder, earlier, aim };
    let settings = server.settings(within.map(|_| change.apply.rate));
    let client = context.client(settings.clone()).await?;
    let check = context.answered(&client, check.inspect(&client).await)?;
    let ReferenceCheck { at, here, there, ref history, .. } = check;
    let keys = rows.read(location.clone(), &context.cancel).await?;

    let heading = ReferencesHeading {
        location: location.clone(),
        at,
        against: against.clone(),
        notes: problems(std::slice::from_ref(history)),
        orphans,
        now: context.now,
    };
    let mut view = FindingsView::new(format, heading.clone(), all)?;
    let found = context.surveying(check.search(&client, &keys, orphans, &context.cancel)).await?;
    let sums = found.sums.clone();
    let late = found.late(at, within, |finding| view.finding(&finding, at))?;
    let summary = ReferencesSummary::new(&heading, &sums, &context.counters, context.elapsed());
    if sums.keys == 0 {
        view.warning("nothing-compared", &references_verdict(&sums))?;
        view.finish(&sums, &summary, Some(FAILED_SILENTLY.to_owned()))?;
        return Ok(if allow_empty { Exit::Done } else { Exit::Differences });
    }
    for cause in sums.likely_causes() {
        view.warning("unlikely-keys", cause)?;
    }
    let Some(within) = within else {
        let late = sums.of(Existed::After) > 0;
        let heal = late.then(|| again(&location, at, against.as_ref()));
        let next = heal.map(|heal| format!("restore late uploads: {heal} --heal 30s"));
        view.finish(&sums, &summary, next)?;
        return Ok(exit_of(sums.dangling()));
    };

    view.finish(&sums, &summary, None)?;
    let beyond = sums.dangling() - late.len();
    let check = again(&location, at, against.as_ref().or(Some(&location))).without(&["heal"]);
    let to = against.filter(|against| *against != location);
    let heals = Heal { location, at, to, within, here, there };
    let prepared = heals.prepare(&client, late.into_changes()?).await?;
    let options = Healing { within, change, settings, yes };
    let healed = Box::pin(heal(&context, &client, prepared, options)).await?;
    if healed.exit != Exit::Done {
        return Ok(healed.exit);
    }
    context.note(&format!("check it: {check}"));
    Ok(exit_of(beyond + healed.left_out))
}

/// Returns the command that repeats this one.
fn again(location: &Location, at: Instant, against: Option<&Location>) -> Suggestion {
    let again = suggest("references").about(location, at);
    match against {
        Some(against) => again.option("against", against.to_string()),
        None => again,
    }
}

fn exit_of(dangling: u64) -> Exit {
    if dangling > 0 { Exit::Differences } else { Exit::Done }
}
