//! Requests as bytes, for what no client sends.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::View;

/// Sends bytes, and returns all that comes back until the server closes the connection.
pub(super) async fn send(view: &View, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(view.address()).await.unwrap();
    // The server may have answered and closed before it has read everything.
    drop(stream.write_all(bytes).await);
    let mut reply = Vec::new();
    drop(stream.read_to_end(&mut reply).await);
    reply
}

/// Sends a GET of a URL without further headers.
pub(super) async fn get(view: &View, url: &str) -> Vec<u8> {
    let path = url.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..])).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", view.address());
    send(view, request.as_bytes()).await
}

/// The status of a reply.
pub(super) fn status(reply: &[u8]) -> u16 {
    let text = String::from_utf8_lossy(reply);
    let status = text.split(' ').nth(1).unwrap_or_else(|| panic!("no reply: {text}"));
    status.parse().unwrap()
}
