//! `asof verify`.

use std::path::Path;

use super::args::compare::VerifyArgs;
use super::context::Context;
use super::exit::Exit;
use super::kept::open_set;
use super::page::page_file;
use super::suggest::{Suggestion, restore_of_set, suggest};
use super::time_arg;
use crate::engine::{Action, Against, Findings, Query, Settings, Sums, Verdict, Verification, Verify};
use crate::error::{Error, Result};
use crate::model::{Destination, Versioning};
use crate::report::{
    AskedKeys, ChangesView, Closing, Command, Heading, Purpose, SUSPENDED, problems, verified,
};

/// The past state to verify.
struct Asked {
    query: Query,
    settings: Settings,
    /// The command that restores the past state.
    restore: Suggestion,
}

pub(super) async fn run(context: &Context, args: VerifyArgs) -> Result<Exit> {
    let Asked { query, settings, restore } = asked(context, &args).await?;
    let VerifyArgs { against, all, doubtful, allow_empty, html, common, .. } = args;
    let page = page_file(html)?;
    let trust = doubtful.is_some();
    let compared = Against::of(&query.location, against.as_ref())?;
    let in_directory = matches!(compared, Against::Directory(_));
    let asked = AskedKeys::of(&query, in_directory);
    let mut context = context.shown(common.output);
    let client = context.client(settings).await?;
    let verify = Verify { query, against: compared };
    let verification = context.answered(&client, verify.inspect(&client).await)?;
    let (location, at) = (verification.location.clone(), verification.at);
    let purpose = if in_directory { Purpose::VerifyDirectory } else { Purpose::Verify };
    let heading = Heading::new(&location, at, purpose, context.now)
        .against(against.clone())
        .notes(problems(std::slice::from_ref(&verification.history)));
    let mut view = ChangesView::new(context.output.format, heading, all, page)?;
    let findings = context.surveying(verification.survey(&client, &context.cancel)).await;
    let Findings { changes, uncertain, sums } = findings?;
    view.warn(&sums.plausibility(at, 0).warnings())?;
    for change in changes.into_changes()? {
        view.mismatch(&change?)?;
    }
    view.uncertain(uncertain)?;
    context.metrics.take(verified(&sums, trust));
    let verdict = Verdict::of(&sums, trust);
    let mut text = asked.verdict(verdict, &sums, at, trust);
    if verdict == Verdict::Different {
        text += &next_step(restore.about(&location, at), &verification, against.as_ref(), &sums);
    }
    if verdict == Verdict::Empty {
        view.nothing_compared(&text)?;
    }
    let command = Command::Verify {
        matched: sums.matched(),
        mismatched: sums.changes(),
        uncertain: sums.uncertain.all(),
    };
    let summary = context.summary(command, &location, at, &sums);
    view.finish(&sums, &summary, Closing::Verified(verdict, &text))?;
    Ok(match verdict {
        Verdict::Empty if allow_empty => Exit::Done,
        // An empty comparison is a finding.
        Verdict::Empty | Verdict::Different => Exit::Differences,
        Verdict::Verified => Exit::Done,
        Verdict::Uncertain => Exit::Refused,
    })
}

/// Resolves the arguments to the past state to verify.
///
/// | argument | `--at` | verified |
/// |---|---|---|
/// | `s3://…` | given | the location |
/// | any | none | the location of the plan set, at its target time |
/// | a directory | given | error |
async fn asked(context: &Context, args: &VerifyArgs) -> Result<Asked> {
    let VerifyArgs { location, at, state, common, .. } = args;
    let settings = common.server.clone().settings(None);
    match (location, at) {
        (Destination::Bucket(location), Some(at)) => {
            let at = time_arg::read(at, state, None)?;
            let query = common.query(location, at, &[], &context.cancel).await?;
            Ok(Asked { query, settings, restore: suggest("restore") })
        }
        (place, None) => {
            let opened = open_set(Path::new(&place.to_string()), state, settings.clone()).await;
            let set = opened.map_err(|e| e.hint("to verify a bucket or a prefix, add --at TIME"))?;
            let query = common.query_of_set(&set, &context.cancel).await?;
            let settings = set.manifest.server.clone().unless(settings);
            Ok(Asked { query, settings, restore: restore_of_set(&set.manifest.plan) })
        }
        (Destination::Directory(path), Some(_)) => {
            Err(Error::usage(format!("--at cannot be used with the plan set {}", path.display()))
                .hint("leave --at out: a plan set has its own target time"))
        }
    }
}

/// Returns the text with the command that restores the mismatches, if there is one.
fn next_step(
    restore: Suggestion,
    verification: &Verification,
    against: Option<&Destination>,
    sums: &Sums,
) -> String {
    let restore = match against {
        None if verification.here.versioning == Versioning::Suspended => return format!("\n  {SUSPENDED}"),
        None => restore,
        // A restore to another place never removes extra keys, so there may be nothing to suggest.
        Some(_) if sums.to_copy().keys == 0 => return String::new(),
        Some(to) => restore.to(to),
    };
    let replaces = matches!(against, Some(Destination::Directory(_))) && sums.of(Action::Revert).keys > 0;
    let restore = if replaces { restore.option("on-conflict", "overwrite") } else { restore };
    format!("\n  restore them: {restore}")
}
