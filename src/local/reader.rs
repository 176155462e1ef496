//! Reads the bytes of a version, as many requests at once as the server can handle; a body that breaks is continued at
//! the byte reached.

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::printable;
use crate::retry::{Backoff, RetryBudget, Sends, SharedPressure};
use crate::s3::{Body, Client, ObjectName, Stretch};

/// A reader of objects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    /// The client.
    pub client: &'a Client,
    /// The requests that the server can handle.
    pub pressure: &'a SharedPressure,
    /// Offsets its pauses from those of other readers.
    pub turn: u64,
}

/// The bytes of a version that are wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The version.
    pub object: ObjectName<'a>,
    /// Its ETag.
    pub etag: &'a str,
    /// The bytes as requested.
    pub stretch: Stretch,
    /// The byte after the last.
    pub end: u64,
}

impl Reader<'_> {
    /// Starts reading.
    pub(crate) async fn get(self, wanted: Wanted<'_>) -> Result<Body> {
        let Wanted { object, etag, stretch, .. } = wanted;
        let mut budget = RetryBudget::new(Sends::Read, self.turn);
        loop {
            match self.client.get(object, etag, stretch).await {
                Ok(body) => {
                    self.pressure.answered();
                    return Ok(body);
                }
                Err(e) if e.is_retryable() => budget.again(self.pressure, e).await?,
                Err(e) => return Err(e),
            }
        }
    }
}

/// Forwards a body piece by piece. If it is interrupted, resumes it.
pub(crate) async fn pump(
    reader: Reader<'_>,
    wanted: Wanted<'_>,
    mut body: Body,
    pieces: mpsc::Sender<Bytes>,
) -> Result<()> {
    let Wanted { object, stretch, end, .. } = wanted;
    let (mut reached, mut breaks, mut backoff) = (stretch.from, 0, Backoff::of_requests());
    loop {
        let broken = match body.next(object).await {
            Ok(Some(piece)) => {
                reached += piece.len() as u64;
                (breaks, backoff) = (0, Backoff::of_requests());
                if pieces.send(piece).await.is_err() {
                    // The writer failed, and reports why.
                    return Ok(());
                }
                continue;
            }
            // The check reports what is wrong with a complete body.
            _ if reached >= end => return Ok(()),
            Ok(None) => Error::new(
                ErrorKind::Transient,
                format!("the body of {} ended early, after {reached} bytes", printable(object.key)),
            ),
            Err(e) => e,
        };
        breaks += 1;
        if breaks > limits::BODY_BREAKS {
            return Err(broken);
        }
        reader.pressure.pause(backoff.pause()).await?;
        body = reader.get(Wanted { stretch: stretch.starting_at(reached), ..wanted }).await?;
    }
}
