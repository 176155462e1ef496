//! Databases that Amazon RDS restores: an instance ([`Instance`]), or a cluster with its instances ([`Cluster`]).
//!
//! RDS never restores in place: it makes a new instance or cluster, with default settings where the request names none.
//! What is wanted ([`settings`], [`cluster_settings`]) is the source's settings under those of the recovery file. The
//! restore request carries what it can; what the restored database has otherwise then is modified.
//!
//! RDS takes no idempotency token. What this errand has asked for is known by its tag [`TAG`]: it is gone on with, and torn
//! down; anything else is left alone.

mod by_hand;
mod captured;
mod client;
mod cluster;
mod cluster_engine;
mod cluster_settings;
mod described;
mod engines;
mod follow_up;
mod instance;
mod look_up;
mod managed;
mod members;
mod password;
mod phases;
mod preflight;
mod protection;
mod rename;
mod requests;
mod resource;
mod settings;
mod settle;
mod states;
mod swap;
mod sweep;
mod tags;
mod whose;

use std::time::Duration;

pub(super) use client::missing_permission;
pub(crate) use cluster::Cluster;
pub(crate) use described::GivenSettings;
pub(crate) use instance::Instance;
pub(crate) use password::PasswordFrom;
pub(crate) use sweep::{Leftover, Sweep, Sweeper, Swept};

use client::is_refusal;
use resource::Resource;
use whose::Looked;

use super::{CutOver, Request};
use crate::error::{Error, Result};
use crate::limits;

/// What the recovery file says of a database that RDS restores.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub name: String,
    pub source: Source,
    /// The identifier of the new instance or cluster.
    pub target: String,
    pub like_source: bool,
    /// Settings that differ from the source's.
    pub overrides: toml::Table,
    /// Where the master password that it is to have is read, if not that of the time.
    pub password: Option<PasswordFrom>,
    /// How an application comes to use it.
    pub cut_over: CutOver,
    pub server: Server,
}

/// What a database is restored from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// An instance or cluster that is there, by its identifier.
    Identifier(String),
    /// One that was deleted, by its resource id; its automated backups have been kept.
    ResourceId(String),
    /// Automated backups that were copied to this region, by their ARN.
    BackupArn(String),
}

impl Source {
    /// As the recovery file names it.
    fn name(&self) -> &str {
        let (Source::Identifier(name) | Source::ResourceId(name) | Source::BackupArn(name)) = self;
        name
    }

    /// Whether a description is of it. That of a copy of backups never is.
    fn is(&self, there: &impl Resource) -> bool {
        match self {
            Source::Identifier(id) => there.identifier() == id,
            Source::ResourceId(id) => there.resource_id() == Some(id),
            Source::BackupArn(_) => false,
        }
    }
}

/// Which server is asked, and as whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Server {
    /// Its address, if it is not AWS's own.
    pub endpoint_url: Option<String>,
    pub region: Option<String>,
    pub profile: Option<String>,
    /// How long nothing may come of a reply that has begun, unless as long as usual.
    pub read_timeout: Option<Duration>,
}

impl Settings {
    /// Refuses a target that RDS would not take, while nothing has been asked for yet. `suffix` is what is put behind it.
    fn check_target(&self, suffix: usize) -> Result<()> {
        let (name, target) = (&self.name, &self.target);
        if is_identifier(target) && target.len() + suffix <= limits::DB_IDENTIFIER {
            return Ok(());
        }
        let most = limits::DB_IDENTIFIER - suffix;
        let message = format!("the target {target} of the database {name} is not a valid RDS identifier");
        Err(Error::usage(message).hint(format!(
            "use up to {most} lowercase letters, digits and single hyphens, beginning with a letter and not ending in a hyphen"
        )))
    }

    fn overrides<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        self.overrides.clone().try_into().map_err(|e: toml::de::Error| {
            let why = e.message().trim().replace('\n', "; ");
            Error::usage(format!("the overrides of the database {}: {why}", self.name))
        })
    }
}

/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.Constraints>. Capitals are left out:
/// RDS makes small letters of them.
fn is_identifier(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(plain)
        && !text.ends_with('-')
        && !text.contains("--")
}

/// What the refusal of a name that is taken means: by somebody else's database, or the errand's own after all, since an
/// answer was lost and the request was made again. `requests` is how many were made.
///
/// | stands there | the restore may have been asked for before | requests | |
/// |---|---|---|---|
/// | the errand's | | | accepted |
/// | another's | no | one | refused: nothing was made |
/// | another's | yes, or several requests | | an error: it is not known what became of the first |
/// | nothing any more | | | an error: it may be there soon |
fn taken(found: Looked<Option<String>>, e: Error, asked: bool, requests: u32) -> Result<Request> {
    match found {
        Looked::Ours(id) => Ok(Request::Accepted(id)),
        Looked::Foreign(what) => {
            let e = e.hint(format!("it is {what}; choose another target, or remove it"));
            if asked || requests > 1 { Err(e) } else { Ok(Request::Refused(e)) }
        }
        Looked::Nothing => Err(e),
    }
}

/// What a server has answered to `requests` requests for a restore, if the last answer is not that the name is taken: one
/// that refuses the only request has made nothing.
fn answered(answer: Result<Option<String>>, asked: bool, requests: u32) -> Result<Request> {
    match answer {
        Ok(id) => Ok(Request::Accepted(id)),
        Err(e) if requests == 1 && !asked && is_refusal(&e) => Ok(Request::Refused(e)),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn only_the_first_request_of_all_tells_that_nothing_was_made() {
        let refused = || Error::new(ErrorKind::Invalid, "taken").with_code("DBInstanceAlreadyExists");
        let foreign = || Looked::Foreign("another".to_owned());
        let refused_for_certain = |answer: Result<Request>| matches!(answer, Ok(Request::Refused(_)));
        for (asked, requests, certain) in
            [(false, 1, true), (true, 1, false), (false, 2, false), (true, 2, false)]
        {
            assert_eq!(refused_for_certain(taken(foreign(), refused(), asked, requests)), certain);
            assert_eq!(refused_for_certain(answered(Err(refused()), asked, requests)), certain);
            let lost = || Error::new(ErrorKind::Transient, "no answer");
            assert!(answered(Err(lost()), asked, requests).is_err());
            assert!(taken(Looked::Nothing, refused(), asked, requests).is_err());
            let id = Some("db-A".to_owned());
            let ours = taken(Looked::Ours(id.clone()), refused(), asked, requests).unwrap();
            assert!(matches!(ours, Request::Accepted(made) if made == id));
        }
    }

    #[test]
    fn identifiers_are_those_that_rds_keeps_as_they_are() {
        for text in ["a", "prod-2", "restored"] {
            assert!(is_identifier(text), "{text}");
        }
        for text in ["", "2prod", "-a", "a-", "a--b", "Prod", "a_b", "a.b", "ä"] {
            assert!(!is_identifier(text), "{text}");
        }
    }
}
