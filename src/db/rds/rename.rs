//! Renames an instance or a cluster. RDS renames in the background: for some time the old name shows the status
//! `renaming`, then neither name may answer, then the new name does, at another endpoint. The resource id stays the
//! same.
//!
//! <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html>

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::client::{Client, is_busy, is_taken, passes};
use super::resource::{Resource, named};
use crate::db::{Renamed, RestoreProgress, Swap};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::retry::Backoff;

/// Returns the database with this name if it has this resource id.
pub(super) async fn known<T: Resource>(client: &Client, id: &str, resource_id: &str) -> Result<Option<T>> {
    Ok(named::<T>(client, id).await?.filter(|there| there.resource_id() == Some(resource_id)))
}

/// Finds a database under either of its names. Retries for a while before accepting that neither answers.
pub(super) async fn find<T: Resource>(client: &Client, of: &Renamed) -> Result<Option<T>> {
    find_within(client, of, limits::RENAMED_MISSED).await
}

/// Does the same, retrying for up to `longest` while neither name answers.
pub(super) async fn find_within<T: Resource>(
    client: &Client,
    of: &Renamed,
    longest: Duration,
) -> Result<Option<T>> {
    let (since, mut backoff) = (Instant::now(), Backoff::of_database());
    loop {
        for name in [&of.to, &of.from] {
            if let Some(there) = known(client, name, &of.resource_id).await? {
                return Ok(Some(there));
            }
        }
        if since.elapsed() >= longest {
            return Ok(None);
        }
        client.pause(backoff.pause()).await?;
    }
}

/// Returns the restored database under its current name. After a swap, the target's name may belong to another
/// database.
pub(super) async fn restored<T: Resource>(client: &Client, target: &str, swap: Option<&Swap>) -> Result<T> {
    match swap {
        None => client.insist(async |sdk| T::describe(&sdk, target).await).await,
        Some(Swap { target, .. }) => find(client, target).await?.ok_or_else(|| lost::<T>(target)),
    }
}

/// The condition under which a database counts as renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// It has its new name, even if stopped or failed.
    Named,
    /// It also keeps that name for [`limits::RENAMED_LATE`]: RDS may have accepted a request for its other name
    /// without showing it yet.
    Stays,
    /// It is reachable under its new name.
    Answers,
}

/// Renames a database and waits until it has its new name. `before` is the resource id of the database that just had
/// that name: a description may still show it there.
///
/// | the new name has | the old name has | |
/// |---|---|---|
/// | this database, with the old name pending | | wait |
/// | this database, with an endpoint of the new name | | done |
/// | this database, stopped or failed | | done, or an error if it must be reachable |
/// | this database, without an endpoint, or with the old one | | wait |
/// | another, except `before` | | refuse: nothing is overwritten |
/// | nothing, or `before` | this database, `renaming` | wait |
/// | nothing, or `before` | this database, in another status | request the rename |
/// | nothing, or `before` | nothing, or another | wait, for at most [`limits::RENAMED_UNSEEN`] |
pub(super) async fn rename<T: Resource>(
    client: &Client,
    of: &Renamed,
    until: Until,
    before: Option<&str>,
) -> Result<()> {
    let (Renamed { resource_id, from, to }, unseen) = (of, Cell::new(None));
    let come = Cell::new(None);
    let is_renamed = async || {
        let since = come.take();
        match named::<T>(client, to).await? {
            Some(there) if there.resource_id() == Some(resource_id) => {
                if !has_come(&there, of, until)? {
                    return Ok(false);
                }
                let since = since.unwrap_or_else(Instant::now);
                come.set(Some(since));
                return Ok(until != Until::Stays || since.elapsed() >= limits::RENAMED_LATE);
            }
            Some(there) if before.is_none() || there.resource_id() != before => {
                return Err(held(&there, from));
            }
            Some(_) | None => {}
        }
        let Some(there) = known::<T>(client, from, resource_id).await? else {
            let since = unseen.get().unwrap_or_else(Instant::now);
            unseen.set(Some(since));
            return if since.elapsed() < limits::RENAMED_UNSEEN { Ok(false) } else { Err(lost::<T>(of)) };
        };
        unseen.set(None);
        if there.status() == Some("renaming") {
            return Ok(false);
        }
        match client.ask(async |sdk| T::rename(&sdk, from, to).await).await {
            Err(e) if is_busy(e.code()) && matches!(there.how_far(), RestoreProgress::Failed { .. }) => {
                Err(e)
            }
            Err(e) if !passes(&e) && !is_taken(&e) && e.kind() != ErrorKind::Missing => Err(e),
            // The next poll shows whether the rename is under way, or whose the name is.
            Ok(()) | Err(_) => Ok(false),
        }
    };
    // RDS renames nothing during a first backup, which takes hours.
    let still = format!("the {} {from} does not appear as {to} yet", T::KIND);
    client.until(&still, limits::RECOVERY_DEADLINE, is_renamed).await
}

/// Returns whether the database is reachable under its new name: for some time a description may show the new name
/// with the old endpoint.
fn has_come<T: Resource>(there: &T, Renamed { from, to, .. }: &Renamed, until: Until) -> Result<bool> {
    if there.pending_name() == Some(from) {
        return Ok(false);
    }
    match there.how_far() {
        RestoreProgress::Available { endpoint: Some(endpoint) } => {
            Ok(!endpoint.starts_with(&format!("{from}.")))
        }
        RestoreProgress::Failed { .. } if until != Until::Answers => Ok(true),
        RestoreProgress::Failed { why } => {
            let message = format!("the {} {from} was renamed to {to} and cannot be used: {why}", T::KIND);
            Err(Error::new(ErrorKind::Refused, message))
        }
        RestoreProgress::Available { endpoint: None } | RestoreProgress::Restoring { .. } => Ok(false),
    }
}

/// The error for a name taken by another database.
fn held(there: &impl Resource, from: &str) -> Error {
    is_held(there, from).hint("it was left unchanged; rename it, then run the same command again")
}

/// The same error without a hint.
pub(super) fn is_held(there: &impl Resource, from: &str) -> Error {
    let (named, id) = (there.named(), there.identifier());
    let resource = there.resource_id().unwrap_or("unknown");
    let message = format!("cannot rename {from} to {id}: the name is taken by the {named} ({resource})");
    Error::new(ErrorKind::Refused, message)
}

fn lost<T: Resource>(Renamed { resource_id, from, to }: &Renamed) -> Error {
    let kind = T::KIND;
    let message = format!("cannot find the {kind} {resource_id}: it is neither {from} nor {to}");
    Error::new(ErrorKind::Missing, message)
        .hint(format!("aws rds describe-db-{kind}s lists existing ones; once it has one of these names, run the same command again"))
}
