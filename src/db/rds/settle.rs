//! Setting what a restored database is to have otherwise than the restore has left it.

use super::cluster::{self, Cluster};
use super::cluster_settings::ClusterSettings;
use super::instance::{self, Instance};
use super::password::{Password, is_being_set};
use super::requests;
use super::settings::InstanceSettings;
use super::whose::Looked;
use crate::db::{RestoreProgress, RestoreRequest};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;

impl Instance {
    /// Sets what the restore request could not, and what has become otherwise all the same, of what an application needs.
    /// Tags come with the restore.
    pub(in crate::db) async fn settle(&self, errand: &RestoreRequest) -> Result<()> {
        let password = self.settings.password(self.client.cancel()).await?;
        self.change(errand, InstanceSettings::before_use, password.as_ref()).await?;
        if password.is_none() {
            return Ok(());
        }
        let still = format!("the master password of the instance {} is still being set", self.target());
        let is_set = async || {
            let instance = match self.look(errand, false).await? {
                Looked::Ours(instance) => instance,
                Looked::Foreign(what) => return Err(otherwise(self.target(), &what)),
                Looked::Nothing => return Err(otherwise(self.target(), "it is not there")),
            };
            let pending =
                instance.pending_modified_values().and_then(|pending| pending.master_user_password());
            Ok(!is_being_set(instance.db_instance_status(), pending.is_some()))
        };
        self.client.until(&still, limits::PASSWORD_SET, is_set).await
    }

    /// The same of everything else.
    pub(in crate::db) async fn configure(&self, errand: &RestoreRequest) -> Result<()> {
        self.change(errand, InstanceSettings::later, None).await
    }

    /// Sets a part of what is not as it is wanted, as soon as RDS allows it; with it a password, which RDS never tells.
    async fn change(
        &self,
        errand: &RestoreRequest,
        part: impl Fn(InstanceSettings) -> InstanceSettings,
        password: Option<&Password>,
    ) -> Result<()> {
        let target = self.target();
        let wanted = self.wanted().await?;
        let change = async || {
            let instance = match self.look(errand, false).await? {
                Looked::Ours(instance) => instance,
                Looked::Foreign(what) => return Err(otherwise(target, &what)),
                Looked::Nothing => return Err(otherwise(target, "it is not there")),
            };
            if let RestoreProgress::Failed { why } = instance::progress(&instance) {
                return Err(otherwise(target, &why));
            }
            let unlike = part(wanted.clone().unlike(&InstanceSettings::of(&instance)).modifiable());
            if unlike == InstanceSettings::default() && password.is_none() {
                return Ok(());
            }
            // A password that Secrets Manager keeps can be given up only for another.
            let unmanaged = password.and(instance.master_user_secret()).map(|_| false);
            let id = instance.db_instance_identifier().unwrap_or(target);
            self.client
                .ask(async |sdk| {
                    let mut request = requests::modify_instance(&sdk, id, unlike.clone());
                    if let Some(password) = password {
                        request = request.master_user_password(password.reveal());
                        request = request.set_manage_master_user_password(unmanaged);
                    }
                    instance::modified(id, request).await
                })
                .await
        };
        self.client.insist_while_busy(limits::RECOVERY_DEADLINE, change).await
    }
}

impl Cluster {
    /// Sets what the restore request could not, and what has become otherwise all the same, of what an application needs.
    pub(in crate::db) async fn settle(&self, errand: &RestoreRequest) -> Result<()> {
        let password = self.settings.password(self.client.cancel()).await?;
        self.change(errand, ClusterSettings::before_use, password.as_ref()).await?;
        if password.is_none() {
            return Ok(());
        }
        let still = format!("the master password of the cluster {} is still being set", self.target());
        let is_set = async || {
            let cluster = match self.look(errand, false).await? {
                Looked::Ours(cluster) => cluster,
                Looked::Foreign(what) => return Err(another(self.target(), &what)),
                Looked::Nothing => return Err(another(self.target(), "nothing")),
            };
            let pending =
                cluster.pending_modified_values().and_then(|pending| pending.master_user_password());
            Ok(!is_being_set(cluster.status(), pending.is_some()))
        };
        self.client.until(&still, limits::PASSWORD_SET, is_set).await
    }

    /// The same of everything else.
    pub(in crate::db) async fn configure(&self, errand: &RestoreRequest) -> Result<()> {
        self.change(errand, ClusterSettings::later, None).await
    }

    /// Sets a part of what is not as it is wanted, as soon as RDS allows it; with it a password, which RDS never tells.
    async fn change(
        &self,
        errand: &RestoreRequest,
        part: impl Fn(ClusterSettings) -> ClusterSettings,
        password: Option<&Password>,
    ) -> Result<()> {
        let target = self.target();
        let (engine, wanted) = (self.engine().await?, self.wanted().await?);
        let change = async || {
            let what = match self.look(errand, false).await? {
                Looked::Ours(cluster) => {
                    let unlike = wanted.clone().unlike(&ClusterSettings::of(&cluster));
                    let unlike = part(engine.modifiable(unlike));
                    if unlike == ClusterSettings::default() && password.is_none() {
                        return Ok(());
                    }
                    // A password that Secrets Manager keeps can be given up only for another.
                    let unmanaged = password.and(cluster.master_user_secret()).map(|_| false);
                    let id = cluster.db_cluster_identifier().unwrap_or(target);
                    return self
                        .client
                        .ask(async |sdk| {
                            let mut request = requests::modify_cluster(&sdk, id, unlike.clone());
                            if let Some(password) = password {
                                request = request.master_user_password(password.reveal());
                                request = request.set_manage_master_user_password(unmanaged);
                            }
                            cluster::modified(id, request).await
                        })
                        .await;
                }
                Looked::Foreign(what) => what,
                Looked::Nothing => "nothing".to_owned(),
            };
            Err(another(target, &what))
        };
        self.client.insist_while_busy(limits::RECOVERY_DEADLINE, change).await
    }
}

/// Of an instance that somebody has changed.
fn otherwise(target: &str, why: &str) -> Error {
    let message = format!("the instance {target} is not as it was restored any more: {why}");
    Error::new(ErrorKind::Refused, message)
}

/// Of a cluster that somebody has put in the place of the restored one.
fn another(target: &str, what: &str) -> Error {
    Error::new(ErrorKind::Refused, format!("the cluster {target} is another now: {what}"))
}
