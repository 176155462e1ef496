//! `asof references`.

use std::io::{BufReader, BufWriter, Write};
use std::time::{Duration, Instant as Clock};

use super::args::common::PastArgs;
use super::args::references::{ReferencesArgs, RowsArgs};
use super::confirm::{Asked as Asking, can_ask};
use super::context::{Context, Output, check_elsewhere, earlier_rules};
use super::exit::{Exit, say};
use super::heal::{Asked, heal};
use super::suggest::{Suggestion, suggest};
use super::time_arg;
use crate::engine::{Aim, CheckReferences, Holder, ReferenceCheck, References, read_keys};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::list::Terminator;
use crate::model::{Instant, Location};
use crate::recover::{Dangling, Existed, Orphan, ReferenceSums};
use crate::report::{
    CsvReferences, Format, JsonLines, Phase, Progress, ReferencesHeading, ReferencesSummary, ReferencesView,
    problems, references_verdict,
};
use crate::spill::{SortedKeys, Spool};

/// What to do before `--yes`.
const HEAL: Asking = ("change a bucket", "look at it without --heal first");

/// What is said where no row names a key.
const FAILED_SILENTLY: &str = "see whether the command that prints the keys has failed: a pipe ends as its last command does; --allow-empty accepts no keys";

pub(super) async fn run(context: &Context, args: ReferencesArgs) -> Result<Exit> {
    let ReferencesArgs { past, rows, against, orphans, all, heal: within, .. } = args;
    let ReferencesArgs { yes, allow_empty, earlier, healing, server, output, .. } = args;
    let PastArgs { location, at } = past;
    let began = Clock::now();
    let output = Output::from(output);
    let typed = time_arg::read(&at, &healing.apply.state)?;
    let holder = holder(&location, against.as_ref())?;
    if within.is_some() {
        if output.format == Format::Csv {
            return Err(Error::usage("what --heal does has no CSV form").hint("use --format json"));
        }
        can_ask(yes, HEAL)?;
    }
    let aim = if within.is_some() { Aim::Heal } else { Aim::Tell };
    let earlier = earlier_rules(&earlier)?;
    let check = CheckReferences { location: location.clone(), at: typed, holder, earlier, aim };
    let client = context.client(server.clone(), within.map(|_| healing.apply.rate)).await?;
    let check = check.inspect(&client).await;
    let context = &context.by_clock_of(&client, output);
    let check = check?;
    let at = check.at;
    let keys = read(context, rows, location.clone()).await?;

    let heading = ReferencesHeading {
        location: location.clone(),
        at,
        against: against.clone(),
        notes: problems(std::slice::from_ref(&check.history)),
        orphans,
        now: context.now,
    };
    let mut view = View::new(output.format, heading.clone(), all)?;
    let progress = Progress::start(output.display, Phase::Surveying, &context.counters);
    let found = check.search(&client, &keys, orphans, &context.cancel).await;
    drop(progress);
    let found = found?;
    let sums = found.sums.clone();
    let late = view.take(found, (at, within))?;
    let summary = ReferencesSummary::new(&heading, &sums, &context.counters, began.elapsed());
    if sums.keys == 0 {
        view.warning(("nothing-compared", &references_verdict(&sums)))?;
        view.finish(&sums, &summary, Some(FAILED_SILENTLY.to_owned()))?;
        return Ok(if allow_empty { Exit::Done } else { Exit::Differences });
    }
    for cause in sums.likely_causes() {
        view.warning(("unlikely-keys", cause))?;
    }
    let Some(within) = within else {
        let late = sums.of(Existed::After) > 0;
        let heal = late.then(|| again(&location, at, heading.against.as_ref()));
        let next = heal.map(|heal| format!("to bring back what came soon after: {heal} --heal 30s"));
        view.finish(&sums, &summary, next)?;
        return Ok(exit_of(sums.dangling()));
    };

    view.finish(&sums, &summary, None)?;
    let beyond = sums.dangling() - late.len();
    let ReferenceCheck { here, there, .. } = check;
    let to = against.filter(|against| *against != location);
    let asked = Asked { location, at, to, within, here, there, healing, yes };
    let check = again(&asked.location, at, Some(asked.changed())).without(&["heal"]);
    let check = format!("check it: {check}");
    let healed = heal(context, output, &client, asked, (server, began), late).await?;
    if healed.exit != Exit::Done {
        return Ok(healed.exit);
    }
    output.note(&check);
    Ok(exit_of(beyond + healed.left_out))
}

/// The command once more.
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

/// Whose objects are looked at.
fn holder(source: &Location, against: Option<&Location>) -> Result<Holder> {
    match against {
        None => Ok(Holder::Then),
        Some(place) if place == source => Ok(Holder::Now),
        Some(place) => {
            check_elsewhere(source, place)?;
            Ok(Holder::Place(place.clone()))
        }
    }
}

/// Reads the rows' keys, which may take as long as what prints them.
async fn read(context: &Context, rows: RowsArgs, location: Location) -> Result<SortedKeys> {
    let RowsArgs { keys_from: file, null } = rows;
    let terminator = if null { Terminator::Null } else { Terminator::Line };
    let keys = tokio::task::spawn_blocking(move || {
        if file.as_os_str() == "-" {
            return read_keys(std::io::stdin().lock(), terminator, &location, "standard input");
        }
        let name = file.display().to_string();
        let opened = std::fs::File::open(&file);
        let opened = opened.map_err(|e| Error::usage(format!("cannot read keys from {name}: {e}")))?;
        read_keys(BufReader::with_capacity(limits::FILE_BLOCK, opened), terminator, &location, &name)
    });
    tokio::select! {
        keys = keys => keys.map_err(|e| Error::new(ErrorKind::Local, "reading the keys failed").because(e))?,
        () = context.cancel.stopped() => Err(Error::interrupted()),
    }
}

type Out = BufWriter<std::io::Stdout>;

/// The findings in the form asked for.
enum View {
    Table(Box<ReferencesView>, Out),
    Json(JsonLines<Out>),
    Csv(Box<CsvReferences<Out>>),
}

impl View {
    fn new(format: Format, heading: ReferencesHeading, all: bool) -> Result<Self> {
        let out = BufWriter::new(std::io::stdout());
        Ok(match format {
            Format::Table => View::Table(Box::new(ReferencesView::new(heading, all)), out),
            Format::Json => View::Json(JsonLines::new(out)),
            Format::Csv => View::Csv(Box::new(CsvReferences::new(out)?)),
        })
    }

    /// What a person has to know of the result, by its reason and in words; the table says it at its end.
    fn warning(&mut self, (reason, message): (&'static str, &str)) -> Result<()> {
        match self {
            View::Table(..) => Ok(()),
            View::Json(lines) => lines.warning(reason, message),
            View::Csv(_) => {
                say(&format!("{message}\n"));
                Ok(())
            }
        }
    }

    /// Shows what was found. Gives the keys that came within some time after T.
    fn take(
        &mut self,
        found: References,
        (at, within): (Instant, Option<Duration>),
    ) -> Result<Spool<Dangling>> {
        let mut late = Spool::new()?;
        for dangling in found.dangling.into_changes()? {
            let dangling = dangling?;
            match self {
                View::Table(view, out) => view.dangling(&dangling, out)?,
                View::Json(lines) => lines.dangling(&dangling, at)?,
                View::Csv(csv) => csv.dangling(&dangling, at)?,
            }
            if within.is_some_and(|within| dangling.came_within(at, within)) {
                late.push(0, &dangling.key, &dangling)?;
            }
        }
        for orphan in found.orphans.into_changes()? {
            let orphan: Orphan = orphan?;
            match self {
                View::Table(view, out) => view.orphan(&orphan, out)?,
                View::Json(lines) => lines.orphan(&orphan)?,
                View::Csv(csv) => csv.orphan(&orphan)?,
            }
        }
        Ok(late)
    }

    /// Writes what comes last; `next` is what could be done.
    fn finish(
        self,
        sums: &ReferenceSums,
        summary: &ReferencesSummary<'_>,
        next: Option<String>,
    ) -> Result<()> {
        match self {
            View::Table(view, mut out) => {
                view.finish(sums, &mut out)?;
                writeln!(out, "{}", references_verdict(sums))?;
                for cause in sums.likely_causes() {
                    writeln!(out, "  likely cause: {cause}")?;
                }
                if let Some(next) = next {
                    writeln!(out, "  {next}")?;
                }
                Ok(out.flush()?)
            }
            View::Json(mut lines) => lines.references(summary),
            View::Csv(csv) => csv.finish(),
        }
    }
}
