//! `GetObjectAttributes`.

use super::super::Shared;
use super::object::marker;
use crate::endpoint::attributes::{asked, document};
use crate::endpoint::error::Result;
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::time::http_date;
use crate::model::ObjectAttributes;

pub(crate) fn get(shared: &Shared, request: &Request) -> Result<Reply> {
    let names = asked(request)?;
    let store = shared.store();
    let bucket = store.bucket(request.bucket())?;
    let entry = bucket.named(request.key(), request.version())?;
    let object = entry.object.as_ref().ok_or_else(|| marker(request, entry))?;
    let checksum = object.checksum.as_ref();
    let attributes = ObjectAttributes {
        etag: object.etag.clone(),
        size: object.body.len() as u64,
        storage_class: object.attributes.storage_class.clone(),
        checksums: checksum.map(|sum| (sum.algorithm.element(), sum.value.clone())).into_iter().collect(),
        checksum_type: checksum.map(|sum| sum.kind.name().to_owned()),
        parts: Some(object.parts.len()).filter(|parts| *parts > 0),
    };
    Ok(Reply::xml(document(&attributes, &names))
        .with("last-modified", http_date(entry.modified))
        .with_maybe("x-amz-version-id", bucket.shown(entry.id())))
}
