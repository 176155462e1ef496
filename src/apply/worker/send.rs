//! Sends the request of a change once.

use super::{Guarded, Worker};
use crate::apply::batch::Item;
use crate::apply::conditions::IMPOSSIBLE;
use crate::apply::copy::{Made, copy};
use crate::apply::look::Seen;
use crate::apply::markers::MarkersReader;
use crate::apply::outcome::Outcome;
use crate::error::{Error, Result};
use crate::list::{HistoryReader, history};
use crate::model::printable;
use crate::plan::{Action, Change};
use crate::s3::{DeleteKey, Deleted, Guard};

impl Worker {
    /// Sends the request of a change once.
    pub(super) async fn send(&self, item: &Item, guarded: Guarded) -> Result<Outcome> {
        let change = &item.change;
        tracing::debug!(key = %printable(&change.key), action = ?change.action, ?guarded, "sending");
        let key = self.0.place.relocation.there(&change.key);
        let etag = match guarded {
            Guarded::Yes => item.now().map(|now| now.etag.as_str()),
            Guarded::Impossibly => Some(IMPOSSIBLE),
            Guarded::No => None,
        };
        match change.action {
            Action::Delete => self.send_delete(&key, etag).await,
            _ if !change.markers.is_empty() => self.send_marker_removal(&key, item).await,
            Action::Undelete | Action::Revert => {
                let guard = match (etag, guarded) {
                    (Some(etag), _) => Guard::Etag(etag.to_owned()),
                    (None, Guarded::No) => Guard::None,
                    (None, _) => Guard::Absent,
                };
                self.send_copy(change, &guard).await
            }
        }
    }

    async fn send_copy(&self, change: &Change, guard: &Guard) -> Result<Outcome> {
        let Some(then) = &change.then else {
            return Err(Error::internal("a copy without the version that it copies"));
        };
        let (place, how) = (&self.0.place, &self.0.manner.copies);
        Ok(match copy(&self.0.client, place, how, change, then, guard).await? {
            Made::Copied(copied) => Outcome::Copied(copied),
            Made::Archived { thawing } => Outcome::Archived { thawing },
        })
    }

    async fn send_delete(&self, key: &str, etag: Option<&str>) -> Result<Outcome> {
        let (client, bucket) = (&self.0.client, &self.0.place.bucket);
        let target = DeleteKey { key, etag, version_id: None };
        Ok(Outcome::Deleted(client.delete_one(bucket, target).await?))
    }

    async fn send_marker_removal(&self, key: &str, item: &Item) -> Result<Outcome> {
        let (client, bucket) = (&self.0.client, &self.0.place.bucket);
        let mut markers = MarkersReader::new(&item.change);
        client.unless_halted(history(client, bucket, key, |entry, lost| markers.push(entry, lost))).await?;
        markers.finish(&self.0.place)?;
        let mut removed = Vec::new();
        for marker in &item.change.markers {
            let target = DeleteKey { key, etag: None, version_id: Some(marker) };
            removed.push(client.delete_one(bucket, target).await?);
        }
        self.markers_removed(item, &removed).await
    }

    /// Returns true if a key whose markers were removed holds the planned result. S3 reports whether a removed version
    /// was a delete marker (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletedObject.html>): if none was,
    /// another client or an earlier undo removed them, and this run must not undo it.
    pub(in crate::apply) async fn markers_removed(
        &self,
        item: &Item,
        removed: &[Deleted],
    ) -> Result<Outcome> {
        let ours = item.open || removed.iter().any(|deleted| deleted.version_id.is_some());
        Ok(match self.look(item).await? {
            Seen::Wanted(_) if !ours => Outcome::Skipped,
            Seen::Wanted(outcome) => outcome,
            // A marker or version of another client: newer than ours, so nothing of it is lost.
            Seen::AsExpected | Seen::Other(_) => Outcome::Conflict,
        })
    }
}
