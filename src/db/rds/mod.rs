//! Databases restored by Amazon RDS: an instance ([`Instance`]), or a cluster with its instances ([`Cluster`]).
//!
//! RDS never restores in place: it creates a new instance or cluster, with default settings where the request names
//! none. The wanted settings ([`settings`], [`cluster_settings`]) are the source's, overridden by the recovery file's.
//! The restore request carries the settings it accepts; the others are modified afterwards where they differ.
//!
//! RDS accepts no idempotency token. A database created by this request is recognized by its tag [`TAG`]: it is
//! resumed and torn down; all others are left alone.

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

/// A database in the recovery file that RDS restores.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub name: String,
    pub source: Source,
    /// The identifier of the new instance or cluster.
    pub target: String,
    pub like_source: bool,
    /// Settings that differ from the source's.
    pub overrides: toml::Table,
    /// The source of the new master password; without it, the password stays as it was at T.
    pub password: Option<PasswordFrom>,
    /// The way an application switches to the restored database.
    pub cut_over: CutOver,
    pub server: Server,
}

/// The source of a restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The identifier of an existing instance or cluster.
    Identifier(String),
    /// The resource id of a deleted one whose automated backups were kept.
    ResourceId(String),
    /// The ARN of automated backups copied to this region.
    BackupArn(String),
}

impl Source {
    /// Returns the name used in the recovery file.
    fn name(&self) -> &str {
        let (Source::Identifier(name) | Source::ResourceId(name) | Source::BackupArn(name)) = self;
        name
    }

    /// Returns whether a description is of this source; always false for copied backups.
    fn is(&self, there: &impl Resource) -> bool {
        match self {
            Source::Identifier(id) => there.identifier() == id,
            Source::ResourceId(id) => there.resource_id() == Some(id),
            Source::BackupArn(_) => false,
        }
    }
}

/// The endpoint and identity used for RDS requests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Server {
    /// The endpoint, if not AWS's own.
    pub endpoint_url: Option<String>,
    pub region: Option<String>,
    pub profile: Option<String>,
    /// The maximum silence within a reply; `None` means the default.
    pub read_timeout: Option<Duration>,
}

impl Settings {
    /// Refuses an invalid target identifier before the first request. `suffix` is the length of what is appended to
    /// it.
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

/// Returns whether `text` is a valid identifier:
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.Constraints>. Capitals are not
/// accepted because RDS lowercases them.
fn is_identifier(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(plain)
        && !text.ends_with('-')
        && !text.contains("--")
}

/// Interprets the refusal "name taken". The name may belong to someone else's database, or to this request's own if an
/// answer was lost and the request was repeated. `requests` is the number of requests sent.
///
/// | found | the restore may have been requested before | requests | |
/// |---|---|---|---|
/// | ours | | | accepted |
/// | another's | no | one | refused: nothing was created |
/// | another's | yes, or several requests | | an error: the outcome of the first is unknown |
/// | nothing any more | | | an error: the database may appear soon |
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

/// Interprets the answer to `requests` restore requests, unless it is "name taken": if the only request was refused,
/// nothing was created.
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
