//! Converts the arguments shared by `recover`, `drill` and `mark` into the engine's options.

use std::path::{Path, PathBuf};

use super::args::apply::StateArgs;
use super::args::recover::{CarryArgs, ReportArgs};
use super::context::Context;
use super::kept::state_dir;
use super::page::page_file;
use super::suggest::typed;
use super::time_arg;
use crate::engine::recover::{
    LATEST, Notice, RecoveryOptions, RecoveryRequest, RecoveryResult, Source, TargetTime,
};
use crate::error::{Error, Result};
use crate::report::{PageFile, RecoveryView, Reported, output_file};

/// Reads the recovery file; clap requires one unless the command only lists.
pub(super) fn source(file: Option<&Path>) -> Result<Source> {
    Source::read(file.ok_or_else(|| Error::usage("name a recovery file"))?, typed)
}

impl CarryArgs {
    /// Reads the recovery file of a recovery or a drill, with the deadline of the command line.
    pub(super) fn source(&self, file: Option<&Path>) -> Result<Source> {
        let mut source = source(file)?;
        source.file.deadline = self.deadline.or(source.file.deadline);
        Ok(source)
    }

    /// Returns the options of the recovery.
    pub(super) fn options(&self) -> Result<RecoveryOptions> {
        Ok(RecoveryOptions {
            state_dir: state_dir(&self.change.apply.state)?,
            server: self.server.clone().settings(Some(self.change.apply.rate)),
            restore: self.change.options(),
            multipart_window: self.multipart_window,
            settings_from: self.settings_from.clone(),
        })
    }
}

/// The files to which the report is copied.
pub(super) struct Copies {
    json: Option<PathBuf>,
    page: Option<PageFile>,
}

impl ReportArgs {
    /// Returns the copies of the report, which can be written: checked before anything else is done.
    pub(super) fn copies(self) -> Result<Copies> {
        output_file::can_write(self.report.as_deref())?;
        Ok(Copies { json: self.report, page: page_file(self.html)? })
    }
}

impl Copies {
    /// Shows the report and writes its copies.
    pub(super) fn write(&self, view: &RecoveryView<'_>, result: &RecoveryResult) -> Reported {
        view.report(result, self.json.as_deref(), self.page.as_ref())
    }
}

/// Resolves the target time. Marks belong to this file.
pub(super) fn target_time(typed: &str, state: &StateArgs, source: &Source) -> Result<TargetTime> {
    let time = (typed != LATEST).then(|| time_arg::read(typed, state, Some(&source.path))).transpose()?;
    Ok(TargetTime { typed: typed.to_owned(), time })
}

/// Returns the request of a use case about this file.
pub(super) fn request<'a>(
    context: &'a Context,
    source: &'a Source,
    options: &'a RecoveryOptions,
    on: &'a dyn Fn(&Notice<'_>) -> Result<()>,
) -> RecoveryRequest<'a> {
    RecoveryRequest { source, options, cancel: &context.cancel, on, suggest: typed }
}
