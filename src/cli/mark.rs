//! `asof mark`.

use std::io::Write;
use std::path::Path;

use super::args::recover::MarkArgs;
use super::context::{Context, Output};
use super::exit::Exit;
use super::kept::state_dir;
use super::recovery::{View, request, source};
use super::{suggest, time_arg};
use crate::engine::recover::{MakeMark, MarksFile, Notice, RecoveryOptions, Source};
use crate::error::{Error, Result};
use crate::limits;
use crate::report::{Format, JsonLines, marks_table};

pub(super) async fn run(context: &Context, args: MarkArgs) -> Result<Exit> {
    let MarkArgs { file, list, name, replace, deadline, state, server, output } = args;
    let output = Output::from(output);
    let state_dir = state_dir(&state)?;
    let file = match (list, file) {
        (true, file) => return show(context, output, &state_dir, file.as_deref()),
        (false, Some(file)) => file,
        // clap has asked for it.
        (false, None) => return Err(Error::usage("name a recovery file")),
    };
    let source = source(&file)?;
    let server = server.settings(Some(limits::DEFAULT_RATE));
    let options = RecoveryOptions { state_dir, server, ..RecoveryOptions::default() };
    let view = View::new(output, &source);
    let on = |notice: &Notice<'_>| view.show(notice);
    let request = request(context, &source, &options, &on);
    let line = Box::pin(MakeMark { request, name, replace, deadline }.run()).await?;
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

/// Lists the marks, or those that were made with one file.
fn show(context: &Context, output: Output, state_dir: &Path, file: Option<&Path>) -> Result<Exit> {
    let mut marks = time_arg::marks_in(state_dir)?.listed();
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
        output.note(&format!("no marks in {}", MarksFile::path(state_dir).display()));
    }
    Ok(Exit::Done)
}
