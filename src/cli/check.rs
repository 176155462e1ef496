//! `asof check`.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant as Clock};

use futures::future::join_all;

use super::args::apply::StateArgs;
use super::args::check::CheckArgs;
use super::args::common::ServerArgs;
use super::context::{Context, Output, earlier_rules};
use super::exit::Exit;
use super::moment;
use super::recovery::{Source, databases};
use crate::cancel::Cancel;
use crate::db::{self, Database, Window};
use crate::engine::{Scope, Span, find_doubts, inspect, judge};
use crate::error::{Error, ErrorKind, Result};
use crate::model::iam_databases::RenamedSource;
use crate::model::{BucketSettings, Instant, Location, Policy, Question, TypedTime, Use, Versioning};
use crate::plan::{Plausibility, Warning};
use crate::recover::DatabaseKind;
use crate::report::{Answer, Format, JsonLines, Phase, Progress};
use crate::resolve::{Cut, Doubtful, Judge, checks, is_restorable};
use crate::s3::Client;

pub(super) async fn run(context: &Context, args: CheckArgs) -> Result<Exit> {
    let CheckArgs { location, at, window, database, iam, multipart_window, doubtful, state, .. } = args;
    let CheckArgs { earlier, server, output, .. } = args;
    if let Some(what) = iam {
        return policy(what.into(), location, database.as_deref());
    }
    // clap demands it where there is no --iam.
    let location = location.ok_or_else(|| Error::usage("check needs a place: s3://BUCKET[/PREFIX]"))?;
    let began = Clock::now();
    let output = Output::from(output);
    if window.is_some_and(|window| window.is_zero()) {
        return Err(
            Error::usage("a --window of no length has no second to ask about").hint("write it as 24h or 7d")
        );
    }
    let typed = at.map(|at| typed_time(&at, &state, database.as_deref())).transpose()?;
    let earlier = earlier_rules(&earlier)?;
    let databases = match &database {
        Some(file) => named(file, &server, &context.cancel).await?,
        None => Vec::new(),
    };
    let client = context.client(server, None).await?;
    let settings = inspect(&client, &location.bucket).await?;
    let context = &context.by_clock_of(&client, output);
    let question = question(typed, window, context.now)?;
    let asked = match question {
        Question::At(at) | Question::Since(at) => Some(at),
        Question::Back => None,
    };
    let mut judge = judge(&settings.rules, earlier, (Cut::Latest, Cut::Latest), multipart_window);
    let clock = client.clock();
    let complete = judge.expiries.complete_from(&location.prefix, clock.now_at_most());
    let t = asked.or(complete).unwrap_or_default();
    judge.cuts.0 = Cut::At(t);
    let mut checks = checks(&settings, &judge.expiries, (&location.prefix, asked), clock.now_at_most());
    let trusting = doubtful.is_some();
    let doubtful = look(context, output, &client, (&location, &settings), (&judge, question)).await?;
    let (in_doubt, whole_keys, since) =
        bounds(question, &doubtful, (&judge, t, &location.prefix), clock.now_at_most());
    let (in_doubt, whole_keys) = if trusting { (0, false) } else { (in_doubt, whole_keys) };
    let warnings = warnings(question, &doubtful);
    let is_before_oldest =
        matches!(question, Question::At(at) if doubtful.oldest.is_some_and(|oldest| at < oldest));
    // After the listing, which may take hours: windows move on meanwhile.
    let windows = ask(&databases).await?;
    let (of_databases, since) = db::checks(&windows, (question, since), clock.now_at_most());
    checks.extend(of_databases);
    let since = match question {
        // Nothing tells of the time before.
        Question::Since(asked) => doubtful.oldest.filter(|oldest| asked < *oldest),
        Question::At(_) | Question::Back => since,
    };
    let answer = Answer {
        location: &location,
        question,
        checks: &checks,
        doubtful: &doubtful,
        whole_keys,
        warnings: &warnings,
        trusting,
        restorable: is_restorable(&checks, in_doubt, whole_keys) && !is_before_oldest,
        since,
        keys: context.counters.keys.get(),
        now: context.now,
    };
    let mut out = BufWriter::new(std::io::stdout());
    match output.format {
        Format::Json => JsonLines::new(&mut out).answer(&answer, &context.counters, began.elapsed())?,
        Format::Table | Format::Csv => answer.page(&mut out)?,
    }
    out.flush()?;
    Ok(if answer.restorable { Exit::Done } else { Exit::Refused })
}

/// A mark is one of the recovery file, where that is named. (That it cannot be found is said when it is read.)
fn typed_time(at: &str, state: &StateArgs, file: Option<&Path>) -> Result<TypedTime> {
    match file.and_then(|file| Source::place(file).ok()) {
        Some(file) => moment::read_with(at, state, &file),
        None => moment::read(at, state),
    }
}

/// What is asked, by the server's clock.
fn question(typed: Option<TypedTime>, window: Option<Duration>, now: Instant) -> Result<Question> {
    Ok(match (typed, window) {
        (Some(typed), _) => Question::At(typed.past(now)?),
        (None, Some(window)) => Question::Since(before(now, window)),
        (None, None) => Question::Back,
    })
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
    let databases = file.map(Source::read).transpose()?.map(|source| source.file.databases);
    let renamed: Vec<_> = databases.iter().flatten().filter_map(renamed).collect();
    let policy = Policy::least(what, (&source, &other), &renamed);
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &policy).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(Exit::Done)
}

/// Lists what is asked about. A bucket that never kept versions has no past to look at.
async fn look(
    context: &Context,
    output: Output,
    client: &Client,
    (location, settings): (&Location, &BucketSettings),
    (judge, question): (&Judge, Question),
) -> Result<Doubtful> {
    if settings.versioning() == Versioning::Never {
        return Ok(Doubtful::default());
    }
    let span = if matches!(question, Question::At(_)) { Span::At } else { Span::Since };
    let scope =
        Scope { bucket: location.bucket.clone(), prefix: location.prefix.clone(), ..Scope::default() };
    let progress = Progress::start(output.display, Phase::Surveying, &context.counters);
    let found = find_doubts(client, scope, (judge, span), &context.cancel).await;
    drop(progress);
    found
}

/// The databases that a recovery file names.
async fn named(path: &Path, server: &ServerArgs, cancel: &Cancel) -> Result<Vec<Database>> {
    let Source { file, .. } = Source::read(path)?;
    if file.databases.is_empty() {
        return Err(Error::usage(format!("{} names no database", path.display()))
            .hint("without --database, asof check looks at the bucket alone"));
    }
    databases(&file, server, cancel).await
}

/// The windows of databases, which are asked side by side. That one cannot be asked is an answer too.
async fn ask(databases: &[Database]) -> Result<Vec<(&str, Result<Window>)>> {
    let windows = join_all(databases.iter().map(Database::window)).await;
    let answers = databases.iter().zip(windows).map(|(database, window)| match window {
        Err(e) if e.kind() == ErrorKind::Interrupted => Err(e),
        window => Ok((database.name(), window)),
    });
    answers.collect()
}

/// What bounds the answer: keys in doubt, whether others may have gone entirely, and since when nothing is in doubt. Asked
/// after the listing, which may take hours: lifecycle acts meanwhile.
fn bounds(
    question: Question,
    doubtful: &Doubtful,
    (judge, t, prefix): (&Judge, Instant, &str),
    now: Instant,
) -> (u64, bool, Option<Instant>) {
    let expiries = &judge.expiries;
    match question {
        Question::At(_) | Question::Since(_) => {
            (doubtful.uncertain(), expiries.may_have_removed_keys(prefix, t, now), None)
        }
        Question::Back => (0, false, expiries.complete_from(prefix, now).max(doubtful.null_since)),
    }
}

/// Why the time asked about is implausible.
fn warnings(question: Question, doubtful: &Doubtful) -> Vec<Warning> {
    let Doubtful { oldest, present, deletes, .. } = *doubtful;
    match question {
        Question::At(at) | Question::Since(at) => Plausibility { at, oldest, present, deletes }.warnings(),
        Question::Back => Vec::new(),
    }
}

/// The instant so long before another.
fn before(now: Instant, length: Duration) -> Instant {
    let length = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    Instant::from_millis(now.millis().saturating_sub(length))
}
