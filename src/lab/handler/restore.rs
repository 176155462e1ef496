//! Archived objects, which cannot be read, and `RestoreObject`, which makes them readable for a time.

use hyper::StatusCode;

use super::super::Shared;
use super::super::store::version::Entry;
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::time::http_date;
use crate::endpoint::xml::parse;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// Returns true if an object is archived and not restored.
pub(crate) fn is_archived(entry: &Entry, now: i64) -> bool {
    is_frozen(entry) && !entry.thawed.is_some_and(|(from, until)| (from..until).contains(&now))
}

fn is_frozen(entry: &Entry) -> bool {
    let class = entry.object.as_ref().map(|object| object.attributes.storage_class.as_str());
    entry.tier.is_some() || matches!(class, Some("GLACIER" | "DEEP_ARCHIVE"))
}

/// Returns the `x-amz-restore` header of an object, if it was ever restored.
pub(crate) fn header(entry: &Entry, now: i64) -> Option<String> {
    let (from, until) = entry.thawed.filter(|(_, until)| now < *until)?;
    if now < from {
        return Some("ongoing-request=\"true\"".to_owned());
    }
    if entry.tier.is_some() {
        return Some("ongoing-request=\"false\"".to_owned());
    }
    Some(format!("ongoing-request=\"false\", expiry-date=\"{}\"", http_date(until)))
}

/// Returns the archive tier of Intelligent-Tiering that an object is in; it leaves the tier permanently when it is
/// restored.
pub(crate) fn tier(entry: &Entry, now: i64) -> Option<&'static str> {
    entry.tier.filter(|_| is_archived(entry, now))
}

pub(crate) fn restore(shared: &Shared, request: &Request) -> Result<Reply> {
    let asked = parse(&request.body, "RestoreRequest")?;
    let days: Option<i64> = asked.text_of("Days").and_then(|days| days.parse().ok()).filter(|days| *days > 0);
    let speed = asked.child("GlacierJobParameters").and_then(|parameters| parameters.text_of("Tier"));
    let now = shared.clock.now();
    let mut store = shared.store();
    let thaw = i64::try_from(store.thaw.as_millis()).unwrap_or(i64::MAX);
    let entry = store.bucket_mut(request.bucket())?.named_mut(request.key(), request.version())?;
    let class = entry.object.as_ref().map(|object| object.attributes.storage_class.as_str());
    let class = class.ok_or(Code::MethodNotAllowed)?;
    if !is_frozen(entry) {
        return Err(Error::new(
            Code::InvalidObjectState,
            "Restore is not allowed for the object's current storage class",
        ));
    }
    if class == "DEEP_ARCHIVE" && speed == Some("Expedited") {
        let message = "Retrieval option is not supported by this storage class";
        return Err(Error::new(Code::InvalidArgument, message));
    }
    // Restores from Intelligent-Tiering are permanent, others are for a number of days.
    if days.is_some() == entry.tier.is_some() {
        return Err(Code::MalformedXML.into());
    }
    let already = entry.thawed.filter(|(_, until)| now < *until);
    if already.is_some_and(|(from, _)| now < from) {
        return Err(Code::RestoreAlreadyInProgress.into());
    }
    let ready = already.map_or(now.saturating_add(thaw), |(from, _)| from);
    // The restored copy is kept until the midnight after its days are over.
    let last = |days: i64| ready.saturating_add(days.saturating_mul(DAY_MILLIS)) / DAY_MILLIS;
    let until = days.map_or(i64::MAX, |days| last(days).saturating_add(1).saturating_mul(DAY_MILLIS));
    entry.thawed = Some((ready, until));
    let status = if already.is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok(Reply { status, ..Reply::default() })
}
