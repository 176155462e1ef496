//! Downloads versions into a directory: each is written to a draft, checked on the way, then renamed.
//!
//! An interrupted body is resumed at the offset reached. If the content does not match the server's checksum, it is
//! read again from the beginning; a key's file name never holds wrong or partial content.

use std::io::{self, Write};

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::mpsc;

use super::check::{check_by_each_part, checker};
use super::reader::{Reader, Wanted, pump};
use super::sandbox_dir::{Directory, Draft, Found};
use crate::apply::{OnConflict, Outcome};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{CaseFold, KeyPath, Overlaps, Relocation, Version, printable};
use crate::plan::Change;
use crate::resolve::{Checker, Verdict};
use crate::retry::SharedPressure;
use crate::s3::{Client, Copied, ObjectName, Stretch};

/// The target of a download.
#[derive(Debug)]
pub(crate) struct Restored {
    /// The directory.
    pub directory: Directory,
    /// The source bucket.
    pub source_bucket: String,
    /// Maps keys to file names.
    pub relocation: Relocation,
    /// The action for files that differ.
    pub on_conflict: OnConflict,
    /// The maximum number of concurrent downloads.
    pub concurrency: usize,
}

/// Downloads changes into a directory, as [`crate::apply::apply`] applies them to a bucket. With `case`, which holds
/// the names taken, keys that differ from another only in case are refused. Ends when cancelled, or on an error that
/// would affect all files; incomplete files are not renamed into place.
pub(crate) async fn download(
    client: &Client,
    to: &Restored,
    changes: impl Iterator<Item = Result<Change>>,
    mut case: Option<CaseFold>,
    cancel: &Cancel,
    mut on: impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<bool> {
    let halt = Cancel::default();
    let client = &client.halted_by(&halt);
    let pressure = &SharedPressure::new(to.concurrency, &halt);
    let mut overlaps = Overlaps::default();
    let mut works = (0..).zip(changes).map(|(turn, change)| {
        let change = change.map(|change| {
            let path = to.path_of(&change, &mut overlaps, case.as_mut());
            (change, path)
        });
        async move {
            let (change, path) = change?;
            tracing::debug!(key = %printable(&change.key), "downloading");
            // A partial file is removed with its draft.
            let brought = bring(Reader { client, pressure, turn }, to, &change, path);
            let outcome = match client.unless_halted(brought).await {
                Ok(outcome) => outcome,
                Err(e) => match client.narrowed(e, &to.source_bucket).await {
                    e if is_everyones(&e) => return Err(e),
                    e => Outcome::Failed(e),
                },
            };
            Ok((change, outcome))
        }
    });
    let (mut running, mut ended) = (FuturesUnordered::new(), Ok(()));
    let (mut finished, mut left) = (false, false);
    loop {
        if ended.is_err() || cancel.is_stopped() {
            halt.stop();
        }
        while !finished && !halt.is_stopped() && running.len() < pressure.window() {
            match works.next() {
                Some(work) => running.push(work),
                None => finished = true,
            }
        }
        let brought = tokio::select! {
            brought = running.next() => brought,
            () = cancel.stopped(), if !halt.is_stopped() => continue,
        };
        let Some(brought) = brought else { break };
        let noted = brought.and_then(|(change, outcome)| {
            left |= outcome.is_left();
            if outcome.is_left() {
                return Ok(());
            }
            tracing::debug!(key = %printable(&change.key), ?outcome, "settled");
            outcome.count(client.counters(), &change);
            on(&change, &outcome)
        });
        ended = ended.and(noted);
    }
    ended?;
    to.directory.settle()?;
    Ok(finished && !left)
}

impl Restored {
    /// The path of a change, if it does not collide with those before it.
    fn path_of(
        &self,
        change: &Change,
        overlaps: &mut Overlaps,
        case: Option<&mut CaseFold>,
    ) -> Result<KeyPath> {
        let path = self.directory.path_of(&change.key, &self.relocation.there(&change.key))?;
        if case.is_some_and(|case| !case.take(path.text())) {
            let message = format!(
                "the key {} cannot be a path: it differs from another key only in case",
                printable(&change.key)
            );
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        match overlaps.under(&path) {
            None => Ok(path),
            Some(file) => Err(Error::new(
                ErrorKind::Invalid,
                format!(
                    "the key {} cannot be a path: {} is an object too, and a file cannot be a directory",
                    printable(&change.key),
                    printable(file)
                ),
            )
            .hint(
                "use --exclude to leave the object out, or restore the keys under it to another directory",
            )),
        }
    }
}

fn cannot_write(path: &KeyPath, e: io::Error) -> Error {
    let why = match e.kind() {
        io::ErrorKind::NotADirectory => "its directory name is taken by a file or symbolic link".to_owned(),
        _ => e.to_string(),
    };
    let message = format!("cannot write {}: {why}", printable(path.text()));
    Error::new(ErrorKind::Local, message).because(e)
}

/// Returns true if the error would affect every other file too.
fn is_everyones(e: &Error) -> bool {
    if matches!(e.kind(), ErrorKind::Credentials | ErrorKind::Internal) {
        return true;
    }
    let cause = std::error::Error::source(e).and_then(|e| e.downcast_ref::<io::Error>());
    cause.is_some_and(|e| {
        use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        matches!(e.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem)
    })
}

/// Downloads one version into place.
async fn bring(reader: Reader<'_>, to: &Restored, change: &Change, path: Result<KeyPath>) -> Result<Outcome> {
    let path = path?;
    let Some(then) = &change.then else {
        return Err(Error::internal("a download without the version that it brings"));
    };
    if path.is_folder() {
        if then.size > 0 {
            let message =
                format!("the key {} cannot be a path: it ends in / but has content", printable(&change.key));
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        to.directory.make_folder(&path).map_err(|e| cannot_write(&path, e))?;
        return Ok(Outcome::Copied(Copied::default()));
    }
    if change.now.is_some() && to.on_conflict == OnConflict::Skip {
        return Ok(Outcome::Conflict);
    }
    let object = ObjectName { bucket: &to.source_bucket, key: &change.key, version_id: &then.version_id };
    let mut attempt = 1;
    let (draft, verdict) = loop {
        match fetch(reader, to, object, then, &path).await {
            Err(e) if e.kind() == ErrorKind::Corrupt && attempt < limits::DOWNLOADS => attempt += 1,
            fetched => break fetched?,
        }
    };
    let outcome = place(to, draft, change, &path).await?;
    let unverifiable = verdict == Verdict::Unverifiable && matches!(outcome, Outcome::Copied(_));
    reader.client.counters().unverifiable.add(u64::from(unverifiable));
    Ok(outcome)
}

/// Reads a version into a draft and checks it.
async fn fetch(
    reader: Reader<'_>,
    to: &Restored,
    object: ObjectName<'_>,
    then: &Version,
    path: &KeyPath,
) -> Result<(Draft, Verdict)> {
    let wanted = Wanted { object, etag: &then.etag, stretch: Stretch::default(), end: then.size };
    let body = reader.get(wanted).await?;
    let stored = body.stored.clone();
    let wrong = |why: &str| {
        let place = format!("s3://{}/{}", object.bucket, printable(object.key));
        Error::new(ErrorKind::Corrupt, format!("the server's reply for {place} is not the object: {why}"))
            .hint("no file was written; if this persists, the object or the connection is damaged")
    };
    if (stored.size, &stored.etag) != (then.size, &then.etag) {
        return Err(wrong("its size or ETag differs from the listing"));
    }
    let checker = checker(reader.client, object, &stored).await?;
    let (pieces, queue) = mpsc::channel(limits::PIECE_QUEUE);
    let (directory, file) = (to.directory.clone(), path.clone());
    let writer = tokio::task::spawn_blocking(move || write(&directory, &file, queue, checker));
    let pumped = pump(reader, wanted, body, pieces).await;
    let (draft, verdict) = writer.await?.map_err(|e| cannot_write(path, e))?;
    pumped?;
    let verdict = match verdict {
        Verdict::Wrong => check_by_each_part(reader.client, object, &stored, &draft.file).await?,
        verdict => verdict,
    };
    if verdict == Verdict::Wrong {
        return Err(wrong("its checksum differs"));
    }
    Ok((draft, verdict))
}

/// Writes the pieces to a draft and checks them, on a blocking thread.
fn write(
    directory: &Directory,
    path: &KeyPath,
    mut queue: mpsc::Receiver<Bytes>,
    mut checker: Checker,
) -> io::Result<(Draft, Verdict)> {
    let mut draft = directory.draft(path)?;
    while let Some(piece) = queue.blocking_recv() {
        draft.file.write_all(&piece)?;
        checker.update(&piece);
    }
    Ok((draft, checker.finish()))
}

/// Renames a draft into place if the file there is still the one the plan saw.
async fn place(to: &Restored, draft: Draft, change: &Change, path: &KeyPath) -> Result<Outcome> {
    let Some(then) = &change.then else { return Ok(Outcome::Conflict) };
    if let Some(now) = &change.now {
        let found = to.directory.find(path).map_err(|e| cannot_write(path, e))?;
        let as_planned = matches!(
            found,
            Some(Found::File { size, modified, .. }) if size == now.size && modified == now.last_modified
        );
        if !as_planned {
            return Ok(Outcome::Conflict);
        }
    }
    let (modified, replace) = (then.last_modified, change.now.is_some());
    let placed = tokio::task::spawn_blocking(move || draft.place(modified, replace)).await?;
    match placed {
        Ok(()) => Ok(Outcome::Copied(Copied::default())),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(Outcome::Conflict),
        Err(e) => Err(cannot_write(path, e)),
    }
}

#[cfg(test)]
mod tests;
