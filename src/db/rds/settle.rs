//! Configures a restored database where it differs from the wanted settings.

use super::managed::{Kind, Managed};
use super::password::{Password, is_being_set};
use super::phases::Phased;
use super::settings::Partial;
use super::whose::Looked;
use crate::db::{RestoreProgress, RestoreRequest};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;

impl<T: Kind> Managed<T> {
    /// Sets everything an application needs that the restore request could not set or that differs anyway. Tags are
    /// part of the restore request.
    pub(in crate::db) async fn settle(&self, request: &RestoreRequest) -> Result<()> {
        let password = self.settings.password(self.client.cancel()).await?;
        self.change(request, T::Settings::before_use, password.as_ref()).await?;
        if password.is_none() {
            return Ok(());
        }
        let still = format!("the master password of the {} {} is still being set", T::KIND, self.target());
        let is_set = async || {
            let there = self.ours(request).await?;
            Ok(!is_being_set(there.status(), there.is_password_pending()))
        };
        self.client.until(&still, limits::PASSWORD_SET, is_set).await
    }

    pub(in crate::db) async fn configure(&self, request: &RestoreRequest) -> Result<()> {
        self.change(request, T::Settings::later, None).await
    }

    /// Modifies the settings in `part` that differ, as soon as RDS allows it, together with the password, which RDS
    /// never reports.
    async fn change(
        &self,
        request: &RestoreRequest,
        part: impl Fn(T::Settings) -> T::Settings,
        password: Option<&Password>,
    ) -> Result<()> {
        let wanted = self.wanted().await?;
        let change = async || {
            let there = self.ours(request).await?;
            if let RestoreProgress::Failed { why } = there.how_far() {
                return Err(self.otherwise(&why));
            }
            let mut unlike = part(there.unlike(self, wanted.clone()).await?);
            if unlike == T::Settings::default() && password.is_none() {
                return Ok(());
            }
            if password.is_some() {
                // A password managed by Secrets Manager can only be replaced by another.
                *unlike.manage_password() = there.has_secret().then_some(false);
            }
            let modify = async |sdk| T::modify(&sdk, there.identifier(), unlike.clone(), password).await;
            self.client.ask(modify).await
        };
        self.client.insist_while_busy(limits::RECOVERY_DEADLINE, change).await
    }

    async fn ours(&self, request: &RestoreRequest) -> Result<T> {
        match self.look(request, false).await? {
            Looked::Ours(there) => Ok(there),
            Looked::Foreign(what) => Err(self.otherwise(&what)),
            Looked::Nothing => Err(self.otherwise("it does not exist")),
        }
    }

    /// The error for a restored database that someone has changed.
    fn otherwise(&self, why: &str) -> Error {
        let message = format!("the {} {} has changed since it was restored: {why}", T::KIND, self.target());
        Error::new(ErrorKind::Refused, message)
    }
}
