//! Reads a bucket's lifecycle rules.

use aws_sdk_s3::types::{ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, Tag};

use super::client::{Client, host_of};
use super::error::{Doing, explain, not_told};
use crate::error::Result;
use crate::model::{Expiration, Filter, Instant, Known, NoncurrentExpiration, Rule, is_access_point};

/// The permission to read lifecycle rules.
const PERMISSION: &str = "s3:GetLifecycleConfiguration";

/// The reason why rules are unknown on a server that [hides](hides_rules) them.
const HIDDEN: &str = "Backblaze B2 shows them in its own API only: b2 bucket get BUCKET";

/// Returns whether a server has lifecycle rules that the S3 API does not show, so that its answer "none" proves
/// nothing.
///
/// | host of the endpoint | |
/// |---|---|
/// | `s3.REGION.backblazeb2.com`, and any other below `backblazeb2.com` | yes |
/// | any other | no |
fn hides_rules(endpoint: &str) -> bool {
    let host = host_of(endpoint).trim_end_matches('.').to_ascii_lowercase();
    host == "backblazeb2.com" || host.ends_with(".backblazeb2.com")
}

impl Client {
    /// Returns the bucket's current rules.
    pub async fn lifecycle(&self, bucket: &str) -> Result<Known<Vec<Rule>>> {
        if is_access_point(bucket) {
            return Ok(Known::untold());
        }
        let endpoint = self.place.of(bucket).place.endpoint;
        if endpoint.is_some_and(|endpoint| hides_rules(&endpoint)) {
            return Ok(Known::Unclear(HIDDEN.to_owned()));
        }
        let ask = |sdk: aws_sdk_s3::Client| sdk.get_bucket_lifecycle_configuration().bucket(bucket).send();
        let reply = self.find_and_ask(bucket, ask).await;
        let doing = Doing { what: "read the lifecycle rules of", bucket, key: None, permission: PERMISSION };
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(reply) => Ok(match reply.rules().iter().map(rule).collect() {
                Some(rules) => Known::Is(rules),
                None => Known::Unclear("this version of asof cannot read them".to_owned()),
            }),
            Err(e) if e.code() == Some("NoSuchLifecycleConfiguration") => Ok(Known::Is(Vec::new())),
            Err(e) => not_told(e, PERMISSION),
        }
    }
}

/// Converts a rule; `None` if a number or time in it is out of range.
fn rule(rule: &LifecycleRule) -> Option<Rule> {
    let noncurrent = match rule.noncurrent_version_expiration() {
        Some(written) => Some(NoncurrentExpiration {
            days: u32::try_from(written.noncurrent_days()?).ok()?,
            newer: u32::try_from(written.newer_noncurrent_versions().unwrap_or_default()).ok()?,
        }),
        None => None,
    };
    let mut filter = rule.filter().map_or_else(|| Some(Filter::default()), filter)?;
    #[expect(deprecated, reason = "rules from before 2017 have it still")]
    if let Some(prefix) = rule.prefix() {
        prefix.clone_into(&mut filter.prefix);
    }
    let expiration = rule.expiration();
    let days = expiration.and_then(LifecycleExpiration::days).map(u32::try_from).transpose().ok()?;
    let date = expiration.and_then(LifecycleExpiration::date).map(|date| date.to_millis());
    let date = date.transpose().ok()?.map(Instant::from_millis);
    let markers = expiration.and_then(LifecycleExpiration::expired_object_delete_marker);
    Some(Rule {
        id: rule.id().unwrap_or_default().to_owned(),
        enabled: *rule.status() != ExpirationStatus::Disabled,
        filter,
        noncurrent,
        expiration: Expiration::of(days, date, markers),
    })
}

fn filter(filter: &LifecycleRuleFilter) -> Option<Filter> {
    let tags = |tags: &[Tag]| -> Vec<_> {
        tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
    };
    let bytes = |size: Option<i64>| size.map(u64::try_from).transpose().ok();
    if let Some(and) = filter.and() {
        return Some(Filter {
            prefix: and.prefix().unwrap_or_default().to_owned(),
            tags: tags(and.tags()),
            larger_than: bytes(and.object_size_greater_than())?,
            smaller_than: bytes(and.object_size_less_than())?,
        });
    }
    Some(Filter {
        prefix: filter.prefix().unwrap_or_default().to_owned(),
        tags: filter.tag().map(|tag| tags(std::slice::from_ref(tag))).unwrap_or_default(),
        larger_than: bytes(filter.object_size_greater_than())?,
        smaller_than: bytes(filter.object_size_less_than())?,
    })
}

#[cfg(test)]
mod tests;
