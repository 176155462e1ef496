//! `asof verify`.

use std::time::Instant as Clock;

use super::args::VerifyArgs;
use super::args::common::PastArgs;
use super::context::{Context, Output, check_elsewhere, query};
use super::diff::{SUSPENDED, View};
use super::exit::Exit;
use super::verdict::{AskedKeys, Tolerance, different, equal};
use super::{directory, moment, next};
use crate::engine::{Findings, Verdict, Verification, Verify};
use crate::error::Result;
use crate::model::{Destination, Location, Versioning};
use crate::plan::{Only, Sums};
use crate::report::{Command, Heading, Phase, Progress, Purpose, Summary, problems, shell_word};

pub(super) async fn run(context: &Context, args: VerifyArgs) -> Result<Exit> {
    match args.against.clone() {
        Some(Destination::Directory(path)) => directory::verify(context, &path, args).await,
        other => in_bucket(context, other.and_then(Destination::into_bucket), args).await,
    }
}

async fn in_bucket(context: &Context, against: Option<Location>, args: VerifyArgs) -> Result<Exit> {
    let began = Clock::now();
    let VerifyArgs { past: PastArgs { location, at }, all, doubtful, allow_empty, state, common, .. } = args;
    let tolerance = Tolerance { trust: doubtful.is_some(), empty: allow_empty };
    let options = next::of_common(&common, &state);
    let query = query(&location, moment::read(&at, &state)?, &common, &Only::default())?;
    let asked = AskedKeys::asked(&query);
    if let Some(against) = &against {
        check_elsewhere(&location, against)?;
    }
    let output = Output::from(common.output);
    let client = context.client(common.server, None).await?;
    let verification = Verify { query, against }.inspect(&client).await;
    let context = &context.by_clock_of(&client, output);
    let verification = verification?;
    let at = verification.at;
    let heading = Heading {
        location: location.clone(),
        at,
        purpose: Purpose::Verify,
        against: verification.against.clone().map(Destination::Bucket),
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
        Verdict::Empty => asked.nothing_compared(&sums, ""),
        Verdict::Verified | Verdict::Uncertain => equal(&sums, matched, at, tolerance.trust),
        Verdict::Different => different(matched, mismatched) + &next_step(&verification, &sums, &options),
    };
    if verdict == Verdict::Empty {
        view.nothing_compared(&text)?;
    }
    let command = Command::Verify { matched, mismatched, uncertain: sums.unsure.all() };
    let summary = Summary::new(command, (&location, at), &sums, &context.counters, began.elapsed());
    view.finish(&sums, &summary, Some(&text))?;
    Ok(tolerance.exit(verdict))
}

/// The command that puts right what does not match, where there is one.
fn next_step(verification: &Verification, sums: &Sums, options: &str) -> String {
    let Verification { location, at, against, here, .. } = verification;
    match against {
        None if here.versioning == Versioning::Suspended => format!("\n  {SUSPENDED}"),
        // What lies there beyond the past state is not a restore's to remove.
        Some(_) if sums.to_copy().keys == 0 => String::new(),
        _ => {
            let to = against.as_ref().map(|to| format!(" --to {}", shell_word(&to.to_string())));
            let options = to.unwrap_or_default() + options;
            format!("\n  to put them right: {}", next::about("restore", location, *at, &options))
        }
    }
}
