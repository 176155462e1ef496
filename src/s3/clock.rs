//! The server's clock, as the `Date` of a reply tells it: what is written is dated by that clock, not by ours.

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

/// A server's clock: the `Date` of the first reply, and the time since. This machine's clock where no reply has told one.
/// Clones share what was told.
#[derive(Debug, Clone, Default)]
pub struct ServerClock(Arc<OnceLock<Told>>);

/// The first `Date`, and when it came.
#[derive(Debug, Clone, Copy)]
struct Told {
    date: Instant,
    here: Instant,
    since: Monotonic,
}

impl ServerClock {
    /// The server's time, to the second that its `Date` told.
    pub fn now(&self) -> Instant {
        self.0.get().map_or_else(local, Told::now)
    }

    /// An instant that the server's clock has not passed. Doubts are judged by it: lifecycle acts by that clock. This
    /// machine may have slept, or its clock may have been set, since the server told its time.
    pub fn now_at_most(&self) -> Instant {
        let Some(told) = self.0.get() else {
            return later(local(), i64::try_from(limits::CLOCK_SKEW.as_millis()).unwrap_or_default());
        };
        let by_wall = later(told.date, local().millis().saturating_sub(told.here.millis()));
        // A Date has no fractions, and was underway for a while.
        later(told.now().max(by_wall), 1000).max(told.date)
    }

    /// How many milliseconds this machine's clock was ahead of the server's; negative where it was behind.
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

/// On every client: the first reply that has a date tells the server's time, whatever it answers.
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

/// The `Date` of one request's last reply.
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

    /// The same, before any other request: one is sent for its `Date`. What goes wrong with it, the next request tells.
    pub async fn ask_clock(&self, bucket: &str) -> &ServerClock {
        if self.clock.skew().is_none() {
            drop(self.versioning_status(bucket).await);
        }
        &self.clock
    }

    /// The server's clock, in whole seconds.
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
