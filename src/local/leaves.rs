//! Lists the files of a directory in the order in which S3 lists their keys.

use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, Dir, FileType, Mode};
use tokio::sync::mpsc;

use super::sandbox_dir::{Directory, FOLDER};
use crate::limits;
use crate::model::Instant;

/// Anything except a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The path relative to the directory; bytes that are not UTF-8 are replaced.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// The modification time.
    pub modified: Instant,
}

/// Lists the directory on a thread of its own, at most a bounded number of entries ahead. Symbolic links are leaves.
pub(crate) fn leaves(directory: &Directory) -> mpsc::Receiver<io::Result<Leaf>> {
    let (sender, receiver) = mpsc::channel(limits::LEAF_QUEUE);
    let directory = directory.clone();
    drop(tokio::task::spawn_blocking(move || {
        let walked = rustix::io::dup(&*directory.root)
            .map_err(io::Error::from)
            .and_then(|root| walk(&root, "", &mut |leaf| sender.blocking_send(Ok(leaf)).is_ok()));
        if let Err(e) = walked {
            // A closed receiver needs no more.
            drop(sender.blocking_send(Err(e)));
        }
    }));
    receiver
}

/// Passes the leaves of a directory to `take` until it returns false; returns whether all were taken.
fn walk(folder: &OwnedFd, path: &str, take: &mut impl FnMut(Leaf) -> bool) -> io::Result<bool> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_owned();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let about = rustix::fs::statat(folder, &name, AtFlags::SYMLINK_NOFOLLOW)?;
        let is_folder = FileType::from_raw_mode(about.st_mode).is_dir();
        // A directory sorts where its contents do, and their paths have a `/` after its name.
        let mut place = name.to_bytes().to_vec();
        place.extend(is_folder.then_some(b'/'));
        let size = u64::try_from(about.st_size).unwrap_or_default();
        names.push((place, name, is_folder, size, Instant::from_millis(about.st_mtime.saturating_mul(1000))));
    }
    names.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    for (place, name, is_folder, size, modified) in names {
        let path = format!("{path}{}", String::from_utf8_lossy(&place));
        let goes_on = if is_folder {
            walk(&rustix::fs::openat(folder, &name, FOLDER, Mode::empty())?, &path, take)?
        } else {
            take(Leaf { path, size, modified })
        };
        if !goes_on {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests;
