//! Cut-over by renaming, for instances and clusters.

use super::client::Client;
use super::managed::{Kind, Managed};
use super::rename::{Until, find, find_within, is_held, known, rename};
use super::resource::{Resource, named};
use super::whose::Looked;
use super::{Settings, Source, is_identifier};
use crate::db::swap::{KEPT_SUFFIX, in_name, kept_name};
use crate::db::{CutOver, Renamed, RestoreProgress, RestoreRequest, Swap};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;

/// The hint for a missing source that a recovery renames.
pub(super) const STOPPED_SWAP: &str = "if a recovery was stopped while it renamed databases, asof recover --list shows it: finish it with the command that started it, or abort it; otherwise rename the source back";

impl Settings {
    /// Refuses a cut-over that RDS would refuse, before the first request.
    pub(super) fn check_cut_over(&self) -> Result<()> {
        let (CutOver::Rename, name) = (self.cut_over, &self.name) else { return Ok(()) };
        let wrong =
            |why: String| Error::usage(format!("cut-over = \"rename\" of the database {name}: {why}"));
        let Source::Identifier(source) = &self.source else {
            return Err(wrong("only an existing source has a name to hand over".to_owned())
                .hint("set it as source, or leave cut-over out"));
        };
        if *source == self.target {
            return Err(wrong(format!("{source} is both source and target")).hint("name another target"));
        }
        let most = limits::DB_IDENTIFIER - KEPT_SUFFIX;
        if is_identifier(source) && source.len() <= most {
            return Ok(());
        }
        let kept = kept_name(source, Instant::default());
        Err(wrong(format!("its source would be renamed to {kept}, which is not a valid RDS identifier"))
            .hint(format!(
                "with cut-over, a source name has up to {most} lowercase letters, digits and hyphens: rename it, or leave cut-over out"
            )))
    }

    /// Returns the source's name if the restored database will take it.
    fn swapped_source(&self) -> Option<&str> {
        match (&self.source, self.cut_over) {
            (Source::Identifier(id), CutOver::Rename) => Some(id),
            _ => None,
        }
    }

    /// Returns the name prefix of a restored cluster's instances. They keep their names when the cluster takes its
    /// source's, so the next cluster restored into the same target needs different ones.
    pub(super) fn members_named(&self, at: Instant) -> String {
        match self.cut_over {
            CutOver::None => self.target.clone(),
            CutOver::Rename => format!("{}-{}", self.target, in_name(at)),
        }
    }
}

/// A source that gave up its name.
struct Kept<T> {
    there: T,
    /// The restored database has the source's name.
    is_given: bool,
}

/// The error for names that cannot be swapped back.
fn without_source<T: Resource>(source: &Renamed, target: &Renamed, is_given: bool) -> Error {
    let (Renamed { resource_id, from, to }, kind) = (source, T::KIND);
    let message = format!(
        "cannot give the {kind} {resource_id} its name {from} back: RDS knows it neither as {to} nor as {from}"
    );
    let stays = if is_given {
        format!("the restored {kind} is still {from}, and nothing was renamed; if {to} was deleted, keep it")
    } else {
        format!("the restored {kind} ({}) is unchanged, and nothing was renamed", target.resource_id)
    };
    let again = format!("once the source is called {to} or {from}, run the same command again");
    Error::new(ErrorKind::Refused, message).hint(stays).hint(again)
}

/// The error for a taken kept name. Its holder may be the source, or a former source, so the hint never suggests
/// removing it.
async fn kept_is_taken<T: Resource>(client: &Client, there: &T, source: &str) -> Result<Error> {
    let (kept, kind) = (there.identifier(), T::KIND);
    let hint = match named::<T>(client, source).await? {
        Some(_) => format!(
            "an earlier recovery to the same second may have done this: then {source} is the restored database and {kept} the former source; otherwise rename {kept} and run the same command again"
        ),
        None => format!(
            "{source} does not exist: {kept} may be the source, renamed by a recovery that was stopped; then rename it back: aws rds modify-db-{kind} --db-{kind}-identifier {kept} --new-db-{kind}-identifier {source} \
             --apply-immediately"
        ),
    };
    Ok(is_held(there, source).hint(hint))
}

impl<T: Kind> Managed<T> {
    /// Describes the renamings before the restore starts.
    pub(in crate::db) async fn outline_swap(&self, at: Instant) -> Result<Vec<String>> {
        let Settings { name, target, .. } = &self.settings;
        let Some(source) = self.settings.swapped_source() else { return Ok(Vec::new()) };
        let (client, kept) = (&self.client, kept_name(source, at));
        if let Some(there) = named::<T>(client, &kept).await? {
            return Err(kept_is_taken::<T>(client, &there, source).await?.hint("nothing was changed"));
        }
        let mut lines = vec![
            format!("database {name}: at the end, {source} is renamed to {kept}, and {target} to {source}"),
            format!(
                "  the application reaches the restored database as {source}, at the same endpoint; every connection drops"
            ),
            format!("  read replicas and proxies of {source} stay with {kept}"),
            format!("  {}", T::RENAMED),
        ];
        if let Some(RestoreProgress::Failed { why }) =
            named::<T>(client, source).await?.map(|there| there.how_far())
        {
            lines.push(format!("  RDS may refuse to rename {source} in its current state: {why}"));
        }
        Ok(lines)
    }

    /// Plans the renamings by current resource ids. The source's must be the one from the start of the recovery.
    pub(in crate::db) async fn plan_swap(&self, request: &RestoreRequest) -> Result<Swap> {
        let refused = |why: String| {
            let message = format!("cannot swap the names of the database {}: {why}", self.name());
            Error::new(ErrorKind::Refused, message)
        };
        let Looked::Ours(restored) = self.look(request, false).await? else {
            return Err(
                refused("the restored database no longer exists".to_owned()).hint("nothing was renamed")
            );
        };
        let Some(target) = restored.resource_id() else {
            return Err(refused("RDS reports no resource id for the restored database".to_owned())
                .hint("nothing was renamed; run the same command again"));
        };
        let Source::Identifier(source) = &self.settings.source else {
            return Err(refused("its source has no name to hand over".to_owned()));
        };
        let (captured, kept) = (self.captured().await?, kept_name(source, request.at));
        let known = captured.facts.resource_id.as_deref();
        let there = named::<T>(&self.client, source).await?;
        let resource_id = there.as_ref().and_then(|there| there.resource_id());
        let Some(resource_id) = resource_id.filter(|id| known.is_none_or(|known| known == *id)) else {
            return Err(refused(format!("{source} no longer exists, or is another database than when the recovery began"))
                .hint("nothing was renamed; rename the source back and run the same command again, or abort the recovery"));
        };
        if let Some(there) = named::<T>(&self.client, &kept).await? {
            return Err(kept_is_taken::<T>(&self.client, &there, source).await?);
        }
        let renamed = |id: &str, from: &str, to: &str| Renamed {
            resource_id: id.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        Ok(Swap {
            source: renamed(resource_id, source, &kept),
            target: renamed(target, self.target(), source),
        })
    }

    /// Renames the source, then the restored database.
    pub(in crate::db) async fn swap(&self, Swap { source, target }: &Swap) -> Result<()> {
        rename::<T>(&self.client, source, Until::Named, None).await?;
        rename::<T>(&self.client, target, Until::Answers, Some(&source.resource_id)).await
    }

    /// Reverses the swap once the source has been found, since the restored database must not give up the name for
    /// nothing. A restored database that someone has removed is not waited for.
    ///
    /// RDS may have accepted the last request of [`Self::swap`] without applying it yet, so a database that it may
    /// have renamed must keep its own name for a while.
    pub(in crate::db) async fn swap_back(&self, swap: &Swap) -> Result<()> {
        let Kept { there, is_given } = self.kept(swap).await?;
        let Swap { source, target } = swap;
        let is_own = there.identifier() == source.from;
        let of_source = if is_own { Until::Stays } else { Until::Named };
        let of_target = if is_own || is_given { Until::Named } else { Until::Stays };
        match rename::<T>(&self.client, &target.back(), of_target, None).await {
            Err(e) if e.kind() == ErrorKind::Missing => {}
            renamed => renamed?,
        }
        rename::<T>(&self.client, &source.back(), of_source, Some(&target.resource_id)).await
    }

    pub(in crate::db) async fn require_source(&self, swap: &Swap) -> Result<()> {
        self.kept(swap).await.map(drop)
    }

    /// Finds the source under either name; an error if it is gone.
    async fn kept(&self, Swap { source, target }: &Swap) -> Result<Kept<T>> {
        let given = known::<T>(&self.client, &target.to, &target.resource_id).await?;
        let is_given = given.is_some();
        // The source had its new name long before the restored database took the old one.
        let longest = if is_given { limits::RENAMED_MISSED } else { limits::RENAMED_UNSEEN };
        match find_within::<T>(&self.client, source, longest).await? {
            Some(there) => Ok(Kept { there, is_given }),
            None => Err(without_source::<T>(source, target, is_given)),
        }
    }

    /// Returns why the restored database does not have the name that [`Self::swap`] gave it, if so. The source is not
    /// checked: applications do not need it any more, and its owner may remove it.
    pub(in crate::db) async fn unswapped(&self, Swap { target, .. }: &Swap) -> Result<Option<String>> {
        let name = find::<T>(&self.client, target).await?.map(|there| there.identifier().to_owned());
        if name.as_deref() == Some(&target.to) {
            return Ok(None);
        }
        let now = name.unwrap_or_else(|| "not there".to_owned());
        Ok(Some(format!("{} was renamed to {} and is {now}", target.from, target.to)))
    }
}
