//! A connection of a view: bounded in the size of heads, and in how long it may be idle or stuck.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{self, AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};
use tokio_rustls::TlsAcceptor;

use super::stream::Answer;
use crate::cancel::Cancel;
use crate::limits;

/// Serves a connection until the client closes it, or the view ends: then after the reply being sent.
pub(super) async fn serve<A, F>(stream: TcpStream, tls: Option<TlsAcceptor>, end: Cancel, answer: A)
where
    A: Fn(hyper::Request<Incoming>) -> F,
    F: Future<Output = Answer>,
{
    if stream.set_nodelay(true).is_err() {
        return;
    }
    match tls {
        None => serve_plain(stream, &end, answer).await,
        Some(tls) => {
            let accepted = tokio::time::timeout(limits::SERVE_HEAD_TIMEOUT, tls.accept(stream)).await;
            match accepted {
                Ok(Ok(stream)) => serve_plain(stream, &end, answer).await,
                Ok(Err(e)) => tracing::info!(error = %e, "a client did not complete the TLS handshake"),
                Err(_) => tracing::info!("a client did not complete the TLS handshake in time"),
            }
        }
    }
}

async fn serve_plain<S, A, F>(stream: S, end: &Cancel, answer: A)
where
    S: AsyncRead + AsyncWrite + Unpin,
    A: Fn(hyper::Request<Incoming>) -> F,
    F: Future<Output = Answer>,
{
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            // From the beginning of the connection, and from the end of each reply: it is the idle timeout as well.
            .header_read_timeout(limits::SERVE_HEAD_TIMEOUT)
            // Also the most bytes of a head, and of a body that wait to be sent.
            .max_buf_size(limits::SERVE_BUFFER)
            .serve_connection(TokioIo::new(Patient::new(stream)), service_fn(answer))
    );
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = end.stopped() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(e) = ended {
        tracing::debug!(error = %e, "a connection was cut off");
    }
}

/// A stream that fails if the client takes nothing for [`limits::SERVE_WRITE_IDLE`] while something is to be sent: it
/// would hold a body of the source open for ever.
struct Patient<S> {
    stream: S,
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    fn new(stream: S) -> Self {
        Self { stream, stuck: None }
    }

    /// Passes on the outcome of a write, unless the client takes nothing for too long.
    fn bounded<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stuck = None;
            return written;
        }
        let deadline = || Box::pin(tokio::time::sleep_until(Instant::now() + limits::SERVE_WRITE_IDLE));
        let stuck = self.stuck.get_or_insert_with(deadline);
        stuck.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[std::io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.bounded(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.bounded(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.bounded(context, shut)
    }
}
