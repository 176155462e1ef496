//! Whether a recovery whose state directory is lost can be gone on with, by what its databases carry.

use super::Database;
use crate::error::Result;
use crate::model::{Instant, printable};

/// What stands where a database would be restored to carries of a recovery, whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Carries {
    Nothing,
    Tagged(Tagged),
    /// None: what it is.
    Untagged(String),
    /// Databases of this kind carry no tags.
    Untold,
}

/// A database with the tags of a recovery or a drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tagged {
    pub what: String,
    pub id: String,
    /// Its target time, if the tags tell it.
    pub at: Option<Instant>,
    pub drill: bool,
}

/// A database of a recovery file, and what stands at its target.
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

/// Decides, by what each database of a file carries, and by the time that was typed, if one was.
///
/// | a database | |
/// |---|---|
/// | is restored by commands | refused: it has no tags |
/// | carries no tags of asof | refused: it is somebody else's |
/// | is a drill's | refused: it is torn down one day |
/// | carries no target time, or a name that asof gives to nothing | refused |
/// | carries another name or another target time than one before it | refused, naming both |
/// | is not there | it will be restored |
///
/// | altogether | typed | |
/// |---|---|---|
/// | none is there | | refused |
/// | one name, one target time | nothing, or that second | adopted |
/// | one name, one target time | another second | refused, naming both |
pub(crate) fn adoptable(found: &[Carrier<'_>], typed: Option<Instant>) -> Adoption {
    let mut first: Option<(&str, &Tagged, Instant)> = None;
    for Carrier { database: name, carries } in found {
        let why = match carries {
            Carries::Nothing => continue,
            Carries::Untold => {
                format!("the database {name} is restored by commands; only RDS databases can be adopted")
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

/// A name as asof gives it, `20251117T143005Z-7f3a`: others can tag too, and it becomes that of a directory.
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
    /// What stands where it would be restored to carries of a recovery.
    pub(crate) async fn carries(&self) -> Result<Carries> {
        answer!(self, _ => Ok(Carries::Untold), database => Box::pin(database.carries()).await)
    }
}

#[cfg(test)]
mod tests;
