//! The server's clock, read from the `Date` header: the server's clock, not ours, dates what is written.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant as Monotonic;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::client::Client;
use super::error::{Doing, explain};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;

/// A server's clock: the `Date` of the first reply plus the time since; the local clock until a reply arrives. Clones
/// share the state.
#[derive(Debug, Clone, Default)]
pub struct ServerClock(Arc<OnceLock<Told>>);

/// The first `Date`, with the local time of its arrival.
#[derive(Debug, Clone, Copy)]
struct Told {
    date: Instant,
    here: Instant,
    since: Monotonic,
}

impl ServerClock {
    /// Returns the server's time, with the precision of its `Date`.
    pub fn now(&self) -> Instant {
        self.0.get().map_or_else(local, Told::now)
    }

    /// Returns the server's time at a past moment. The moment may have been somewhat later, but not earlier: a `Date` is
    /// truncated to the second and took time to arrive.
    pub(crate) fn at(&self, moment: Monotonic) -> Instant {
        let ago = i64::try_from(moment.elapsed().as_millis()).unwrap_or(i64::MAX);
        later(self.now(), ago.saturating_neg())
    }

    /// Returns an instant that the server's clock has not passed, for judging doubts: lifecycle follows that clock.
    /// This machine may have slept, or its clock may have been changed, since the first reply.
    pub fn now_at_most(&self) -> Instant {
        let Some(told) = self.0.get() else {
            return later(local(), i64::try_from(limits::CLOCK_SKEW.as_millis()).unwrap_or_default());
        };
        let by_wall = later(told.date, local().millis().saturating_sub(told.here.millis()));
        // A Date is truncated to the second and took time to arrive.
        later(told.now().max(by_wall), 1000).max(told.date)
    }

    /// Returns how many milliseconds the local clock is ahead of the server's; negative if it is behind.
    pub fn skew(&self) -> Option<i64> {
        self.0.get().map(|told| told.here.millis().saturating_sub(told.date.millis()))
    }

    fn tell(&self, date: Option<&str>) {
        if let Some(date) = date.and_then(Instant::parse_http_date) {
            self.0.get_or_init(|| Told { date, here: local(), since: Monotonic::now() });
        }
    }
}

impl Told {
    fn now(&self) -> Instant {
        later(self.date, i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}

fn later(at: Instant, millis: i64) -> Instant {
    Instant::from_millis(at.millis().saturating_add(millis))
}

fn local() -> Instant {
    Instant::from_millis(chrono::Utc::now().timestamp_millis())
}

fn date<'a>(context: &'a BeforeDeserializationInterceptorContextRef<'_>) -> Option<&'a str> {
    context.response().headers().get("date")
}

/// On every client, the first reply with a Date sets the clock, whatever its status.
#[dyn_dispatch_hint]
impl Intercept for ServerClock {
    fn name(&self) -> &'static str {
        "ServerClock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        if self.0.get().is_none() {
            self.tell(date(context));
        }
        Ok(())
    }
}

/// The `Date` of a request's last reply.
#[derive(Debug, Clone, Default)]
struct DateTap(Arc<Mutex<Option<String>>>);

#[dyn_dispatch_hint]
impl Intercept for DateTap {
    fn name(&self) -> &'static str {
        "DateTap"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        let date = date(context).map(ToOwned::to_owned);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = date;
        Ok(())
    }
}

impl Client {
    /// The server's clock.
    pub fn clock(&self) -> &ServerClock {
        &self.clock
    }

    /// Does the same before any other request, by sending one for its `Date`. Ignores its errors, which the next
    /// request will report.
    pub async fn ask_clock(&self, bucket: &str) -> &ServerClock {
        if self.clock.skew().is_none() {
            drop(self.versioning_status(bucket).await);
        }
        &self.clock
    }

    /// Asks for the server's time, in whole seconds.
    pub async fn server_time(&self, bucket: &str) -> Result<Instant> {
        let tap = DateTap::default();
        let doing =
            Doing { what: "read the server clock of", bucket, key: None, permission: "s3:ListBucket" };
        let ask = |sdk: aws_sdk_s3::Client| {
            sdk.head_bucket().bucket(bucket).customize().interceptor(tap.clone()).send()
        };
        self.find_and_ask(bucket, ask).await.map_err(|e| explain(&e, doing, &self.place))?;
        let date = tap.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        date.as_deref().and_then(Instant::parse_http_date).ok_or_else(|| {
            let said = date.as_deref().unwrap_or("none");
            let message = format!("the server of {bucket} reports no valid time: its Date header is {said}");
            Error::new(ErrorKind::Unsupported, message)
        })
    }
}

#[cfg(test)]
mod tests;
