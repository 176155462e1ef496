//! The server that is asked.

use serde::{Deserialize, Serialize};

/// The server that is asked, whether an option, the recovery file, the environment or a profile names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Endpoint {
    /// AWS's own, in any region.
    Aws,
    /// The one at this address, which has no slash at its end.
    Url(String),
}

/// How files name AWS's own.
const AWS: &str = "aws";

impl From<String> for Endpoint {
    fn from(text: String) -> Self {
        match text.trim_end_matches('/') {
            AWS => Endpoint::Aws,
            url => Endpoint::Url(url.to_owned()),
        }
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> Self {
        match endpoint {
            Endpoint::Aws => AWS.to_owned(),
            Endpoint::Url(url) => url,
        }
    }
}
