//! The cut-over by renaming, of an instance and of a cluster.

use aws_sdk_rds::types::{DbCluster, DbInstance};

use super::client::Client;
use super::rename::{Renamable, Until, find, find_within, is_held, known, named, rename};
use super::whose::Looked;
use super::{Cluster, Instance, Settings, Source, is_identifier};
use crate::db::swap::{KEPT_SUFFIX, in_name, kept_name};
use crate::db::{CutOver, Renamed, RestoreProgress, RestoreRequest, Swap};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;

/// What to do where a source is gone that a recovery renames.
pub(super) const STOPPED_SWAP: &str = "if a recovery was stopped while it renamed databases, asof recover --list names it: finish it by the command that began it, \
     or abort it; else give the source its name back";

impl Settings {
    /// Refuses a cut-over that RDS would not carry out, while nothing has been asked for yet.
    pub(super) fn check_cut_over(&self) -> Result<()> {
        let (CutOver::Rename, name) = (self.cut_over, &self.name) else { return Ok(()) };
        let wrong =
            |why: String| Error::usage(format!("cut-over = \"rename\" of the database {name}: {why}"));
        let Source::Identifier(source) = &self.source else {
            return Err(wrong("only a database that is there has a name to give".to_owned())
                .hint("name it as source, or leave cut-over out"));
        };
        if *source == self.target {
            return Err(wrong(format!("{source} is source and target")).hint("name another target"));
        }
        let most = limits::DB_IDENTIFIER - KEPT_SUFFIX;
        if is_identifier(source) && source.len() <= most {
            return Ok(());
        }
        let kept = kept_name(source, Instant::default());
        Err(wrong(format!("its source would be kept under a name like {kept}, which is no identifier of RDS"))
            .hint(format!(
                "a source has up to {most} small letters, digits and hyphens then: rename it, or leave cut-over out"
            )))
    }

    /// The source's name, where it is given to the restored database.
    fn swapped_source(&self) -> Option<&str> {
        match (&self.source, self.cut_over) {
            (Source::Identifier(id), CutOver::Rename) => Some(id),
            _ => None,
        }
    }

    /// What the instances of a restored cluster are called, but for their numbers. They keep their names when it gets its
    /// source's: the next cluster that is restored into the same target needs others.
    pub(super) fn members_named(&self, at: Instant) -> String {
        match self.cut_over {
            CutOver::None => self.target.clone(),
            CutOver::Rename => format!("{}-{}", self.target, in_name(at)),
        }
    }

    /// What is said before anything is restored.
    async fn outline_swap<T: Renamable>(&self, client: &Client, at: Instant) -> Result<Vec<String>> {
        let Some(source) = self.swapped_source() else { return Ok(Vec::new()) };
        let (kept, target, name) = (kept_name(source, at), &self.target, &self.name);
        if let Some(there) = named::<T>(client, &kept).await? {
            return Err(kept_is_taken::<T>(client, &there, source).await?.hint("nothing was changed"));
        }
        let mut lines = vec![
            format!("database {name}: at the end, {source} is renamed to {kept}, and {target} to {source}"),
            format!(
                "  the application finds the restored one by {source}, at the endpoint that it knows; every connection drops"
            ),
            format!("  read replicas and proxies of {source} stay with {kept}"),
        ];
        if T::KIND == "cluster" {
            lines.push("  the clusters are renamed; their instances keep their names".to_owned());
        } else {
            lines.push(
                "  RDS renames nothing while it makes the first backup: that is waited for, and may take hours".to_owned(),
            );
        }
        if let Some(RestoreProgress::Failed { why }) =
            named::<T>(client, source).await?.map(|there| there.how_far())
        {
            lines.push(format!("  RDS may refuse to rename {source} as it is now: {why}"));
        }
        Ok(lines)
    }

    /// By the resource ids of what stands there now. `known` is the source's when the recovery began.
    async fn plan_swap<T: Renamable>(
        &self,
        client: &Client,
        target: &str,
        at: Instant,
        known: Option<&str>,
    ) -> Result<Swap> {
        let refused = |why: String| {
            Error::new(
                ErrorKind::Refused,
                format!("cannot swap the names of the database {}: {why}", self.name),
            )
        };
        let Source::Identifier(source) = &self.source else {
            return Err(refused("its source has no name to give".to_owned()));
        };
        let kept = kept_name(source, at);
        let there = named::<T>(client, source).await?;
        let resource_id = there
            .as_ref()
            .and_then(|there| there.resource_id())
            .filter(|id| known.is_none_or(|known| known == *id));
        let Some(resource_id) = resource_id else {
            return Err(refused(format!("{source} is not there any more, or is another than when the recovery began"))
                .hint("nothing was renamed; give the source its name back, and run the same command again, or abort the recovery"));
        };
        if let Some(there) = named::<T>(client, &kept).await? {
            return Err(kept_is_taken::<T>(client, &there, source).await?);
        }
        let source = Renamed { resource_id: resource_id.to_owned(), from: source.clone(), to: kept };
        let to = source.from.clone();
        Ok(Swap { source, target: Renamed { resource_id: target.to_owned(), from: self.target.clone(), to } })
    }
}

/// Renames the source, then the restored database.
async fn forth<T: Renamable>(client: &Client, Swap { source, target }: &Swap) -> Result<()> {
    rename::<T>(client, source, Until::Named, None).await?;
    rename::<T>(client, target, Until::Answers, Some(&source.resource_id)).await
}

/// The other way round, once the source is seen: the restored database gives up the source's name for nobody else. A
/// restored database that somebody has removed is not waited for any longer.
///
/// The last request of [`forth`] may have been accepted and not be applied yet: a database that it may have renamed has to
/// keep its own name for a while.
async fn back<T: Renamable>(client: &Client, swap: &Swap) -> Result<()> {
    let Kept { there, is_given } = kept::<T>(client, swap).await?;
    let Swap { source, target } = swap;
    let is_own = there.identifier() == source.from;
    let of_source = if is_own { Until::Stays } else { Until::Named };
    let of_target = if is_own || is_given { Until::Named } else { Until::Stays };
    match rename::<T>(client, &target.back(), of_target, None).await {
        Err(e) if e.kind() == ErrorKind::Missing => {}
        renamed => renamed?,
    }
    rename::<T>(client, &source.back(), of_source, Some(&target.resource_id)).await
}

/// A source that gave up its name.
struct Kept<T> {
    there: T,
    /// The restored database has its name.
    is_given: bool,
}

/// Looks for the source, under either name. An error where it is gone.
async fn kept<T: Renamable>(client: &Client, Swap { source, target }: &Swap) -> Result<Kept<T>> {
    let is_given = known::<T>(client, &target.to, &target.resource_id).await?.is_some();
    // The source had its new name for long when the restored database got the source's.
    let longest = if is_given { limits::RENAMED_MISSED } else { limits::RENAMED_UNSEEN };
    match find_within::<T>(client, source, longest).await? {
        Some(there) => Ok(Kept { there, is_given }),
        None => Err(without_source::<T>(source, target, is_given)),
    }
}

/// Of names that cannot be swapped back.
fn without_source<T: Renamable>(source: &Renamed, target: &Renamed, is_given: bool) -> Error {
    let (Renamed { resource_id, from, to }, kind) = (source, T::KIND);
    let message = format!(
        "cannot give the {kind} {resource_id} its name {from} back: RDS knows it neither as {to} nor as {from}"
    );
    let stays = if is_given {
        format!("the restored {kind} stays {from}, and nothing was renamed; if {to} was deleted, keep it")
    } else {
        format!("the restored {kind} ({}) stays as it is, and nothing was renamed", target.resource_id)
    };
    let again = format!("once the source is called {to} or {from}, run the same command again");
    Error::new(ErrorKind::Refused, message).hint(stays).hint(again)
}

/// Of a name under which the source would be kept. What has it may be the source, or have been: it is not to be removed.
async fn kept_is_taken<T: Renamable>(client: &Client, there: &T, source: &str) -> Result<Error> {
    let (kept, kind) = (there.identifier(), T::KIND);
    let hint = match named::<T>(client, source).await? {
        Some(_) => format!(
            "a recovery to the same second may have been made already: then {source} is what it restored, and {kept} the \
             source as it was before; else give {kept} another name, and run the same command again"
        ),
        None => format!(
            "nothing is called {source}: {kept} may be the source, renamed by a recovery that was stopped; then give it its \
             name back: aws rds modify-db-{kind} --db-{kind}-identifier {kept} --new-db-{kind}-identifier {source} \
             --apply-immediately"
        ),
    };
    Ok(is_held(there, source).hint(hint))
}

/// Why the restored database has not the name that [`forth`] has given it. The source is not looked for: an application that
/// uses the restored one does not need it, and its owner may remove it.
async fn unswapped<T: Renamable>(client: &Client, Swap { target, .. }: &Swap) -> Result<Option<String>> {
    let name = find::<T>(client, target).await?.map(|there| there.identifier().to_owned());
    if name.as_deref() == Some(&target.to) {
        return Ok(None);
    }
    let now = name.unwrap_or_else(|| "not there".to_owned());
    Ok(Some(format!("{} was renamed to {} and is {now}", target.from, target.to)))
}

/// Of a database that is not as it was restored when its name is to be given to it.
fn not_restored(name: &str) -> Error {
    let message =
        format!("cannot swap the names of the database {name}: the restored one is not there any more");
    Error::new(ErrorKind::Refused, message).hint("nothing was renamed")
}

/// Of a restored database that could not be found again under its new name.
fn unknown_id(name: &str) -> Error {
    let message = format!(
        "cannot swap the names of the database {name}: RDS does not tell the restored one's resource id"
    );
    Error::new(ErrorKind::Refused, message).hint("nothing was renamed; run the same command again")
}

impl Instance {
    pub(in crate::db) async fn outline_swap(&self, at: Instant) -> Result<Vec<String>> {
        self.settings.outline_swap::<DbInstance>(&self.client, at).await
    }

    pub(in crate::db) async fn plan_swap(&self, errand: &RestoreRequest) -> Result<Swap> {
        let Looked::Ours(there) = self.look(errand, false).await? else {
            return Err(not_restored(self.name()));
        };
        let target = there.dbi_resource_id().ok_or_else(|| unknown_id(self.name()))?;
        let captured = self.captured().await?;
        let known = captured.facts.resource_id.as_deref();
        self.settings.plan_swap::<DbInstance>(&self.client, target, errand.at, known).await
    }

    pub(in crate::db) async fn swap(&self, swap: &Swap) -> Result<()> {
        forth::<DbInstance>(&self.client, swap).await
    }

    pub(in crate::db) async fn swap_back(&self, swap: &Swap) -> Result<()> {
        back::<DbInstance>(&self.client, swap).await
    }

    pub(in crate::db) async fn require_source(&self, swap: &Swap) -> Result<()> {
        kept::<DbInstance>(&self.client, swap).await.map(drop)
    }

    pub(in crate::db) async fn unswapped(&self, swap: &Swap) -> Result<Option<String>> {
        unswapped::<DbInstance>(&self.client, swap).await
    }
}

impl Cluster {
    pub(in crate::db) async fn outline_swap(&self, at: Instant) -> Result<Vec<String>> {
        self.settings.outline_swap::<DbCluster>(&self.client, at).await
    }

    pub(in crate::db) async fn plan_swap(&self, errand: &RestoreRequest) -> Result<Swap> {
        let Looked::Ours(there) = self.look(errand, false).await? else {
            return Err(not_restored(self.name()));
        };
        let target = there.db_cluster_resource_id().ok_or_else(|| unknown_id(self.name()))?;
        let captured = self.captured().await?;
        let known = captured.facts.resource_id.as_deref();
        self.settings.plan_swap::<DbCluster>(&self.client, target, errand.at, known).await
    }

    pub(in crate::db) async fn swap(&self, swap: &Swap) -> Result<()> {
        forth::<DbCluster>(&self.client, swap).await
    }

    pub(in crate::db) async fn swap_back(&self, swap: &Swap) -> Result<()> {
        back::<DbCluster>(&self.client, swap).await
    }

    pub(in crate::db) async fn require_source(&self, swap: &Swap) -> Result<()> {
        kept::<DbCluster>(&self.client, swap).await.map(drop)
    }

    pub(in crate::db) async fn unswapped(&self, swap: &Swap) -> Result<Option<String>> {
        unswapped::<DbCluster>(&self.client, swap).await
    }
}
