//! Conditional writes of one object that are all under way at the same time.
//!
//! Requests that are merely sent at once reach a fast server one after another, and even a server that checks the
//! condition too early accepts only the first. So each request sends its head and half of its body, and the second half
//! is held back until all of them have come so far.

use std::pin::Pin;
use std::task::{Context, Poll};

use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use bytes::Bytes;
use futures::channel::{mpsc, oneshot};
use futures::future::join_all;
use futures::{FutureExt, StreamExt};
use http_body::{Body, Frame, SizeHint};
use tokio::time::{sleep, timeout};

use super::blank_key::{KeyInPath, for_sdk};
use super::client::{Client, once};
use super::error::{Doing, explain};
use super::objects::crc32_header;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Location;

const FIRST: &[u8] = b"as";
const SECOND: &[u8] = b"of";
const WHOLE: &[u8] = b"asof";

impl Client {
    /// Sends `writes` requests for an object that does not exist, each on the condition that it does not, and returns how
    /// many of them succeeded. `at` has the key as its prefix.
    pub async fn contest(&self, at: &Location, writes: usize) -> Result<usize> {
        let (begun, begins) = mpsc::unbounded();
        let (requests, releases): (Vec<_>, Vec<_>) = (0..writes)
            .map(|_| {
                let (release, released) = oneshot::channel();
                let body = HeldBody { begun: begun.clone(), released, stage: Stage::First };
                (self.write_held(at, body), release)
            })
            .unzip();
        let release = async {
            // A server or a proxy that accepts fewer connections answers some requests before it reads the others.
            drop(timeout(limits::CONTEST_WAIT, begins.take(writes).collect::<Vec<_>>()).await);
            sleep(limits::CONTEST_PAUSE).await;
            drop(releases);
        };
        let (written, ()) = tokio::join!(join_all(requests), release);
        let created = written.into_iter().collect::<Result<Vec<_>>>()?;
        Ok(created.into_iter().filter(|created| *created).count())
    }

    async fn write_held(&self, at: &Location, body: HeldBody) -> Result<bool> {
        let doing =
            Doing { what: "write", bucket: &at.bucket, key: Some(&at.prefix), permission: "s3:PutObject" };
        let call = self.sdk(&at.bucket).put_object().bucket(&at.bucket).key(for_sdk(&at.prefix));
        let call = call.if_none_match("*").checksum_crc32(crc32_header(crc32fast::hash(WHOLE)));
        let call = call.body(ByteStream::new(SdkBody::from_body_1_x(body))).customize();
        let reply = call.interceptor(KeyInPath::new(&at.prefix)).config_override(once()).send().await;
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(_) => Ok(true),
            Err(e) if e.kind() == ErrorKind::Precondition => Ok(false),
            Err(e) => Err(e),
        }
    }
}

/// A body whose second half is held back.
struct HeldBody {
    /// Is told when the first half was taken.
    begun: mpsc::UnboundedSender<()>,
    /// Ends when the second half may be sent.
    released: oneshot::Receiver<()>,
    stage: Stage,
}

/// The next step of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    First,
    Tell,
    Wait,
    End,
}

impl Body for HeldBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>>>> {
        let frame = |bytes| Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(bytes)))));
        loop {
            match self.stage {
                Stage::First => {
                    self.stage = Stage::Tell;
                    return frame(FIRST);
                }
                Stage::Tell => {
                    // Nobody listens after the time to wait.
                    drop(self.begun.unbounded_send(()));
                    self.stage = Stage::Wait;
                }
                Stage::Wait => match self.released.poll_unpin(context) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(_) => {
                        self.stage = Stage::End;
                        return frame(SECOND);
                    }
                },
                Stage::End => return Poll::Ready(None),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.stage == Stage::End
    }

    fn size_hint(&self) -> SizeHint {
        let left = match self.stage {
            Stage::First => WHOLE.len(),
            Stage::Tell | Stage::Wait => SECOND.len(),
            Stage::End => 0,
        };
        SizeHint::with_exact(left as u64)
    }
}
