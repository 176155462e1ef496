//! AWS accounts: bucket owners, and the payer of requests.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::printable;
use crate::error::{Error, Result};

/// The number of digits in an account ID.
const DIGITS: usize = 12;

/// The ID of an AWS account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account(String);

impl FromStr for Account {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        let message = format!("{} is not an AWS account ID, which has {DIGITS} digits", printable(text));
        Err(Error::usage(message).hint("aws sts get-caller-identity prints the ID of your own account"))
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The payer of requests to a Requester Pays bucket, if not its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestPayer {
    /// The sender of the requests.
    Requester,
}

#[cfg(test)]
mod tests;
