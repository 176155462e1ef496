//! The prices of S3 requests, in dollars.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::model::Endpoint;

/// The prices of AWS in us-east-1. The file names its source.
const US_EAST_1: &str = include_str!("prices/us-east-1.toml");

/// The domain of the endpoints that AWS bills in dollars. Those in China have another one.
const AWS_DOMAIN: &str = "amazonaws.com";

/// The prices of one region.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The region and the date.
    pub name: String,
    /// By storage class, as listings name it.
    pub class: BTreeMap<String, ClassPrices>,
}

/// The prices of one storage class.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassPrices {
    /// 1,000 PUT, COPY, POST or LIST requests.
    pub write: f64,
    /// 1,000 GET or HEAD requests.
    pub read: f64,
    /// The retrieval of one GB.
    #[serde(default)]
    pub retrieval: f64,
    /// Thawing, by retrieval tier; empty for a class whose objects can be read at once.
    #[serde(default)]
    pub thaw: BTreeMap<ThawTier, ThawPrices>,
}

/// A retrieval tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThawTier {
    /// The cheapest.
    Bulk,
    /// Hours.
    Standard,
    /// Minutes.
    Expedited,
}

/// The prices of one retrieval tier.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThawPrices {
    /// 1,000 requests.
    pub requests: f64,
    /// One GB.
    pub gb: f64,
}

impl Prices {
    /// Reads a price file, TOML or JSON. `name` is the file's, for errors.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a file that has no valid prices.
    pub fn parse(text: &str, name: &str) -> Result<Self> {
        let wrong = |what: String| {
            Error::usage(format!("cannot read prices from {name}: {what}"))
                .hint("asof manual large-buckets shows the format")
        };
        let prices: Self = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?
        } else {
            toml::from_str(text).map_err(|e| wrong(in_one_line(&e, text)))?
        };
        match prices.class.iter().find(|(_, class)| !class.amounts().all(is_price)) {
            Some((class, _)) => Err(wrong(format!("a price of {class} is negative or not a number"))),
            None if prices.class.is_empty() => Err(wrong("it has no storage class".to_owned())),
            None => Ok(prices),
        }
    }

    /// The prices that apply at a server: those given, else of AWS in us-east-1. A server that is not AWS has none.
    #[must_use]
    pub fn at(endpoint: &Endpoint, given: Option<Self>) -> Option<Self> {
        given.or_else(|| is_aws(endpoint).then(|| Self::parse(US_EAST_1, "us-east-1").ok()).flatten())
    }
}

impl ClassPrices {
    fn amounts(&self) -> impl Iterator<Item = f64> {
        let thaw = self.thaw.values().flat_map(|tier| [tier.requests, tier.gb]);
        [self.write, self.read, self.retrieval].into_iter().chain(thaw)
    }
}

fn is_price(amount: f64) -> bool {
    amount.is_finite() && amount >= 0.0
}

/// The error and its line: toml's own text draws the place over several lines.
fn in_one_line(e: &toml::de::Error, text: &str) -> String {
    let before = e.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {}: {}", before.matches('\n').count() + 1, e.message())
}

fn is_aws(endpoint: &Endpoint) -> bool {
    let Endpoint::Url(url) = endpoint else { return true };
    let after_scheme = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let host = after_scheme.split(['/', ':']).next().unwrap_or_default();
    host == AWS_DOMAIN || host.strip_suffix(AWS_DOMAIN).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests;
