//! Records that a mark has quiesced the application: from before its quiesce hook runs until its resume hook has
//! finished, so that a mark killed in between does not leave the application quiesced unnoticed.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::dir::{make_private, read, remove, write};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Algorithm, Digest, Instant, hex};

/// A mark that has quiesced the application and not resumed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Quiesced {
    /// The name of the mark.
    pub name: String,
    /// The time the mark was started.
    pub since: Instant,
}

impl Quiesced {
    /// Finds the unfinished mark of a recovery file. Call this only while no other process works on that file.
    pub(crate) fn find(state_dir: &Path, file: &Path) -> Result<Option<Self>> {
        let path = place(state_dir, file);
        let Some(json) = read(&path)? else { return Ok(None) };
        serde_json::from_slice(&json).map(Some).map_err(|e| {
            let message = format!("cannot read {}: {e}", path.display());
            Error::new(ErrorKind::Corrupt, message).hint(
                "a mark was killed, and the application may still be quiesced: resume it by hand, then remove that file",
            )
        })
    }

    /// Records the mark; on disk when this returns.
    pub(crate) fn note(&self, state_dir: &Path, file: &Path) -> Result<()> {
        make_private(&state_dir.join(DIR))?;
        write(&place(state_dir, file), &serde_json::to_vec(self).map_err(std::io::Error::from)?)
    }

    /// Removes the record after the resume hook has run.
    pub(crate) fn forget(state_dir: &Path, file: &Path) -> Result<()> {
        remove(&place(state_dir, file))
    }

    /// Describes the mark in a message.
    pub(crate) fn in_words(&self, now: Instant) -> String {
        format!(
            "the mark {}, begun {} ago, was killed before its resume hook: the application may still be quiesced",
            self.name,
            self.since.age(now)
        )
    }
}

const DIR: &str = "quiesced";

/// The file name is a digest of the recovery file's path, because a path may be longer than a file name.
fn place(state_dir: &Path, file: &Path) -> PathBuf {
    let digest = Digest::of(Algorithm::Sha256, file.as_os_str().as_encoded_bytes());
    state_dir.join(DIR).join(format!("{}.json", hex(&digest)))
}

#[cfg(test)]
mod tests;
