//! Runs the hooks, with timeouts: an application that is never resumed is worse than a killed hook.

use std::path::Path;
use std::time::Duration;

use super::deadline::in_words;
use super::source::Source;
use crate::error::{Error, ErrorKind, Result};
use crate::program::{Environment, RunLimits};
use crate::recover::Hooks;
use crate::state::Quiesced;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hook {
    Quiesce,
    AfterDatabase,
    Resume,
}

/// Runs a hook. Returns whether the file has one.
///
/// | hook | killed |
/// |---|---|
/// | quiesce, resume | after `deadline` in `[hooks]`, or [`crate::limits::HOOK_DEADLINE`], wherever they are run |
/// | after-database | with the recovery: its duration depends on the size of the databases |
pub(super) async fn run_hook(hooks: &Hooks, hook: Hook, environment: &Environment) -> Result<bool> {
    let (program, deadline) = match hook {
        Hook::Quiesce => (&hooks.quiesce, Some(hooks.deadline())),
        Hook::AfterDatabase => (&hooks.after_database, None),
        Hook::Resume => (&hooks.resume, Some(hooks.deadline())),
    };
    let Some(program) = program else { return Ok(false) };
    let what = format!("the {}", hook.name());
    let running = program.run(&what, environment, RunLimits::default());
    let Some(deadline) = deadline else { return running.await.map(|()| true) };
    // Dropping the future kills the hook and its descendants.
    tokio::time::timeout(deadline, running).await.unwrap_or_else(|_| Err(hook.late(deadline))).map(|()| true)
}

impl Quiesced {
    /// Runs the resume hook that a killed mark did not run. Without one, the user has to resume the application, and is
    /// told so once.
    pub(super) async fn resume(&self, state_dir: &Path, source: &Source) -> Result<()> {
        let environment = vec![("ASOF_MARK".to_owned(), self.name.clone())];
        let resumed = run_hook(&source.file.hooks, Hook::Resume, &environment).await;
        resumed.map_err(|e| e.hint("the application may still be quiesced: resume it by hand"))?;
        Self::forget(state_dir, &source.path)
    }
}

impl Hook {
    fn name(self) -> &'static str {
        match self {
            Hook::Quiesce => "quiesce hook",
            Hook::AfterDatabase => "after-database hook",
            Hook::Resume => "resume hook",
        }
    }

    fn late(self, deadline: Duration) -> Error {
        let message = format!("the {} was killed after {}", self.name(), in_words(deadline));
        let look = match self {
            Hook::Resume => {
                "it is unknown whether the application is running: check, and resume it by hand if it is not"
            }
            Hook::Quiesce | Hook::AfterDatabase => "it may have completed part of its work",
        };
        Error::new(ErrorKind::Local, message).hint(look).hint(
            "if it needs longer, set deadline in [hooks] of the recovery file and run the same command again",
        )
    }
}
