//! Locations: `s3://BUCKET[/PREFIX]`, and local directories as destinations.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::access_point::Arn;
use super::corrected::corrected;
use super::is_hostile;
use crate::error::{Error, Result};

/// The name prefix of the folders that drills create.
pub const DRILL_FOLDER: &str = "asof-drill-";

/// A bucket and a prefix in it. As in S3, the prefix is the first characters of keys, with no `/` added or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The bucket's name.
    pub bucket: String,
    /// The prefix of keys; empty for the whole bucket.
    pub prefix: String,
}

impl Location {
    /// Returns the folder part of the prefix, up to its last `/`: it is cut from keys restored elsewhere.
    pub fn folder(&self) -> &str {
        self.prefix.rfind('/').map_or("", |slash| self.prefix.get(..=slash).unwrap_or_default())
    }

    /// Parses a correctly written location, or returns why it is wrong.
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

    /// Returns whether a key can be in both.
    pub fn overlaps(&self, other: &Location) -> bool {
        let nested = self.prefix.starts_with(&other.prefix) || other.prefix.starts_with(&self.prefix);
        self.bucket == other.bucket && nested
    }

    /// Returns the location as a folder: its prefix ends in `/` unless it is empty.
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

/// Quotes a location for a shell; `None` if plain quotes do not suffice.
fn as_typed(place: &Location) -> Option<String> {
    let text = place.to_string();
    if text.chars().all(|c| c.is_ascii_alphanumeric() || "/:.-_@=,+".contains(c)) {
        return Some(text);
    }
    (!text.contains('\'') && !text.chars().any(is_hostile)).then(|| format!("'{text}'"))
}

/// Returns the hint for a wrong location, with the correct form if it can be guessed.
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

/// The destination of a restore or comparison: a location in a bucket, or a local directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// In a bucket.
    Bucket(Location),
    /// On this machine.
    Directory(PathBuf),
}

impl FromStr for Destination {
    type Err = Error;

    /// Never guesses: text that may be meant as a bucket (`scratch`, `s3:/b`, `S3://b`) is an error, not a directory.
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
    /// Reads a path, which may also be a location in a bucket.
    ///
    /// | text | read as |
    /// |---|---|
    /// | begins with `s3:`, in any case | a location |
    /// | any other | a path |
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a location that is wrong.
    pub fn of_path(path: PathBuf) -> Result<Self> {
        match path.to_str() {
            Some(text) if text.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("s3:")) => {
                text.parse().map(Self::Bucket)
            }
            _ => Ok(Self::Directory(path)),
        }
    }

    /// Returns the same place for a process in another directory.
    ///
    /// # Errors
    /// The current directory is unknown, or the path is empty.
    pub fn absolute(&self) -> std::io::Result<Self> {
        Ok(match self {
            Self::Bucket(location) => Self::Bucket(location.clone()),
            Self::Directory(path) => Self::Directory(std::path::absolute(path)?),
        })
    }

    /// Returns the location if it is in a bucket.
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

/// Renames keys restored elsewhere: removes one prefix and adds another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relocation {
    cut: String,
    put: String,
}

impl Relocation {
    /// Maps keys under `source` to keys under `target`: removes the source prefix's folder and adds the target's
    /// prefix as a folder. Preserves the order of keys.
    pub fn new(source: &Location, target: &Location) -> Self {
        Self { cut: source.folder().to_owned(), put: target.clone().as_folder().prefix }
    }

    /// Maps keys under `source` to paths in a directory: removes the source prefix's folder.
    pub fn to_directory(source: &Location) -> Self {
        Self { cut: source.folder().to_owned(), put: String::new() }
    }

    /// Maps a source key to its target key.
    pub fn there(&self, key: &str) -> String {
        self.put.clone() + key.strip_prefix(&self.cut).unwrap_or(key)
    }

    /// Returns the common prefix of all target keys.
    pub fn folder_there(&self) -> &str {
        &self.put
    }

    /// Maps a target key to its source key.
    pub fn here(&self, key: &str) -> String {
        self.cut.clone() + key.strip_prefix(&self.put).unwrap_or(key)
    }
}

#[cfg(test)]
mod tests;
