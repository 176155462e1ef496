//! Deletes: creates delete markers, which erases nothing, or removes entries named by version ID. The callers name only
//! delete markers, and the versions of a drill's own copies.

use aws_sdk_s3::types::{Delete, DeletedObject, ObjectIdentifier};

use super::blank_key::{KeyInPath, for_sdk};
use super::client::{Client, once};
use super::copy::quoted;
use super::error::{Answer, Doing, explain, explain_answer};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{is_xml_safe, printable};

/// A key to delete, or an entry of it to remove.
#[derive(Debug, Clone, Copy)]
pub struct DeleteKey<'a> {
    /// The key.
    pub key: &'a str,
    /// The ETag that its current version must still have.
    pub etag: Option<&'a str>,
    /// The delete marker or version to remove; without it, the key gets a delete marker.
    pub version_id: Option<&'a str>,
}

/// The delete marker that was created or removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deleted {
    /// The version ID, if the server reports it; none for a removed version.
    pub version_id: Option<String>,
}

impl Client {
    /// Creates delete markers, or removes entries by version ID, for up to a thousand keys. Returns their results in
    /// order; an outer error concerns the whole request.
    pub async fn delete(&self, bucket: &str, keys: &[DeleteKey<'_>]) -> Result<Vec<Result<Deleted>>> {
        self.rate.take(keys.len()).await?;
        let objects = keys.iter().map(|k| {
            let object = ObjectIdentifier::builder().key(k.key).set_e_tag(k.etag.map(quoted));
            object.set_version_id(k.version_id.map(ToOwned::to_owned)).build()
        });
        let objects = objects.collect::<std::result::Result<Vec<_>, _>>().map_err(Error::internal)?;
        let delete = Delete::builder().set_objects(Some(objects)).build().map_err(Error::internal)?;
        self.counters.write_requests.add(1);
        let doing = Doing {
            what: "delete keys in",
            bucket,
            key: None,
            permission: permission(keys.iter().any(|k| k.version_id.is_some())),
        };
        let call = self.sdk(bucket).delete_objects().bucket(bucket).delete(delete);
        let call = call.customize().config_override(once());
        let reply =
            self.answered(async { call.send().await.map_err(|e| explain(&e, doing, &self.place)) }).await?;
        let deleted: std::collections::HashMap<(&str, Option<&str>), _> =
            reply.deleted().iter().filter_map(|d| Some(((d.key()?, named(d.version_id())), d))).collect();
        let failed: std::collections::HashMap<(&str, Option<&str>), _> =
            reply.errors().iter().filter_map(|e| Some(((e.key()?, named(e.version_id())), e))).collect();
        let place = self.place.of(bucket).place;
        let result = |k: &DeleteKey<'_>| match (
            failed.get(&(k.key, k.version_id)),
            deleted.get(&(k.key, k.version_id)),
        ) {
            (Some(e), _) => {
                let code = e.code().unwrap_or_default();
                // Per-key errors have no status, so only the code tells the kind.
                let answer = Answer {
                    status: 400,
                    code,
                    message: e.message().unwrap_or_default(),
                    ..Answer::default()
                };
                Err(explain_answer(&answer, Doing { key: Some(k.key), ..doing }, &place))
            }
            (None, Some(deleted)) => Ok(marker(deleted)),
            (None, None) => Err(untold(bucket, k.key)),
        };
        Ok(keys.iter().map(result).collect())
    }

    /// Does the same for a single key.
    pub async fn delete_one(&self, bucket: &str, key: DeleteKey<'_>) -> Result<Deleted> {
        if !is_xml_safe(key.key) {
            return self.delete_by_path(bucket, key).await;
        }
        let result = self.delete(bucket, &[key]).await?.pop();
        result.unwrap_or_else(|| Err(untold(bucket, key.key)))
    }

    /// Does the same for keys that XML cannot represent.
    async fn delete_by_path(&self, bucket: &str, key: DeleteKey<'_>) -> Result<Deleted> {
        self.rate.take(1).await?;
        self.counters.write_requests.add(1);
        let call = self.sdk(bucket).delete_object().bucket(bucket).key(for_sdk(key.key));
        let call = call.set_if_match(key.etag.map(quoted));
        let call = call.set_version_id(key.version_id.map(ToOwned::to_owned));
        let doing = Doing {
            what: "delete",
            bucket,
            key: Some(key.key),
            permission: permission(key.version_id.is_some()),
        };
        let call = call.customize().interceptor(KeyInPath::new(key.key)).config_override(once());
        let reply =
            self.answered(async { call.send().await.map_err(|e| explain(&e, doing, &self.place)) }).await?;
        // A removal by ID reports a delete marker only if there was one.
        let done = key.version_id.is_none() || reply.delete_marker() == Some(true);
        Ok(Deleted { version_id: reply.version_id().filter(|_| done).map(ToOwned::to_owned) })
    }
}

/// The error for a key that the reply mentions neither as deleted nor as failed.
fn untold(bucket: &str, key: &str) -> Error {
    let key = printable(key);
    Error::new(
        ErrorKind::Transient,
        format!("the server did not report whether it deleted s3://{bucket}/{key}"),
    )
}

fn marker(deleted: &DeletedObject) -> Deleted {
    Deleted { version_id: deleted.delete_marker_version_id().map(ToOwned::to_owned) }
}

/// Some servers send an empty ID instead of none.
fn named(id: Option<&str>) -> Option<&str> {
    id.filter(|id| !id.is_empty())
}

fn permission(by_id: bool) -> &'static str {
    if by_id { "s3:DeleteObjectVersion" } else { "s3:DeleteObject (and s3:GetObject)" }
}
