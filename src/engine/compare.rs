//! Asks the server whether two versions are the same object, where the listing leaves it open.

use crate::error::Result;
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

/// What the server says of two versions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compared {
    /// Whether they are the same object.
    pub(super) likeness: Likeness,
    /// Whether the first is a replica, as far as it was asked for.
    pub(super) replica: bool,
}

impl Compared {
    /// What needs no asking.
    pub(super) fn unasked(likeness: Likeness) -> Self {
        Self { likeness, replica: false }
    }
}

impl Compare {
    /// Compares the version `then` with `now`, each given with its bucket and key.
    pub(super) async fn compare(
        self,
        client: &Client,
        then: (&str, &str, &Version),
        now: (&str, &str, &Version),
    ) -> Result<Compared> {
        let (a, b) = (then.2, now.2);
        if self.trust_etag {
            let same = a.size == b.size && a.etag == b.etag;
            return Ok(Compared::unasked(if same { Likeness::Same } else { Likeness::Different }));
        }
        if !needs_heads(a, b, self.kms) {
            return Ok(Compared::unasked(Likeness::Different));
        }
        let head = |(bucket, key, version): (&'_ str, &'_ str, &'_ Version)| {
            let (bucket, key, id) = (bucket.to_owned(), key.to_owned(), version.version_id.clone());
            async move { known(client.head(&bucket, &key, Some(&id)).await) }
        };
        let (a, b) = futures::future::try_join(head(then), head(now)).await?;
        let replica = a.as_ref().is_some_and(|a| a.replica);
        Ok(match (a, b) {
            (Some(a), Some(b)) => Compared { likeness: likeness(&a, &b), replica },
            _ => Compared { likeness: Likeness::Unproven, replica },
        })
    }
}

/// A head that we may not see, or that is gone since it was listed, proves nothing; only a failing server is an error.
fn known<T>(head: Result<Option<T>>) -> Result<Option<T>> {
    match head {
        Err(e) if e.is_silence() => Ok(None),
        other => other,
    }
}
