//! Reads the bytes of one key as it was at T, and checks them on the way.

use std::io::{self, Write};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::view::{KeyAt, LiveKey, PastBucket, ViewOptions};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::local::{Exact, Reader, Wanted, checker, exact_checker, pump};
use crate::model::{ByteRange, Instant, Location, Stored, TypedTime, printable, shell_word};
use crate::resolve::{Checker, Doubt, Proof, Verdict};
use crate::retry::SharedPressure;
use crate::s3::{Body, Client, ObjectName, Stretch};

/// A request for the bytes of one key.
#[derive(Debug)]
pub struct Cat {
    object: Location,
    at: TypedTime,
    range: Option<ByteRange>,
}

/// A version that was live at T, with the bytes that are wanted.
#[derive(Debug)]
pub struct PastObject {
    /// The bucket and key.
    pub object: Location,
    /// The target time.
    pub at: Instant,
    /// The version.
    pub live: LiveKey,
    stretch: Stretch,
    end: u64,
}

impl Cat {
    /// Requests the bytes, or a range of them, that an object had at `at`.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) for a location without a key.
    pub fn new(object: Location, at: TypedTime, range: Option<ByteRange>) -> Result<Self> {
        if object.prefix.is_empty() {
            return Err(Error::usage(format!("{object} has no key")).hint("write it as s3://BUCKET/KEY"));
        }
        Ok(Self { object, at, range })
    }

    /// Finds the version that was live at T. No byte of it is read yet.
    ///
    /// # Errors
    /// [`Missing`](ErrorKind::Missing) if there was none, [`Refused`](ErrorKind::Refused) if the state of the key is
    /// uncertain, [`Invalid`](ErrorKind::Invalid) if the version has none of the range.
    pub async fn inspect(self, client: &Client, options: ViewOptions) -> Result<PastObject> {
        let Self { object, at, range } = self;
        let past = PastBucket::open(client, &object.bucket, at, options).await?;
        let at = past.at;
        let live = live_key(&object, at, past.key(&object.prefix).await?)?;
        let size = live.version.size;
        let Some(range) = range else {
            return Ok(PastObject { object, at, live, stretch: Stretch::default(), end: size });
        };
        let Some(bytes) = range.within(size) else {
            let message = format!("{}: the range is beyond its end at {size} bytes", of_object(&object));
            return Err(Error::new(ErrorKind::Invalid, message).hint("--range counts bytes from 0"));
        };
        let stretch = Stretch { from: bytes.start, to: Some(bytes.end) };
        Ok(PastObject { object, at, live, stretch, end: bytes.end })
    }
}

/// Returns the version to read:
///
/// | key at T | result |
/// |---|---|
/// | live | its version |
/// | uncertain | refused |
/// | absent | missing |
fn live_key(object: &Location, at: Instant, state: KeyAt) -> Result<LiveKey> {
    let (place, at) = (of_object(object), at.human());
    match state {
        KeyAt::Live(live) => Ok(live),
        KeyAt::Absent => {
            Err(Error::new(ErrorKind::Missing, format!("{place}: the key did not exist at {at}")))
        }
        KeyAt::Uncertain { live, doubts } => {
            let doubts: Vec<_> = doubts.into_iter().map(Doubt::name).collect();
            let message = format!("{place}: its state at {at} is uncertain ({})", doubts.join(", "));
            let trusted = match live {
                Some(_) => "--doubtful trust reads the version that was live according to the listing",
                None => {
                    "according to the listing the key did not exist, but its versions may have been removed"
                }
            };
            Err(Error::new(ErrorKind::Refused, message).hint(trusted))
        }
    }
}

fn of_object(object: &Location) -> String {
    format!("cannot read {}", printable(&object.to_string()))
}

/// The number of bytes written, and whether they are right.
struct Written {
    bytes: u64,
    verdict: Verdict,
}

/// The check that bytes have passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// By a checksum.
    ByChecksum,
    /// By their number: they are a range, or the server has no checksum.
    BySize,
}

impl PastObject {
    /// Writes the bytes to `out`. A break is resumed; bytes that turn out not to be the version's are an error, but
    /// have been written.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused), before anything is written, if the version is archived; the error of `out` if
    /// that cannot be written; any other error says how many bytes were written.
    pub async fn write(
        &self,
        client: &Client,
        out: impl Write + Send + 'static,
        cancel: &Cancel,
    ) -> Result<Checked> {
        let client = &client.halted_by(cancel);
        client.unless_halted(self.copy(client, out, cancel)).await
    }

    async fn copy(
        &self,
        client: &Client,
        out: impl Write + Send + 'static,
        cancel: &Cancel,
    ) -> Result<Checked> {
        let pressure = &SharedPressure::new(1, cancel);
        let reader = Reader { client, pressure, turn: 0 };
        let wanted = self.wanted();
        let body = reader.get(wanted).await.map_err(|e| self.archived(e))?;
        let stored = body.stored.clone();
        let checker = self.checker(client, &stored).await?;
        let verdict = match self.forward(reader, body, out, checker).await? {
            Verdict::Wrong => self.check_again(reader, &stored).await?,
            verdict => verdict,
        };
        match verdict {
            Verdict::Proven => Ok(Checked::ByChecksum),
            Verdict::Unverifiable => Ok(Checked::BySize),
            Verdict::Wrong => Err(self.wrong("the bytes written do not match its checksum")),
        }
    }

    fn wanted(&self) -> Wanted<'_> {
        let (Location { bucket, prefix: key }, version) = (&self.object, &self.live.version);
        let object = ObjectName { bucket, key, version_id: &version.version_id };
        Wanted { object, etag: &version.etag, stretch: self.stretch, end: self.end }
    }

    /// Returns the checker of the bytes. Of a range, only the length can be checked.
    async fn checker(&self, client: &Client, stored: &Stored) -> Result<Checker> {
        let Stretch { from, to } = self.stretch;
        let size = to.map_or(stored.size, |_| self.live.version.size);
        if (size, &stored.etag) != (self.live.version.size, &self.live.version.etag) {
            return Err(self.wrong("its size or ETag differs from the listing"));
        }
        match to {
            Some(to) => Ok(Checker::new(to - from, Proof::Size, None)),
            None => checker(client, self.wanted().object, stored).await,
        }
    }

    /// Forwards the body to `out`, through the checker.
    async fn forward(
        &self,
        reader: Reader<'_>,
        body: Body,
        out: impl Write + Send + 'static,
        checker: Checker,
    ) -> Result<Verdict> {
        let (pieces, queue) = mpsc::channel(limits::PIECE_QUEUE);
        let writer = tokio::task::spawn_blocking(move || drain(queue, out, checker));
        let pumped = pump(reader, self.wanted(), body, pieces).await;
        let Written { bytes, verdict } = writer.await??;
        let all = self.end - self.stretch.from;
        match pumped {
            Ok(()) if bytes == all => Ok(verdict),
            Ok(()) => Err(self.wrong(&format!("it has {bytes} bytes instead of {all}"))),
            Err(e) => {
                let (place, cause) = (of_object(&self.object), e.to_string());
                let cause = cause.strip_prefix(&format!("{place}: ")).unwrap_or(&cause);
                let message = format!("{place}: {bytes} of {all} bytes were written: {cause}");
                Err(e.hints().iter().fold(Error::new(e.kind(), message), Error::hint))
            }
        }
    }

    /// Reads the version once more, if its parts may be of different sizes: only then does their checksum tell.
    async fn check_again(&self, reader: Reader<'_>, stored: &Stored) -> Result<Verdict> {
        match exact_checker(reader.client, self.wanted().object, stored).await? {
            Exact::Settled(verdict) => Ok(verdict),
            Exact::Check(checker) => {
                let body = reader.get(self.wanted()).await?;
                self.forward(reader, body, io::sink(), *checker).await
            }
        }
    }

    fn wrong(&self, why: &str) -> Error {
        let message = format!("{}: the server's reply is not the version: {why}", of_object(&self.object));
        Error::new(ErrorKind::Corrupt, message)
            .hint("discard the output; if this persists, the object or the connection is damaged")
    }

    fn archived(&self, e: Error) -> Error {
        if !matches!(e.code(), Some("InvalidObjectState" | "ObjectNotInActiveTierError")) {
            return e;
        }
        let (place, at) = (of_object(&self.object), self.at.human());
        let message = format!("{place}: the version live at {at} is archived and must be thawed first");
        let ObjectName { bucket, key, version_id } = self.wanted().object;
        let thaw = format!(
            "thaw it: aws s3api restore-object --bucket {bucket} --key {} --version-id {version_id} --restore-request Days={}",
            shell_word(key),
            limits::THAW_DAYS
        );
        Error::new(ErrorKind::Refused, message).hint(thaw).because(e)
    }
}

/// Writes the pieces, on a blocking thread.
fn drain(mut queue: mpsc::Receiver<Bytes>, mut out: impl Write, mut checker: Checker) -> io::Result<Written> {
    let mut bytes = 0;
    while let Some(piece) = queue.blocking_recv() {
        out.write_all(&piece)?;
        checker.update(&piece);
        bytes += piece.len() as u64;
    }
    out.flush()?;
    Ok(Written { bytes, verdict: checker.finish() })
}

#[cfg(test)]
mod tests;
