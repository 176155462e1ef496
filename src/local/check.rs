//! Compares the bytes of a file with the server's checksums of an object.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use futures::{StreamExt, TryStreamExt, stream};

use crate::error::{ErrorKind, Result};
use crate::limits;
use crate::model::Stored;
use crate::resolve::{Checker, PartSizes, Proof, Verdict};
use crate::s3::{Client, ObjectName};

/// Checks that the file holds the object's bytes.
pub(crate) async fn check(
    client: &Client,
    object: ObjectName<'_>,
    stored: &Stored,
    file: &File,
) -> Result<Verdict> {
    let checker = checker(client, object, stored).await?;
    match read(file, checker).await? {
        Verdict::Wrong => check_by_each_part(client, object, stored, file).await,
        verdict => Ok(verdict),
    }
}

/// Creates a checker from what the server reports. For checksums of parts, the parts are assumed to be of equal size:
/// nearly all are, and one request returns the size of the first.
pub(crate) async fn checker(client: &Client, object: ObjectName<'_>, stored: &Stored) -> Result<Checker> {
    let proof = Proof::of(stored);
    let sizes = match &proof {
        Proof::Parts { parts, .. } => match known(client.part_size(object, 1).await)? {
            Some(first) => PartSizes::even(first, *parts, stored.size),
            None => None,
        },
        Proof::Whole { .. } | Proof::Size => None,
    };
    Ok(Checker::new(stored.size, proof, sizes))
}

/// Checks a mismatch again with the size of each part, if the checksum is of parts and these may differ in size.
pub(super) async fn check_by_each_part(
    client: &Client,
    object: ObjectName<'_>,
    stored: &Stored,
    file: &File,
) -> Result<Verdict> {
    match exact_checker(client, object, stored).await? {
        Exact::Settled(verdict) => Ok(verdict),
        Exact::Check(checker) => read(file, *checker).await,
    }
}

/// The way to check bytes again that do not match the checksum.
#[derive(Debug)]
pub(crate) enum Exact {
    /// There is nothing more to check.
    Settled(Verdict),
    /// The parts differ in size: this takes each into account.
    Check(Box<Checker>),
}

/// Returns the checker for the size of each part, if the checksum is of parts and these differ in size.
pub(crate) async fn exact_checker(client: &Client, object: ObjectName<'_>, stored: &Stored) -> Result<Exact> {
    let proof = Proof::of(stored);
    let Proof::Parts { parts, .. } = proof else { return Ok(Exact::Settled(Verdict::Wrong)) };
    let Ok(parts) = i32::try_from(parts) else { return Ok(Exact::Settled(Verdict::Unverifiable)) };
    let sizes = stream::iter(1..=parts)
        .map(|part| client.part_size(object, part))
        .buffered(limits::CONTENT_CHECKS)
        .try_collect::<Vec<_>>();
    let Some(sizes) = known(sizes.await)? else { return Ok(Exact::Settled(Verdict::Unverifiable)) };
    let even = sizes.iter().rev().skip(1).all(|size| Some(size) == sizes.first());
    Ok(match PartSizes::each(sizes, stored.size) {
        Some(_) if even => Exact::Settled(Verdict::Wrong),
        Some(sizes) => Exact::Check(Box::new(Checker::new(stored.size, proof, Some(sizes)))),
        None => Exact::Settled(Verdict::Unverifiable),
    })
}

/// If the server does not report part sizes, they are unknown; other failures are errors.
fn known<T>(told: Result<T>) -> Result<Option<T>> {
    match told {
        Ok(told) => Ok(Some(told)),
        Err(e) if matches!(e.kind(), ErrorKind::Invalid | ErrorKind::Unsupported) => Ok(None),
        Err(e) => Err(e),
    }
}

/// Reads a file through a checker, on a blocking thread.
pub(crate) async fn read(file: &File, mut checker: Checker) -> Result<Verdict> {
    let mut file = file.try_clone()?;
    let read = tokio::task::spawn_blocking(move || {
        file.seek(SeekFrom::Start(0))?;
        let mut block = vec![0; limits::FILE_BLOCK];
        loop {
            match file.read(&mut block)? {
                0 => return Ok::<_, io::Error>(checker.finish()),
                n => checker.update(block.get(..n).unwrap_or_default()),
            }
        }
    });
    Ok(read.await??)
}
