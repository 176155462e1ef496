//! The states of all keys of a bucket at T, listed once and kept on disk in key order.

use serde::{Deserialize, Serialize};

use crate::cancel::Cancel;
use crate::endpoint::listing::common_prefix;
use crate::engine::key_lookup::Scope;
use crate::engine::past::{OfKey, keys_at};
use crate::engine::scope_keys::Listing;
use crate::engine::view::{FolderAt, KeyAt, LiveKey, PageAt, PastBucket, Position, ViewEntry, ViewPage};
use crate::error::Result;
use crate::limits;
use crate::model::Version;
use crate::resolve::{Doubt, KeyState};
use crate::s3::Client;
use crate::spill::{Entries, Spooled};

/// The states of the keys that were live at T, or may have been.
#[derive(Debug)]
pub(super) struct Preloaded(Spooled<Listed>);

/// The state of a key on disk.
#[derive(Debug, Serialize, Deserialize)]
struct Listed {
    #[serde(skip)]
    key: String,
    #[serde(rename = "v")]
    live: Option<Version>,
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<Doubt>,
}

impl Listed {
    fn of(key: &str, state: KeyAt) -> Option<Self> {
        let (live, doubts) = match state {
            KeyAt::Live(live) => (Some(live.version), Vec::new()),
            KeyAt::Uncertain { live, doubts } => (live.map(|live| live.version), doubts),
            KeyAt::Absent => return None,
        };
        Some(Self { key: key.to_owned(), live, doubts })
    }

    fn state(self) -> KeyAt {
        let live = self.live.map(|version| LiveKey { version, cautions: Vec::new() });
        match live {
            Some(live) if self.doubts.is_empty() => KeyAt::Live(live),
            live => KeyAt::Uncertain { live, doubts: self.doubts },
        }
    }
}

impl OfKey for Listed {
    fn key(&self) -> &str {
        &self.key
    }
}

impl Preloaded {
    /// Lists a bucket.
    pub(super) async fn load(client: &Client, past: &PastBucket, cancel: &Cancel) -> Result<Self> {
        let scope = Scope { bucket: past.bucket.clone(), ..Scope::default() };
        let listed = |state: &KeyState<'_>| Listed::of(state.key, past.state_of(state));
        let listed = keys_at(client, Listing::start(client, scope), past.as_of(), cancel, listed)
            .await?
            .found
            .close()?;
        tracing::info!(bucket = past.bucket, keys = listed.len(), "listed the bucket");
        Ok(Self(listed))
    }

    /// Returns the state of a key.
    pub(super) fn key(&self, past: &PastBucket, key: &str) -> Result<KeyAt> {
        let mut entries = self.0.from(key)?;
        if entries.key()? != Some(key) {
            return Ok(past.unlisted(key));
        }
        Ok(entries.next().transpose()?.map_or(KeyAt::Absent, Listed::state))
    }

    /// Returns a page, as [`PastBucket::page`] does.
    pub(super) fn page(&self, at: PageAt<'_>) -> Result<ViewPage> {
        let PageAt { prefix, delimiter, after, max } = at;
        let mut page = ViewPage::default();
        if max == 0 {
            return Ok(page);
        }
        let mut entries = match after {
            Some(Position::Folder(folder)) if folder.as_str() >= prefix => self.0.after(folder)?,
            Some(Position::Key(key)) => self.0.from(key.as_str().max(prefix))?,
            Some(Position::Folder(_)) | None => self.0.from(prefix)?,
        };
        while let Some(key) = entries.key()? {
            if !key.starts_with(prefix) {
                break;
            }
            let folder = common_prefix(key, prefix, delimiter).map(ToOwned::to_owned);
            if matches!(after, Some(Position::Key(last)) if last == key) {
                entries.next().transpose()?;
                continue;
            }
            if page.entries.len() == max {
                page.next = page.entries.last().map(ViewEntry::position);
                break;
            }
            let entry = if let Some(prefix) = folder {
                let state = self.pass_folder(&mut entries, &prefix)?;
                ViewEntry::Folder { prefix, state }
            } else {
                let key = key.to_owned();
                let Some(listed) = entries.next().transpose()? else { break };
                ViewEntry::Key { key, state: listed.state() }
            };
            page.entries.push(entry);
        }
        Ok(page)
    }
    /// Moves past a folder, and returns its state.
    fn pass_folder(&self, entries: &mut Entries<Listed>, folder: &str) -> Result<FolderAt> {
        let mut state = FolderAt::Uncertain;
        let mut passed = 0;
        while entries.key()?.is_some_and(|key| key.starts_with(folder)) {
            if state == FolderAt::Live && passed >= limits::PASSED_KEYS {
                // Finding the next key costs as much as reading a block.
                *entries = self.0.after(folder)?;
                break;
            }
            passed += 1;
            if state == FolderAt::Live {
                entries.skip_next()?;
            } else if entries.next().transpose()?.is_some_and(|listed| listed.doubts.is_empty()) {
                state = FolderAt::Live;
            }
        }
        Ok(state)
    }
}

#[cfg(test)]
mod tests;
