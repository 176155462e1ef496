//! Object Lock, as far as it is written and read: which versions are retained until when. The lab lets them be deleted.

use chrono::DateTime;

use super::super::store::bucket::{Bucket, Configuration};
use super::super::store::version::Lock;
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;

const MODE: &str = "x-amz-object-lock-mode";
const UNTIL: &str = "x-amz-object-lock-retain-until-date";
const HOLD: &str = "x-amz-object-lock-legal-hold";

/// Returns the lock in a write's headers.
pub(crate) fn of(request: &Request, bucket: &Bucket) -> Result<Lock> {
    let (mode, until) = (request.header(MODE), request.header(UNTIL));
    let hold = request.header(HOLD) == Some("ON");
    if mode.is_some() != until.is_some() {
        let message = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied";
        return Err(Error::new(Code::InvalidArgument, message));
    }
    let lock = Lock { retention: mode.zip(until).map(|(m, u)| (m.to_owned(), u.to_owned())), hold };
    if lock != Lock::default() && !bucket.configurations.contains_key(&Configuration::ObjectLock) {
        return Err(Error::new(Code::InvalidRequest, "Bucket is missing Object Lock Configuration"));
    }
    // By real time, which clients use.
    let past = |until: &str| DateTime::parse_from_rfc3339(until).map_or(true, |at| at < chrono::Utc::now());
    if until.is_some_and(past) {
        return Err(Error::new(Code::InvalidArgument, "The retain until date must be in the future!"));
    }
    Ok(lock)
}

/// Adds the headers of a lock to a reply.
pub(crate) fn told(reply: Reply, lock: &Lock) -> Reply {
    let (mode, until) = lock.retention.as_ref().map(|(mode, until)| (mode, until)).unzip();
    reply.with_maybe(MODE, mode).with_maybe(UNTIL, until).with_maybe(HOLD, lock.hold.then_some("ON"))
}
