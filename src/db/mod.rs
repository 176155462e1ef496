//! Databases and stores restored to a past second together with the buckets: one interface over every kind of database.
//!
//! The tag identifies a restore: it is requested once, and a resumed run finds it again by its tag. Decisions are pure
//! functions ([`Window::reaches`], [`checks`], [`Found::next`]); all waiting is in [`wait`].

/// Forwards a call to the database, whatever its kind, or to an RDS database, with a separate answer for one restored
/// by commands.
macro_rules! answer {
    ($of:expr, $database:ident => $asked:expr) => {
        answer!($of, $database => $asked, $database => $asked)
    };
    ($of:expr, $command:pat => $commands:expr, $rds:ident => $asked:expr) => {
        match $of {
            $crate::db::Database::Command($command) => $commands,
            $crate::db::Database::Rds($rds) => $asked,
            $crate::db::Database::Aurora($rds) => $asked,
        }
    };
}

mod adopt;
mod capture;
mod check;
pub(crate) mod command;
mod connection;
mod follow_up;
mod free;
mod noun;
mod preflight;
pub(crate) mod rds;
mod reach;
mod swap;
mod wait;
mod window;

use std::time::Duration;

use crate::error::{Error, Result};
use crate::model::Instant;

pub(crate) use adopt::{Adoption, Carrier, Carries, Tagged, adoptable};
pub(crate) use check::WindowAnswer;
pub(crate) use check::checks;
pub(crate) use connection::Connection;
pub(crate) use follow_up::FollowUp;
pub(crate) use free::require_free;
pub(crate) use noun::Noun;
pub(crate) use preflight::{Preflight, PreflightFinding};
pub(crate) use reach::until_reached;
pub(crate) use swap::{CutOver, Renamed, Swap};
pub(crate) use wait::wait;
pub(crate) use window::{Reach, Window};

#[derive(Debug)]
pub(crate) enum Database {
    /// Any database, or a store, restored by commands.
    Command(command::Database),
    Rds(rds::Instance),
    /// A cluster: Aurora, Multi-AZ, `DocumentDB` or Neptune.
    Aurora(rds::Cluster),
}

/// A restore request: its target second, and the tag and names that identify its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RestoreRequest {
    pub at: Instant,
    /// The tag of the restored database, unique to this restore.
    pub tag: String,
    /// Belongs to a drill: its resources may be swept.
    pub drill: bool,
    /// The time since the server may have received the request, if it was sent.
    pub asked: Option<Duration>,
    /// The resource id that the server assigned to the restored database, if known.
    pub made: Option<String>,
    /// The name swap, planned or done: the restored database is found under either of its names.
    pub swap: Option<Swap>,
    /// The ID of the snapshot to restore a store from.
    pub snapshot: Option<String>,
}

impl RestoreRequest {
    /// Creates a request that has not been sent yet.
    pub(crate) fn new(at: Instant, tag: impl Into<String>) -> Self {
        Self { at, tag: tag.into(), drill: false, asked: None, made: None, swap: None, snapshot: None }
    }

    /// Returns the request after `requests` attempts to send it just now. A single refused attempt has requested
    /// nothing.
    #[must_use]
    fn after(&self, requests: u32) -> Self {
        let asked = self.asked.or((requests > 1).then_some(Duration::ZERO));
        Self { asked, ..self.clone() }
    }
}

/// The server's answer to a restore request.
#[derive(Debug)]
pub(crate) enum Request {
    /// The restore is under way; holds the resource id of the new database, if it has one.
    Accepted(Option<String>),
    /// The restore certainly creates nothing: a database at the target does not belong to it.
    Refused(Error),
}

/// The database found at the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    /// Ours, being restored.
    Restoring,
    /// Ours, ready.
    Available,
    /// Ours, failed; holds the cause.
    Failed(String),
    /// A database without this request's tag; holds its description.
    Foreign(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RestoreProgress {
    Restoring {
        /// The percentage done, if reported.
        percent: Option<u8>,
        /// The state, as the database reports it.
        state: String,
    },
    Available {
        /// The address, if already known.
        endpoint: Option<String>,
    },
    Failed {
        /// The cause, as the database reports it.
        why: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    Start,
    Wait,
    /// Leave the database alone and report the cause.
    Stop(String),
}

impl Found {
    /// | found | next |
    /// |---|---|
    /// | nothing | request the restore |
    /// | ours, restoring or ready | wait for it |
    /// | ours, failed | stop: its remains must be removed first |
    /// | someone else's | stop |
    pub(crate) fn next(self) -> Next {
        match self {
            Found::Nothing => Next::Start,
            Found::Restoring | Found::Available => Next::Wait,
            Found::Failed(why) => Next::Stop(format!(
                "its restore failed ({why}); remove what is left of it, then run the command again"
            )),
            Found::Foreign(what) => {
                Next::Stop(format!("the target name is already taken ({what}); choose another target"))
            }
        }
    }
}

impl Database {
    /// The name in the recovery file.
    pub(crate) fn name(&self) -> &str {
        answer!(self, database => database.name())
    }

    pub(crate) fn noun(&self) -> Noun {
        answer!(self, database => database.noun(), _rds => Noun::Database)
    }

    /// The name after its noun, as in `database orders`.
    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.noun(), self.name())
    }

    /// The ID of the store's snapshot at this time, if a mark has one.
    pub(crate) fn snapshot_at(&self, at: Instant) -> Option<&str> {
        answer!(self, store => store.snapshot_at(at), _rds => None)
    }

    /// The name of the mark at this time, if it has a snapshot of the store.
    pub(crate) fn mark_at(&self, at: Instant) -> Option<&str> {
        answer!(self, store => store.mark_at(at), _rds => None)
    }

    /// Returns one sentence for each thing the restore does not copy from the source, to show before it starts.
    pub(crate) async fn cautions(&self) -> Result<Vec<String>> {
        answer!(self, _ => Ok(Vec::new()), database => database.cautions().await)
    }

    pub(crate) async fn window(&self) -> Result<Window> {
        answer!(self, database => database.window().await)
    }

    pub(crate) async fn find(&self, request: &RestoreRequest) -> Result<Found> {
        answer!(self, database => database.find(request).await)
    }

    /// Returns whether [`Database::find`] is reliable: without a progress command it never finds anything.
    pub(crate) fn can_tell(&self) -> bool {
        match self {
            Database::Command(database) => database.can_tell(),
            Database::Rds(_) | Database::Aurora(_) => true,
        }
    }

    /// Returns another obstacle to the restore, if any, after [`Database::find`] has found nothing.
    pub(crate) async fn obstacle(&self, request: &RestoreRequest) -> Result<Option<String>> {
        match self {
            Database::Command(_) | Database::Rds(_) => Ok(None),
            Database::Aurora(database) => database.obstacle(request).await,
        }
    }

    /// Requests the restore. Call only after [`Database::find`] has found nothing. After an error the restore may be
    /// under way.
    pub(crate) async fn start(&self, request: &RestoreRequest) -> Result<Request> {
        answer!(self, database => database.start(request).await)
    }

    pub(crate) async fn progress(&self, request: &RestoreRequest) -> Result<RestoreProgress> {
        answer!(self, database => database.progress(request).await)
    }

    /// Configures everything an application needs before it uses the database. Idempotent.
    pub(crate) async fn settle(&self, request: &RestoreRequest) -> Result<()> {
        answer!(self, _ => Ok(()), database => database.settle(request).await)
    }

    /// Configures everything else that the restore could not; an application may already use the database. Waits while
    /// the server refuses changes. Idempotent.
    pub(crate) async fn configure(&self, request: &RestoreRequest) -> Result<()> {
        answer!(self, _ => Ok(()), database => database.configure(request).await)
    }

    /// Returns the commands that remove the restored database by hand, if asof knows them.
    pub(crate) fn by_hand(&self) -> Option<String> {
        answer!(self, _ => None, database => Some(database.by_hand()))
    }

    pub(crate) async fn connection(&self, request: &RestoreRequest) -> Result<Connection> {
        answer!(self, database => database.connection(request).await)
    }

    /// Removes the restored database. Refuses one without the request's tag; a missing database is not an error.
    pub(crate) async fn teardown(&self, request: &RestoreRequest) -> Result<()> {
        // Boxed because the SDK's description types are large.
        answer!(self, database => Box::pin(database.teardown(request)).await)
    }
}
