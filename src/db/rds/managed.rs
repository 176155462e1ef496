//! A database managed by RDS: the behavior that instances and clusters share. [`Kind`] holds the differences.

use std::cell::Cell;
use std::fmt::Debug;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::captured::{Captured, Once};
use super::client::{Client, is_taken};
use super::described::{Described, GivenSettings};
use super::password::Password;
use super::phases::Phased;
use super::protection::require_own;
use super::rename;
use super::resource::{Resource, instant, named};
use super::settings::Partial;
use super::swap::STOPPED_SWAP;
use super::whose::{Looked, after_cut_over, carried, look};
use super::{Server, Settings, Source, answered, states, tags, taken};
use crate::cancel::Cancel;
use crate::db::{Carries, Connection, CutOver, Found, Request, RestoreProgress, RestoreRequest, Window};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Instant;

/// An instance or a cluster, as far as restoring them differs.
pub(crate) trait Kind: Resource {
    type Settings: Phased + Clone + Default + PartialEq + Debug + Serialize + DeserializeOwned;
    /// Description of the settings that backups lack.
    const NOT_IN_BACKUPS: &str;
    /// The name of the resource id field in RDS's answers.
    const RESOURCE_ID: &str;
    /// A note shown before a cut-over by renaming.
    const RENAMED: &str;
    /// One command can create a replica.
    const HAS_REPLICAS: bool;

    /// Refuses settings that RDS would not accept, before the first request.
    fn check(settings: &Settings, overrides: &Self::Settings) -> Result<()>;
    /// Refuses a source that cannot be restored.
    fn require_restorable(self) -> Result<Self> {
        Ok(self)
    }
    async fn read_source(of: &Managed<Self>) -> Result<Captured<Self::Settings>>;
    /// Returns the source if the file describes it.
    async fn given(of: &Managed<Self>, described: &Described) -> Result<Option<Captured<Self::Settings>>>;
    /// Refuses a restore that would fail, and whose failure would show only after hours.
    async fn refuse(_: &Managed<Self>) -> Result<()> {
        Ok(())
    }
    async fn wanted(of: &Managed<Self>) -> Result<Self::Settings>;
    /// Returns the wanted settings that the restore request accepts.
    async fn at_restore(of: &Managed<Self>) -> Result<Self::Settings> {
        Self::wanted(of).await
    }
    async fn restore(
        sdk: &aws_sdk_rds::Client,
        of: &Managed<Self>,
        request: &RestoreRequest,
        settings: Self::Settings,
    ) -> Result<Option<Self>>;
    /// Returns the restore's progress without sending any change.
    async fn seen(&self, _: &Managed<Self>, _: &RestoreRequest) -> Result<RestoreProgress> {
        Ok(self.how_far())
    }
    /// Sends the next request that is due, then returns the progress.
    async fn advance(&self, of: &Managed<Self>, request: &RestoreRequest) -> Result<RestoreProgress>;
    /// Returns the modifiable settings that differ from those wanted.
    async fn unlike(&self, of: &Managed<Self>, wanted: Self::Settings) -> Result<Self::Settings>;
    async fn modify(
        sdk: &aws_sdk_rds::Client,
        id: &str,
        settings: Self::Settings,
        password: Option<&Password>,
    ) -> Result<()>;
    fn connection(&self) -> Connection;
    /// Removes the database and waits until it is gone.
    async fn remove(&self, client: &Client, request: &RestoreRequest) -> Result<()>;
    /// Waits for remaining parts of a deleted database.
    async fn until_all_gone(_: &Managed<Self>) -> Result<()> {
        Ok(())
    }
    /// Returns the AWS CLI commands that remove the database by hand.
    fn by_hand(id: &str, server: &Server) -> String;
}

#[derive(Debug)]
pub(crate) struct Managed<T: Kind> {
    pub(super) settings: Settings,
    /// Boxed because the struct is large.
    pub(super) overrides: Box<T::Settings>,
    pub(super) captured: Once<T::Settings>,
    pub(super) client: Client,
}

impl<T: Kind> Managed<T> {
    /// Checks the recovery file's settings and loads credentials. `cancel` ends the retries of passing refusals.
    pub(crate) async fn connect(settings: Settings, cancel: Cancel) -> Result<Self> {
        let overrides = Box::new(settings.overrides()?);
        T::check(&settings, &overrides)?;
        settings.check_cut_over()?;
        let client = Client::connect(&settings.name, &settings.server, cancel).await?;
        Ok(Self { settings, overrides, captured: Once::default(), client })
    }

    pub(in crate::db) fn name(&self) -> &str {
        &self.settings.name
    }

    pub(super) fn target(&self) -> &str {
        &self.settings.target
    }

    /// Returns the identifier of the source, unless the recovery file names a deleted one or its backups.
    pub(super) fn live_source(&self) -> Option<&str> {
        match &self.settings.source {
            Source::Identifier(id) => Some(id),
            Source::ResourceId(_) | Source::BackupArn(_) => None,
        }
    }

    pub(in crate::db) async fn cautions(&self) -> Result<Vec<String>> {
        let (name, target) = (self.name(), self.target());
        T::refuse(self).await?;
        let wanted = self.wanted().await?;
        let mut cautions: Vec<_> = match self.live_source() {
            _ if !self.settings.like_source => Vec::new(),
            Some(_) => {
                let source = self.captured().await?;
                let note = |what| format!("database {name}: not carried over to {target}: {what}");
                source.facts.left_out.iter().map(note).collect()
            }
            None => vec![format!(
                "database {name}: its backups do not include its {}; {target} gets RDS defaults unless the overrides set them",
                T::NOT_IN_BACKUPS
            )],
        };
        cautions.extend(tags::caution(name, target, wanted.tags()));
        Ok(cautions)
    }

    pub(in crate::db) async fn find(&self, request: &RestoreRequest) -> Result<Found> {
        Ok(match self.look(request, false).await? {
            Looked::Nothing => Found::Nothing,
            Looked::Foreign(what) => Found::Foreign(what),
            Looked::Ours(there) => states::found(there.seen(self, request).await?),
        })
    }

    pub(in crate::db) async fn start(&self, request: &RestoreRequest) -> Result<Request> {
        let wanted = T::at_restore(self).await?;
        let requests = Cell::new(0);
        tracing::info!(database = self.name(), target = self.target(), "requesting a restore from RDS");
        let id = |there: T| there.resource_id().map(str::to_owned);
        let answer = self.client.insist_counted(&requests, async |sdk| {
            Ok(T::restore(&sdk, self, request, wanted.clone()).await?.and_then(id))
        });
        let (answer, asked) = (answer.await, request.asked.is_some());
        match answer {
            Err(e) if is_taken(&e) => {
                let found = self.look(&request.after(requests.get()), true).await?;
                taken(found.map(id), e, asked, requests.get())
            }
            answer => answered(answer, asked, requests.get()),
        }
    }

    pub(in crate::db) async fn progress(&self, request: &RestoreRequest) -> Result<RestoreProgress> {
        // "Not found" is a failed answer here, so that the caller retries it.
        let describe =
            async || self.client.ask(async |sdk| T::describe(&sdk, self.target()).await).await.map(Some);
        match look(&self.client, request, false, describe).await? {
            // Boxed because the SDK's description types are large.
            Looked::Ours(there) => Box::pin(there.advance(self, request)).await,
            Looked::Foreign(what) => {
                Ok(RestoreProgress::Failed { why: format!("its name is taken by {what}") })
            }
            Looked::Nothing => {
                Ok(RestoreProgress::Restoring { percent: None, state: "does not exist yet".to_owned() })
            }
        }
    }

    pub(in crate::db) async fn connection(&self, request: &RestoreRequest) -> Result<Connection> {
        Ok(self.described(request).await?.connection())
    }

    pub(in crate::db) fn by_hand(&self) -> String {
        T::by_hand(self.target(), &self.settings.server)
    }

    pub(in crate::db) async fn teardown(&self, request: &RestoreRequest) -> Result<()> {
        let there = match self.look(request, true).await? {
            Looked::Nothing => return T::until_all_gone(self).await,
            Looked::Foreign(what) => return Err(not_ours(&what)),
            Looked::Ours(there) => there,
        };
        if there.is_protected() {
            let wanted = self.wanted().await.map(|wanted| wanted.deletion_protection());
            require_own(Some(true), wanted, &self.by_hand())?;
        }
        there.remove(&self.client, request).await
    }

    pub(in crate::db) async fn carries(&self) -> Result<Carries> {
        carried::<T>(&self.client, named(&self.client, self.target()).await?).await
    }

    pub(super) async fn look(&self, request: &RestoreRequest, insistent: bool) -> Result<Looked<T>> {
        let describe = async || match &request.swap {
            None => named(&self.client, self.target()).await,
            Some(swap) => rename::find(&self.client, &swap.target).await,
        };
        look(&self.client, request, insistent, describe).await
    }

    /// Describes the restored database under its current name.
    pub(super) async fn described(&self, request: &RestoreRequest) -> Result<T> {
        rename::restored(&self.client, self.target(), request.swap.as_ref()).await
    }

    pub(super) async fn wanted(&self) -> Result<T::Settings> {
        T::wanted(self).await
    }

    /// Returns the source's settings, or defaults with `like-source = false`.
    pub(super) async fn source_settings(&self) -> Result<T::Settings> {
        if !self.settings.like_source {
            return Ok(T::Settings::default());
        }
        Ok(self.captured().await.map_err(like_source_is_not_known)?.settings.clone())
    }

    pub(super) async fn source(&self, id: &str) -> Result<T> {
        match self.client.insist(async |sdk| T::describe(&sdk, id).await).await {
            Err(e) if e.kind() == ErrorKind::Missing => Err(self.without_source(e).await),
            described => described?.require_restorable(),
        }
    }

    /// Adds a hint to the error for a missing source.
    async fn without_source(&self, e: Error) -> Error {
        if self.settings.cut_over == CutOver::Rename {
            return e.hint(STOPPED_SWAP);
        }
        let target = self.client.insist(async |sdk| T::describe(&sdk, self.target()).await).await;
        match target.ok().and_then(|target| after_cut_over(&target)) {
            Some(advice) => e.hint(advice),
            None => e.hint(format!(
                "if it was deleted and its backups were kept (aws rds describe-db-{}-automated-backups), give their {} as \
                 source-resource-id",
                T::KIND,
                T::RESOURCE_ID
            )),
        }
    }

    pub(super) fn without_backups(&self) -> Error {
        let message =
            format!("the automated backups of the database {} do not exist (any more)", self.name());
        Error::new(ErrorKind::Missing, message)
            .hint(format!("aws rds describe-db-{}-automated-backups lists the existing ones", T::KIND))
    }

    /// Returns the source as first read, or as recalled from a stored capture.
    pub(super) async fn captured(&self) -> Result<Arc<Captured<T::Settings>>> {
        self.captured.get(async || T::read_source(self).await).await
    }

    pub(in crate::db) async fn capture(&self) -> Result<Vec<u8>> {
        self.captured().await?.to_json()
    }

    pub(in crate::db) fn recall(&self, kept: &[u8]) -> Result<()> {
        self.captured.set(Captured::read(self.name(), self.settings.source.name(), kept)?);
        Ok(())
    }

    /// Uses a given settings file if it describes this source. Returns whether it does.
    pub(in crate::db) async fn take(&self, given: &GivenSettings) -> Result<bool> {
        let Some(described) = &given.described else { return Ok(self.recall(&given.bytes).is_ok()) };
        let Some(captured) = T::given(self, described).await? else { return Ok(false) };
        self.captured.set(captured);
        Ok(true)
    }
}

/// Builds the window from the two times RDS reports; an error if it reports neither.
pub(super) fn window(
    name: &str,
    earliest: Option<&aws_sdk_rds::primitives::DateTime>,
    latest: Option<&aws_sdk_rds::primitives::DateTime>,
) -> Result<Window> {
    if latest.is_none() && earliest.is_none() {
        let message =
            format!("the database {name} cannot be restored to a past second: it has no automated backups");
        return Err(Error::new(ErrorKind::Refused, message)
            .hint("its backup retention is 0, or its first backup has not finished"));
    }
    Ok(Window::between(earliest.and_then(instant), latest.and_then(before)))
}

/// Returns the last whole second before a time: the restore time must be before the latest restorable time.
fn before(time: &aws_sdk_rds::primitives::DateTime) -> Option<Instant> {
    let millis = time.to_millis().ok()?;
    Some(Instant::from_millis((millis - 1).div_euclid(1000) * 1000))
}

pub(super) fn not_ours(what: &str) -> Error {
    Error::new(ErrorKind::Refused, format!("not torn down: it belongs to something else: {what}"))
}

/// Adds a hint to an error in reading the source's settings.
pub(super) fn like_source_is_not_known(e: Error) -> Error {
    e.hint("if the source is gone: like-source = false keeps the settings RDS chose")
}
