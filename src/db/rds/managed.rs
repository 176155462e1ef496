//! A database of RDS: all that an instance and a cluster do alike. [`Kind`] tells where they differ.

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

/// How RDS restores an instance, and how a cluster.
pub(crate) trait Kind: Resource {
    type Settings: Phased + Clone + Default + PartialEq + Debug + Serialize + DeserializeOwned;
    /// The settings that backups lack, in words.
    const NOT_IN_BACKUPS: &str;
    /// The resource id, by its name in RDS's answers.
    const RESOURCE_ID: &str;
    /// Said of a cut-over by renaming.
    const RENAMED: &str;
    /// A replica of it is made by one command.
    const HAS_REPLICAS: bool;

    /// Refuses what RDS would not take, while nothing has been asked for yet.
    fn check(settings: &Settings, overrides: &Self::Settings) -> Result<()>;
    /// Refuses a source that cannot be restored.
    fn require_restorable(self) -> Result<Self> {
        Ok(self)
    }
    async fn read_source(of: &Managed<Self>) -> Result<Captured<Self::Settings>>;
    /// The source, if these describe it.
    async fn given(of: &Managed<Self>, described: &Described) -> Result<Option<Captured<Self::Settings>>>;
    /// Refuses what cannot come out right, and would be noticed only after hours.
    async fn refuse(_: &Managed<Self>) -> Result<()> {
        Ok(())
    }
    async fn wanted(of: &Managed<Self>) -> Result<Self::Settings>;
    /// Those of them that the request for the restore takes.
    async fn at_restore(of: &Managed<Self>) -> Result<Self::Settings> {
        Self::wanted(of).await
    }
    async fn restore(
        sdk: &aws_sdk_rds::Client,
        of: &Managed<Self>,
        request: &RestoreRequest,
        settings: Self::Settings,
    ) -> Result<Option<Self>>;
    /// How far the restore is, without asking for anything.
    async fn seen(&self, _: &Managed<Self>, _: &RestoreRequest) -> Result<RestoreProgress> {
        Ok(self.how_far())
    }
    /// The same, once the next thing that is due has been asked for.
    async fn advance(&self, of: &Managed<Self>, request: &RestoreRequest) -> Result<RestoreProgress>;
    /// Those settings that it has otherwise than wanted, and that can be modified.
    async fn unlike(&self, of: &Managed<Self>, wanted: Self::Settings) -> Result<Self::Settings>;
    async fn modify(
        sdk: &aws_sdk_rds::Client,
        id: &str,
        settings: Self::Settings,
        password: Option<&Password>,
    ) -> Result<()>;
    fn connection(&self) -> Connection;
    /// Removes it, and waits until it is gone.
    async fn remove(&self, client: &Client, request: &RestoreRequest) -> Result<()>;
    /// Waits for what may be left of one that is gone.
    async fn until_all_gone(_: &Managed<Self>) -> Result<()> {
        Ok(())
    }
    /// How a person removes it: commands of the AWS CLI.
    fn by_hand(id: &str, server: &Server) -> String;
}

#[derive(Debug)]
pub(crate) struct Managed<T: Kind> {
    pub(super) settings: Settings,
    /// Boxed, as they are many.
    pub(super) overrides: Box<T::Settings>,
    pub(super) captured: Once<T::Settings>,
    pub(super) client: Client,
}

impl<T: Kind> Managed<T> {
    /// Checks the recovery file's settings, and finds credentials. `cancel` ends the waiting for what RDS refuses at first.
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

    /// The source, if it is there.
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

    pub(in crate::db) async fn find(&self, errand: &RestoreRequest) -> Result<Found> {
        Ok(match self.look(errand, false).await? {
            Looked::Nothing => Found::Nothing,
            Looked::Foreign(what) => Found::Foreign(what),
            Looked::Ours(there) => states::found(there.seen(self, errand).await?),
        })
    }

    pub(in crate::db) async fn start(&self, errand: &RestoreRequest) -> Result<Request> {
        let wanted = T::at_restore(self).await?;
        let requests = Cell::new(0);
        tracing::info!(database = self.name(), target = self.target(), "requesting a restore from RDS");
        let id = |there: T| there.resource_id().map(str::to_owned);
        let answer = self.client.insist_counted(&requests, async |sdk| {
            Ok(T::restore(&sdk, self, errand, wanted.clone()).await?.and_then(id))
        });
        let (answer, asked) = (answer.await, errand.asked.is_some());
        match answer {
            Err(e) if is_taken(&e) => {
                let found = self.look(&errand.after(requests.get()), true).await?;
                taken(found.map(id), e, asked, requests.get())
            }
            answer => answered(answer, asked, requests.get()),
        }
    }

    pub(in crate::db) async fn progress(&self, errand: &RestoreRequest) -> Result<RestoreProgress> {
        // That it is not there is an answer that fails, and is waited for.
        let describe =
            async || self.client.ask(async |sdk| T::describe(&sdk, self.target()).await).await.map(Some);
        match look(&self.client, errand, false, describe).await? {
            // Boxed: descriptions are large.
            Looked::Ours(there) => Box::pin(there.advance(self, errand)).await,
            Looked::Foreign(what) => {
                Ok(RestoreProgress::Failed { why: format!("its name is taken by {what}") })
            }
            Looked::Nothing => {
                Ok(RestoreProgress::Restoring { percent: None, state: "does not exist yet".to_owned() })
            }
        }
    }

    pub(in crate::db) async fn connection(&self, errand: &RestoreRequest) -> Result<Connection> {
        Ok(self.described(errand).await?.connection())
    }

    pub(in crate::db) fn by_hand(&self) -> String {
        T::by_hand(self.target(), &self.settings.server)
    }

    pub(in crate::db) async fn teardown(&self, errand: &RestoreRequest) -> Result<()> {
        let there = match self.look(errand, true).await? {
            Looked::Nothing => return T::until_all_gone(self).await,
            Looked::Foreign(what) => return Err(not_ours(&what)),
            Looked::Ours(there) => there,
        };
        if there.is_protected() {
            let wanted = self.wanted().await.map(|wanted| wanted.deletion_protection());
            require_own(Some(true), wanted, &self.by_hand())?;
        }
        there.remove(&self.client, errand).await
    }

    pub(in crate::db) async fn carries(&self) -> Result<Carries> {
        carried::<T>(&self.client, named(&self.client, self.target()).await?).await
    }

    pub(super) async fn look(&self, errand: &RestoreRequest, insistent: bool) -> Result<Looked<T>> {
        let describe = async || match &errand.swap {
            None => named(&self.client, self.target()).await,
            Some(swap) => rename::find(&self.client, &swap.target).await,
        };
        look(&self.client, errand, insistent, describe).await
    }

    /// The restored database, under the name that it has now.
    pub(super) async fn described(&self, errand: &RestoreRequest) -> Result<T> {
        rename::restored(&self.client, self.target(), errand.swap.as_ref()).await
    }

    pub(super) async fn wanted(&self) -> Result<T::Settings> {
        T::wanted(self).await
    }

    /// The source's settings, where they are carried over; else none.
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

    /// Adds what can be done about a source that is not there.
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

    /// The source as it was when it was first looked at, or as it was kept.
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

    /// Takes what a file gives, if it is of the source. Gives whether it is.
    pub(in crate::db) async fn take(&self, given: &GivenSettings) -> Result<bool> {
        let Some(described) = &given.described else { return Ok(self.recall(&given.bytes).is_ok()) };
        let Some(captured) = T::given(self, described).await? else { return Ok(false) };
        self.captured.set(captured);
        Ok(true)
    }
}

/// The window between two times that RDS tells. An error if it tells neither.
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
    Ok(Window { earliest: earliest.and_then(instant), latest: latest.and_then(before) })
}

/// The last whole second before a time: what is restored to has to be before the latest restorable time.
fn before(time: &aws_sdk_rds::primitives::DateTime) -> Option<Instant> {
    let millis = time.to_millis().ok()?;
    Some(Instant::from_millis((millis - 1).div_euclid(1000) * 1000))
}

pub(super) fn not_ours(what: &str) -> Error {
    Error::new(ErrorKind::Refused, format!("not torn down: it belongs to something else: {what}"))
}

/// Of an error in asking for the source's settings.
pub(super) fn like_source_is_not_known(e: Error) -> Error {
    e.hint("if the source is gone: like-source = false keeps the settings RDS chose")
}
