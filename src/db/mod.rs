//! Databases that are restored to a past second beside the buckets: what each kind does, behind one set of questions.
//!
//! A restore is known by its tag: it is asked for once, and found again by whoever goes on after a crash. Deciding is
//! pure ([`Window::reaches`], [`checks`], [`Found::next`]); waiting stands in one place ([`wait`]).

/// Asks a database, of whichever kind; or one of RDS, with another answer for one that is restored by commands.
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
pub(crate) use preflight::{Preflight, PreflightFinding};
pub(crate) use reach::until_reached;
pub(crate) use swap::{CutOver, Renamed, Swap};
pub(crate) use wait::wait;
pub(crate) use window::{Reach, Window};

#[derive(Debug)]
pub(crate) enum Database {
    /// Any one, by commands.
    Command(command::Database),
    Rds(rds::Instance),
    /// A cluster: of Aurora, Multi-AZ, of `DocumentDB` or Neptune.
    Aurora(rds::Cluster),
}

/// A restore: to which second, and by what it is found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RestoreRequest {
    pub at: Instant,
    /// What a restored database carries; no other restore has it.
    pub tag: String,
    /// It is a drill's: what it makes may be swept.
    pub drill: bool,
    /// How long ago the server may have been asked for it, if it was.
    pub asked: Option<Duration>,
    /// The resource id that the server gave to what it made for it, if that is known.
    pub made: Option<String>,
    /// The names that are being swapped, or are: what was restored is found under either of its own.
    pub swap: Option<Swap>,
}

impl RestoreRequest {
    /// One that nothing was asked for yet.
    pub(crate) fn new(at: Instant, tag: impl Into<String>) -> Self {
        Self { at, tag: tag.into(), drill: false, asked: None, made: None, swap: None }
    }

    /// It, when so many requests have been made for it just now. A single one that was refused has asked for nothing.
    #[must_use]
    fn after(&self, requests: u32) -> Self {
        let asked = self.asked.or((requests > 1).then_some(Duration::ZERO));
        Self { asked, ..self.clone() }
    }
}

/// What a server has answered when it was asked for a restore.
#[derive(Debug)]
pub(crate) enum Request {
    /// The restore is under way: the resource id of what is made, if there is one.
    Accepted(Option<String>),
    /// It makes nothing, for certain: whatever stands in the place is not of this restore.
    Refused(Error),
}

/// What stands in the place of the restored database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    /// What this errand asked for, under way.
    Restoring,
    /// What this errand asked for, ready.
    Available,
    /// What this errand asked for, failed: why.
    Failed(String),
    /// Something that does not carry the errand's tag: what.
    Foreign(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RestoreProgress {
    Restoring {
        /// How much is done, where that is said.
        percent: Option<u8>,
        /// In the database's own words.
        state: String,
    },
    Available {
        /// Where it answers, where that is known by now.
        endpoint: Option<String>,
    },
    Failed {
        /// In the database's own words.
        why: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    Start,
    Wait,
    /// Leave it alone, and say why.
    Stop(String),
}

impl Found {
    /// | found | next |
    /// |---|---|
    /// | nothing | it is asked for |
    /// | ours, under way or ready | it is waited for |
    /// | ours, failed | stop: what is left of it has to be removed first |
    /// | somebody else's | stop |
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
    /// Its name in the recovery file.
    pub(crate) fn name(&self) -> &str {
        answer!(self, database => database.name())
    }

    /// What a person should know before it is restored, one sentence each: what is not carried over from the source.
    pub(crate) async fn cautions(&self) -> Result<Vec<String>> {
        answer!(self, _ => Ok(Vec::new()), database => database.cautions().await)
    }

    pub(crate) async fn window(&self) -> Result<Window> {
        answer!(self, database => database.window().await)
    }

    pub(crate) async fn find(&self, errand: &RestoreRequest) -> Result<Found> {
        answer!(self, database => database.find(errand).await)
    }

    /// Whether what [`Database::find`] finds can be relied on: without a progress command nothing is ever found.
    pub(crate) fn can_tell(&self) -> bool {
        match self {
            Database::Command(database) => database.can_tell(),
            Database::Rds(_) | Database::Aurora(_) => true,
        }
    }

    /// What else stands in the way where [`Database::find`] has found nothing, if something does.
    pub(crate) async fn obstacle(&self, errand: &RestoreRequest) -> Result<Option<String>> {
        match self {
            Database::Command(_) | Database::Rds(_) => Ok(None),
            Database::Aurora(database) => database.obstacle(errand).await,
        }
    }

    /// Asks for the restore. Only where [`Database::find`] has found nothing. After an error it may be under way.
    pub(crate) async fn start(&self, errand: &RestoreRequest) -> Result<Request> {
        answer!(self, database => database.start(errand).await)
    }

    pub(crate) async fn progress(&self, errand: &RestoreRequest) -> Result<RestoreProgress> {
        answer!(self, database => database.progress(errand).await)
    }

    /// Sets what an application needs before it uses the database, where the restore has not. May be done twice.
    pub(crate) async fn settle(&self, errand: &RestoreRequest) -> Result<()> {
        answer!(self, _ => Ok(()), database => database.settle(errand).await)
    }

    /// Sets everything else that the restore could not: an application may use the database meanwhile. Waits while the
    /// server refuses to change it. May be done twice.
    pub(crate) async fn configure(&self, errand: &RestoreRequest) -> Result<()> {
        answer!(self, _ => Ok(()), database => database.configure(errand).await)
    }

    /// How a person removes the restored database, where asof knows: commands.
    pub(crate) fn by_hand(&self) -> Option<String> {
        answer!(self, _ => None, database => Some(database.by_hand()))
    }

    pub(crate) async fn connection(&self, errand: &RestoreRequest) -> Result<Connection> {
        answer!(self, database => database.connection(errand).await)
    }

    /// Removes the restored database. What does not carry the errand's tag is refused; that there is none is no error.
    pub(crate) async fn teardown(&self, errand: &RestoreRequest) -> Result<()> {
        // Boxed: the SDK's descriptions are large.
        answer!(self, database => Box::pin(database.teardown(errand)).await)
    }
}
