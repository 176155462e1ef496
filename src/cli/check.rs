//! `asof check`.

use std::io::Write;
use std::path::Path;

use futures::future::join_all;

use super::args::apply::StateArgs;
use super::args::check::CheckArgs;
use super::args::common::ServerArgs;
use super::context::Context;
use super::exit::Exit;
use super::recovery::source;
use super::time_arg;
use crate::cancel::Cancel;
use crate::db::{Database, WindowAnswer};
use crate::engine::recover::{Source, databases};
use crate::engine::{AskedTime, CheckPast};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::iam_databases::RenamedSource;
use crate::model::{Location, Policy, TypedTime, Use};
use crate::recover::DatabaseKind;
use crate::report::Answer;

pub(super) async fn run(context: &Context, args: CheckArgs) -> Result<Exit> {
    let CheckArgs { location, at, window, database, iam, multipart_window, doubtful, state, .. } = args;
    let CheckArgs { earlier, server, output, .. } = args;
    if let Some(what) = iam {
        return policy(what.into(), location, database.as_deref());
    }
    // clap demands it where there is no --iam.
    let location = location.ok_or_else(|| Error::usage("check needs a place: s3://BUCKET[/PREFIX]"))?;
    let mut context = context.shown(output);
    if window.is_some_and(|window| window.is_zero()) {
        return Err(
            Error::usage("a --window of no length has no second to ask about").hint("write it as 24h or 7d")
        );
    }
    let typed = at.map(|at| typed_time(&at, &state, database.as_deref())).transpose()?;
    let asked = match (typed, window) {
        (Some(typed), _) => AskedTime::At(typed),
        (None, Some(window)) => AskedTime::Window(window),
        (None, None) => AskedTime::Back,
    };
    let (earlier, trusting) = (earlier.rules(&context.cancel).await?, doubtful.is_some());
    let databases = match &database {
        Some(file) => named(file, &server, &context.cancel).await?,
        None => Vec::new(),
    };
    let client = context.client(server, None).await?;
    let multipart_window = multipart_window.unwrap_or(limits::MULTIPART_WINDOW);
    let check = CheckPast { location: location.clone(), asked, multipart_window, earlier, trusting };
    let check = context.answered(&client, check.inspect(&client).await)?;
    let doubtful = context.surveying(check.look(&client, &context.cancel)).await?;
    // After the listing, which may take hours: windows move on meanwhile.
    let windows = ask(&databases).await?;
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
    answer.show(context.output.format, &context.counters, context.elapsed())?;
    Ok(if answer.restorable { Exit::Done } else { Exit::Refused })
}

/// A mark is one of the recovery file, where that is named. (That it cannot be found is said when it is read.)
fn typed_time(at: &str, state: &StateArgs, file: Option<&Path>) -> Result<TypedTime> {
    match file.and_then(|file| Source::place(file).ok()) {
        Some(file) => time_arg::read_with(at, state, &file),
        None => time_arg::read(at, state),
    }
}

/// Prints the least policy for a use of asof; names that stand for buckets where none was given.
/// The recovery file tells the sources that are renamed.
fn policy(what: Use, location: Option<Location>, file: Option<&Path>) -> Result<Exit> {
    if file.is_some() && what != Use::Recover {
        return Err(
            Error::usage("--database changes no policy but that of --iam recover").hint("leave it out")
        );
    }
    let named = |bucket: &str| Location { bucket: bucket.to_owned(), prefix: String::new() };
    let source = location.unwrap_or_else(|| named("BUCKET"));
    let other = named(if what == Use::Drill { "SCRATCH" } else { "DESTINATION" });
    let renamed = |database: &DatabaseKind| {
        let source = database.swaps_with()?.to_owned();
        Some(match database {
            DatabaseKind::Aurora(_) => RenamedSource::Cluster(source),
            DatabaseKind::Rds(_) | DatabaseKind::Command(_) => RenamedSource::Instance(source),
        })
    };
    let databases = file.map(self::source).transpose()?.map(|source| source.file.databases);
    let renamed: Vec<_> = databases.iter().flatten().filter_map(renamed).collect();
    let policy = Policy::least(what, &source, &other, &renamed);
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &policy).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(Exit::Done)
}

/// The databases that a recovery file names.
async fn named(path: &Path, server: &ServerArgs, cancel: &Cancel) -> Result<Vec<Database>> {
    let Source { file, .. } = source(path)?;
    if file.databases.is_empty() {
        return Err(Error::usage(format!("{} names no database", path.display()))
            .hint("without --database, asof check looks at the bucket alone"));
    }
    databases(&file, &server.clone().settings(None), cancel).await
}

/// The windows of databases, which are asked side by side. That one cannot be asked is an answer too.
async fn ask(databases: &[Database]) -> Result<Vec<WindowAnswer<'_>>> {
    let windows = join_all(databases.iter().map(Database::window)).await;
    let answers = databases.iter().zip(windows).map(|(database, window)| match window {
        Err(e) if e.kind() == ErrorKind::Interrupted => Err(e),
        window => Ok(WindowAnswer { database: database.name(), window }),
    });
    answers.collect()
}
