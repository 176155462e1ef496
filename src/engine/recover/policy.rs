//! The least-privilege IAM policy for a use of asof.

use std::path::Path;

use super::source::Source;
use crate::error::{Error, Result};
use crate::model::iam_databases::RenamedSource;
use crate::model::{Location, Places, Policy, Use};
use crate::recover::{DatabaseKind, Suggest};

/// The places that a policy is for.
pub(crate) struct LeastFor<'a> {
    /// The location restored; `None` for a placeholder.
    pub location: Option<Location>,
    /// The folder with the state of runs, if that is in a bucket.
    pub state: Option<Location>,
    /// A recovery file.
    pub file: Option<&'a Path>,
}

/// The least-privilege policy for a use of asof on a location, or on placeholder buckets if none is given. A recovery
/// file supplies the sources that are renamed.
///
/// # Errors
/// [`Usage`](crate::error::ErrorKind::Usage) for a file that does not affect the policy.
pub(crate) fn least_policy(
    what: Use,
    LeastFor { location, state, file }: LeastFor<'_>,
    suggest: Suggest,
) -> Result<Policy> {
    if file.is_some() && what != Use::Recover {
        return Err(Error::usage("--database is only used with --iam recover").hint("leave it out"));
    }
    let named = |bucket: &str| Location { bucket: bucket.to_owned(), prefix: String::new() };
    let source = location.unwrap_or_else(|| named("BUCKET"));
    let destination = named(if what == Use::Drill { "SCRATCH" } else { "DESTINATION" });
    let renamed = |database: &DatabaseKind| {
        let source = database.swaps_with()?.to_owned();
        Some(match database {
            DatabaseKind::Aurora(_) => RenamedSource::Cluster(source),
            DatabaseKind::Rds(_) | DatabaseKind::Command(_) => RenamedSource::Instance(source),
        })
    };
    let file = file.map(|file| Source::read(file, suggest)).transpose()?;
    let databases = file.iter().flat_map(|source| &source.file.databases);
    let renamed: Vec<_> = databases.filter_map(renamed).collect();
    let places = Places { source, destination, state: state.map(Location::as_folder) };
    Ok(Policy::least(what, &places, &renamed))
}
