//! Adopts a recovery whose state directory is lost, from the tags of its databases.

use std::slice;

use futures::future::try_join_all;

use super::prepare::New;
use super::session::Session;
use super::target_time::{OTHER_TIME, TargetTime, require_reached};
use crate::db::{Adoption, Carrier, Carries, Database, RestoreRequest, adoptable, require_free};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Instant, TypedTime};
use crate::recover::{NextCommand, Notice};
use crate::state::Recovery;

impl Session<'_> {
    /// Finds the recovery, checks the databases that were not requested yet, and shows the plan.
    pub(super) async fn plan_adopted(&self, typed: Option<&TargetTime>) -> Result<New> {
        let typed = match typed.map(|target| target.time) {
            Some(None) => {
                let message = "an adopted recovery takes its target time from the tags of its databases, not from latest";
                return Err(Error::usage(message).hint("leave --at out, or give the time: --at TIME"));
            }
            typed => typed.flatten().map(|typed| typed.past(self.now)).transpose()?,
        };
        let found = look(&self.databases).await?;
        let (id, at) = match adoptable(&found, typed.map(Instant::whole_second)) {
            Adoption::Adopt { id, at } => (id, at),
            Adoption::Refuse(why) => {
                let file = self.request.source.path.display();
                let message = format!("cannot adopt a recovery of {file}: {why}");
                return Err(Error::new(ErrorKind::Refused, message).hint("nothing was changed"));
            }
        };
        TypedTime::Instant(at).past(self.now)?;
        self.require_unknown(&id, at)?;
        self.notice(&Notice::Adopting { id: &id, at })?;
        let restore_request = RestoreRequest::new(at, &*id);
        let mut lines = Vec::new();
        for (database, Carrier { database: name, carries }) in self.databases.iter().zip(&found) {
            if let Carries::Tagged(there) = carries {
                lines.push(format!("database {name}: the {} is the recovery's", there.what));
                continue;
            }
            lines.push(format!("database {name}: it does not exist and will be restored"));
            require_reached(at, database, &database.window().await?).map_err(|e| e.hint(OTHER_TIME))?;
            require_free(slice::from_ref(database), &restore_request).await?;
            lines.extend(self.preflight(slice::from_ref(database), &restore_request).await?);
        }
        lines.extend(self.swaps(&restore_request).await?);
        self.show(at, &lines).await?;
        Ok(New { adopted: Some(id), typed: at.to_string(), at })
    }

    /// Refuses a recovery whose state is in this state directory: it is not lost.
    fn require_unknown(&self, id: &str, at: Instant) -> Result<()> {
        let (state_dir, suggest) = (&self.request.options.state_dir, self.request.suggest);
        if !Recovery::is_known(state_dir, id)? {
            return Ok(());
        }
        let message =
            format!("cannot adopt the recovery {id}: its state is still in {}", state_dir.display());
        let recover = suggest(NextCommand::Recover(&self.request.source.path, at));
        Err(Error::new(ErrorKind::Refused, message)
            .hint(format!("nothing was changed; resume it if unfinished: {recover}"))
            .hint(format!("list unfinished recoveries: {}", suggest(NextCommand::Recoveries))))
    }

    /// Suggests `--adopt` if the obstacle belongs to a recovery that is unknown in this state directory.
    pub(super) async fn hint_to_adopt(&self, e: Error) -> Error {
        let Ok(found) = look(&self.databases).await else { return e };
        let Adoption::Adopt { id, at } = adoptable(&found, None) else { return e };
        if !matches!(Recovery::is_known(&self.request.options.state_dir, &id), Ok(false)) {
            return e;
        }
        let adopt = (self.request.suggest)(NextCommand::Adopt(&self.request.source.path));
        e.hint(format!(
            "if the state directory of the recovery {id} to {} is lost, resume it: {adopt}",
            at.human()
        ))
    }
}

/// The tags of each database, with its name in the file.
async fn look(databases: &[Database]) -> Result<Vec<Carrier<'_>>> {
    let carry = databases
        .iter()
        .map(async |database| Ok(Carrier { database: database.name(), carries: database.carries().await? }));
    try_join_all(carry).await
}
