//! `s3://BUCKET[/PREFIX]`, and directories beside them.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::access_point::Arn;
use super::corrected::corrected;
use super::is_hostile;
use crate::error::{Error, Result};

/// What the names of folders begin with that are drills' own.
pub const DRILL_FOLDER: &str = "asof-drill-";

/// A bucket and a prefix in it. The prefix is S3's: the first characters of keys, with no `/` added or taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The bucket's name.
    pub bucket: String,
    /// What keys begin with; empty for the whole bucket.
    pub prefix: String,
}

impl Location {
    /// The folder part of the prefix, up to its last `/`: what is cut from a key when it is restored elsewhere.
    pub fn folder(&self) -> &str {
        self.prefix.rfind('/').map_or("", |slash| self.prefix.get(..=slash).unwrap_or_default())
    }

    /// Reads a place that is written rightly; else why it is not.
    pub(super) fn parse(text: &str) -> std::result::Result<Self, &'static str> {
        let Some(rest) = text.strip_prefix("s3://") else {
            return Err(match Arn::parse(text) {
                Some(Arn::Other(why)) => why,
                _ => "it does not begin with s3://",
            });
        };
        match Arn::parse(rest) {
            None => {}
            Some(Arn::AccessPoint(bucket, prefix)) => return Ok(Self { bucket, prefix: prefix.to_owned() }),
            Some(Arn::Bucket(_)) => return Err("use the bucket name instead of its ARN"),
            Some(Arn::Other(why)) => return Err(why),
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        match bucket {
            "" => Err("it has no bucket name"),
            bucket if bucket.len() < 3 || !bucket.chars().all(legal) => Err(
                "a bucket name has at least three characters: letters, digits, dots, hyphens or underscores",
            ),
            bucket => Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() }),
        }
    }

    /// Whether there can be a key that lies in both.
    pub fn overlaps(&self, other: &Location) -> bool {
        let nested = self.prefix.starts_with(&other.prefix) || other.prefix.starts_with(&self.prefix);
        self.bucket == other.bucket && nested
    }

    /// The same place as a folder: its prefix ends in `/` unless it is empty.
    #[must_use]
    pub fn as_folder(mut self) -> Self {
        if !self.prefix.is_empty() && !self.prefix.ends_with('/') {
            self.prefix.push('/');
        }
        self
    }
}

impl FromStr for Location {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text).map_err(|why| Error::usage(format!("cannot read {text}: {why}")).hint(form(text)))
    }
}

/// A place as it can be pasted into a shell; none where no plain quotes keep it what it is.
fn as_typed(place: &Location) -> Option<String> {
    let text = place.to_string();
    if text.chars().all(|c| c.is_ascii_alphanumeric() || "/:.-_@=,+".contains(c)) {
        return Some(text);
    }
    (!text.contains('\'') && !text.chars().any(is_hostile)).then(|| format!("'{text}'"))
}

/// How a place is written, or, where it can be told, how the one that was typed is.
fn form(text: &str) -> String {
    let without = text.strip_prefix("s3://").filter(|rest| rest.starts_with("arn:"));
    match corrected(without.unwrap_or(text)).as_ref().and_then(as_typed) {
        Some(place) => format!("write it as {place}"),
        None => "write it as s3://BUCKET or s3://BUCKET/PREFIX".to_owned(),
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.bucket)?;
        if self.prefix.is_empty() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

impl Serialize for Location {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Location {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Where a past state is brought to, or compared: a place in a bucket or a local directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// In a bucket.
    Bucket(Location),
    /// On this machine.
    Directory(PathBuf),
}

impl FromStr for Destination {
    type Err = Error;

    /// Nothing is guessed: what may be meant for a bucket (`scratch`, `s3:/b`, `S3://b`) is an error, no directory.
    fn from_str(text: &str) -> Result<Self> {
        let is_s3 = text.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("s3:"));
        if is_s3 || Arn::parse(text).is_some() {
            return text.parse().map(Self::Bucket);
        }
        if text.is_empty() || text.contains("://") {
            let hint = match corrected(text).as_ref().and_then(as_typed) {
                Some(place) => format!("write it as {place}"),
                None => "write it as s3://BUCKET, s3://BUCKET/PREFIX or ./DIRECTORY".to_owned(),
            };
            return Err(Error::usage(format!("cannot read {text}: it is neither a bucket nor a directory"))
                .hint(hint));
        }
        if !text.contains('/') && !matches!(text, "." | "..") {
            return Err(Error::usage(format!("cannot tell whether {text} is a bucket or a directory"))
                .hint(format!("write it as s3://{text} or ./{text}")));
        }
        Ok(Self::Directory(PathBuf::from(text)))
    }
}

impl Destination {
    /// The place, where it is in a bucket.
    pub fn into_bucket(self) -> Option<Location> {
        match self {
            Self::Bucket(location) => Some(location),
            Self::Directory(_) => None,
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bucket(location) => location.fmt(f),
            Self::Directory(path) => path.display().fmt(f),
        }
    }
}

/// How keys are renamed when they are restored elsewhere: what they begin with is cut off, something else put before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relocation {
    cut: String,
    put: String,
}

impl Relocation {
    /// From what lies under `source` to what lies under `target`: the source prefix's folder is cut off, and the
    /// target's prefix taken as a folder. Both sides keep the same order of keys.
    pub fn new(source: &Location, target: &Location) -> Self {
        Self { cut: source.folder().to_owned(), put: target.clone().as_folder().prefix }
    }

    /// From what lies under `source` to a directory: the source prefix's folder is cut off.
    pub fn to_directory(source: &Location) -> Self {
        Self { cut: source.folder().to_owned(), put: String::new() }
    }

    /// The key there of a key here.
    pub fn there(&self, key: &str) -> String {
        self.put.clone() + key.strip_prefix(&self.cut).unwrap_or(key)
    }

    /// What every key there begins with.
    pub fn folder_there(&self) -> &str {
        &self.put
    }

    /// The key here of a key there.
    pub fn here(&self, key: &str) -> String {
        self.cut.clone() + key.strip_prefix(&self.put).unwrap_or(key)
    }
}

#[cfg(test)]
mod tests;
