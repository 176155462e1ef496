//! The recovery file on this machine.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::recover::{NextCommand, RecoveryFile, Suggest};

/// A recovery file, and where it lies.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its whole path.
    pub path: PathBuf,
    pub file: RecoveryFile,
}

impl Source {
    /// Reads a recovery file. Its programs will be run in its directory.
    pub(crate) fn read(path: &Path, suggest: Suggest) -> Result<Self> {
        let name = path.display();
        let wrong = |e: io::Error| {
            Error::usage(format!("cannot read the recovery file {name}: {e}"))
                .hint(format!("create one from a template: {}", suggest(NextCommand::Init(path))))
        };
        let text = std::fs::read_to_string(path).map_err(wrong)?;
        let mut file = RecoveryFile::parse(&name.to_string(), &text)?;
        let path = Self::place(path).map_err(wrong)?;
        if let Some(dir) = path.parent() {
            file.run_in(dir);
        }
        Ok(Self { path, file })
    }

    /// However it is spelt it is the same file. That it may be a link itself is not followed: where it is mounted as
    /// Kubernetes does it, that leads elsewhere in every pod.
    pub(crate) fn place(path: &Path) -> io::Result<PathBuf> {
        let path = std::path::absolute(path)?;
        Ok(match (path.parent(), path.file_name()) {
            (Some(dir), Some(name)) => dir.canonicalize()?.join(name),
            _ => path,
        })
    }

    /// Its name without its directory.
    pub(crate) fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}
