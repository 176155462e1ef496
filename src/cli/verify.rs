//! `asof verify`.

use super::args::common::PastArgs;
use super::args::compare::VerifyArgs;
use super::context::Context;
use super::exit::Exit;
use super::suggest::suggest;
use super::time_arg;
use crate::engine::{Action, Against, Findings, Sums, Verdict, Verification, Verify};
use crate::error::Result;
use crate::model::{Destination, Versioning};
use crate::report::{AskedKeys, ChangesView, Closing, Command, Heading, Purpose, SUSPENDED, problems};

pub(super) async fn run(context: &Context, args: VerifyArgs) -> Result<Exit> {
    let VerifyArgs { past: PastArgs { location, at }, against, all, doubtful, allow_empty, state, common } =
        args;
    let trust = doubtful.is_some();
    let query = common.query(&location, time_arg::read(&at, &state, None)?, &[], &context.cancel).await?;
    let compared = Against::of(&location, against.as_ref())?;
    let in_directory = matches!(compared, Against::Directory(_));
    let asked = AskedKeys::of(&query, in_directory);
    let mut context = context.shown(common.output);
    let client = context.client(common.server.settings(None)).await?;
    let verify = Verify { query, against: compared };
    let verification = context.answered(&client, verify.inspect(&client).await)?;
    let at = verification.at;
    let purpose = if in_directory { Purpose::VerifyDirectory } else { Purpose::Verify };
    let heading = Heading::new(&location, at, purpose, context.now)
        .against(against.clone())
        .notes(problems(std::slice::from_ref(&verification.history)));
    let mut view = ChangesView::new(context.output.format, heading, all)?;
    let findings = context.surveying(verification.survey(&client, &context.cancel)).await;
    let Findings { changes, uncertain, sums } = findings?;
    view.warn(&sums.plausibility(at, 0).warnings())?;
    for change in changes.into_changes()? {
        view.mismatch(&change?)?;
    }
    view.uncertain(uncertain)?;
    let verdict = Verdict::of(&sums, trust);
    let mut text = asked.verdict(verdict, &sums, at, trust);
    if verdict == Verdict::Different {
        text += &next_step(&verification, against.as_ref(), &sums);
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
    view.finish(&sums, &summary, Closing::Verdict(&text))?;
    Ok(match verdict {
        Verdict::Empty if allow_empty => Exit::Done,
        // That nothing was compared is a finding.
        Verdict::Empty | Verdict::Different => Exit::Differences,
        Verdict::Verified => Exit::Done,
        Verdict::Uncertain => Exit::Refused,
    })
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
    format!("\n  restore them: {restore}")
}
