//! The manifest of a plan set: a JSON object whose last member is the ID of the set.
//!
//! The ID is the time of the listing and the CRC-32 of every byte before its eight digits, so that a changed manifest is
//! found, and another set has another ID. It protects against accidents, not against forgery.

use crc32fast::Hasher;
use serde::{Deserialize, Serialize};

use crate::limits;
use crate::model::Server;
use crate::plan::file::{Format, Header};
use crate::plan::{Action, Sums, Tally};

/// The format that this version of asof writes.
pub const FORMAT: Format = Format { major: 1, minor: 0 };

/// The manifest of a plan set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetManifest {
    #[serde(rename = "type")]
    kind: Kind,
    /// The format of the manifest.
    pub format: Format,
    /// The header of every plan of the set: bucket, prefix, T, time of the listing, selected keys.
    pub plan: Header,
    /// The server, so that workers need no options for it.
    pub server: Server,
    /// The ID of the plan set that this one undoes, shard by shard; `None` for a restore.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// The counts of the whole plan.
    pub sums: Sums,
    /// The number of keys listed.
    pub keys: u64,
    /// The number of versions and delete markers listed.
    pub versions: u64,
    /// The number of requests that change the bucket.
    pub requests: u64,
    /// The shards, in key order.
    pub shards: Vec<Shard>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    PlanSet,
}

/// A shard as the manifest describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// The name of the plan file.
    pub file: String,
    /// The first key; `None` for a shard without changes.
    pub first_key: Option<String>,
    /// The last key.
    pub last_key: Option<String>,
    /// Undeleted keys.
    pub undelete: Tally,
    /// Reverted keys.
    pub revert: Tally,
    /// Deleted keys.
    pub delete: Tally,
    /// The number of requests that change the bucket.
    pub requests: u64,
    /// The [fingerprint](crate::state::RunState::fingerprint) of the run that the shard undoes; `None` if that had not
    /// begun, and in a set that undoes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// The CRC-32 at the end of the plan file.
    pub crc32: String,
}

/// A manifest that was read and verified.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) id: String,
    pub(super) manifest: SetManifest,
}

/// The reason why a manifest cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It is not a manifest.
    Foreign,
    /// It has another major version.
    Newer { format: Format, asof: String },
    /// It was changed or truncated.
    Damaged(String),
}

impl SetManifest {
    /// Creates the manifest of a set with these shards.
    pub(super) fn new(plan: Header, server: Server, shards: Vec<Shard>) -> Self {
        let requests = shards.iter().map(|shard| shard.requests).sum();
        let (kind, sums) = (Kind::PlanSet, Sums::default());
        let undoes = None;
        Self { kind, format: FORMAT, plan, server, undoes, sums, keys: 0, versions: 0, requests, shards }
    }

    /// Returns the file contents, which determine the ID of the set.
    pub(super) fn seal(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.truncate(bytes.len() - "\n}".len());
        bytes.extend(ID.as_bytes());
        bytes.extend(self.id("").bytes());
        let crc32 = crc32(&bytes);
        bytes.extend(crc32.bytes());
        bytes.extend(CLOSE);
        Ok(bytes)
    }

    fn id(&self, crc32: &str) -> String {
        format!("{}-{crc32}", self.plan.listed.compact())
    }

    /// Reads and verifies a manifest.
    pub(super) fn open(bytes: &[u8]) -> Result<Opened, Unusable> {
        let beginning: Beginning = serde_json::from_slice(bytes).map_err(|_| Unusable::Foreign)?;
        let Beginning { kind: Kind::PlanSet, format, plan } = beginning;
        if format.major != FORMAT.major {
            return Err(Unusable::Newer { format, asof: plan.asof });
        }
        let end = bytes.strip_suffix(CLOSE).and_then(<[u8]>::split_last_chunk::<8>);
        let (covered, digits) =
            end.ok_or_else(|| damaged("it was changed or truncated after it was written"))?;
        let crc32 = crc32(covered);
        if *digits != *crc32.as_bytes() {
            return Err(damaged("it was changed or truncated after it was written (CRC-32 mismatch)"));
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(|e| damaged(&e.to_string()))?;
        manifest.check().map_err(Unusable::Damaged)?;
        Ok(Opened { id: manifest.id(&crc32), manifest })
    }

    /// Verifies that the shards are complete, in key order, and add up to the plan that was cut.
    fn check(&self) -> Result<(), String> {
        if self.shards.is_empty() || self.shards.len() > limits::MAX_SHARDS as usize {
            return Err(format!("it has {} shards", self.shards.len()));
        }
        let mut last: Option<&String> = None;
        for (index, shard) in (0..).zip(&self.shards) {
            let (first, upto) = (shard.first_key.as_ref(), shard.last_key.as_ref());
            let is_whole = shard.file == file_name(index)
                && first.is_some() == (shard.changes() > 0)
                && first.is_some() == upto.is_some();
            let is_next = first.is_none() || (last < first && first <= upto);
            if !is_whole || !is_next {
                return Err(format!("shard {index} does not follow the shard before it"));
            }
            last = upto.or(last);
        }
        for action in Action::ALL {
            let of_shards = self.shards.iter().map(|shard| shard.of(action)).fold(Tally::default(), plus);
            if of_shards != self.sums.of(action) {
                return Err(format!("the {} counts of its shards do not add up to its own", action.name()));
            }
        }
        let requests = self.shards.iter().map(|shard| shard.requests).fold(0, u64::saturating_add);
        if requests != self.requests {
            return Err("the requests of its shards do not add up to its own".to_owned());
        }
        Ok(())
    }
}

impl Shard {
    /// Returns the counts of one kind of change.
    pub fn of(&self, action: Action) -> Tally {
        match action {
            Action::Undelete => self.undelete,
            Action::Revert => self.revert,
            Action::Delete => self.delete,
        }
    }

    /// The number of changes.
    pub fn changes(&self) -> u64 {
        Action::ALL.iter().map(|action| self.of(*action).keys).fold(0, u64::saturating_add)
    }
}

/// The fields that the manifest of every format has.
#[derive(Deserialize)]
struct Beginning {
    #[serde(rename = "type")]
    kind: Kind,
    format: Format,
    #[serde(default)]
    plan: WrittenBy,
}

/// The version of asof that created the plan.
#[derive(Default, Deserialize)]
struct WrittenBy {
    #[serde(default)]
    asof: String,
}

/// Returns the name of a shard's plan file.
pub(super) fn file_name(index: u32) -> String {
    format!("shard-{index:05}.plan")
}

/// The bytes before the ID.
const ID: &str = ",\n  \"id\": \"";
/// The bytes after the ID.
const CLOSE: &[u8] = b"\"\n}\n";

fn crc32(bytes: &[u8]) -> String {
    let mut crc = Hasher::new();
    crc.update(bytes);
    format!("{:08x}", crc.finalize())
}

fn damaged(why: &str) -> Unusable {
    Unusable::Damaged(why.to_owned())
}

fn plus(sum: Tally, tally: Tally) -> Tally {
    Tally { keys: sum.keys.saturating_add(tally.keys), bytes: sum.bytes.saturating_add(tally.bytes) }
}
