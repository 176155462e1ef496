//! The server's clock, as the `Date` of a reply tells it: what is written is dated by that clock, not by ours.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::client::Client;
use super::error::{Doing, explain};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Instant;

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
        let date = context.response().headers().get("date").map(ToOwned::to_owned);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = date;
        Ok(())
    }
}

impl Client {
    /// The server's clock, in whole seconds.
    pub async fn server_time(&self, bucket: &str) -> Result<Instant> {
        let tap = DateTap::default();
        let doing =
            Doing { what: "read the clock of the server of", bucket, key: None, permission: "s3:ListBucket" };
        let ask = |sdk: aws_sdk_s3::Client| {
            sdk.head_bucket().bucket(bucket).customize().interceptor(tap.clone()).send()
        };
        self.find_and_ask(bucket, ask).await.map_err(|e| explain(&e, doing, &self.place))?;
        let date = tap.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        date.as_deref().and_then(Instant::parse_http_date).ok_or_else(|| {
            let said = date.as_deref().unwrap_or("none");
            let message = format!("the server of {bucket} does not tell its time: its Date is {said}");
            Error::new(ErrorKind::Unsupported, message)
        })
    }
}
