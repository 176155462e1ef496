//! `asof mark`.

use std::io::Write;
use std::path::Path;

use super::args::recover::MarkArgs;
use super::context::{Context, Output};
use super::exit::Exit;
use super::kept::state_dir;
use super::recovery::{STANDS_STILL, Source, as_written, buckets, clock_of};
use super::suggest;
use super::time_arg;
use crate::engine::recover::{Claim, Glimpse, MarksFile, Quiesced, Recovery, mark};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::printable;
use crate::recover::{Consistency, MarkLine, Purpose, Resource};
use crate::report::{Format, JsonLines, marks_table, shell_path};

pub(super) async fn run(context: &Context, args: MarkArgs) -> Result<Exit> {
    let MarkArgs { file, list, name, replace, deadline, state, server, output } = args;
    let output = Output::from(output);
    let dir = state_dir(&state)?;
    let file = match (list, file) {
        (true, file) => return show(context, output, &dir, file.as_deref()),
        (false, Some(file)) => file,
        // clap has asked for it.
        (false, None) => return Err(Error::usage("name a recovery file")),
    };
    let source = Source::read(&file)?;
    name.as_deref().map_or(Ok(()), check_name)?;
    let file = Resource::File { path: source.path.clone() };
    let mut claim = Claim::take(&dir, "mark", vec![file])?;
    // Before the application is stopped: that the mark cannot be kept is known at once.
    let marks = MarksFile::open(&dir)?;
    let of_file = source.path.to_string_lossy().into_owned();
    if let Some(name) = name.as_deref().filter(|_| !replace) {
        marks.require_free(name, &of_file)?;
    }
    let rate = limits::DEFAULT_RATE;
    let parts = buckets(context, &source.file, (&server, rate), as_written).await?;
    let context = &context.by_clock(&clock_of(&parts).await, output);
    let name = name.unwrap_or_else(|| context.now.compact());
    claim.tell(&dir, &name, None)?;
    let Some(part) = parts.first() else {
        let message = format!("{} names no bucket, whose server's clock tells the time", source.file.name);
        return Err(Error::usage(message));
    };
    let clock = (&part.client, &*part.location.bucket);
    let deadline = deadline.unwrap_or_else(|| source.file.mark.deadline());
    let hooks = &source.file.hooks;
    let consistency = if hooks.quiesce.is_some() {
        Consistency::Quiesced
    } else {
        output.note(
            "the file names no quiesce hook, so writers go on: rows and objects of the second may disagree",
        );
        Consistency::Unquiesced
    };
    require_no_recovery(&dir, &source)?;
    resume_after_killed(context, output, (&dir, &source)).await?;
    let quiesced = Quiesced { name: name.clone(), since: context.now };
    let of = (&*source.path, &source.file);
    let at = mark(of, clock, (&dir, &quiesced), deadline, &context.cancel).await;
    if hooks.stop_for_good() {
        output.note(STANDS_STILL);
    }
    let at = at?;
    let line = MarkLine { name, at, file: of_file, consistency };
    marks.keep(&line, replace)?;
    let mut out = std::io::stdout();
    if output.format == Format::Json {
        JsonLines::new(out).mark(&line)?;
    } else {
        let (at, name) = (line.at.human(), &line.name);
        let recover = suggest::recover(&source.path, &format!("mark:{name}")).place_only();
        writeln!(out, "{at} is marked {name}; to go back to it: {recover}")?;
    }
    Ok(Exit::Done)
}

/// Refuses a mark in the midst of a recovery: its second would be one of a half-restored state, and its resume hook would let
/// the application go on over that.
fn require_no_recovery(state_dir: &Path, source: &Source) -> Result<()> {
    let is_in_the_midst = |recovery: &Glimpse| {
        let Glimpse { manifest, state, .. } = recovery;
        let is_left =
            state.may_be_quiesced() || (state.has_changed_what_is_in_use() && !state.is_resume_begun());
        manifest.purpose == Purpose::Recover && manifest.file == source.path && !state.is_ended() && is_left
    };
    let Some(recovery) = Recovery::list(state_dir)?.into_iter().find(is_in_the_midst) else { return Ok(()) };
    let message = format!(
        "cannot make a mark: the recovery {} of {} to {} is not finished",
        recovery.id,
        source.path.display(),
        recovery.manifest.at.human()
    );
    let file = shell_path(&source.path);
    Err(Error::new(ErrorKind::Refused, message).hint(format!(
        "finish it first: asof recover {file} --at {}; or abort it: asof recover {file} --abort",
        recovery.manifest.at
    )))
}

/// Runs the resume hook that a killed mark did not come to, before the application is quiesced anew.
async fn resume_after_killed(
    context: &Context,
    output: Output,
    (state_dir, source): (&Path, &Source),
) -> Result<()> {
    let Some(killed) = Quiesced::find(state_dir, &source.path)? else { return Ok(()) };
    let what =
        if source.file.hooks.resume.is_some() { "running the resume hook first" } else { STANDS_STILL };
    output.note(&format!("{}; {what}", killed.in_words(context.now)));
    killed.resume(state_dir, (&source.path, &source.file)).await
}

/// Lists the marks, or those that were made with one file.
fn show(context: &Context, output: Output, dir: &Path, file: Option<&Path>) -> Result<Exit> {
    let mut marks = time_arg::marks_in(dir)?.listed();
    if let Some(file) = file {
        let place = Source::place(file)
            .map_err(|e| Error::usage(format!("cannot find the recovery file {}: {e}", file.display())))?;
        marks.retain(|mark| Path::new(&mark.file) == place);
    }
    let mut out = std::io::stdout();
    if output.format == Format::Json {
        let mut lines = JsonLines::new(&mut out);
        marks.iter().try_for_each(|mark| lines.listed_mark(mark, context.now))?;
    } else {
        out.write_all(marks_table(&marks, context.now).as_bytes())?;
    }
    if marks.is_empty() {
        output.note(&format!("no marks in {}", MarksFile::path(dir).display()));
    }
    Ok(Exit::Done)
}

fn check_name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !name.is_empty() && name.chars().all(plain) {
        return Ok(());
    }
    Err(Error::usage(format!("{} cannot be a mark's name", printable(name)))
        .hint("it has letters, digits, \"-\", \"_\" and \".\""))
}
