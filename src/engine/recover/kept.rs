//! What is kept of the databases' sources beside a recovery's journal: `settings-1.json` of the first database, and so on.

use crate::db::Database;
use crate::error::Result;
use crate::state::Recovery;

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
