//! `asof verify`.

use std::time::Instant as Clock;

use super::args::VerifyArgs;
use super::args::common::PastArgs;
use super::context::{Context, Output, check_elsewhere, query};
use super::diff::{SUSPENDED, View};
use super::exit::Exit;
use super::suggest::suggest;
use super::time_arg;
use super::verdict::{AskedKeys, Tolerance, different, equal};
use crate::engine::{Against, Findings, Verdict, Verification, Verify};
use crate::error::{Error, Result};
use crate::local::Directory;
use crate::model::{Destination, Location, Versioning};
use crate::plan::{Action, Only, Sums};
use crate::report::{Command, Heading, Phase, Progress, Purpose, Summary, problems};

pub(super) async fn run(context: &Context, args: VerifyArgs) -> Result<Exit> {
    let began = Clock::now();
    let VerifyArgs { past: PastArgs { location, at }, against, all, doubtful, allow_empty, state, common } =
        args;
    let tolerance = Tolerance { trust: doubtful.is_some(), empty: allow_empty };
    let query = query(&location, time_arg::read(&at, &state)?, &common, &Only::default())?;
    let asked = AskedKeys::of(&query);
    let compared = compared_with(&location, against.as_ref())?;
    let output = Output::from(common.output);
    let client = context.client(common.server, None).await?;
    let verification = Verify { query, against: compared }.inspect(&client).await;
    let context = &context.by_clock_of(&client, output);
    let verification = verification?;
    let at = verification.at;
    let in_directory = matches!(verification.against, Against::Directory(_));
    let heading = Heading {
        location: location.clone(),
        at,
        purpose: if in_directory { Purpose::VerifyDirectory } else { Purpose::Verify },
        against: against.clone(),
        notes: problems(std::slice::from_ref(&verification.history)),
        restore: String::new(),
        now: context.now,
    };
    let mut view = View::new(output.format, heading, all)?;
    let progress = Progress::start(output.display, Phase::Surveying, &context.counters);
    let findings = verification.survey(&client, &context.cancel).await;
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
        Verdict::Empty => asked.nothing_compared(&sums, if in_directory { ", and no files" } else { "" }),
        Verdict::Verified | Verdict::Uncertain => equal(&sums, matched, at, tolerance.trust),
        Verdict::Different => {
            let next = next_step(&verification, against.as_ref(), &sums);
            different(matched, mismatched) + &next
        }
    };
    if verdict == Verdict::Empty {
        view.nothing_compared(&text)?;
    }
    let command = Command::Verify { matched, mismatched, uncertain: sums.unsure.all() };
    let summary = Summary::new(command, &location, at, &sums, &context.counters, began.elapsed());
    view.finish(&sums, &summary, Some(&text))?;
    Ok(tolerance.exit(verdict))
}

/// What should hold the past state.
fn compared_with(location: &Location, against: Option<&Destination>) -> Result<Against> {
    match against {
        None => Ok(Against::Itself),
        Some(Destination::Bucket(place)) => {
            check_elsewhere(location, place)?;
            Ok(Against::Place(place.clone()))
        }
        Some(Destination::Directory(path)) => {
            let none = || Error::usage(format!("the directory {} does not exist", path.display()));
            Directory::open(path)?.ok_or_else(none).map(Against::Directory)
        }
    }
}

/// The command that puts right what does not match, where there is one.
fn next_step(verification: &Verification, against: Option<&Destination>, sums: &Sums) -> String {
    let Verification { location, at, here, .. } = verification;
    let restore = suggest("restore").about(location, *at);
    let restore = match against {
        None if here.versioning == Versioning::Suspended => return format!("\n  {SUSPENDED}"),
        None => restore,
        // What lies there beyond the past state is not a restore's to remove.
        Some(_) if sums.to_copy().keys == 0 => return String::new(),
        Some(to) => restore.to(to),
    };
    let replaces = matches!(against, Some(Destination::Directory(_))) && sums.of(Action::Revert).keys > 0;
    let restore = if replaces { restore.option("on-conflict", "overwrite") } else { restore };
    format!("\n  to put them right: {restore}")
}
