//! Checks that the targets are free before the first restore request.

use futures::future::try_join_all;

use super::{Database, Next, RestoreRequest};
use crate::error::{Error, ErrorKind, Result};

/// Refuses a new recovery if a database already exists at a target. Nothing was requested yet, so any database found
/// belongs to someone else, even if a progress command ignores the tag.
pub(crate) async fn require_free(databases: &[Database], request: &RestoreRequest) -> Result<()> {
    let found = try_join_all(databases.iter().map(|database| database.find(request))).await?;
    for (database, found) in databases.iter().zip(found) {
        let why = match found.next() {
            Next::Start => match database.obstacle(request).await? {
                None => continue,
                Some(what) => format!(
                    "the name of one of its instances is already taken ({what}); choose another target"
                ),
            },
            Next::Stop(why) => why,
            Next::Wait => format!(
                "its progress command reports a {noun} before the restore was requested; remove that {noun}, or make the command compare ASOF_RUN",
                noun = database.noun()
            ),
        };
        let message = format!("the {}: {why}", database.title());
        return Err(Error::new(ErrorKind::Refused, message).hint("nothing was changed"));
    }
    Ok(())
}
