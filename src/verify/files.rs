//! Compares the files of a directory with the versions live at T.

use futures::{Stream, StreamExt, stream};

use super::live::Live;
use super::objects::{Compare, VersionOf};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::local::{Directory, Found, check, read};
use crate::model::{Relocation, Version, printable};
use crate::resolve::{Checker, Proof, Verdict};
use crate::s3::{Client, ObjectName};

/// A directory, and how to compare it with a bucket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Files<'a> {
    /// The directory; `None` if it does not exist yet.
    pub directory: Option<&'a Directory>,
    /// Maps keys to file names.
    pub relocation: &'a Relocation,
    /// Options for comparing contents.
    pub compare: Compare,
    /// True to compare contents even if a file's date shows that asof wrote it.
    pub bytes: bool,
}

/// The state of a key's path.
#[derive(Debug)]
pub(crate) enum Stands {
    /// No file.
    Nothing,
    /// A directory, if the key is one, or a file that asof wrote.
    AsPut,
    /// A file with this size and date, and the result of comparing its contents.
    File(Version, Verdict),
}

impl<'a> Files<'a> {
    /// Looks at the paths of several keys concurrently; returns them in order.
    pub(crate) fn look_at_all(
        self,
        client: &'a Client,
        bucket: &'a str,
        live: Vec<Live>,
    ) -> impl Stream<Item = Result<(Live, Stands)>> {
        let looks = stream::iter(live).map(move |live| async move {
            let there = VersionOf { bucket, key: &live.key, version: &live.version };
            let stands = self.look(client, there).await?;
            Ok((live, stands))
        });
        looks.buffered(limits::FILE_CHECKS)
    }

    /// Looks at the path of a key.
    async fn look(self, client: &Client, object: VersionOf<'_>) -> Result<Stands> {
        let VersionOf { bucket, key, version: then } = object;
        let Some(directory) = self.directory else { return Ok(Stands::Nothing) };
        let Ok(path) = directory.path_of(key, &self.relocation.there(key)) else {
            return Ok(Stands::Nothing);
        };
        let (place, wanted) = (directory.clone(), path.clone());
        let found = tokio::task::spawn_blocking(move || place.find(&wanted)).await?;
        let found = found.map_err(|e| {
            Error::new(ErrorKind::Local, format!("cannot inspect {}: {e}", printable(path.text()))).because(e)
        })?;
        let (file, size, modified) = match found {
            Some(Found::Folder) if path.is_folder() => return Ok(Stands::AsPut),
            Some(Found::File { file, size, modified }) if !path.is_folder() => (file, size, modified),
            _ => return Ok(Stands::Nothing),
        };
        let now = Version { size, last_modified: modified, ..Version::default() };
        if size != then.size {
            return Ok(Stands::File(now, Verdict::Wrong));
        }
        if modified == then.last_modified && !self.bytes {
            return Ok(Stands::AsPut);
        }
        let object = ObjectName { bucket, key, version_id: &then.version_id };
        Ok(Stands::File(now, self.compare_bytes(client, object, then, &file).await?))
    }

    /// Compares a file of the right size with the listed version, and with its HEAD if the listing is not sufficient.
    async fn compare_bytes(
        self,
        client: &Client,
        object: ObjectName<'_>,
        then: &Version,
        file: &std::fs::File,
    ) -> Result<Verdict> {
        let Compare { kms, trust_etag } = self.compare;
        let by_etag = Proof::of_etag(&then.etag).filter(|_| !kms || trust_etag);
        if let Some(proof) = by_etag.clone() {
            let verdict = read(file, Checker::new(then.size, proof, None)).await?;
            if verdict == Verdict::Proven || trust_etag {
                return Ok(verdict);
            }
        } else if trust_etag {
            return Ok(Verdict::Unverifiable);
        }
        let stored = match client.stored(object).await {
            Ok(Some(stored)) => stored,
            // Nothing more can be learned about it.
            Ok(None) => return Ok(by_etag.map_or(Verdict::Unverifiable, |_| Verdict::Wrong)),
            Err(e) if e.is_unreadable_object() => {
                return Ok(by_etag.map_or(Verdict::Unverifiable, |_| Verdict::Wrong));
            }
            Err(e) => return Err(e),
        };
        if by_etag.is_some_and(|proof| proof == Proof::of(&stored)) {
            return Ok(Verdict::Wrong);
        }
        check(client, object, &stored, file).await
    }
}
