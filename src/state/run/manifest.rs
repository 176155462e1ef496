//! What a run was told, as it is kept in `run.json`.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Account, Endpoint, Instant, Location, RequestPayer};
use crate::s3::{Client, Settings, Thaw};
use crate::state::dir::{cannot, write};

/// The version of `run.json`'s format. One that is newer is refused.
const FORMAT: u32 = 1;

/// The name of the file.
const NAME: &str = "run.json";

/// What a run was told, so that it can be gone on with from another terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunManifest {
    /// The version of this file's format.
    pub format: u32,
    /// The version of asof that began the run.
    pub asof: String,
    /// When it began.
    pub began: Instant,
    /// The run that this one takes back; none for a restore.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// It brings back late uploads, which were not there at T; no restore to T.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub heals: bool,
    /// The place whose past is restored, or, for an undo, the place that is changed.
    pub location: Location,
    /// The past instant.
    pub at: Instant,
    /// The place restored to, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Location>,
    /// How versions are copied.
    #[serde(default)]
    pub copying: Copying,
    /// The server.
    pub server: Server,
}

/// How a run copies versions, as it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copying {
    /// Retention and legal hold come with them.
    pub locks: bool,
    /// No version is looked at first of which the listing says enough.
    pub no_head: bool,
    /// How archived versions are asked for.
    pub thaw: Option<Thaw>,
    /// The most bytes that are copied by one request.
    pub multipart_threshold: u64,
}

impl Default for Copying {
    fn default() -> Self {
        Self { locks: false, no_head: false, thaw: None, multipart_threshold: limits::MAX_COPY_BYTES }
    }
}

/// Which server a run asks, and as whom: as it was typed, and what that meant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Server {
    /// `--endpoint-url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_url: Option<String>,
    /// The server that was asked; none where an older asof has kept only what was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    /// `--region`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `--profile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// `--path-style`.
    #[serde(default)]
    pub path_style: bool,
    /// `--expected-bucket-owner`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_bucket_owner: Option<Account>,
    /// `--request-payer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_payer: Option<RequestPayer>,
}

impl Server {
    /// The server of a client that was made of these settings.
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

    /// The server that is asked, as far as it is known.
    pub(crate) fn asked(&self) -> Option<Endpoint> {
        self.endpoint.clone().or_else(|| self.endpoint_url.clone().map(Endpoint::from))
    }

    /// The server that a run was begun on, unless another is typed now: the environment may name another by then.
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
    /// The restore of a place.
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
            undoes: None,
            heals: false,
            location,
            at,
            to,
            copying: Copying::default(),
            server,
        }
    }

    /// The run that takes the run `id`, which this is the order of, back.
    #[must_use]
    pub fn undo(&self, id: &str, server: Server, now: Instant) -> Self {
        let location = self.undone_place();
        Self { undoes: Some(id.to_owned()), ..Self::restore(location, self.at, None, server, now) }
    }

    /// The place that an undo of it changes.
    pub fn undone_place(&self) -> Location {
        let changed = self.changed().clone();
        if self.to.is_some() { changed.as_folder() } else { changed }
    }

    /// The bucket or prefix that it changes.
    pub fn changed(&self) -> &Location {
        self.to.as_ref().unwrap_or(&self.location)
    }

    /// Reads it in the directory of a run.
    pub(super) fn read(dir: &Path) -> Result<Self> {
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

    /// Writes it into the directory of a run.
    pub(super) fn write(&self, dir: &Path) -> Result<()> {
        let path = dir.join(NAME);
        let json = serde_json::to_vec_pretty(self).map_err(|e| cannot(&path, "write", &e.into()))?;
        write(&path, &json)
    }
}
