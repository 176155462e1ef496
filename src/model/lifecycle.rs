//! Lifecycle rules, as far as they remove entries from a bucket's history, and the times when they applied.
//!
//! The JSON forms are those of `GetBucketLifecycleConfiguration`
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html>). Unknown members are errors: an ignored
//! rule could have expired versions without anyone noticing.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Instant, Known};
use crate::error::{Error, Result};

/// A lifecycle rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "WrittenRule")]
pub struct Rule {
    /// The rule's ID.
    pub id: String,
    /// True if the rule is enabled.
    pub enabled: bool,
    /// The versions to which the rule applies.
    pub filter: Filter,
    /// The expiration of noncurrent versions and delete markers.
    pub noncurrent: Option<NoncurrentExpiration>,
    /// The expiration of current versions and of expired delete markers.
    pub expiration: Option<Expiration>,
}

/// The filter of a rule: all conditions must match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// The prefix of their keys.
    pub prefix: String,
    /// Their tags.
    pub tags: Vec<(String, String)>,
    /// Minimum size in bytes, exclusive.
    pub larger_than: Option<u64>,
    /// Maximum size in bytes, exclusive.
    pub smaller_than: Option<u64>,
}

/// `NoncurrentVersionExpiration`: both conditions must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct NoncurrentExpiration {
    /// Minimum number of days since the entry above was created.
    #[serde(rename = "NoncurrentDays")]
    pub days: u32,
    /// Number of newer noncurrent entries to keep.
    #[serde(rename = "NewerNoncurrentVersions", default)]
    pub newer: u32,
}

/// `Expiration`. Every variant also removes an expired delete marker once it is due
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-configuration-examples.html>, example 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiration {
    /// This many days after creation.
    Days(u32),
    /// From this date on.
    Date(Instant),
    /// Only expired delete markers.
    ExpiredMarkers,
}

/// The rules that a bucket has had, as far as known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lifecycle {
    /// The rule sets, each with the end of its validity; `None` if still valid.
    pub eras: Vec<Era>,
    /// The reason the current rules are unknown, if they are.
    pub unknown: Option<String>,
}

/// A set of rules that applied together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Era {
    /// The rules.
    pub rules: Vec<Rule>,
    /// The time at which the next set replaced it; `None` if none has.
    pub until: Option<Instant>,
}

impl Lifecycle {
    /// Creates the lifecycle of a bucket of which only the current rules are known.
    pub fn of_now(rules: Vec<Rule>) -> Self {
        Self { eras: vec![Era { rules, until: None }], unknown: None }
    }

    /// Creates the lifecycle of a bucket from its current rules as far as the server reported them. A server without
    /// lifecycle support has none.
    pub fn of(rules: &Known<Vec<Rule>>) -> Self {
        match rules {
            Known::Is(rules) => Self::of_now(rules.clone()),
            Known::NotOffered => Self::default(),
            Known::Denied(permission) => Self::unknown(format!("no permission: {permission}")),
            Known::Unclear(why) => Self::unknown(why),
        }
    }

    /// Creates the lifecycle of a bucket whose current rules cannot be read.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self { eras: Vec::new(), unknown: Some(why.into()) }
    }

    /// Adds the rule sets of another.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.eras.extend(other.eras);
        self
    }

    /// Adds the rule sets of a history file: a list of `{"from": TIME, "configuration": …}` in order of time. The last
    /// one is assumed to be still valid, in addition to the bucket's current rules. `name` is the file's name for
    /// errors.
    #[must_use = "gives the eras with those of the file"]
    pub fn with_history(mut self, text: &str, name: &str) -> Result<Self> {
        let wrong = |what: String| {
            Error::usage(format!("cannot read the lifecycle history {name}: {what}")).hint(
                "write it as [{\"from\": \"2026-01-31T00:00:00Z\", \"configuration\": {\"Rules\": […]}}, …], each \
                 configuration as aws s3api get-bucket-lifecycle-configuration prints it",
            )
        };
        let held: Vec<Held> = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
        if let Some(at) = held.windows(2).position(|pair| matches!(pair, [a, b] if a.from >= b.from)) {
            return Err(wrong(format!("entry {} is not later than the one before it", at + 2)));
        }
        let ends = held.iter().skip(1).map(|next| Some(next.from)).chain([None]).collect::<Vec<_>>();
        let eras = held.into_iter().zip(ends);
        self.eras.extend(eras.map(|(held, until)| Era { rules: held.configuration.rules, until }));
        Ok(self)
    }
}

/// One entry of a history file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    from: Instant,
    configuration: Configuration,
}

/// The answer of `GetBucketLifecycleConfiguration`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Configuration {
    #[serde(rename = "Rules")]
    rules: Vec<Rule>,
    #[serde(rename = "TransitionDefaultMinimumObjectSize", default)]
    _minimum: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct WrittenRule {
    #[serde(rename = "ID", default)]
    id: String,
    status: Status,
    /// The form used before 2017.
    #[serde(default)]
    prefix: Option<String>,
    #[serde(default)]
    filter: WrittenFilter,
    #[serde(default)]
    noncurrent_version_expiration: Option<NoncurrentExpiration>,
    #[serde(default)]
    expiration: WrittenExpiration,
    #[serde(rename = "Transitions", default)]
    _transitions: IgnoredAny,
    #[serde(rename = "NoncurrentVersionTransitions", default)]
    _noncurrent_transitions: IgnoredAny,
    #[serde(rename = "AbortIncompleteMultipartUpload", default)]
    _abort: IgnoredAny,
}

#[derive(Deserialize, PartialEq)]
enum Status {
    Enabled,
    Disabled,
}

/// The members of a filter, alone or combined under `And`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct WrittenFilter {
    prefix: Option<String>,
    tag: Option<Tag>,
    tags: Vec<Tag>,
    object_size_greater_than: Option<u64>,
    object_size_less_than: Option<u64>,
    and: Option<Box<WrittenFilter>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct WrittenExpiration {
    days: Option<u32>,
    date: Option<Instant>,
    expired_object_delete_marker: Option<bool>,
}

impl From<WrittenRule> for Rule {
    fn from(written: WrittenRule) -> Self {
        let WrittenExpiration { days, date, expired_object_delete_marker } = written.expiration;
        let mut filter = Filter::from(written.filter);
        if let Some(prefix) = written.prefix {
            filter.prefix = prefix;
        }
        Self {
            id: written.id,
            enabled: written.status == Status::Enabled,
            filter,
            noncurrent: written.noncurrent_version_expiration,
            expiration: Expiration::of(days, date, expired_object_delete_marker),
        }
    }
}

impl From<WrittenFilter> for Filter {
    fn from(written: WrittenFilter) -> Self {
        let WrittenFilter { prefix, tag, tags, object_size_greater_than, object_size_less_than, and } =
            written;
        if let Some(and) = and {
            return Self::from(*and);
        }
        Self {
            prefix: prefix.unwrap_or_default(),
            tags: tag.into_iter().chain(tags).map(|Tag { key, value }| (key, value)).collect(),
            larger_than: object_size_greater_than,
            smaller_than: object_size_less_than,
        }
    }
}

impl Expiration {
    /// Builds the expiration from S3's three members, of which one is set.
    pub fn of(days: Option<u32>, date: Option<Instant>, expired_markers: Option<bool>) -> Option<Self> {
        let markers = expired_markers.unwrap_or_default().then_some(Self::ExpiredMarkers);
        days.map(Self::Days).or(date.map(Self::Date)).or(markers)
    }
}

#[cfg(test)]
mod tests;
