//! HEAD of an object of the synthetic bucket, which does not exist.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::handler::headers::{DEFAULT_TYPE, with_etag};
use super::super::store::bucket::{no_such_key, no_such_version, parse_version};
use super::super::store::version::VersionId;
use super::page::Source;
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::time::http_date;

/// `HeadObject`.
pub(super) fn head(source: &Source, request: &Request) -> Result<Reply> {
    let missing = || match request.version() {
        None => no_such_key(request.key()),
        Some(version) => no_such_version(request.key(), version),
    };
    let key = source.keys.find(request.key().as_bytes(), &mut Vec::new()).ok_or_else(missing)?;
    let place = match request.version().map(parse_version).transpose()? {
        None => Some(0),
        Some(VersionId::Null) => None,
        Some(VersionId::Numbered(number)) => source.histories.place(key, number),
    };
    let entry = source.histories.entry(source.histories.of(key), place.ok_or_else(missing)?);
    let id = String::from_utf8_lossy(&entry.id);
    let modified = http_date(entry.modified.cast_signed() * 1_000);
    if entry.marker {
        let error = match request.version() {
            None => no_such_key(request.key()),
            Some(_) => Error::from(Code::MethodNotAllowed).header("last-modified", modified),
        };
        return Err(error.header("x-amz-delete-marker", "true").header("x-amz-version-id", id));
    }
    let etag = String::from_utf8_lossy(entry.etag().as_flattened()).into_owned();
    let reply = with_etag(Reply::ok(), &etag)
        .with("last-modified", modified)
        .with("content-type", DEFAULT_TYPE)
        .with("content-length", entry.size().to_string())
        .with("x-amz-server-side-encryption", "AES256")
        .with("x-amz-version-id", id);
    if request.header("x-amz-checksum-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("ENABLED")) {
        let checksum = STANDARD.encode(entry.checksum());
        return Ok(reply
            .with("x-amz-checksum-crc64nvme", checksum)
            .with("x-amz-checksum-type", "FULL_OBJECT"));
    }
    Ok(reply)
}
