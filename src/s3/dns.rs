//! Names of hosts.

use aws_smithy_runtime::client::dns::TokioDnsResolver;
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns};

/// Asks the system for a name's addresses. Names below `localhost` are this machine's, as RFC 6761 (6.3) has it, and so are
/// `BUCKET.localhost` and an access point's host on a local server. Many systems do not know them.
#[derive(Debug, Clone)]
pub(super) struct Resolver;

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        let asked = if name.ends_with(".localhost") { "localhost" } else { name };
        DnsFuture::new(async move { TokioDnsResolver::new().resolve_dns(asked).await })
    }
}
