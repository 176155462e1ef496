//! All keys below a prefix that were live at T, or its keys and folders.

use super::super::key_lookup::Scope;
use super::super::past::{KeysAt, keys_at};
use super::page::{PageAt, ViewEntry};
use super::{KeyAt, PastBucket};
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::limits;

/// The extent of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The keys and folders directly below the prefix.
    Folders,
    /// All keys.
    Keys,
}

impl PastBucket {
    /// Passes the keys below `prefix`, or its keys and folders, to `sink`. All keys are listed in parallel first, on disk,
    /// and passed in key order. Keys and folders are passed page by page, the folders of each page first.
    pub async fn list(
        &self,
        prefix: &str,
        depth: Depth,
        cancel: &Cancel,
        mut sink: impl FnMut(&ViewEntry) -> Result<()>,
    ) -> Result<()> {
        match depth {
            Depth::Folders => tokio::select! {
                listed = self.folders(prefix, sink) => listed,
                () = cancel.stopped() => Err(Error::interrupted()),
            },
            Depth::Keys => {
                let mut keys = self.keys(prefix, cancel).await?;
                keys.try_for_each(|entry| sink(&entry?))
            }
        }
    }

    async fn folders(&self, prefix: &str, mut sink: impl FnMut(&ViewEntry) -> Result<()>) -> Result<()> {
        let mut after = None;
        loop {
            let page =
                self.page(PageAt { prefix, delimiter: "/", after: after.as_ref(), max: limits::VIEW_PAGE });
            let page = page.await?;
            let (folders, keys): (Vec<_>, Vec<_>) =
                page.entries.iter().partition(|entry| matches!(entry, ViewEntry::Folder { .. }));
            folders.into_iter().chain(keys).try_for_each(&mut sink)?;
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn keys(
        &self,
        prefix: &str,
        cancel: &Cancel,
    ) -> Result<impl Iterator<Item = Result<ViewEntry>> + use<>> {
        let scope = Scope { bucket: self.bucket.clone(), prefix: prefix.to_owned(), ..Scope::default() };
        let found = keys_at(&self.client, scope, self.judge.as_of.then, cancel, |state| {
            let at = self.state_of(state);
            let key = state.key.to_owned();
            (at != KeyAt::Absent).then_some(ViewEntry::Key { key, state: at })
        });
        let KeysAt { found, .. } = found.await?;
        found.into_changes()
    }
}
