//! Requests that make archived versions readable for a time.

use aws_sdk_s3::types::{GlacierJobParameters, RestoreRequest};

use serde::{Deserialize, Serialize};

use super::blank_key::{KeyInPath, for_sdk};
use super::client::Client;
use super::error::{Doing, explain};
use super::get::ObjectName;
use crate::error::{Error, Result};

/// The speed, and so the price, of retrieving an archived version
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Within 12 hours; from `DEEP_ARCHIVE` within 48.
    Bulk,
    /// Within 5 hours; from `DEEP_ARCHIVE` within 12.
    Standard,
    /// Within minutes; not from `DEEP_ARCHIVE`.
    Expedited,
}

impl Tier {
    /// Returns the time until a requested version is readable.
    pub fn arrival(self) -> &'static str {
        match self {
            Self::Bulk => "within 12 hours (48 from DEEP_ARCHIVE)",
            Self::Standard => "within 5 hours (12 from DEEP_ARCHIVE)",
            Self::Expedited => "within minutes",
        }
    }
}

/// The parameters of thaw requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thaw {
    /// The retrieval tier.
    pub tier: Tier,
    /// The number of days for which the versions stay readable.
    pub days: u32,
}

impl Client {
    /// Requests the thaw of a version. A thaw already in progress is not an error.
    pub async fn thaw(
        &self,
        ObjectName { bucket, key, version_id }: ObjectName<'_>,
        class: &str,
        thaw: Thaw,
    ) -> Result<()> {
        self.rate.take(1).await?;
        self.counters.write_requests.add(1);
        let tier = match thaw.tier {
            Tier::Bulk => aws_sdk_s3::types::Tier::Bulk,
            Tier::Standard => aws_sdk_s3::types::Tier::Standard,
            Tier::Expedited => aws_sdk_s3::types::Tier::Expedited,
        };
        let parameters = GlacierJobParameters::builder().tier(tier).build();
        let parameters = parameters.map_err(Error::internal)?;
        let mut asked = RestoreRequest::builder().glacier_job_parameters(parameters);
        // Objects return from Intelligent-Tiering's archive tiers permanently.
        if class != "INTELLIGENT_TIERING" {
            asked = asked.days(i32::try_from(thaw.days).unwrap_or(i32::MAX));
        }
        let call = self.sdk(bucket).restore_object().bucket(bucket).key(for_sdk(key)).version_id(version_id);
        let call = call.restore_request(asked.build()).customize().interceptor(KeyInPath::new(key));
        let doing = Doing { what: "thaw", bucket, key: Some(key), permission: "s3:RestoreObject" };
        match call.send().await.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(_) => Ok(()),
            Err(e) if e.code() == Some("RestoreAlreadyInProgress") => Ok(()),
            Err(e) => Err(e),
        }
    }
}
