//! Multipart copies: splits the object into parts, copies many at once, and leaves no upload behind.
//!
//! A failed copy aborts its upload. A copy that is dropped because another error ends the run cannot; its upload is
//! still registered and is aborted at the end of the run. A killed process leaves its uploads behind, and they are
//! charged for: so each is recorded in the journal before its first part, and aborted on resume.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::{StreamExt, stream};
use tokio::sync::Semaphore;

use super::copy::Copies;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{part_bytes, printable};
use crate::retry::is_to_be_looked_at;
use crate::s3::{Client, Copied, CopyRequest, Facts, Part, Upload};
use crate::state::UploadList;

/// The multipart copies in progress. All clones share them.
#[derive(Clone)]
pub struct Uploads {
    open: Arc<Mutex<Vec<Upload>>>,
    slots: Arc<Semaphore>,
    list: Option<Arc<UploadList>>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { open: Arc::default(), slots: Arc::new(Semaphore::new(limits::PARTS_IN_FLIGHT)), list: None }
    }
}

impl fmt::Debug for Uploads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uploads").field("open", &self.open).finish_non_exhaustive()
    }
}

impl Uploads {
    /// Records each upload in a list before its first part is copied; if that fails, so does the copy.
    #[must_use]
    pub fn recorded(self, list: UploadList) -> Self {
        Self { list: Some(Arc::new(list)), ..self }
    }

    /// Aborts the open uploads. Returns an error if one could not be aborted.
    pub async fn abandon(&self, client: &Client) -> Result<()> {
        let open = self.lock().clone();
        let mut ended = Ok(());
        for upload in open {
            ended = self.abort(client, &upload).await.and(ended);
        }
        ended
    }

    async fn opened(&self, upload: &Upload) -> Result<()> {
        self.lock().push(upload.clone());
        match &self.list {
            None => Ok(()),
            Some(list) => list.push(upload).await,
        }
    }

    fn closed(&self, upload: &Upload) {
        self.lock().retain(|open| open != upload);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Upload>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Aborts an upload, repeatedly: a part in flight may have arrived after the first abort
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html>).
    async fn abort(&self, client: &Client, upload: &Upload) -> Result<()> {
        for _ in 0..limits::ABORTS {
            client.abort_upload(upload).await?;
            // Without the permission to list parts, trust the reply.
            if !client.has_upload(upload).await.unwrap_or(false) {
                self.closed(upload);
                return Ok(());
            }
        }
        let key = printable(&upload.key);
        let message =
            format!("cannot abort the multipart upload to s3://{}/{key}: it still exists", upload.bucket);
        Err(Error::new(ErrorKind::Transient, message))
    }
}

/// Makes a multipart copy of the object described by `facts`.
pub(super) async fn copy_in_parts(
    client: &Client,
    how: &Copies,
    request: &CopyRequest<'_>,
    facts: &Facts,
    tags: &BTreeMap<String, String>,
) -> Result<Copied> {
    let uploads = &how.uploads;
    let upload = client.create_upload(request, facts, tags).await?;
    let copied = match uploads.opened(&upload).await {
        Ok(()) => fill(client, how, request, facts, &upload).await,
        Err(e) => Err(e),
    };
    let error = match copied {
        Ok(copied) => {
            uploads.closed(&upload);
            return Ok(copied);
        }
        Err(e) => e,
    };
    if is_to_be_looked_at(&error)
        && let Some(copied) = find(client, how, request, facts, &upload).await
    {
        uploads.closed(&upload);
        return Ok(copied);
    }
    match uploads.abort(client, &upload).await {
        Ok(()) => Err(error),
        // It is in the journal: resuming the run aborts it.
        Err(e) if e.ends_the_run() && uploads.list.is_some() => {
            uploads.closed(&upload);
            Err(if error.ends_the_run() { error } else { e })
        }
        Err(e) => {
            // Reported here; nothing more can be done at the end of the run.
            uploads.closed(&upload);
            let left = format!(
                "{e}: the unfinished multipart upload {} is charged for until you abort it",
                upload.id
            );
            Err(e.hints().iter().fold(error.hint(left), Error::hint))
        }
    }
}

/// Copies the parts and completes the upload. Waits for every part in flight, so that none arrives after the upload has
/// been aborted.
async fn fill(
    client: &Client,
    how: &Copies,
    request: &CopyRequest<'_>,
    facts: &Facts,
    upload: &Upload,
) -> Result<Copied> {
    let failed = AtomicBool::new(false);
    let target = how.multipart_threshold.min(limits::PART_BYTES);
    let ranges = ranges(facts.size, target).take_while(|_| !failed.load(Ordering::Relaxed));
    let failed = &failed;
    let copying = ranges.map(|(number, bytes)| async move {
        let slot = how.uploads.slots.acquire().await;
        let slot = slot.map_err(Error::internal)?;
        let part = client.copy_part(request, upload, number, bytes).await;
        drop(slot);
        failed.fetch_or(part.is_err(), Ordering::Relaxed);
        part
    });
    let copied: Vec<Result<Part>> =
        stream::iter(copying).buffer_unordered(limits::PARTS_AT_ONCE).collect().await;
    let parts = copied.into_iter().collect::<Result<Vec<_>>>()?;
    client.complete_upload(request, upload, facts, parts).await
}

/// Finds the version that the upload has become: the upload is gone, only we knew its ID, and the key holds an object
/// of this size with this many parts.
async fn find(
    client: &Client,
    how: &Copies,
    request: &CopyRequest<'_>,
    facts: &Facts,
    upload: &Upload,
) -> Option<Copied> {
    if client.has_upload(upload).await.unwrap_or(true) {
        return None;
    }
    let found = client.current(request.bucket, request.key).await.ok()??;
    let target = how.multipart_threshold.min(limits::PART_BYTES);
    let suffix = format!("-{}", ranges(facts.size, target).count());
    let ours = found.size == facts.size && found.copied.etag.as_ref()?.ends_with(&suffix);
    ours.then_some(found.copied)
}

/// The part numbers and byte ranges of an object. Parts are `target` bytes, or larger if there would be more parts than
/// S3 allows.
fn ranges(size: u64, target: u64) -> impl Iterator<Item = (u32, RangeInclusive<u64>)> {
    let bytes = part_bytes(size, target);
    (1..).zip((0..size).step_by(usize::try_from(bytes).unwrap_or(usize::MAX))).map(move |(number, first)| {
        let last = first.saturating_add(bytes).min(size) - 1;
        (number, first..=last)
    })
}

#[cfg(test)]
mod tests;
