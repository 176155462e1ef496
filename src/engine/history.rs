//! Every version of one key.

use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::limits;
use crate::list::KeyPages;
use crate::model::{Instant, Past};
use crate::s3::Client;

/// Hands every entry of a key to `sink`, newest first; gives their number.
pub async fn history(
    client: &Client,
    bucket: &str,
    key: &str,
    at: Option<Instant>,
    cancel: &Cancel,
    mut sink: impl FnMut(Past) -> Result<()>,
) -> Result<u64> {
    let mut pages = KeyPages::new(bucket.to_owned(), key.to_owned(), limits::PAGE_ENTRIES);
    let (mut entries, mut found) = (0, false);
    while let Some(page) = pages.next(client).await? {
        if cancel.is_stopped() {
            return Err(Error::interrupted());
        }
        for entry in page.entries().take_while(|e| e.key == key) {
            let live_at = !found && at.is_some_and(|at| entry.last_modified <= at);
            found |= live_at;
            entries += 1;
            sink(Past {
                version: entry.into(),
                delete_marker: entry.kind.is_marker(),
                is_latest: entry.is_latest,
                live_at,
            })?;
        }
    }
    Ok(entries)
}
