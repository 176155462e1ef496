//! Host name resolution.

use aws_smithy_runtime::client::dns::TokioDnsResolver;
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns};

/// Resolves names through the system. Names below `localhost`, such as `BUCKET.localhost` or an access point's host on
/// a local server, resolve to this machine, as RFC 6761 (6.3) requires but many systems do not support.
#[derive(Debug, Clone)]
pub(super) struct Resolver;

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        let asked = if name.ends_with(".localhost") { "localhost" } else { name };
        DnsFuture::new(async move { TokioDnsResolver::new().resolve_dns(asked).await })
    }
}
