//! The tags of what is restored: those of the source or the recovery file, and asof's own.

use std::collections::BTreeMap;

use aws_sdk_rds::types::Tag;

use crate::db::RestoreRequest;
use crate::limits;
use crate::model::{Instant, printable};

/// The tag that names the errand which asked for a database.
pub(crate) const TAG: &str = "asof:recovery";

/// The tag of what a drill has asked for: nothing else may be swept.
pub(super) const PURPOSE: &str = "asof:purpose";

const DRILL: &str = "drill";

/// The tag of the second that was asked for: RDS does not tell to which time a database was restored.
pub(super) const AT: &str = "asof:at";

/// Asof's own tags: never carried over from a source, which may have been restored by asof itself.
pub(super) const OWN: [&str; 3] = [TAG, PURPOSE, AT];

/// The errand's own.
fn own(errand: &RestoreRequest) -> BTreeMap<String, String> {
    let purpose = errand.drill.then(|| (PURPOSE.to_owned(), DRILL.to_owned()));
    let at = (AT.to_owned(), errand.at.whole_second().to_string());
    [(TAG.to_owned(), errand.tag.clone()), at].into_iter().chain(purpose).collect()
}

/// How many of the given tags a database takes beside asof's own. Those of a drill count for a recovery too, so that both
/// carry the same.
const GIVEN: usize = limits::DATABASE_TAGS - OWN.len();

/// The tags that were given, as many as there is room for, with the errand's.
pub(super) fn tags(given: Option<BTreeMap<String, String>>, errand: &RestoreRequest) -> Vec<Tag> {
    let mut tags: BTreeMap<_, _> = given.unwrap_or_default().into_iter().take(GIVEN).collect();
    tags.extend(own(errand));
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// The given tags for which there is no room: the last ones by their keys.
fn left_out(given: Option<&BTreeMap<String, String>>) -> Vec<&str> {
    given.into_iter().flatten().skip(GIVEN).map(|(key, _)| key.as_str()).collect()
}

/// What to say of them, if there are any.
pub(super) fn caution(name: &str, target: &str, given: Option<&BTreeMap<String, String>>) -> Option<String> {
    let left_out = left_out(given);
    let most = limits::DATABASE_TAGS;
    (!left_out.is_empty()).then(|| {
        format!(
            "database {name}: not carried over to {target}, since RDS allows {most} tags and asof needs {} of them: the \
             tags {}",
            OWN.len(),
printable(&left_out.join(", "))
        )
    })
}

/// The errand that the tags name.
pub(super) fn errand_of(tags: &[Tag]) -> Option<&str> {
    value(tags, TAG)
}

/// Whether the errand that they name is a drill's.
pub(super) fn is_of_drill(tags: &[Tag]) -> bool {
    errand_of(tags).is_some() && value(tags, PURPOSE) == Some(DRILL)
}

/// The second to which it was to restore, if they tell.
pub(super) fn time_of(tags: &[Tag]) -> Option<Instant> {
    Instant::parse_listed(value(tags, AT)?.as_bytes())
}

fn value<'a>(tags: &'a [Tag], key: &str) -> Option<&'a str> {
    tags.iter().find(|tag| tag.key() == Some(key)).and_then(Tag::value)
}

#[cfg(test)]
mod tests;
