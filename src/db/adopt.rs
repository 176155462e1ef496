//! Decides from the tags of its databases whether a recovery that lost its state directory can be resumed.

use super::Database;
use crate::error::Result;
use crate::model::{Instant, printable};

/// The recovery tags found on the database at the target's name, regardless of who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Carries {
    Nothing,
    Tagged(Tagged),
    /// Not tagged by asof; holds the description of the database.
    Untagged(String),
    /// The database is restored by commands and cannot carry tags.
    Untold,
}

/// A database with the tags of a recovery or a drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tagged {
    pub what: String,
    pub id: String,
    /// The target time, if tagged.
    pub at: Option<Instant>,
    pub drill: bool,
}

/// A database of a recovery file, with the tags found at its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Carrier<'a> {
    pub database: &'a str,
    pub carries: Carries,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Adoption {
    Adopt { id: String, at: Instant },
    Refuse(String),
}

/// Decides whether to adopt a recovery, from the tags of each database in the file and the time given with `--at`, if
/// any.
///
/// | a database | |
/// |---|---|
/// | is restored by commands | refused: it has no tags |
/// | has no asof tags | refused: it belongs to someone else |
/// | belongs to a drill | refused: a drill's copies are torn down eventually |
/// | has no target time tag, or a run name that asof never generates | refused |
/// | has a different run name or target time than an earlier one | refused, naming both |
/// | does not exist | it will be restored |
///
/// | all databases | `--at` | |
/// |---|---|---|
/// | none exists | | refused |
/// | one name, one target time | absent, or that second | adopted |
/// | one name, one target time | another second | refused, naming both |
pub(crate) fn adoptable(found: &[Carrier<'_>], typed: Option<Instant>) -> Adoption {
    let mut first: Option<(&str, &Tagged, Instant)> = None;
    for Carrier { database: name, carries } in found {
        let why = match carries {
            Carries::Nothing => continue,
            Carries::Untold => {
                format!("{name} is restored by commands; only RDS databases can be adopted")
            }
            Carries::Untagged(what) => format!("the database {name}: {what} was not restored by asof"),
            Carries::Tagged(Tagged { what, id, drill: true, .. }) => {
                format!("the database {name}: the {what} is a copy of the drill {}", printable(id))
            }
            Carries::Tagged(Tagged { what, id, .. }) if !is_name(id) => {
                format!(
                    "the database {name}: the {what} is tagged {}, which no recovery is called",
                    printable(id)
                )
            }
            Carries::Tagged(Tagged { what, id, at: None, .. }) => {
                format!("the database {name}: the {what} of the recovery {id} does not carry the target time")
            }
            Carries::Tagged(tagged @ Tagged { at: Some(at), .. }) => match first {
                None => {
                    first = Some((name, tagged, *at));
                    continue;
                }
                Some((_, other, time)) if other.id == tagged.id && time == *at => continue,
                Some((one, other, time)) => format!(
                    "the database {one} is of the recovery {} to {}, and the database {name} of {} to {}",
                    other.id,
                    time.human(),
                    tagged.id,
                    at.human()
                ),
            },
        };
        return Adoption::Refuse(why);
    }
    match (first, typed) {
        (None, _) => Adoption::Refuse("none of the databases has been restored".to_owned()),
        (Some((_, Tagged { id, .. }, at)), Some(typed)) if typed != at => {
            let (at, typed) = (at.human(), typed.human());
            Adoption::Refuse(format!("the recovery {id} is to {at}, and --at is {typed}"))
        }
        (Some((_, Tagged { id, .. }, at)), _) => Adoption::Adopt { id: id.clone(), at },
    }
}

/// Returns whether `id` is a run name as asof generates it, such as `20251117T143005Z-7f3a`. Anyone can write tags,
/// and the name becomes a directory name.
pub(super) fn is_name(id: &str) -> bool {
    let digits = |text: &str, of: u32| text.chars().all(|c| c.is_digit(of) && !c.is_ascii_uppercase());
    let Some((stamp, rest)) = id.split_once('-') else { return false };
    let Some((day, time)) = stamp.strip_suffix('Z').and_then(|stamp| stamp.split_once('T')) else {
        return false;
    };
    (day.len(), time.len(), rest.len()) == (8, 6, 4)
        && digits(day, 10)
        && digits(time, 10)
        && digits(rest, 16)
}

impl Database {
    /// Reads the recovery tags of the database at the target's name.
    pub(crate) async fn carries(&self) -> Result<Carries> {
        answer!(self, _ => Ok(Carries::Untold), database => Box::pin(database.carries()).await)
    }
}

#[cfg(test)]
mod tests;
