//! Accepts connections, up to a number at once.

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::limits;

/// Accepts connections and serves each as a task of its own, at most `most` at once: further clients wait in the
/// listener's queue. Returns the connections still open when `until` ends; dropping them cuts them off.
pub(crate) async fn accept<C>(
    listener: TcpListener,
    most: usize,
    until: impl Future<Output = ()>,
    serve: impl Fn(TcpStream) -> C,
) -> JoinSet<()>
where
    C: Future<Output = ()> + Send + 'static,
{
    let mut until = std::pin::pin!(until);
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        tokio::select! {
            () = &mut until => return connections,
            Some(_) = connections.join_next(), if connections.len() >= most => {}
            accepted = listener.accept(), if connections.len() < most => match accepted {
                Ok((stream, _)) => drop(connections.spawn(serve(stream))),
                // The client can retry. A process without free file descriptors must not spin until it has some.
                Err(_) => tokio::time::sleep(limits::ACCEPT_PAUSE).await,
            },
        }
    }
}
