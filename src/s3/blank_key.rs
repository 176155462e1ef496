//! Supports keys that consist only of white space. They are valid, but the SDK trims a key before it checks that there
//! is one, and sends no request. So it gets a stand-in key, which is replaced in the path before the request is
//! signed.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

const STAND_IN: &str = "_";

/// Returns the key to pass to the SDK.
pub(super) fn for_sdk(key: &str) -> &str {
    if is_blank(key) { STAND_IN } else { key }
}

fn is_blank(key: &str) -> bool {
    key.trim().is_empty()
}

/// Inserts the key into the request's path if the SDK got the stand-in.
#[derive(Debug)]
pub(super) struct KeyInPath(Option<String>);

impl KeyInPath {
    pub(super) fn new(key: &str) -> Self {
        Self(is_blank(key).then(|| utf8_percent_encode(key, NON_ALPHANUMERIC).to_string()))
    }
}

#[dyn_dispatch_hint]
impl Intercept for KeyInPath {
    fn name(&self) -> &'static str {
        "KeyInPath"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(key) = &self.0 {
            let request = context.request_mut();
            let uri = with_key(request.uri(), key).ok_or("the request's path does not end in its key")?;
            request.set_uri(uri)?;
        }
        Ok(())
    }
}

fn with_key(uri: &str, key: &str) -> Option<String> {
    let (path, query) = uri.split_once('?').map_or((uri, None), |(path, query)| (path, Some(query)));
    let stem = path.strip_suffix(STAND_IN).filter(|stem| stem.ends_with('/'))?;
    Some(query.map_or_else(|| format!("{stem}{key}"), |query| format!("{stem}{key}?{query}")))
}

#[cfg(test)]
mod tests;
