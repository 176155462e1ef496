//! `asof mark`.

use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::args::recover::MarkArgs;
use super::carry::state_dir;
use super::context::Context;
use super::exit::Exit;
use super::moment::MARKS;
use super::recovery::{self, STANDS_STILL, Source, as_written, buckets, clock_of};
use crate::engine::make_private;
use crate::engine::recover::mark;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::printable;
use crate::recover::MarkLine;
use crate::report::{Format, JsonLines};

pub(super) async fn run(context: &Context, args: MarkArgs) -> Result<Exit> {
    let MarkArgs { file, name, deadline, state, server, output } = args;
    let output = recovery::output(&output)?;
    let source = Source::read(&file)?;
    name.as_deref().map_or(Ok(()), check_name)?;
    // Before the application is stopped: that the mark cannot be kept is known at once.
    let marks = open(&state_dir(&state)?)?;
    let rate = limits::DEFAULT_RATE;
    let parts = buckets(context, &source.file, (&server, rate), as_written).await?;
    let context = &context.by_clock(&clock_of(&parts).await, output);
    let name = name.unwrap_or_else(|| context.now.compact());
    let Some(part) = parts.first() else {
        let message = format!("{} names no bucket, whose server's clock tells the time", source.file.name);
        return Err(Error::usage(message));
    };
    let clock = (&part.client, &*part.location.bucket);
    let deadline = deadline.unwrap_or_else(|| source.file.mark.deadline());
    let hooks = &source.file.hooks;
    if hooks.quiesce.is_none() {
        output.note(
            "the file names no quiesce hook, so writers go on: rows and objects of the second may disagree",
        );
    }
    let at = mark(&source.file, clock, &name, deadline, &context.cancel).await;
    if hooks.stop_for_good() {
        output.note(STANDS_STILL);
    }
    let at = at?;
    let line = MarkLine { name, at, file: source.path.to_string_lossy().into_owned() };
    keep(marks, &line)?;
    let mut out = std::io::stdout();
    if output.format == Format::Json {
        JsonLines::new(out).mark(&line)?;
    } else {
        let (at, name) = (line.at.human(), &line.name);
        writeln!(out, "{at} is marked {name}; to go back to it: --at mark:{name}")?;
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

fn open(state_dir: &Path) -> Result<std::fs::File> {
    let path = state_dir.join(MARKS);
    let opened = make_private(state_dir)
        .and_then(|()| std::fs::File::options().create(true).read(true).append(true).open(&path));
    opened.map_err(|e| cannot(&path, &e))
}

/// A line of its own, on disk when this returns.
fn keep(mut marks: std::fs::File, line: &MarkLine) -> Result<()> {
    let text = serde_json::to_string(line).map_err(std::io::Error::from)?;
    let begin = if is_torn(&marks).map_err(|e| cannot(Path::new(MARKS), &e))? { "\n" } else { "" };
    marks
        .write_all(format!("{begin}{text}\n").as_bytes())
        .and_then(|()| marks.sync_data())
        .map_err(|e| cannot(Path::new(MARKS), &e))
}

/// Whether the file's last line was not written whole: the next one would be no line of its own.
fn is_torn(marks: &std::fs::File) -> std::io::Result<bool> {
    let Some(last) = marks.metadata()?.len().checked_sub(1) else { return Ok(false) };
    let mut byte = [0];
    marks.read_exact_at(&mut byte, last)?;
    Ok(byte != *b"\n")
}

fn cannot(path: &Path, e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot write the marks in {}: {e}", path.display()))
}
