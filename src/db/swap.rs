//! The cut-over by renaming: the source gives its name to the restored database, so that the application finds that at the
//! address it knows.

use serde::{Deserialize, Serialize};

use super::{Database, RestoreRequest};
use crate::error::{Error, Result};
use crate::model::Instant;

/// How an application comes to use the restored database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CutOver {
    /// By a hook, or by hand.
    #[default]
    None,
    /// The restored database gets the source's name, and the source another.
    Rename,
}

/// A database that is renamed. It is known by its resource id, which it keeps, under whichever of the names it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Renamed {
    /// What no other database ever has.
    pub resource_id: String,
    /// Its name until then.
    pub from: String,
    /// Its name from then on.
    pub to: String,
}

impl Renamed {
    /// The same, taken back.
    #[must_use]
    pub(crate) fn back(&self) -> Self {
        Self { resource_id: self.resource_id.clone(), from: self.to.clone(), to: self.from.clone() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Swap {
    pub source: Renamed,
    /// The restored database, which gets the source's name.
    pub target: Renamed,
}

/// What comes between a source's name and the target time in the name under which it is kept.
const BEFORE: &str = "-before-";

/// The name under which a source is kept: `prod-before-20261120t224912z`.
pub(super) fn kept_name(source: &str, at: Instant) -> String {
    format!("{source}{BEFORE}{}", in_name(at))
}

/// A time as names take it.
pub(super) fn in_name(at: Instant) -> String {
    at.compact().to_ascii_lowercase()
}

/// What [`kept_name`] puts behind a name, in characters.
pub(super) const KEPT_SUFFIX: usize = BEFORE.len() + "20261120t224912z".len();

impl Database {
    /// What the cut-over will rename, one sentence each; nothing where it renames nothing. Refuses names that are taken.
    /// Only of a restore that was not begun.
    pub(crate) async fn outline_swap(&self, errand: &RestoreRequest) -> Result<Vec<String>> {
        answer!(self, _ => Ok(Vec::new()), database => database.outline_swap(errand.at).await)
    }

    /// Finds out what is renamed to what, by resource ids, and refuses names that are taken. Changes nothing.
    pub(crate) async fn plan_swap(&self, errand: &RestoreRequest) -> Result<Swap> {
        answer!(self, _ => Err(self.has_no_names()), database => Box::pin(database.plan_swap(errand)).await)
    }

    /// Renames the source, then the restored database. What is renamed already stays as it is: it may be done twice.
    pub(crate) async fn swap(&self, swap: &Swap) -> Result<()> {
        answer!(self, _ => Err(self.has_no_names()), database => Box::pin(database.swap(swap)).await)
    }

    /// Gives the restored database its own name back, then the source its own. May be done twice.
    pub(crate) async fn swap_back(&self, swap: &Swap) -> Result<()> {
        answer!(self, _ => Err(self.has_no_names()), database => Box::pin(database.swap_back(swap)).await)
    }

    /// Refuses to swap names back if the source that is to get its own is not there. Renames nothing.
    pub(crate) async fn require_source(&self, swap: &Swap) -> Result<()> {
        answer!(self, _ => Err(self.has_no_names()), database => Box::pin(database.require_source(swap)).await)
    }

    /// Why the names are not swapped any more, if they are not.
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
