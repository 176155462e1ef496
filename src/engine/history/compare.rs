//! Compares each version of a key with the next older one.

use futures::stream;
use futures::{StreamExt, TryStreamExt};

use crate::error::Result;
use crate::limits;
use crate::model::{Changes, ObjectHead, Past};
use crate::resolve::changes;
use crate::s3::Client;

/// A version whose next older one has not been listed yet, and the delete markers between the two.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    waiting: Vec<Past>,
    /// The answer about the version; `None` if it cannot be read.
    head: Option<ObjectHead>,
}

impl Comparison {
    /// Takes the next entries, newest first. Returns those that can be shown.
    pub(super) async fn take(
        &mut self,
        client: &Client,
        bucket: &str,
        key: &str,
        entries: Vec<Past>,
    ) -> Result<Vec<Past>> {
        let heads: Vec<_> = stream::iter(&entries)
            .map(|past| head(client, bucket, key, past))
            .buffered(limits::CONTENT_CHECKS)
            .try_collect()
            .await?;
        let mut ready = Vec::new();
        for (past, head) in std::iter::zip(entries, heads) {
            self.add(past, head, &mut ready);
        }
        Ok(ready)
    }

    /// Returns the rest, after the last entry.
    pub(super) fn finish(mut self) -> Vec<Past> {
        self.settle(&Changes::Oldest);
        self.waiting
    }

    fn add(&mut self, past: Past, head: Option<ObjectHead>, ready: &mut Vec<Past>) {
        if !past.delete_marker {
            let compared = match (&self.head, &head) {
                (Some(newer), Some(older)) => changes(newer, older),
                _ => Changes::unknown(),
            };
            self.settle(&compared);
            ready.append(&mut self.waiting);
            self.head = head;
        } else if self.waiting.len() > limits::WAITING_MARKERS {
            self.settle(&Changes::unknown());
            ready.append(&mut self.waiting);
        }
        self.waiting.push(past);
    }

    /// Notes how the waiting version differs from the next older one.
    fn settle(&mut self, found: &Changes) {
        if let Some(version) = self.waiting.first_mut().filter(|past| !past.delete_marker) {
            version.changes = Some(found.clone());
        }
    }
}

/// Returns the metadata of a version; `None` for a delete marker and for a version that cannot be read.
async fn head(client: &Client, bucket: &str, key: &str, past: &Past) -> Result<Option<ObjectHead>> {
    if past.delete_marker {
        return Ok(None);
    }
    match client.head(bucket, key, Some(&past.version.version_id)).await {
        Err(e) if e.is_unreadable_object() => Ok(None),
        told => told,
    }
}

#[cfg(test)]
mod tests;
