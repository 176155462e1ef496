//! Whether there is room for what is to be restored, before anything is asked for.

use super::{Database, Errand, Found};
use crate::error::{Error, ErrorKind, Result};

/// Refuses an errand of which nothing was asked for yet, if something stands already where a database would be restored to.
pub async fn require_free(databases: &[Database], errand: &Errand) -> Result<()> {
    for database in databases {
        let what = match database.find(errand).await? {
            Found::Nothing => continue,
            Found::Foreign(what) => what,
            Found::Restoring | Found::Available | Found::Failed(_) => {
                "which passes for what this asks for, though nothing was asked for yet".to_owned()
            }
        };
        let name = database.name();
        let message = format!(
            "the database {name}: there is something else where it would be restored to ({what}); name another target"
        );
        return Err(Error::new(ErrorKind::Refused, message));
    }
    Ok(())
}
