//! What `recover`, `drill` and `mark` share: what was typed, as the engine takes it.

use std::path::Path;

use super::args::apply::StateArgs;
use super::args::recover::{CarryArgs, ReportArgs};
use super::context::Context;
use super::kept::state_dir;
use super::suggest::typed;
use super::time_arg;
use crate::engine::recover::{LATEST, Notice, RecoveryOptions, RecoveryRequest, Source, TargetTime};
use crate::error::{Error, Result};
use crate::report::ReportFiles;

/// The recovery file; clap demands one where the command does not only list.
pub(super) fn source(file: Option<&Path>) -> Result<Source> {
    Source::read(file.ok_or_else(|| Error::usage("name a recovery file"))?, typed)
}

impl CarryArgs {
    /// The recovery file that a recovery or a drill goes by.
    pub(super) fn source(&self, file: Option<&Path>) -> Result<Source> {
        let mut source = source(file)?;
        source.file.deadline = self.deadline.or(source.file.deadline);
        Ok(source)
    }

    /// How it goes.
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

impl From<ReportArgs> for ReportFiles {
    fn from(ReportArgs { report, html }: ReportArgs) -> Self {
        Self { json: report, page: html }
    }
}

/// The target time. A mark is one of this file.
pub(super) fn target_time(typed: &str, state: &StateArgs, source: &Source) -> Result<TargetTime> {
    let time = (typed != LATEST).then(|| time_arg::read(typed, state, Some(&source.path))).transpose()?;
    Ok(TargetTime { typed: typed.to_owned(), time })
}

/// What a use case about this file is given.
pub(super) fn request<'a>(
    context: &'a Context,
    source: &'a Source,
    options: &'a RecoveryOptions,
    on: &'a dyn Fn(&Notice<'_>) -> Result<()>,
) -> RecoveryRequest<'a> {
    RecoveryRequest { source, options, cancel: &context.cancel, on, suggest: typed }
}
