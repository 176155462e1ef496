//! The snapshots that a mark takes of the stores, and their release.

use std::collections::BTreeMap;

use futures::future::join_all;

use super::session::RecoveryRequest;
use crate::db::command;
use crate::error::{Error, Result};
use crate::model::{Instant, printable};
use crate::recover::{DatabaseKind, LooseSnapshot, MarkEvent, MarkSnapshot, Notice, SnapshotFate};
use crate::state::{MarksFile, Recovery};

/// The stores of a recovery file that have snapshots, and the file that records these.
pub(super) struct Snapshots<'a> {
    request: RecoveryRequest<'a>,
    marks: &'a MarksFile,
    /// The recovery file, as the marks name it.
    file: String,
    stores: Vec<command::Database>,
}

impl<'a> Snapshots<'a> {
    pub(super) fn new(request: RecoveryRequest<'a>, marks: &'a MarksFile) -> Self {
        let RecoveryRequest { source, cancel, .. } = request;
        let store = |database: &DatabaseKind| match database {
            DatabaseKind::Command(settings) if settings.snapshots.is_some() => {
                Some(command::Database::new(settings.clone(), Vec::new(), cancel.clone()))
            }
            _ => None,
        };
        let stores = source.file.databases.iter().filter_map(store).collect();
        Self { request, marks, file: source.path.to_string_lossy().into_owned(), stores }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.stores.is_empty()
    }

    /// Starts all snapshot commands at once and waits for them, even if one fails: each may have taken its snapshot.
    /// Every command is recorded before it starts, and its snapshot when it has printed the ID.
    pub(super) async fn take(&self, mark: &str, at: Instant) -> Result<Vec<MarkSnapshot>> {
        let begun = self.stores.iter().map(|store| MarkEvent::Begun {
            file: self.file.clone(),
            mark: mark.to_owned(),
            store: store.name().to_owned(),
        });
        self.marks.note(&begun.collect::<Vec<_>>())?;
        let results = join_all(self.stores.iter().map(|store| self.take_one(store, mark, at))).await;
        let (mut taken, mut failed): (Vec<_>, Option<Error>) = (Vec::new(), None);
        for result in results {
            match (result, failed.take()) {
                (Ok(snapshot), none) => {
                    taken.push(snapshot);
                    failed = none;
                }
                (Err(e), None) => failed = Some(e),
                (Err(e), Some(first)) => failed = Some(first.hint(e.in_one_line())),
            }
        }
        failed.map_or(Ok(taken), Err)
    }

    async fn take_one(&self, store: &command::Database, mark: &str, at: Instant) -> Result<MarkSnapshot> {
        let (file, mark, name) = (self.file.clone(), mark.to_owned(), store.name().to_owned());
        let id = match store.take_snapshot(&mark, at).await {
            Ok(id) => id,
            Err(e) => {
                self.marks.note(&[MarkEvent::Settled { file, mark, store: name }])?;
                return Err(e.hint("no mark was made"));
            }
        };
        let snapshot = MarkSnapshot { store: name, id };
        let taken = self.marks.note(&[MarkEvent::Taken { file, mark, snapshot: snapshot.clone() }]);
        taken.map_err(|e| {
            let MarkSnapshot { store, id } = &snapshot;
            e.hint(format!("remove the snapshot {} of the store {store} by hand", printable(id)))
        })?;
        Ok(snapshot)
    }

    /// Releases the snapshots that no mark has, and shows what becomes of each. Returns whether none is left behind.
    ///
    /// | the snapshot | |
    /// |---|---|
    /// | has an unknown ID | the user is told to look for it |
    /// | is restored by an unfinished recovery | kept |
    /// | any other | released; tried again by the next mark if that fails |
    pub(super) async fn release_loose(&self) -> Result<bool> {
        let loose = self.marks.read_again()?.loose(&self.file);
        let needed = if loose.is_empty() { BTreeMap::new() } else { self.needed()? };
        let mut is_clean = true;
        for snapshot in &loose {
            let fate = match &snapshot.id {
                None => SnapshotFate::Unknown,
                Some(id) => match needed.get(&MarkSnapshot { store: snapshot.store.clone(), id: id.clone() })
                {
                    Some(recovery) => SnapshotFate::Needed(recovery.clone()),
                    None => self.release(snapshot, id).await,
                },
            };
            is_clean &= !matches!(fate, SnapshotFate::Left(_));
            (self.request.on)(&Notice::Loose { snapshot, fate: &fate })?;
            if fate == SnapshotFate::Unknown {
                let LooseSnapshot { mark, store, .. } = snapshot.clone();
                self.marks.note(&[MarkEvent::Settled { file: self.file.clone(), mark, store }])?;
            }
        }
        Ok(is_clean)
    }

    async fn release(
        &self,
        LooseSnapshot { mark, store: name, .. }: &LooseSnapshot,
        id: &str,
    ) -> SnapshotFate {
        let Some(store) = self.stores.iter().find(|store| store.name() == name) else {
            return SnapshotFate::Left("the file no longer has a release command for it".to_owned());
        };
        let snapshot = MarkSnapshot { store: name.clone(), id: id.to_owned() };
        let released = match store.release(mark, id).await {
            Ok(()) => self.marks.note(&[MarkEvent::Released { file: self.file.clone(), snapshot }]),
            failed => failed,
        };
        released.map_or_else(|e| SnapshotFate::Left(e.in_one_line()), |()| SnapshotFate::Released)
    }

    /// The snapshots that unfinished recoveries and drills of the file restore, with their IDs.
    fn needed(&self) -> Result<BTreeMap<MarkSnapshot, String>> {
        let RecoveryRequest { source, options, .. } = self.request;
        let mut needed = BTreeMap::new();
        for recovery in Recovery::list(&options.state_dir)? {
            if recovery.manifest.file != source.path || !recovery.state.is_open() {
                continue;
            }
            for (n, id) in &recovery.manifest.snapshots {
                let Some(store) = source.file.databases.get(*n) else { continue };
                let snapshot = MarkSnapshot { store: store.name().to_owned(), id: id.clone() };
                needed.insert(snapshot, recovery.id.clone());
            }
        }
        Ok(needed)
    }
}
