//! What is kept of the databases' sources beside a recovery's journal: `settings-1.json` of the first database, and so on.

use super::store::Recovery;
use crate::db::Database;
use crate::engine::store::{cannot, sync_names, write};
use crate::error::Result;

/// Keeps what is known of each source before anything is changed, or takes what was kept.
///
/// | the file | a step was begun | |
/// |---|---|---|
/// | is there | | it is taken: the source may have been isolated since |
/// | is there | | and `given` anew: that is taken, and kept instead |
/// | is not there | no | the source is read, and kept |
/// | is not there | yes, by an older asof | the source is read when it is needed, as that did |
pub(crate) async fn keep_sources(recovery: &Recovery, databases: &[Database], given: &[bool]) -> Result<()> {
    let begun = recovery.state().has_begun();
    for (n, database) in databases.iter().enumerate() {
        let name = format!("settings-{}.json", n + 1);
        let path = recovery.dir().join(&name);
        let given = given.get(n) == Some(&true);
        match std::fs::read(&path) {
            Ok(kept) if !given => database.recall(&kept)?,
            Ok(_) => keep(recovery, &name, database).await?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                if given || !begun {
                    keep(recovery, &name, database).await?;
                }
            }
            Err(e) => return Err(cannot(&path, "read", &e)),
        }
    }
    sync_names(recovery.dir())
}

async fn keep(recovery: &Recovery, name: &str, database: &Database) -> Result<()> {
    match database.capture().await? {
        Some(known) => write(recovery.dir(), name, &known),
        None => Ok(()),
    }
}
