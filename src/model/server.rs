//! The server and credentials of a run.

use serde::{Deserialize, Serialize};

use super::{Account, Endpoint, RequestPayer};

/// The server and credentials of a run or a plan set: the options as given, and the endpoint that resulted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Server {
    /// The option `--endpoint-url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_url: Option<String>,
    /// The endpoint used; `None` if an older asof recorded only the options.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    /// The option `--region`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The option `--profile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The option `--path-style`.
    #[serde(default)]
    pub path_style: bool,
    /// The option `--expected-bucket-owner`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_bucket_owner: Option<Account>,
    /// The option `--request-payer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_payer: Option<RequestPayer>,
}

impl Server {
    /// Returns the endpoint, if it is known.
    pub(crate) fn asked(&self) -> Option<Endpoint> {
        self.endpoint.clone().or_else(|| self.endpoint_url.clone().map(Endpoint::from))
    }
}
