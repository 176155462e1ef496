//! Converts the arguments shared by `recover`, `drill` and `mark` into the engine's options.

use std::path::Path;

use super::args::apply::StateArgs;
use super::args::recover::{CarryArgs, ReportArgs};
use super::context::Context;
use super::exit::Exit;
use super::kept::state_dir;
use super::suggest::typed;
use super::time_arg;
use crate::engine::recover::{
    LATEST, Notice, RecoveryOptions, RecoveryRequest, RecoveryResult, Source, TargetTime,
};
use crate::error::{Error, Result};
use crate::report::{RecoveryView, output_file};

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

impl ReportArgs {
    /// Checks that the copies of the report can be written, before anything else is done.
    pub(super) fn can_write(&self) -> Result<()> {
        output_file::can_write(self.report.as_deref().into_iter().chain(self.html.as_deref()))
    }

    /// Shows the report and writes its copies.
    pub(super) fn keep(&self, view: &RecoveryView<'_>, result: &RecoveryResult) -> Exit {
        view.report(result, self.report.as_deref(), self.html.as_deref()).into()
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
