//! Resuming an application that a killed mark has left quiesced.

use std::path::Path;

use super::hooks::{Hook, run_hook};
use super::source::Source;
use crate::error::Result;
use crate::state::Quiesced;

impl Quiesced {
    /// Runs the resume hook that the killed mark did not come to. Without one, a person has to resume the application, and
    /// is told once.
    pub(crate) async fn resume(&self, state_dir: &Path, source: &Source) -> Result<()> {
        let environment = vec![("ASOF_MARK".to_owned(), self.name.clone())];
        let resumed = run_hook(&source.file.hooks, Hook::Resume, &environment).await;
        resumed.map_err(|e| e.hint("the application may still be quiesced: resume it by hand"))?;
        Self::forget(state_dir, &source.path)
    }
}
