//! The file of a page, and the command that makes it.

use std::path::PathBuf;

use super::super::output_file;
use crate::error::Result;

/// The process that makes a page.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    /// The user who ran it.
    pub user: String,
    /// The machine it ran on.
    pub host: String,
    /// The command as typed, quoted for a shell.
    pub command: String,
    /// The version of asof.
    pub version: &'static str,
}

/// A page that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct PageFile {
    /// The file.
    pub path: PathBuf,
    /// The process that makes it.
    pub ran: Ran,
}

impl PageFile {
    /// Writes the page.
    pub(crate) fn write(&self, page: &str) -> Result<()> {
        output_file::write(&self.path, "the page", page)
    }
}
