//! The tags of a restored database: those of the source or the recovery file, plus asof's own.

use std::collections::BTreeMap;

use aws_sdk_rds::types::Tag;

use crate::db::RestoreRequest;
use crate::limits;
use crate::model::{Instant, printable};

/// The tag with the name of the recovery or drill that created a database.
pub(crate) const TAG: &str = "asof:recovery";

/// The tag that marks a drill's databases. Only these may be swept.
pub(super) const PURPOSE: &str = "asof:purpose";

const DRILL: &str = "drill";

/// The tag with the target time, since RDS does not report the time a database was restored to.
pub(super) const AT: &str = "asof:at";

/// asof's own tags. Never copied from a source, which may have been restored by asof itself.
pub(super) const OWN: [&str; 3] = [TAG, PURPOSE, AT];

/// Returns asof's tags for a request.
fn own(request: &RestoreRequest) -> BTreeMap<String, String> {
    let purpose = request.drill.then(|| (PURPOSE.to_owned(), DRILL.to_owned()));
    let at = (AT.to_owned(), request.at.whole_second().to_string());
    [(TAG.to_owned(), request.tag.clone()), at].into_iter().chain(purpose).collect()
}

/// The number of given tags that fit beside asof's own. A recovery reserves room for the drill tag too, so that both
/// copy the same tags.
const GIVEN: usize = limits::DATABASE_TAGS - OWN.len();

/// Returns the given tags that fit, plus asof's own.
pub(super) fn tags(given: Option<BTreeMap<String, String>>, request: &RestoreRequest) -> Vec<Tag> {
    let mut tags: BTreeMap<_, _> = given.unwrap_or_default().into_iter().take(GIVEN).collect();
    tags.extend(own(request));
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Returns the given tags that do not fit, the last by key.
fn left_out(given: Option<&BTreeMap<String, String>>) -> Vec<&str> {
    given.into_iter().flatten().skip(GIVEN).map(|(key, _)| key.as_str()).collect()
}

/// Returns the caution about tags that do not fit, if any.
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

/// Returns the recovery or drill named in the tags.
pub(super) fn errand_of(tags: &[Tag]) -> Option<&str> {
    value(tags, TAG)
}

/// Returns whether the tags are a drill's.
pub(super) fn is_of_drill(tags: &[Tag]) -> bool {
    errand_of(tags).is_some() && value(tags, PURPOSE) == Some(DRILL)
}

/// Returns the target time, if tagged.
pub(super) fn time_of(tags: &[Tag]) -> Option<Instant> {
    Instant::parse_listed(value(tags, AT)?.as_bytes())
}

fn value<'a>(tags: &'a [Tag], key: &str) -> Option<&'a str> {
    tags.iter().find(|tag| tag.key() == Some(key)).and_then(Tag::value)
}

#[cfg(test)]
mod tests;
