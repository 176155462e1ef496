//! The settings of the databases' sources: given by a person, or as they are when a recovery begins.

use std::path::PathBuf;

use futures::future::try_join_all;

use super::context::Output;
use crate::db::rds::GivenSettings;
use crate::db::{Database, RestoreRequest};
use crate::error::{Error, Result};
use crate::model::Verdict;

/// Looks up what the restores need, and gives what will be made, in words. What a person should know is said; a restore that is
/// certain to fail is refused.
pub(super) async fn preflight(
    output: Output,
    databases: &[Database],
    errand: &RestoreRequest,
) -> Result<Vec<String>> {
    let looked_up = try_join_all(databases.iter().map(|database| database.preflight(errand))).await?;
    for (database, preflight) in databases.iter().zip(&looked_up) {
        for finding in preflight.findings.iter().filter(|finding| finding.verdict != Verdict::Failed) {
            output.note(&format!("database {}: {}", database.name(), finding.words));
        }
        preflight.require(database)?;
    }
    Ok(looked_up.into_iter().flat_map(|preflight| preflight.outline).collect())
}

/// What the cut-overs will rename, in words. Names that are taken are refused.
pub(super) async fn swaps(databases: &[Database], errand: &RestoreRequest) -> Result<Vec<String>> {
    let lines = databases.iter().map(|database| database.outline_swap(errand));
    Ok(try_join_all(lines).await?.concat())
}

/// Takes the settings of `--settings-from`. Gives of each database whether a file was of its source.
pub(super) async fn given(databases: &[Database], files: &[PathBuf]) -> Result<Vec<bool>> {
    let mut taken = vec![false; databases.len()];
    for path in files {
        let bytes = std::fs::read(path)
            .map_err(|e| Error::usage(format!("cannot read the settings in {}: {e}", path.display())))?;
        let given = GivenSettings::read(bytes);
        let mut any = false;
        for (database, taken) in databases.iter().zip(&mut taken) {
            let is_of_source = database.take(&given).await?;
            (any, *taken) = (any || is_of_source, *taken || is_of_source);
        }
        if !any {
            let message =
                format!("{} describes the source of no database in the recovery file", path.display());
            return Err(Error::usage(message).hint(
                "write it by aws rds describe-db-instances or describe-db-clusters --db-cluster-identifier, before the \
                 source is isolated; or name the settings-N.json of an earlier recovery",
            ));
        }
    }
    Ok(taken)
}
