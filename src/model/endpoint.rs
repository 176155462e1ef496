//! The S3 server.

use serde::{Deserialize, Serialize};

/// The S3 server, as named by an option, the recovery file, the environment or a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Endpoint {
    /// AWS S3, in any region.
    Aws,
    /// The server at this URL, without a trailing slash.
    Url(String),
}

/// The name of AWS S3 in files.
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
