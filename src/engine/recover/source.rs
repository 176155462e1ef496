//! The recovery file on disk.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::recover::{NextCommand, RecoveryFile, Suggest};

/// A recovery file and its path.
#[derive(Debug)]
pub(crate) struct Source {
    /// The absolute path.
    pub path: PathBuf,
    pub file: RecoveryFile,
}

impl Source {
    /// Reads a recovery file, and sets the working directory of its commands to the file's directory.
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

    /// The canonical path, so that every spelling means the same file. A symbolic link in the last component is not
    /// followed: in a Kubernetes mount it leads elsewhere in every pod.
    pub(crate) fn place(path: &Path) -> io::Result<PathBuf> {
        let path = std::path::absolute(path)?;
        Ok(match (path.parent(), path.file_name()) {
            (Some(dir), Some(name)) => dir.canonicalize()?.join(name),
            _ => path,
        })
    }

    /// The file name without its directory.
    pub(crate) fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}
