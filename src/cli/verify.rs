//! `asof verify`.

use std::time::Instant as Clock;

use super::args::VerifyArgs;
use super::args::common::{CommonArgs, PastArgs};
use super::context::{Context, Output, check_elsewhere, earlier_rules, scope};
use super::diff::{SUSPENDED, View};
use super::exit::Exit;
use super::moment;
use super::verdict::{AskedKeys, Tolerance, Verdict, different, equal};
use super::{directory, next};
use crate::apply::Place;
use crate::cancel::Cancel;
use crate::engine::{
    Compare, Extras, Findings, Scope, Standing, judge, require_history, rules, standing, survey,
    survey_elsewhere,
};
use crate::error::Result;
use crate::model::{Destination, Instant, Location, Versioning};
use crate::plan::{Sums, Undelete};
use crate::report::{Command, Heading, Phase, Progress, Purpose, Summary, problems, shell_word};
use crate::resolve::{Cut, Judge, history_check};
use crate::s3::Client;

pub(super) async fn run(context: &Context, args: VerifyArgs) -> Result<Exit> {
    match args.against.clone() {
        Some(Destination::Directory(path)) => directory::verify(context, &path, args).await,
        other => in_bucket(context, other.and_then(Destination::into_bucket), args).await,
    }
}

async fn in_bucket(context: &Context, against: Option<Location>, args: VerifyArgs) -> Result<Exit> {
    let VerifyArgs { past: PastArgs { location, at }, against: _, all, doubtful, allow_empty, state, common } =
        args;
    let tolerance = Tolerance { trust: doubtful.is_some(), empty: allow_empty };
    let options = next::of_common(&common, &state);
    let CommonArgs { select, compare, multipart_window, earlier, server, output } = common;
    let began = Clock::now();
    let output = Output::from(output);
    let typed = moment::read(&at, &state)?;
    let scope = scope(&location, &select)?;
    let asked = AskedKeys::of(&scope, &location);
    if let Some(against) = &against {
        check_elsewhere(&location, against)?;
    }
    let earlier = earlier_rules(&earlier)?;
    let client = context.client(server, None).await?;
    let mut settings = standing(&client, &location.bucket).await?;
    let context = &context.by_clock_of(&client, output);
    let at = typed.past(context.now)?;
    require_history(&location.bucket, settings)?;
    if let Some(against) = &against {
        settings.kms |= standing(&client, &against.bucket).await?.kms;
    }

    let compare = Compare { kms: settings.kms, trust_etag: compare.trust_etag };
    let cuts = (Cut::At(at), Cut::Latest);
    let rules = rules(&client, &location.bucket).await?;
    let judge = judge(&rules, earlier, cuts, multipart_window);
    let present = client.clock().now_at_most();
    let history = history_check(&rules, &judge.expiries, (&location.prefix, Some(at)), present);
    let heading = Heading {
        location: location.clone(),
        at,
        purpose: Purpose::Verify,
        against: against.clone().map(Destination::Bucket),
        notes: problems(&[history]),
        restore: String::new(),
        now: context.now,
    };
    let mut view = View::new(output.format, heading, all)?;
    let progress = Progress::start(output.display, Phase::Surveying, &context.counters);
    let there = against.as_ref().map(|against| Place::elsewhere(&location, against));
    let findings = compared(&client, (scope, &judge), there.as_ref(), compare, &context.cancel).await;
    drop(progress);
    let Findings { changes, unsure, sums } = findings?;
    view.warn(&sums.plausibility(at, 0).warnings())?;
    for change in changes.into_changes()? {
        view.mismatch(&change?)?;
    }
    view.unsure(unsure)?;
    let verdict = Verdict::of(&sums, tolerance.trust);
    let (matched, mismatched) = (sums.unchanged + sums.same_content, sums.changes());
    let text = match verdict {
        Verdict::Empty => asked.nothing_compared(&sums, ""),
        Verdict::Verified | Verdict::Uncertain => equal(&sums, matched, (at, tolerance.trust)),
        Verdict::Different => {
            let next = next_step((&location, at, against), &sums, settings, &options);
            different(matched, mismatched) + &next
        }
    };
    if verdict == Verdict::Empty {
        view.nothing_compared(&text)?;
    }
    let command = Command::Verify { matched, mismatched, uncertain: sums.unsure.all() };
    let summary = Summary::new(command, (&location, at), &sums, &context.counters, began.elapsed());
    view.finish(&sums, &summary, Some(&text))?;
    Ok(verdict.exit(tolerance))
}

/// What differs from the past state, in the bucket itself or in another place.
async fn compared(
    client: &Client,
    (scope, judge): (Scope, &Judge),
    there: Option<&Place>,
    compare: Compare,
    cancel: &Cancel,
) -> Result<Findings> {
    match there {
        None => survey(client, scope, judge, compare, Undelete::Copy, cancel).await,
        Some(place) => {
            survey_elsewhere(client, (scope, judge), (place, Extras::Differ), compare, cancel).await
        }
    }
}

/// The command that puts right what does not match, where there is one.
fn next_step(
    (location, at, against): (&Location, Instant, Option<Location>),
    sums: &Sums,
    settings: Standing,
    options: &str,
) -> String {
    match &against {
        None if settings.versioning == Versioning::Suspended => format!("\n  {SUSPENDED}"),
        // What lies there beyond the past state is not a restore's to remove.
        Some(_) if sums.to_copy().keys == 0 => String::new(),
        _ => {
            let to = against.map(|to| format!(" --to {}", shell_word(&to.to_string()))).unwrap_or_default();
            format!("\n  to put them right: {}", next::about("restore", location, at, &(to + options)))
        }
    }
}
