//! Removes databases of drills whose state is lost.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::connect::on_server;
use super::source::Source;
use crate::cancel::Cancel;
use crate::db::rds::{Leftover, Server, Sweep, Sweeper, Swept};
use crate::error::{Error, Result};
use crate::model::Instant;
use crate::recover::DatabaseKind;
use crate::s3::Settings;

/// Databases left behind by drills.
#[derive(Debug)]
pub(crate) struct Leftovers(Vec<(Leftover, Arc<Sweeper>)>);

impl Leftovers {
    /// Looks for them on the servers of the file's databases or, without a file, on `server`.
    pub(crate) async fn look(
        source: Option<&Source>,
        server: &Settings,
        cancel: &Cancel,
        now: Instant,
    ) -> Result<Self> {
        let mut found = Vec::new();
        for server in servers(source, server)? {
            let sweeper = Sweeper::connect(server, cancel.clone()).await?;
            let leftovers = Box::pin(sweeper.leftovers(now)).await?;
            let sweeper = Arc::new(sweeper);
            found.extend(leftovers.into_iter().map(|leftover| (leftover, Arc::clone(&sweeper))));
        }
        Ok(Self(found))
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Leftover> {
        self.0.iter().map(|(leftover, _)| leftover)
    }

    /// The databases that are old enough to be removed.
    pub(crate) fn removable(&self) -> impl Iterator<Item = &Leftover> {
        self.all().filter(|leftover| leftover.verdict == Sweep::Remove)
    }

    /// Removes the databases that are old enough, and passes the result of each to `on`:
    ///
    /// | deletion protection | the user confirmed | |
    /// |---|---|---|
    /// | off | | removed |
    /// | on | yes | protection is turned off, and the database removed |
    /// | on | no | left |
    pub(crate) async fn remove(&self, asked: bool, mut on: impl FnMut(&Leftover, &Swept)) {
        let (left, removed): (Vec<_>, Vec<_>) = self
            .0
            .iter()
            .filter(|(leftover, _)| leftover.verdict == Sweep::Remove)
            .partition(|(leftover, _)| leftover.protected && !asked);
        for (leftover, _) in left {
            on(leftover, &Swept::Protected);
        }
        for (leftover, sweeper) in removed {
            let removed = Box::pin(sweeper.remove(leftover)).await;
            on(leftover, &removed.map_or_else(Swept::Failed, |()| Swept::Removed));
        }
    }
}

/// The distinct servers.
fn servers(source: Option<&Source>, server: &Settings) -> Result<Vec<Server>> {
    let Some(Source { path, file }) = source else {
        let Settings { region, profile, read_timeout, .. } = server.clone();
        return Ok(vec![Server { endpoint_url: None, region, profile, read_timeout }]);
    };
    let servers = file.databases.iter().filter_map(|database| match database {
        DatabaseKind::Rds(settings) | DatabaseKind::Aurora(settings) => {
            Some(on_server(settings.clone(), server).server)
        }
        DatabaseKind::Command(_) => None,
    });
    let place = |server: Server| {
        ((server.endpoint_url.clone(), server.region.clone(), server.profile.clone()), server)
    };
    let servers: BTreeMap<_, _> = servers.map(place).collect();
    if servers.is_empty() {
        return Err(Error::usage(format!("{} has no RDS database", path.display()))
            .hint("without a file, --region and --profile select where to look"));
    }
    Ok(servers.into_values().collect())
}
