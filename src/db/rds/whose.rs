//! Decides who owns an instance or a cluster, by its resource id and tags, and never from a single answer that may be
//! stale.
//!
//! RDS is eventually consistent: for some time after a restore request, descriptions may lack the request's tags, or
//! even the database (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/Welcome.html>).

use std::time::{Duration, Instant};

use aws_sdk_rds::types::Tag;

use super::client::{Client, explain};
use super::resource::Resource;
use super::tags::{TAG, errand_of, is_of_drill, time_of};
use crate::db::{Carries, RestoreRequest, Tagged};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::retry::Backoff;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Whose {
    Ours,
    Foreign(Other),
    /// The description has no asof tag: list the tags.
    AskTags,
    /// Not known yet: look again.
    Unknown,
}

/// Another creator of a database, according to its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Other {
    /// Untagged: created without asof, or (with the reason its tags cannot be listed) unknown.
    Untagged(Option<String>),
    Drill(String),
    /// A recovery. An application may have been cut over to its database since.
    Recovery(String),
}

impl Other {
    /// Reads the owner from tags that name another recovery or drill.
    fn of(tags: &[Tag]) -> Option<Self> {
        let whose = errand_of(tags)?.to_owned();
        Some(if is_of_drill(tags) { Other::Drill(whose) } else { Other::Recovery(whose) })
    }

    /// Describes the database with its owner.
    fn in_words(&self, there: &impl Resource) -> String {
        let named = there.named();
        match self {
            Other::Untagged(None) => format!("the {named} without the tag {TAG}"),
            Other::Untagged(Some(why)) => {
                format!("the {named} without the tag {TAG} (cannot list its tags: {why})")
            }
            Other::Drill(id) => format!("the {named} of the drill {id}"),
            Other::Recovery(id) if there.is_member() => format!("the {named} of the recovery {id}"),
            Other::Recovery(id) => {
                format!("the {named} of the recovery {id}; {}", cut_over(there.identifier()))
            }
        }
    }
}

/// The advice for the recovery file after an application was cut over to a restored database.
fn cut_over(id: &str) -> String {
    format!(
        "if the application was cut over to it, set source = \"{id}\" and another target in the recovery file"
    )
}

/// Returns the hint for a missing source if the database at the target was restored by a recovery.
pub(super) fn after_cut_over(target: &impl Resource) -> Option<String> {
    match Other::of(target.tags())? {
        Other::Recovery(id) => {
            let (named, advice) = (target.named(), cut_over(target.identifier()));
            Some(format!("the {named} was restored by the recovery {id}: {advice}"))
        }
        Other::Drill(_) | Other::Untagged(_) => None,
    }
}

/// The ownership evidence in a description.
#[derive(Debug, Clone, Copy)]
struct Seen<'a> {
    resource_id: Option<&'a str>,
    tags: &'a [Tag],
}

/// Decides the owner. `listed` are the separately listed tags, if requested; `age` is the time since the restore
/// request.
///
/// | resource id | recovery tag, described or listed | tags listed | restore requested | |
/// |---|---|---|---|---|
/// | the one that the restore returned | | | | ours |
/// | | this one's | | | ours |
/// | | another's | | | foreign |
/// | | none | no | | list the tags |
/// | not the one that the restore returned | none | yes | | foreign |
/// | unknown | none | yes | less than [`limits::RESTORE_UNTAGGED`] ago | unknown |
/// | unknown | none | yes | earlier, or never | foreign |
fn whose(seen: Seen<'_>, listed: Option<&[Tag]>, request: &RestoreRequest, age: Option<Duration>) -> Whose {
    let made = request.made.as_deref();
    if made.is_some() && made == seen.resource_id {
        return Whose::Ours;
    }
    let is_tagged = |tags: &&[Tag]| errand_of(tags).is_some();
    let Some(tags) = Some(seen.tags).filter(is_tagged).or(listed.filter(is_tagged)) else {
        return match listed {
            None => Whose::AskTags,
            Some(_) if made.is_none() && age.is_some_and(|age| age < limits::RESTORE_UNTAGGED) => {
                Whose::Unknown
            }
            Some(_) => Whose::Foreign(Other::Untagged(None)),
        };
    };
    if errand_of(tags) == Some(&request.tag) {
        return Whose::Ours;
    }
    Whose::Foreign(Other::of(tags).unwrap_or(Other::Untagged(None)))
}

#[derive(Debug)]
pub(super) enum Looked<T> {
    Nothing,
    Ours(T),
    /// Another's: a description of the database and its owner.
    Foreign(String),
}

impl<T> Looked<T> {
    pub(super) fn map<U>(self, of: impl FnOnce(T) -> U) -> Looked<U> {
        match self {
            Looked::Nothing => Looked::Nothing,
            Looked::Ours(there) => Looked::Ours(of(there)),
            Looked::Foreign(what) => Looked::Foreign(what),
        }
    }
}

/// Describes the database at a target until its owner is known. With `insistent`, a missing database is also looked
/// for again until [`limits::RESTORE_UNSEEN`] after the request, since giving it up would leave an orphaned database.
pub(super) async fn look<T: Resource>(
    client: &Client,
    request: &RestoreRequest,
    insistent: bool,
    describe: impl AsyncFn() -> Result<Option<T>>,
) -> Result<Looked<T>> {
    let since = Instant::now();
    let mut backoff = Backoff::of_database();
    loop {
        let age = request.asked.map(|age| age + since.elapsed());
        // Boxed because the SDK's futures are large.
        match Box::pin(describe()).await? {
            None if insistent && age.is_some_and(|age| age < limits::RESTORE_UNSEEN) => {}
            None => return Ok(Looked::Nothing),
            Some(there) => match Box::pin(decide(client, &there, request, age)).await? {
                Whose::Ours => return Ok(Looked::Ours(there)),
                Whose::Foreign(other) => return Ok(Looked::Foreign(other.in_words(&there))),
                Whose::AskTags | Whose::Unknown => {}
            },
        }
        client.pause(backoff.pause()).await?;
    }
}

/// Decides the owner now, listing the tags if the description has none. If no restore was requested, a database whose
/// tags cannot be listed counts as foreign.
async fn decide<T: Resource>(
    client: &Client,
    there: &T,
    request: &RestoreRequest,
    age: Option<Duration>,
) -> Result<Whose> {
    let seen = Seen { resource_id: there.resource_id(), tags: there.tags() };
    let decided = whose(seen, None, request, age);
    if decided != Whose::AskTags {
        return Ok(decided);
    }
    match list_tags(client, there).await {
        Ok(listed) => Ok(whose(seen, Some(&listed), request, age)),
        Err(e) if e.kind() == ErrorKind::Denied && age.is_none() => {
            Ok(Whose::Foreign(Other::Untagged(Some(e.to_string()))))
        }
        // Deleted meanwhile, or not yet known to the tagging API.
        Err(e) if e.kind() == ErrorKind::Missing => Ok(whose(seen, Some(&[]), request, age)),
        Err(e) => Err(e),
    }
}

async fn list_tags<T: Resource>(client: &Client, there: &T) -> Result<Vec<Tag>> {
    let named = there.named();
    let doing = format!("list the tags of the {named}");
    let Some(arn) = there.arn() else {
        return Err(Error::new(ErrorKind::Corrupt, format!("cannot {doing}: RDS reports no ARN for it")));
    };
    let listed = client.insist(async |sdk| {
        sdk.list_tags_for_resource().resource_name(arn).send().await.map_err(|e| explain(&doing, &e))
    });
    Ok(listed.await?.tag_list().to_vec())
}

/// Reads the recovery from the tags of the database at a target, for a recovery that lost its state directory.
/// Descriptions may lack tags for some time, so the tags are listed before a database counts as untagged.
pub(super) async fn carried<T: Resource>(client: &Client, there: Option<T>) -> Result<Carries> {
    let Some(there) = there else { return Ok(Carries::Nothing) };
    let listed = match (errand_of(there.tags()), time_of(there.tags())) {
        (Some(_), Some(_)) => None,
        _ => Some(list_tags(client, &there).await?),
    };
    let (what, tags) = (there.named(), listed.as_deref().unwrap_or(there.tags()));
    Ok(match errand_of(tags) {
        Some(id) => {
            Carries::Tagged(Tagged { what, id: id.to_owned(), at: time_of(tags), drill: is_of_drill(tags) })
        }
        None => Carries::Untagged(format!("the {what}")),
    })
}

#[cfg(test)]
mod tests;
