//! `asof recover --adopt`: going on with a recovery whose state directory is lost, by what its databases carry.

use futures::future::try_join_all;

use super::recover::{confirm, show_all, told};
use super::recovery;
use super::session::Session;
use super::taken_up::Way;
use super::{sources, suggest};
use crate::db::{Adoption, Carrier, Carries, Database, RestoreRequest, adoptable, require_free};
use crate::engine::recover::Recovery;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Instant;
use crate::recover::LATEST;

/// What is said of what only the lost directory knew.
const LOST: &str = "what the recovery has changed in buckets is found by listing them, and asof undo does not know its runs; \
                    whether the application was quiesced, or resumed since, is not known: the quiesce hook is run, and \
                    what was written after the target time is rewound";

/// What is said where an isolated source may be taken for how a database should be.
const SETTINGS: &str = "the settings of the sources are read anew: if a source has been isolated since, give those of before with \
                        --settings-from FILE";

/// A recovery that is found by its tags.
pub(super) struct Found {
    id: String,
    at: Instant,
}

/// Looks for the recovery, checks and shows what would be done, asks, and begins it anew under its own name.
pub(super) async fn begin(session: &Session<'_>, typed: Option<&str>) -> Result<Recovery> {
    let Found { id, at } = plan(session, typed).await?;
    let way = Way::of(session)?;
    confirm(session).await?;
    let told = told(session, &at.to_string(), at);
    let shape = session.source.file.shape();
    let recovery = Recovery::adopt(&session.state_dir()?, &id, (told, shape), session.clock)?;
    way.close(session, &recovery)?;
    Ok(recovery)
}

/// Looks for the recovery, checks what it has not asked for yet, and shows what would be done.
pub(super) async fn plan(session: &Session<'_>, typed: Option<&str>) -> Result<Found> {
    let Session { context, output, source, databases, carry, .. } = *session;
    let past = |typed: &str| recovery::at(typed, &[], &[], context.now, carry, &source.path);
    let typed = match typed {
        Some(LATEST) => {
            let message =
                "the target time of a recovery that is adopted is not latest, but what its databases tell";
            return Err(Error::usage(message).hint("leave --at out, or name the time: --at TIME"));
        }
        typed => typed.map(past).transpose()?.map(Instant::whole_second),
    };
    let found = look(databases).await?;
    let (id, at) = match adoptable(&found, typed) {
        Adoption::Adopt { id, at } => (id, at),
        Adoption::Refuse(why) => {
            let message = format!("cannot adopt a recovery of {}: {why}", source.path.display());
            return Err(Error::new(ErrorKind::Refused, message).hint("nothing was changed"));
        }
    };
    past(&at.to_string())?;
    require_unknown(&id, at, session)?;
    output.note(&format!("adopting the recovery {id} to {}", at.human()));
    output.note(LOST);
    output.note(SETTINGS);
    let mut lines = Vec::new();
    for (database, Carrier { database: name, carries }) in databases.iter().zip(&found) {
        if let Carries::Tagged(there) = carries {
            lines.push(format!("database {name}: the {} is the recovery's", there.what));
            continue;
        }
        lines.push(format!("database {name}: it is not there, and will be restored"));
        let (one, window) = (std::slice::from_ref(database), [database.window().await?]);
        recovery::at(&at.to_string(), one, &window, context.now, carry, &source.path)?;
        let errand = RestoreRequest::new(at, &*id);
        require_free(one, &errand).await?;
        lines.extend(sources::preflight(output, one, &errand).await?);
    }
    lines.extend(sources::swaps(databases, &RestoreRequest::new(at, &*id)).await?);
    show_all(session, at, &lines).await?;
    Ok(Found { id, at })
}

/// What each database carries, by its name in the file.
async fn look(databases: &[Database]) -> Result<Vec<Carrier<'_>>> {
    let carry = databases
        .iter()
        .map(async |database| Ok(Carrier { database: database.name(), carries: database.carries().await? }));
    try_join_all(carry).await
}

/// Refuses what this state directory knows: nothing of it is lost.
fn require_unknown(id: &str, at: Instant, session: &Session<'_>) -> Result<()> {
    let Session { source, .. } = *session;
    let state_dir = session.state_dir()?;
    if !Recovery::is_known(&state_dir, id)? {
        return Ok(());
    }
    let message =
        format!("cannot adopt the recovery {id}: its state is not lost, but in {}", state_dir.display());
    let recover = suggest::recover(&source.path, &at.to_string());
    Err(Error::new(ErrorKind::Refused, message)
        .hint(format!("nothing was changed; to resume it, if it is not finished: {recover}"))
        .hint(format!("to list those that are not finished: {}", suggest::recoveries())))
}

/// Names `--adopt` where what stands in the way is of a recovery that this state directory does not know.
pub(super) async fn hint(e: Error, session: &Session<'_>) -> Error {
    let Session { source, databases, .. } = *session;
    let Ok(found) = look(databases).await else { return e };
    let Adoption::Adopt { id, at } = adoptable(&found, None) else { return e };
    let known = session.state_dir().and_then(|dir| Recovery::is_known(&dir, &id));
    if !matches!(known, Ok(false)) {
        return e;
    }
    let adopt = suggest::adopt(&source.path);
    e.hint(format!(
        "if the state directory of the recovery {id} to {} is lost, to resume that recovery: {adopt}",
        at.human()
    ))
}
