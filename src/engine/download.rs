//! Downloads a past state into a local directory.
//!
//! In two steps, like a [restore](super::restore): [`Download::prepare`] compares the directory with the past state and
//! is read-only; [`PreparedDownload::execute`] downloads the differences. There is no run to resume: repeating the
//! download continues where it stopped, since files that are already correct are not read again.

use std::path::{Path, PathBuf};

use super::bucket::{BucketState, inspect, require_history};
use super::directory::survey_directory;
use super::options::{RestoreOptions, Target};
use super::past::bucket_checks;
use super::query::Query;
use super::survey::Findings;
use crate::apply::{OnConflict, Outcome};
use crate::cancel::Cancel;
use crate::error::Result;
use crate::local::{Directory, Restored, download};
use crate::model::{CaseFold, Check, Instant, Location, Relocation};
use crate::plan::{Change, Sums};
use crate::resolve::AsOf;
use crate::s3::Client;
use crate::spill::Spool;
use crate::verify::{Compare, Files};

/// A past state and the directory to download it into.
#[derive(Debug)]
pub struct Download {
    query: Query,
    path: PathBuf,
    directory: Option<Directory>,
    on_conflict: OnConflict,
    case: Option<CaseFold>,
}

/// The names that files may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// The keys, unchanged.
    Any,
    /// No two names may differ only in case, since some file systems treat them as one.
    DistinctInCase,
}

/// A download whose changes are known. Nothing has been changed yet.
#[derive(Debug)]
pub struct PreparedDownload {
    /// The location whose past is downloaded.
    pub location: Location,
    /// The target time.
    pub at: Instant,
    /// The checks of the bucket.
    pub checks: Vec<Check>,
    /// The sums of the changes.
    pub sums: Sums,
    /// The changes.
    pub changes: Spool<Change>,
    path: PathBuf,
    relocation: Relocation,
    on_conflict: OnConflict,
    case: Option<CaseFold>,
}

impl Download {
    /// Creates a download; `on_conflict` decides whether files that differ are replaced.
    ///
    /// # Errors
    /// [`Local`](crate::error::ErrorKind::Local) if `path` exists and is not a directory.
    pub fn new(query: Query, path: &Path, on_conflict: OnConflict, names: Names) -> Result<Self> {
        let case = (names == Names::DistinctInCase).then(CaseFold::default);
        Ok(Self { query, path: path.to_owned(), directory: Directory::open(path)?, on_conflict, case })
    }

    /// Compares the directory with the past state. Read-only.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a time that is not in the past;
    /// [`Refused`](crate::error::ErrorKind::Refused) for a bucket without a past.
    pub async fn prepare(self, client: &Client, cancel: &Cancel) -> Result<PreparedDownload> {
        let Self { query, path, directory, on_conflict, mut case } = self;
        let location = query.location.clone();
        let settings = inspect(client, &location.bucket).await?;
        let at = query.at.past(client.clock().now().whole_second())?;
        let state = BucketState::from(&settings);
        require_history(&location.bucket, state)?;
        let judge = query.judge(&settings.rules, at, AsOf::Latest);
        let checks = bucket_checks(client, &settings, &judge, &location, at);
        let relocation = Relocation::to_directory(&location);
        let files = Files {
            directory: directory.as_ref(),
            relocation: &relocation,
            compare: Compare { kms: state.kms, trust_etag: query.trust_etag },
            bytes: on_conflict == OnConflict::Overwrite,
        };
        let right = |key: &str| {
            if let Some(case) = &mut case {
                // If two such files exist already, it is too late to keep them apart.
                case.take(&relocation.there(key));
            }
        };
        let found = survey_directory(client, query.scope(), &judge, files, cancel, right).await?;
        let Findings { changes, sums, .. } = found;
        Ok(PreparedDownload { location, at, checks, sums, changes, path, relocation, on_conflict, case })
    }
}

impl PreparedDownload {
    /// Refuses keys whose state is uncertain, unless the options say how to handle them.
    pub fn require_certainty(&self, options: &RestoreOptions) -> Result<()> {
        options.require_certainty(&self.sums, self.at, Target::Directory)
    }

    /// Downloads the differences and passes each change with its outcome to `on`. Returns false if a stop left some
    /// undone.
    pub async fn execute(
        self,
        client: &Client,
        options: &RestoreOptions,
        cancel: &Cancel,
        on: impl FnMut(&Change, &Outcome) -> Result<()>,
    ) -> Result<bool> {
        let Self { location, sums, changes, path, relocation, on_conflict, case, .. } = self;
        let to = Restored {
            directory: Directory::open_to_write(&path)?,
            source_bucket: location.bucket,
            relocation,
            on_conflict,
            concurrency: options.apply.concurrency,
        };
        client.counters().planned.add(changes.len() - options.left_out(&sums));
        let wanted = |change: &Result<Change>| change.as_ref().map_or(true, |change| options.wants(change));
        let changes = changes.into_changes()?.filter(wanted);
        download(client, &to, changes, case, cancel, on).await
    }
}
