//! All keys below a prefix that were live at T, or its keys and folders.

use super::super::bucket_scan::BucketScan;
use super::super::key_lookup::Scope;
use super::page::{PageAt, ViewEntry};
use super::{KeyAt, PastBucket};
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::limits;
use crate::model::Instant;
use crate::resolve::{AsOfPair, KeyState};
use crate::spill::Lines;

/// The extent of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The keys and folders directly below the prefix.
    Folders,
    /// All keys.
    Keys,
}

/// The keys below a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::engine) struct Counted {
    /// The number of keys that were live at T.
    pub(in crate::engine) live: u64,
    /// The number of these whose version is archived.
    pub(in crate::engine) archived: u64,
    /// The number of uncertain keys.
    pub(in crate::engine) uncertain: u64,
    /// The date of the oldest version or delete marker listed.
    pub(in crate::engine) oldest: Option<Instant>,
}

impl PastBucket {
    /// Counts the keys below `prefix`, in one listing.
    pub(in crate::engine) async fn count(&self, prefix: &str, cancel: &Cancel) -> Result<Counted> {
        let mut scan = self.scan(prefix, cancel);
        let mut counted = Counted::default();
        let mut count = |state: &KeyState<'_>| {
            counted.oldest = Some(counted.oldest.map_or(state.oldest, |oldest| oldest.min(state.oldest)));
            match self.state_of(state) {
                KeyAt::Live(live) => {
                    counted.live += 1;
                    counted.archived += u64::from(live.is_archived());
                }
                KeyAt::Uncertain { .. } => counted.uncertain += 1,
                KeyAt::Absent => {}
            }
            None::<()>
        };
        while scan.next_found(|_, state| count(&state)).await?.is_some() {}
        Ok(counted)
    }

    fn scan(&self, prefix: &str, cancel: &Cancel) -> BucketScan {
        let scope = Scope { bucket: self.bucket.clone(), prefix: prefix.to_owned(), ..Scope::default() };
        let as_of = AsOfPair { then: self.as_of(), now: self.as_of() };
        BucketScan::start(&self.client, scope, as_of, cancel)
    }

    /// Lists the keys below `prefix`, or its keys and folders: `line` appends an entry's text, which is not empty, and
    /// `show` gets the text in order, some entries at a time. Keys are listed in parallel: text that has to wait for
    /// earlier keys does so on disk. Keys and folders are listed page by page, the folders of each page first.
    pub async fn list(
        &self,
        prefix: &str,
        depth: Depth,
        cancel: &Cancel,
        line: impl FnMut(&ViewEntry, &mut Vec<u8>) -> Result<()>,
        show: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        match depth {
            Depth::Folders => tokio::select! {
                listed = self.folders(prefix, line, show) => listed,
                () = cancel.stopped() => Err(Error::interrupted()),
            },
            Depth::Keys => self.keys(prefix, cancel, line, show).await,
        }
    }

    async fn folders(
        &self,
        prefix: &str,
        mut line: impl FnMut(&ViewEntry, &mut Vec<u8>) -> Result<()>,
        mut show: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut after = None;
        let mut text = Vec::new();
        loop {
            let page =
                self.page(PageAt { prefix, delimiter: "/", after: after.as_ref(), max: limits::VIEW_PAGE });
            let page = page.await?;
            let (folders, keys): (Vec<_>, Vec<_>) =
                page.entries.iter().partition(|entry| matches!(entry, ViewEntry::Folder { .. }));
            text.clear();
            folders.into_iter().chain(keys).try_for_each(|entry| line(entry, &mut text))?;
            show(&text)?;
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
        mut line: impl FnMut(&ViewEntry, &mut Vec<u8>) -> Result<()>,
        mut show: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut scan = self.scan(prefix, cancel);
        let mut lines = Lines::new()?;
        loop {
            let mut failed = Ok(());
            let batch = scan.next_found(|found, state| {
                if found.cut_before && failed.is_ok() {
                    failed = lines.cut(found.segment);
                }
                let at = self.state_of(&state);
                if at != KeyAt::Absent && failed.is_ok() {
                    let entry = ViewEntry::Key { key: state.key.to_owned(), state: at };
                    failed = lines.push(found.segment, state.key, |text| line(&entry, text));
                }
                None::<()>
            });
            let batch = batch.await?;
            failed?;
            let Some(batch) = batch else { break };
            if batch.last {
                lines.cut(batch.segment)?;
            }
            if let Some(key) = scan.returned_to() {
                lines.release(Some(key), &mut show)?;
            }
        }
        lines.release(None, show)
    }
}
