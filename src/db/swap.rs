//! Cut-over by renaming: the restored database takes the source's name, so the application finds it at the address it
//! already uses.

use serde::{Deserialize, Serialize};

use super::{Database, RestoreRequest};
use crate::error::{Error, Result};
use crate::model::Instant;

/// The way an application switches to the restored database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CutOver {
    /// By a hook or by hand.
    #[default]
    None,
    /// The restored database takes the source's name, and the source is renamed.
    Rename,
}

/// A database being renamed. Its resource id never changes and identifies it under either name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Renamed {
    /// The resource id, unique across all databases.
    pub resource_id: String,
    /// The name before the renaming.
    pub from: String,
    /// The name after the renaming.
    pub to: String,
}

impl Renamed {
    /// Returns the reverse renaming.
    #[must_use]
    pub(crate) fn back(&self) -> Self {
        Self { resource_id: self.resource_id.clone(), from: self.to.clone(), to: self.from.clone() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Swap {
    pub source: Renamed,
    /// The restored database, which takes the source's name.
    pub target: Renamed,
}

/// The infix between a source's name and the target time in its kept name.
const BEFORE: &str = "-before-";

/// Returns the name under which a source is kept: `prod-before-20261120t224912z`.
pub(super) fn kept_name(source: &str, at: Instant) -> String {
    format!("{source}{BEFORE}{}", in_name(at))
}

/// Formats a time for use in a name.
pub(super) fn in_name(at: Instant) -> String {
    at.compact().to_ascii_lowercase()
}

/// The length of the suffix that [`kept_name`] adds, in characters.
pub(super) const KEPT_SUFFIX: usize = BEFORE.len() + "20261120t224912z".len();

impl Database {
    /// Describes the renamings of the cut-over, one sentence each; empty if it renames nothing. Refuses names that are
    /// taken. Valid only before the restore starts.
    pub(crate) async fn outline_swap(&self, request: &RestoreRequest) -> Result<Vec<String>> {
        answer!(self, _ => Ok(Vec::new()), database => database.outline_swap(request.at).await)
    }

    /// Plans the renamings by resource id, and refuses names that are taken. Changes nothing.
    pub(crate) async fn plan_swap(&self, request: &RestoreRequest) -> Result<Swap> {
        answer!(self, _ => Err(self.has_no_names()), database => Box::pin(database.plan_swap(request)).await)
    }

    /// Renames the source, then the restored database. Skips renamings already done, so it is idempotent.
    pub(crate) async fn swap(&self, swap: &Swap) -> Result<()> {
        answer!(self, _ => Err(self.has_no_names()), database => Box::pin(database.swap(swap)).await)
    }

    /// Gives the restored database its own name back, then the source. Idempotent.
    pub(crate) async fn swap_back(&self, swap: &Swap) -> Result<()> {
        answer!(self, _ => Err(self.has_no_names()), database => Box::pin(database.swap_back(swap)).await)
    }

    /// Refuses to swap names back if the source no longer exists. Renames nothing.
    pub(crate) async fn require_source(&self, swap: &Swap) -> Result<()> {
        answer!(self, _ => Err(self.has_no_names()), database => Box::pin(database.require_source(swap)).await)
    }

    /// Returns why the names are no longer swapped, if they are not.
    pub(crate) async fn unswapped(&self, swap: &Swap) -> Result<Option<String>> {
        answer!(self, _ => Err(self.has_no_names()), database => Box::pin(database.unswapped(swap)).await)
    }

    fn has_no_names(&self) -> Error {
        Error::internal(format!(
            "the database {} is restored by commands and has no names to swap",
            self.name()
        ))
    }
}

#[cfg(test)]
mod tests;
