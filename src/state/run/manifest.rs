//! The manifest of a run, stored in `run.json`.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Instant, Location, Server};
use crate::s3::{Client, Settings, Thaw};
use crate::state::dir::{cannot, write};

/// The format version of `run.json`. A newer one is an error.
const FORMAT: u32 = 1;

/// The name of the file.
const NAME: &str = "run.json";

/// The arguments of a run, so that it can be resumed from another terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunManifest {
    /// The format version of the file.
    pub format: u32,
    /// The version of asof that started the run.
    pub asof: String,
    /// The time the run started.
    pub began: Instant,
    /// The same to the millisecond, by the clock of the machine that created the run: the order of the runs of a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Instant>,
    /// The run that this run undoes; `None` for a restore.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// True if it restores late uploads, which did not exist at T, instead of the state at T.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub heals: bool,
    /// The shard of a plan set that it applies; `None` for any other run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<ShardId>,
    /// The source location or, for an undo, the location that is changed.
    pub location: Location,
    /// The target time.
    pub at: Instant,
    /// The target location; `None` in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Location>,
    /// Options for copying versions.
    #[serde(default)]
    pub copying: Copying,
    /// The server.
    pub server: Server,
    /// The name of the object with the plan, if state is in a bucket: two workers that begin a run at the same time write
    /// one each, and the plan is that of the worker whose manifest was first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_object: Option<String>,
}

/// A shard of a plan set, which determines the ID of its run: the same command resumes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardId {
    /// The ID of the plan set.
    pub set: String,
    /// The index of the shard, starting at 0.
    pub index: u32,
    /// The number of shards of the set.
    pub shards: u32,
}

impl ShardId {
    /// Returns the ID of the shard's run.
    pub fn run(&self) -> String {
        format!("{}-{:05}", self.set, self.index)
    }
}

/// The options of a run for copying versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copying {
    /// True if retention and legal hold are kept.
    pub locks: bool,
    /// True if the HEAD is omitted for versions whose listing is sufficient.
    pub no_head: bool,
    /// The options for restoring archived versions from the archive; `None` if they are not requested.
    pub thaw: Option<Thaw>,
    /// The largest size in bytes that is copied by one request.
    pub multipart_threshold: u64,
}

impl Default for Copying {
    fn default() -> Self {
        Self { locks: false, no_head: false, thaw: None, multipart_threshold: limits::MAX_COPY_BYTES }
    }
}

impl Server {
    /// Returns the server of a client created with these settings.
    pub fn of(settings: &Settings, client: &Client) -> Self {
        Self {
            endpoint_url: settings.endpoint_url.clone(),
            endpoint: Some(client.endpoint()),
            region: settings.region.clone(),
            profile: settings.profile.clone(),
            path_style: settings.path_style,
            expected_bucket_owner: settings.expected_bucket_owner.clone(),
            request_payer: settings.request_payer,
        }
    }

    /// Returns settings for the server on which a run was started, unless `named` has others: the environment may have
    /// changed since.
    pub(crate) fn unless(self, named: Settings) -> Settings {
        Settings {
            endpoint_url: named.endpoint_url.or(self.endpoint_url),
            begun_on: self.endpoint,
            region: named.region.or(self.region),
            profile: named.profile.or(self.profile),
            path_style: named.path_style || self.path_style,
            expected_bucket_owner: named.expected_bucket_owner.or(self.expected_bucket_owner),
            request_payer: named.request_payer.or(self.request_payer),
            ..named
        }
    }
}

impl RunManifest {
    /// Creates the manifest of a restore.
    pub fn restore(
        location: Location,
        at: Instant,
        to: Option<Location>,
        server: Server,
        now: Instant,
    ) -> Self {
        let asof = env!("CARGO_PKG_VERSION").to_owned();
        Self {
            format: FORMAT,
            asof,
            began: now,
            created: None,
            undoes: None,
            heals: false,
            shard: None,
            location,
            at,
            to,
            copying: Copying::default(),
            server,
            plan_object: None,
        }
    }

    /// Creates the manifest of a run that undoes the run `id` with this manifest.
    #[must_use]
    pub fn undo(&self, id: &str, server: Server, now: Instant) -> Self {
        let location = self.undone_place();
        Self { undoes: Some(id.to_owned()), ..Self::restore(location, self.at, None, server, now) }
    }

    /// Returns the location that an undo of this run changes.
    pub fn undone_place(&self) -> Location {
        let changed = self.changed().clone();
        if self.to.is_some() { changed.as_folder() } else { changed }
    }

    /// Returns the bucket or prefix that this run changes.
    pub fn changed(&self) -> &Location {
        self.to.as_ref().unwrap_or(&self.location)
    }

    /// Reads the manifest from the directory of a run.
    pub(in crate::state) fn read(dir: &Path) -> Result<Self> {
        let path = dir.join(NAME);
        let bytes = fs::read(&path).map_err(|e| cannot(&path, "read", &e))?;
        let manifest: Self = serde_json::from_slice(&bytes).map_err(|e| {
            Error::usage(format!("{} is damaged: {e}", path.display()))
                .hint("see the remaining changes with asof diff; apply them with asof restore")
        })?;
        if manifest.format > FORMAT {
            let asof = &manifest.asof;
            let message = format!("{} was written by the newer asof {asof}", path.display());
            return Err(Error::usage(message).hint("resume it with that version"));
        }
        Ok(manifest)
    }

    /// Writes the manifest to the directory of a run.
    pub(super) fn write(&self, dir: &Path) -> Result<()> {
        write(&dir.join(NAME), &self.to_json()?)
    }

    /// Returns the contents of the file.
    pub(in crate::state) fn to_json(&self) -> Result<Vec<u8>> {
        serde_json::to_vec_pretty(self).map_err(Error::internal)
    }
}
