//! Deletes without a version id: each puts a delete marker, and erases nothing.

use aws_sdk_s3::types::{Delete, DeletedObject, ObjectIdentifier};

use super::blank_key::{KeyInPath, for_sdk};
use super::client::Client;
use super::copy::quoted;
use super::error::{Answer, Doing, explain, explain_answer};
use crate::error::{Error, ErrorKind, Result};

/// A key to delete.
#[derive(Debug, Clone, Copy)]
pub struct DeleteKey<'a> {
    /// The key.
    pub key: &'a str,
    /// The ETag that its current version must still have.
    pub etag: &'a str,
}

/// A delete marker that was put.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deleted {
    /// Its version id, where the server says it.
    pub version_id: Option<String>,
}

impl Client {
    /// Puts delete markers on up to a thousand keys, and gives each key's result in their order. An error is the whole
    /// request's.
    pub async fn delete(&self, bucket: &str, keys: &[DeleteKey<'_>]) -> Result<Vec<Result<Deleted>>> {
        self.rate.take(keys.len()).await;
        let objects =
            keys.iter().map(|k| ObjectIdentifier::builder().key(k.key).e_tag(quoted(k.etag)).build());
        let invalid =
            |e| Error::new(ErrorKind::Invalid, format!("cannot delete keys of {bucket}")).because(e);
        let objects = objects.collect::<std::result::Result<Vec<_>, _>>().map_err(invalid)?;
        let delete = Delete::builder().set_objects(Some(objects)).build().map_err(invalid)?;
        self.counters.write_requests.add(1);
        let doing = Doing {
            what: "delete keys in",
            bucket,
            key: None,
            permission: "s3:DeleteObject (and s3:GetObject)",
        };
        let reply = self.sdk.delete_objects().bucket(bucket).delete(delete).send().await;
        let reply = reply.map_err(|e| explain(&e, doing, &self.place))?;
        let deleted: std::collections::HashMap<&str, _> =
            reply.deleted().iter().filter_map(|d| Some((d.key()?, d))).collect();
        let failed: std::collections::HashMap<&str, _> =
            reply.errors().iter().filter_map(|e| Some((e.key()?, e))).collect();
        let result = |k: &DeleteKey<'_>| match (failed.get(k.key), deleted.get(k.key)) {
            (Some(e), _) => {
                let code = e.code().unwrap_or_default();
                // Per-key errors have no status of their own; the code alone must tell.
                let answer = Answer {
                    status: 400,
                    code,
                    message: e.message().unwrap_or_default(),
                    ..Answer::default()
                };
                Err(explain_answer(&answer, Doing { key: Some(k.key), ..doing }, &self.place))
            }
            (None, Some(deleted)) => Ok(marker(deleted)),
            (None, None) => {
                let message = format!(
                    "the server did not say whether it deleted s3://{bucket}/{}",
                    crate::model::printable(k.key)
                );
                Err(Error::new(ErrorKind::Transient, message))
            }
        };
        Ok(keys.iter().map(result).collect())
    }

    /// Puts a delete marker on one key, for keys that XML cannot carry.
    pub async fn delete_one(&self, bucket: &str, key: DeleteKey<'_>, conditional: bool) -> Result<Deleted> {
        self.rate.take(1).await;
        self.counters.write_requests.add(1);
        let mut call = self.sdk.delete_object().bucket(bucket).key(for_sdk(key.key));
        if conditional {
            call = call.if_match(quoted(key.etag));
        }
        let doing = Doing {
            what: "delete",
            bucket,
            key: Some(key.key),
            permission: "s3:DeleteObject (and s3:GetObject)",
        };
        let call = call.customize().interceptor(KeyInPath::new(key.key));
        let reply = call.send().await.map_err(|e| explain(&e, doing, &self.place))?;
        Ok(Deleted { version_id: reply.version_id().map(ToOwned::to_owned) })
    }
}

fn marker(deleted: &DeletedObject) -> Deleted {
    Deleted { version_id: deleted.delete_marker_version_id().map(ToOwned::to_owned) }
}
