//! Asks the server whether two versions are the same object, where the listing leaves it open.

use crate::error::{Error, ErrorKind, Result};
use crate::model::Version;
use crate::resolve::{Likeness, likeness, needs_heads};
use crate::s3::Client;

/// How two versions are compared.
#[derive(Debug, Clone, Copy, Default)]
pub struct Compare {
    /// ETags may not be MD5s of the content: a KMS key encrypts the objects, or may.
    pub kms: bool,
    /// Take equal ETags and sizes for equal objects, and ask nothing.
    pub trust_etag: bool,
}

impl Compare {
    /// Compares the version `then` with `now`, each given with its bucket and key.
    pub(super) async fn likeness(
        self,
        client: &Client,
        then: (&str, &str, &Version),
        now: (&str, &str, &Version),
    ) -> Result<Likeness> {
        let (a, b) = (then.2, now.2);
        if self.trust_etag {
            return Ok(if a.size == b.size && a.etag == b.etag {
                Likeness::Same
            } else {
                Likeness::Different
            });
        }
        if !needs_heads(a, b, self.kms) {
            return Ok(Likeness::Different);
        }
        let head = |(bucket, key, version): (&'_ str, &'_ str, &'_ Version)| {
            let (bucket, key, id) = (bucket.to_owned(), key.to_owned(), version.version_id.clone());
            async move { known(client.head(&bucket, &key, Some(&id)).await) }
        };
        let (a, b) = futures::future::try_join(head(then), head(now)).await?;
        Ok(match (a, b) {
            (Some(a), Some(b)) => likeness(&a, &b),
            _ => Likeness::Unproven,
        })
    }
}

/// A head that we may not see, or that is gone since it was listed, proves nothing; only a failing server is an error.
fn known<T>(head: Result<Option<T>>) -> Result<Option<T>> {
    match head {
        Err(e) if is_silence(&e) => Ok(None),
        other => other,
    }
}

pub(super) fn is_silence(e: &Error) -> bool {
    matches!(e.kind(), ErrorKind::Denied | ErrorKind::Invalid | ErrorKind::Unsupported | ErrorKind::Corrupt)
}
