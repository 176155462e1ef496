//! Adds headers that every request carries: the expected bucket owner and the payer.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::model::{Account, RequestPayer};

/// Adds the headers to each request before it is signed. S3 checks the owner before anything else, and ignores the
/// payer on buckets that are not Requester Pays.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) expected_bucket_owner: Option<Account>,
    pub(super) request_payer: Option<RequestPayer>,
}

#[dyn_dispatch_hint]
impl Intercept for Terms {
    fn name(&self) -> &'static str {
        "Terms"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.request_mut().headers_mut();
        if let Some(owner) = &self.expected_bucket_owner {
            if headers.contains_key("x-amz-copy-source") {
                headers.insert("x-amz-source-expected-bucket-owner", owner.to_string());
            }
            headers.insert("x-amz-expected-bucket-owner", owner.to_string());
        }
        match self.request_payer {
            Some(RequestPayer::Requester) => {
                headers.insert("x-amz-request-payer", "requester");
            }
            None => {}
        }
        Ok(())
    }
}
