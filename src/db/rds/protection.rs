//! Deletion protection of a restored database before its removal.

use crate::error::{Error, ErrorKind, Result};

/// Refuses to remove a database that someone else has protected.
///
/// | protected | asof was to protect it | |
/// |---|---|---|
/// | no | | removed |
/// | yes | yes | removed: its protection is disabled first |
/// | yes | no, or unknown | refused: someone has protected it since |
pub(super) fn require_own(is: Option<bool>, wanted: Result<Option<bool>>, by_hand: &str) -> Result<()> {
    let why = match (is, wanted) {
        (None | Some(false), _) | (Some(true), Ok(Some(true))) => return Ok(()),
        (Some(true), Ok(_)) => "which asof did not set".to_owned(),
        (Some(true), Err(e)) => format!("and it is unknown whether asof set that: {e}"),
    };
    let message = format!("cannot remove the database: it is protected from deletion, {why}");
    Err(Error::new(ErrorKind::Refused, message).hint(format!(
        "if it is not needed, disable deletion protection and run the same command again; by hand: {by_hand}"
    )))
}

#[cfg(test)]
mod tests;
