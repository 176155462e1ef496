//! Archived objects: which cannot be read, and `RestoreObject`, which makes them readable for a time.

use hyper::StatusCode;

use super::super::Shared;
use super::super::error::{Code, Error, Result};
use super::super::reply::Reply;
use super::super::request::Request;
use super::super::store::version::Entry;
use super::super::time::http_date;
use super::super::xml::parse;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// Whether an object is in an archive and not thawed.
pub(crate) fn is_archived(entry: &Entry, now: i64) -> bool {
    let frozen = entry.object.as_ref().is_some_and(|object| is_archive(&object.attributes.storage_class));
    frozen && !entry.thawed.is_some_and(|(from, until)| (from..until).contains(&now))
}

/// The `x-amz-restore` of an object, if it was ever thawed.
pub(crate) fn header(entry: &Entry, now: i64) -> Option<String> {
    let (from, until) = entry.thawed.filter(|(_, until)| now < *until)?;
    if now < from {
        return Some("ongoing-request=\"true\"".to_owned());
    }
    Some(format!("ongoing-request=\"false\", expiry-date=\"{}\"", http_date(until)))
}

pub(crate) fn restore(shared: &Shared, request: &Request) -> Result<Reply> {
    let asked = parse(&request.body, "RestoreRequest")?;
    let days: i64 =
        asked.text_of("Days").and_then(|days| days.parse().ok()).filter(|days| *days > 0).unwrap_or(1);
    let now = shared.clock.now();
    let thaw = i64::try_from(shared.options.thaw.as_millis()).unwrap_or(i64::MAX);
    let mut store = shared.store();
    let entry = store.bucket_mut(request.bucket())?.named_mut(request.key(), request.version())?;
    let class = entry.object.as_ref().map(|object| object.attributes.storage_class.as_str());
    if !is_archive(class.ok_or(Code::MethodNotAllowed)?) {
        return Err(Error::new(
            Code::InvalidObjectState,
            "Restore is not allowed for the object's current storage class",
        ));
    }
    let already = entry.thawed.filter(|(_, until)| now < *until);
    if already.is_some_and(|(from, _)| now < from) {
        return Err(Code::RestoreAlreadyInProgress.into());
    }
    let ready = already.map_or(now.saturating_add(thaw), |(from, _)| from);
    // It lasts to the midnight after its days are over.
    let until =
        (ready.saturating_add(days.saturating_mul(DAY_MILLIS)) / DAY_MILLIS).saturating_add(1) * DAY_MILLIS;
    entry.thawed = Some((ready, until));
    let status = if already.is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok(Reply { status, ..Reply::default() })
}

fn is_archive(class: &str) -> bool {
    matches!(class, "GLACIER" | "DEEP_ARCHIVE")
}
