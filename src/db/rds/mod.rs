//! Databases that Amazon RDS restores: an instance ([`Instance`]), or an Aurora cluster with its instances ([`Cluster`]).
//!
//! RDS never restores in place: it makes a new instance or cluster, with default settings where the request names none.
//! What is wanted ([`settings`], [`cluster_settings`]) is the source's settings under those of the recovery file. The
//! restore request carries what it can; what the restored database has otherwise then is modified.
//!
//! RDS takes no idempotency token. What this errand has asked for is known by its tag [`TAG`]: it is gone on with, and torn
//! down; anything else is left alone.

mod captured;
mod client;
mod cluster;
mod cluster_settings;
mod described;
mod instance;
mod look_up;
mod members;
mod preflight;
mod requests;
mod settings;
mod source;
mod states;

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_rds::types::Tag;

pub(super) use client::missing_permission;
pub use cluster::Cluster;
pub use instance::Instance;
pub use source::GivenSettings;

use super::{Errand, Found};
use crate::error::{Error, Result};
use crate::limits;

/// The tag that names the errand which asked for a database.
pub const TAG: &str = "asof:recovery";

/// What the recovery file says of a database that RDS restores.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Its name in messages.
    pub name: String,
    /// What is restored.
    pub source: Source,
    /// The identifier of the new instance or cluster.
    pub target: String,
    /// The source's settings are carried over.
    pub like_source: bool,
    /// Settings that differ from the source's.
    pub overrides: toml::Table,
    /// The server.
    pub server: Server,
}

/// What a database is restored from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
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
}

/// Which server is asked, and as whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Server {
    /// Its address, if it is not AWS's own.
    pub endpoint_url: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The profile in the AWS configuration files.
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
        let message = format!("the target {target} of the database {name} is no identifier of RDS");
        Err(Error::usage(message).hint(format!(
            "it has up to {most} small letters, digits and hyphens, begins with a letter, ends in none of the hyphens, \
             and no two of them stand together"
        )))
    }

    /// The settings that the file gives.
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

/// The tags that were given, with the errand's.
fn tags(given: Option<BTreeMap<String, String>>, errand: &Errand) -> Vec<Tag> {
    let mut tags = given.unwrap_or_default();
    tags.insert(TAG.to_owned(), errand.tag.clone());
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// The errand that the tags name.
fn errand_of(tags: &[Tag]) -> Option<&str> {
    tags.iter().find(|tag| tag.key() == Some(TAG)).and_then(|tag| tag.value())
}

/// What has been found, if it is not the errand's.
fn foreign(what: &str, target: &str, tags: &[Tag], errand: &Errand) -> Option<Found> {
    let whose = errand_of(tags);
    (whose != Some(&errand.tag)).then(|| {
        let whose = match whose {
            None => format!("without the tag {TAG}"),
            Some(other) => format!("of the recovery {other}"),
        };
        Found::Foreign(format!("the {what} {target} {whose}"))
    })
}

/// Whether what has taken the name is the errand's after all: an answer was lost, and the SDK has asked again. `e` is the
/// refusal.
fn taken(found: Found, e: Error) -> Result<()> {
    match found {
        Found::Foreign(what) => Err(e.hint(format!("it is {what}; name another target, or remove it"))),
        Found::Nothing => Err(e),
        Found::Restoring | Found::Available | Found::Failed(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_those_that_rds_keeps_as_they_are() {
        for text in ["a", "prod-2", "restored"] {
            assert!(is_identifier(text), "{text}");
        }
        for text in ["", "2prod", "-a", "a-", "a--b", "Prod", "a_b", "a.b", "ä"] {
            assert!(!is_identifier(text), "{text}");
        }
    }

    #[test]
    fn only_the_errand_s_own_tag_makes_a_database_ours() {
        let errand = Errand { at: crate::model::Instant::from_millis(0), tag: "r-1".into() };
        let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
        for (tags, is_foreign) in [
            (vec![tag(TAG, "r-1"), tag("a", "b")], false),
            (vec![tag(TAG, "r-2")], true),
            (vec![tag("a", "r-1")], true),
            (vec![], true),
        ] {
            assert_eq!(foreign("instance", "x", &tags, &errand).is_some(), is_foreign, "{tags:?}");
        }
        assert_eq!(errand_of(&super::tags(None, &errand)), Some("r-1"));
    }
}
