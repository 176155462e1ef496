//! `asof check`.

use std::io::Write;
use std::path::Path;

use super::args::apply::StateArgs;
use super::args::check::CheckArgs;
use super::context::Context;
use super::exit::Exit;
use super::kept::state_dir;
use super::suggest::typed;
use super::time_arg;
use crate::engine::recover::{Databases, LeastFor, Source, least_policy};
use crate::engine::{AskedTime, CheckPast, earlier_rules};
use crate::error::{Error, Result};
use crate::model::{Policy, TypedTime};
use crate::report::{Answer, checked};

pub(super) async fn run(context: &Context, args: CheckArgs) -> Result<Exit> {
    let CheckArgs { location, at, window, database, iam, multipart_window, doubtful, state, .. } = args;
    let CheckArgs { earlier, server, output, .. } = args;
    if let Some(what) = iam {
        let least = LeastFor { location, state: state.bucket(), file: database.as_deref() };
        return print(&least_policy(what, least, typed)?);
    }
    // clap requires it unless --iam is given.
    let location = location.ok_or_else(|| Error::usage("check needs a location: s3://BUCKET[/PREFIX]"))?;
    let mut context = context.shown(output);
    if window.is_some_and(|window| window.is_zero()) {
        return Err(Error::usage("--window must be greater than zero").hint("write it as 24h or 7d"));
    }
    let at = at.map(|at| typed_time(&at, &state, database.as_deref())).transpose()?;
    let asked = match (at, window) {
        (Some(at), _) => AskedTime::At(at),
        (None, Some(window)) => AskedTime::Window(window),
        (None, None) => AskedTime::Back,
    };
    let (earlier, trusting) =
        (earlier_rules(earlier.lifecycle_history, &context.cancel).await?, doubtful.is_some());
    let server = server.settings(None);
    let databases = match &database {
        Some(file) => {
            let marks = time_arg::marks_in(&state_dir(&state)?)?;
            Databases::of(file, &server, &marks, &context.cancel, typed).await?
        }
        None => Databases::default(),
    };
    let client = context.client(server).await?;
    let check = CheckPast { location: location.clone(), asked, multipart_window, earlier, trusting };
    let check = context.answered(&client, check.inspect(&client).await)?;
    let doubtful = context.surveying(check.look(&client, &context.cancel)).await?;
    // After the listing, which may take hours: the restorable windows move on meanwhile.
    let windows = databases.windows().await?;
    let found = check.answer(&client, &doubtful, &windows);
    let answer = Answer {
        location: &location,
        question: check.question,
        checks: &found.checks,
        doubtful: &doubtful,
        whole_keys: found.whole_keys,
        warnings: &found.warnings,
        trusting,
        restorable: found.restorable,
        since: found.since,
        keys: context.counters.keys.get(),
        now: context.now,
    };
    context.metrics.take(checked(&answer));
    answer.show(context.output.format, &context.counters, context.elapsed())?;
    Ok(if answer.restorable { Exit::Done } else { Exit::Refused })
}

/// Resolves the target time. A mark belongs to the recovery file if one is named; a missing file is reported when it is
/// read.
fn typed_time(at: &str, state: &StateArgs, file: Option<&Path>) -> Result<TypedTime> {
    let file = file.and_then(|file| Source::place(file).ok());
    time_arg::read(at, state, file.as_deref())
}

fn print(policy: &Policy) -> Result<Exit> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, policy).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(Exit::Done)
}
