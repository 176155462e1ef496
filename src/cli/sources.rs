//! The settings of the databases' sources: given by a person, or as they are when a recovery begins.

use std::path::PathBuf;

use crate::db::Database;
use crate::db::rds::GivenSettings;
use crate::error::{Error, Result};

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
