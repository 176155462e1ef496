//! `asof mark`.

use std::path::Path;

use super::args::recover::MarkArgs;
use super::context::Context;
use super::exit::Exit;
use super::kept::state_dir;
use super::recovery::{request, source};
use super::{suggest, time_arg};
use crate::engine::recover::{
    ExpireMarks, ExpiredMarks, MakeMark, MarksFile, Notice, RecoveryOptions, Source,
};
use crate::error::{Error, Result};
use crate::limits;
use crate::report::{Output, RecoveryView, show_expired, show_mark, show_marks};

pub(super) async fn run(context: &Context, args: MarkArgs) -> Result<Exit> {
    let MarkArgs { file, list, expire, name, replace, deadline, state, server, output } = args;
    let output = Output::from(output);
    let state_dir = state_dir(&state)?;
    if list {
        return show(context, output, &state_dir, file.as_deref());
    }
    let source = source(file.as_deref())?;
    let server = server.settings(Some(limits::DEFAULT_RATE));
    let options = RecoveryOptions { state_dir, server, ..RecoveryOptions::default() };
    let view = RecoveryView::new(output, &source);
    let on = |notice: &Notice<'_>| view.show(notice);
    let request = request(context, &source, &options, &on);
    if let Some(age) = expire {
        let ExpiredMarks { marks, now, conclusion } = Box::pin(ExpireMarks { request, age }.run()).await?;
        show_expired(output.format, &marks, now)?;
        return Ok(conclusion.into());
    }
    let mark = Box::pin(MakeMark { request, name, replace, deadline }.run()).await?;
    let recover = suggest::recover(&source.path, &format!("mark:{}", mark.name)).place_only();
    show_mark(output.format, &mark, &recover.to_string())?;
    Ok(Exit::Done)
}

/// Lists all marks, or those of one recovery file.
fn show(context: &Context, output: Output, state_dir: &Path, file: Option<&Path>) -> Result<Exit> {
    let mut marks = time_arg::marks_in(state_dir)?.listed();
    if let Some(file) = file {
        let place = Source::place(file)
            .map_err(|e| Error::usage(format!("cannot find the recovery file {}: {e}", file.display())))?;
        marks.retain(|mark| Path::new(&mark.file) == place);
    }
    show_marks(output.format, &marks, context.now)?;
    if marks.is_empty() {
        output.note(&format!("no marks in {}", MarksFile::path(state_dir).display()));
    }
    Ok(Exit::Done)
}
