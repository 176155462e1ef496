//! Asks the server whether two versions are the same object if the listing is not sufficient.

use crate::error::Result;
use crate::model::Version;
use crate::resolve::{Likeness, likeness, needs_heads};
use crate::s3::Client;

/// Options for comparing two versions.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Compare {
    /// True if ETags may not be MD5s of the content because the objects are, or may be, encrypted with a KMS key.
    pub kms: bool,
    /// True if objects with equal ETags and sizes are taken to be equal without further requests.
    pub trust_etag: bool,
}

/// A version of an object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VersionOf<'a> {
    /// The bucket.
    pub bucket: &'a str,
    /// The key.
    pub key: &'a str,
    /// The version as listed.
    pub version: &'a Version,
}

/// The result of comparing two versions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compared {
    /// The result of comparing the two objects.
    pub likeness: Likeness,
    /// True if the first is a replica, if this was requested.
    pub replica: bool,
    /// True if the server refused to describe one of them.
    pub silent: bool,
}

impl Compared {
    /// Creates a result that needed no request.
    pub(crate) fn unasked(likeness: Likeness) -> Self {
        Self { likeness, replica: false, silent: false }
    }
}

impl Compare {
    /// Compares the version `then` with `now`.
    pub(crate) async fn compare(
        self,
        client: &Client,
        then: VersionOf<'_>,
        now: VersionOf<'_>,
    ) -> Result<Compared> {
        let (a, b) = (then.version, now.version);
        if self.trust_etag {
            let same = a.size == b.size && a.etag == b.etag;
            return Ok(Compared::unasked(if same { Likeness::Same } else { Likeness::Different }));
        }
        if !needs_heads(a, b, self.kms) {
            return Ok(Compared::unasked(Likeness::Different));
        }
        let head = |of: VersionOf<'_>| {
            let (bucket, key, id) = (of.bucket.to_owned(), of.key.to_owned(), of.version.version_id.clone());
            async move { known(client.head(&bucket, &key, Some(&id)).await) }
        };
        let (a, b) = futures::future::try_join(head(then), head(now)).await?;
        let silent = a.is_err() || b.is_err();
        let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
        let replica = a.as_ref().is_some_and(|a| a.replica);
        let likeness = match (a, b) {
            (Some(a), Some(b)) => likeness(&a, &b),
            _ => Likeness::Unverifiable,
        };
        Ok(Compared { likeness, replica, silent })
    }
}

/// A forbidden HEAD, which is the inner error, or a version that has been deleted since the listing proves nothing;
/// only a failing server is an error.
fn known<T>(head: Result<Option<T>>) -> Result<Result<Option<T>>> {
    match head {
        Err(e) if !e.is_unreadable_object() => Err(e),
        told => Ok(told),
    }
}
