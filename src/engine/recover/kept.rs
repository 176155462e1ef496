//! The stored settings of the source databases, beside a recovery's journal: `settings-1.json` for the first database,
//! etc.

use crate::db::Database;
use crate::error::Result;
use crate::state::Recovery;

/// Stores the settings of each source before anything is changed, or reads the stored ones.
///
/// | the file | a step was begun | |
/// |---|---|---|
/// | exists | | it is read: the source may have been isolated since |
/// | exists, but settings were `given` again | | the given settings are used, and replace it |
/// | is missing | no | the source is read, and its settings stored |
/// | is missing | yes, by an older asof | the source is read when it is needed, as that version did |
pub(crate) async fn keep_sources(recovery: &Recovery, databases: &[Database], given: &[bool]) -> Result<()> {
    let begun = recovery.state().has_begun();
    for (n, database) in databases.iter().enumerate() {
        let name = format!("settings-{}.json", n + 1);
        let given = given.get(n) == Some(&true);
        match recovery.read_file(&name)? {
            Some(kept) if !given => database.recall(&kept)?,
            None if !given && begun => {}
            _ => {
                if let Some(known) = database.capture().await? {
                    recovery.keep_file(&name, &known)?;
                }
            }
        }
    }
    Ok(())
}
