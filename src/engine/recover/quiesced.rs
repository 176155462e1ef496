//! That a mark has quiesced the application: noted before its quiesce hook runs and forgotten once its resume hook has, so
//! that a mark that is killed in between does not leave an application quiesced that nobody knows of.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::hooks::{Hook, run_hook};
use super::source::Source;
use crate::engine::store::{cannot, make_private, sync_names, write};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Algorithm, Digest, Instant, hex};

/// A mark that has quiesced the application, and has not resumed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Quiesced {
    /// The mark's name.
    pub name: String,
    /// When it began.
    pub since: Instant,
}

impl Quiesced {
    /// The mark of a recovery file that did not come to its end. Only while no other process works on that file.
    pub(crate) fn find(state_dir: &Path, file: &Path) -> Result<Option<Self>> {
        let (dir, name) = place(state_dir, file);
        let path = dir.join(name);
        let json = match fs::read(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            json => json.map_err(|e| cannot(&path, "read", &e))?,
        };
        serde_json::from_slice(&json).map(Some).map_err(|e| {
            let message = format!("cannot read {}: {e}", path.display());
            Error::new(ErrorKind::Corrupt, message).hint(
                "a mark was killed, and the application may still be quiesced: resume it by hand, then remove that file",
            )
        })
    }

    /// Notes it, on disk when this returns.
    pub(crate) fn note(&self, state_dir: &Path, file: &Path) -> Result<()> {
        let (dir, name) = place(state_dir, file);
        make_private(&dir).map_err(|e| cannot(&dir, "make", &e))?;
        write(&dir, &name, &serde_json::to_vec(self).map_err(std::io::Error::from)?)?;
        sync_names(&dir)
    }

    /// Forgets it: the resume hook was run.
    pub(crate) fn forget(state_dir: &Path, file: &Path) -> Result<()> {
        let (dir, name) = place(state_dir, file);
        let path = dir.join(name);
        match fs::remove_file(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed.map_err(|e| cannot(&path, "remove", &e)),
        }
    }

    /// Runs the resume hook that the killed mark did not come to. Without one, a person has to resume the application, and
    /// is told once.
    pub(crate) async fn resume(&self, state_dir: &Path, source: &Source) -> Result<()> {
        let environment = vec![("ASOF_MARK".to_owned(), self.name.clone())];
        let resumed = run_hook(&source.file.hooks, Hook::Resume, &environment).await;
        resumed.map_err(|e| e.hint("the application may still be quiesced: resume it by hand"))?;
        Self::forget(state_dir, &source.path)
    }

    /// In words.
    pub(crate) fn in_words(&self, now: Instant) -> String {
        format!(
            "the mark {}, begun {} ago, was killed before its resume hook: the application may still be quiesced",
            self.name,
            self.since.age(now)
        )
    }
}

/// By a digest of the path of the recovery file, which may be longer than a file's name.
fn place(state_dir: &Path, file: &Path) -> (PathBuf, String) {
    let digest = Digest::of(Algorithm::Sha256, file.as_os_str().as_encoded_bytes());
    (state_dir.join("quiesced"), format!("{}.json", hex(&digest)))
}

#[cfg(test)]
mod tests;
