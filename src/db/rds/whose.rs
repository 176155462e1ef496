//! Whose an instance or a cluster is: decided by its resource id and its tags, and never by one answer alone that may be old.
//!
//! RDS is eventually consistent: for some time after a restore was asked for, a description may lack the tags that the
//! request gave, and even the database (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/Welcome.html>).

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
    /// Its description does not tell: its tags have to be asked for.
    AskTags,
    /// Nothing tells yet: it has to be looked at again.
    Unknown,
}

/// Who else has made a database, as its tags tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Other {
    /// Nobody tells: somebody without asof, or (why its tags cannot be listed) that is not known.
    Untagged(Option<String>),
    Drill(String),
    /// A recovery, to whose database an application may have been cut over since.
    Recovery(String),
}

impl Other {
    /// Of tags that name another errand.
    fn of(tags: &[Tag]) -> Option<Self> {
        let whose = errand_of(tags)?.to_owned();
        Some(if is_of_drill(tags) { Other::Drill(whose) } else { Other::Recovery(whose) })
    }

    /// What such a database is.
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

/// What to do about the recovery file after an application was cut over to what it has restored.
fn cut_over(id: &str) -> String {
    format!(
        "if the application was cut over to it, set source = \"{id}\" and another target in the recovery file"
    )
}

/// What to say where a source is gone, and a recovery has restored what stands at the target.
pub(super) fn after_cut_over(target: &impl Resource) -> Option<String> {
    match Other::of(target.tags())? {
        Other::Recovery(id) => {
            let (named, advice) = (target.named(), cut_over(target.identifier()));
            Some(format!("the {named} was restored by the recovery {id}: {advice}"))
        }
        Other::Drill(_) | Other::Untagged(_) => None,
    }
}

/// What a description tells of whose it is.
#[derive(Debug, Clone, Copy)]
struct Seen<'a> {
    resource_id: Option<&'a str>,
    tags: &'a [Tag],
}

/// Decides. `listed` are the tags as they were asked for, if they were; `age` is how long ago the restore was asked for.
///
/// | resource id | tag of a recovery, described or listed | tags asked for | asked for a restore | |
/// |---|---|---|---|---|
/// | the one that the restore returned | | | | ours |
/// | | this one's | | | ours |
/// | | another's | | | foreign |
/// | | none | no | | its tags are asked for |
/// | another than the one that the restore returned | none | yes | | foreign |
/// | not known | none | yes | less than [`limits::RESTORE_UNTAGGED`] ago | unknown |
/// | not known | none | yes | before that, or never | foreign |
fn whose(seen: Seen<'_>, listed: Option<&[Tag]>, errand: &RestoreRequest, age: Option<Duration>) -> Whose {
    let made = errand.made.as_deref();
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
    if errand_of(tags) == Some(&errand.tag) {
        return Whose::Ours;
    }
    Whose::Foreign(Other::of(tags).unwrap_or(Other::Untagged(None)))
}

#[derive(Debug)]
pub(super) enum Looked<T> {
    Nothing,
    Ours(T),
    /// Another: what, and whose.
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

/// Describes what stands in a place until it is known whose it is. With `insistent`, that there is nothing is not believed
/// either until the restore was asked for [`limits::RESTORE_UNSEEN`] ago: what is given up then would be an orphan.
pub(super) async fn look<T: Resource>(
    client: &Client,
    errand: &RestoreRequest,
    insistent: bool,
    describe: impl AsyncFn() -> Result<Option<T>>,
) -> Result<Looked<T>> {
    let since = Instant::now();
    let mut backoff = Backoff::of_database();
    loop {
        let age = errand.asked.map(|age| age + since.elapsed());
        // Boxed: the SDK's futures are large.
        match Box::pin(describe()).await? {
            None if insistent && age.is_some_and(|age| age < limits::RESTORE_UNSEEN) => {}
            None => return Ok(Looked::Nothing),
            Some(there) => match Box::pin(decide(client, &there, errand, age)).await? {
                Whose::Ours => return Ok(Looked::Ours(there)),
                Whose::Foreign(other) => return Ok(Looked::Foreign(other.in_words(&there))),
                Whose::AskTags | Whose::Unknown => {}
            },
        }
        client.pause(backoff.pause()).await?;
    }
}

/// Whose it is, now: its tags are asked for where the description does not tell. Whatever nothing was asked for is foreign
/// although they cannot be asked for.
async fn decide<T: Resource>(
    client: &Client,
    there: &T,
    errand: &RestoreRequest,
    age: Option<Duration>,
) -> Result<Whose> {
    let seen = Seen { resource_id: there.resource_id(), tags: there.tags() };
    let decided = whose(seen, None, errand, age);
    if decided != Whose::AskTags {
        return Ok(decided);
    }
    match list_tags(client, there).await {
        Ok(listed) => Ok(whose(seen, Some(&listed), errand, age)),
        Err(e) if e.kind() == ErrorKind::Denied && age.is_none() => {
            Ok(Whose::Foreign(Other::Untagged(Some(e.to_string()))))
        }
        // It has been deleted meanwhile, or is not known there yet.
        Err(e) if e.kind() == ErrorKind::Missing => Ok(whose(seen, Some(&[]), errand, age)),
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

/// The recovery that stands in the tags of what is found at a target, for one whose state directory is lost. A description
/// may lack the tags for some time: they are listed before anything is called untagged.
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
