//! What every part of `recover` works with.

use std::path::PathBuf;

use super::args::recover::CarryArgs;
use super::context::{Context, Output};
use super::kept::state_dir;
use super::recovery::Source;
use crate::db::Database;
use crate::error::Result;
use crate::s3::ServerClock;

/// A recovery file, and how the command about it was typed.
#[derive(Clone, Copy)]
pub(super) struct Session<'a> {
    /// By the clock of the buckets' servers.
    pub(super) context: &'a Context,
    pub(super) output: Output,
    pub(super) source: &'a Source,
    pub(super) clock: &'a ServerClock,
    /// The file's, in its order.
    pub(super) databases: &'a [Database],
    pub(super) carry: &'a CarryArgs,
    /// Nobody is to be asked.
    pub(super) yes: bool,
}

impl Session<'_> {
    pub(super) fn state_dir(&self) -> Result<PathBuf> {
        state_dir(&self.carry.apply.state)
    }
}
