//! Claims: the resources a process works on, so that no other process works on them at the same time. A claim is a file
//! in `claims` in the state directory, locked as long as the process lives. A killed process leaves the file, but not
//! the lock, and the next claim removes it.

use std::fs::{self, File, TryLockError};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use super::dir::{cannot, lock_within, make_private, read};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;
use crate::recover::{Holder, Resource, WORKER};

/// Excludes other processes from these resources until it is dropped.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    file: File,
    holder: Holder,
}

impl Claim {
    /// Claims all resources of `command`. If another process holds one of them, the error names it.
    pub fn take(state_dir: &Path, command: &str, holds: Vec<Resource>) -> Result<Self> {
        Self::of(state_dir, command, None, holds)
    }

    /// Claims all resources of a worker, unless a process that is not a worker of the same plan set holds one of them.
    pub fn work(state_dir: &Path, set: &str, holds: Vec<Resource>) -> Result<Self> {
        Self::of(state_dir, WORKER, Some(set.to_owned()), holds)
    }

    fn of(state_dir: &Path, command: &str, set: Option<String>, holds: Vec<Resource>) -> Result<Self> {
        let holder = Holder {
            command: command.to_owned(),
            set,
            id: None,
            at: None,
            pid: std::process::id(),
            host: host_name(),
            holds,
        };
        let dir = state_dir.join("claims");
        make_private(&dir)?;
        let _alone = lock_claims(&dir)?;
        for other in others(&dir)? {
            if let Some(resource) = holder.meets(&other) {
                return Err(held(&other, resource));
            }
        }
        let (file, path) = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempfile_in(&dir)
            .and_then(|file| file.keep().map_err(|e| e.error))
            .map_err(|e| cannot(&dir, "write in", &e))?;
        file.lock().map_err(|e| cannot(&path, "lock", &e))?;
        let mut claim = Self { path, file, holder };
        claim.write()?;
        Ok(claim)
    }

    /// Adds the ID and the target time to the claim, once they are known, so that other processes can report them.
    pub fn tell(&mut self, state_dir: &Path, id: &str, at: Option<Instant>) -> Result<()> {
        self.holder.id = Some(id.to_owned());
        self.holder.at = at;
        let _alone = lock_claims(&state_dir.join("claims"))?;
        self.write()
    }

    fn write(&mut self) -> Result<()> {
        let json = serde_json::to_vec(&self.holder).map_err(|e| {
            Error::usage(format!("cannot record the path of the recovery file: {e}"))
                .hint("nothing was changed; rename the recovery file and its directory to valid UTF-8")
        })?;
        let written = self.file.set_len(0).and_then(|()| self.file.rewind());
        written.and_then(|()| self.file.write_all(&json)).map_err(|e| cannot(&self.path, "write", &e))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // If this fails, the next claim removes it.
        drop(fs::remove_file(&self.path));
    }
}

/// Locks the claims while they are read and written.
fn lock_claims(dir: &Path) -> Result<File> {
    lock_within(dir, "claims in the state directory", limits::CLAIM_ATTEMPTS)
}

const PREFIX: &str = "claim-";

fn held(other: &Holder, resource: &Resource) -> Error {
    let message = format!("another process is working on {}: {}", resource.in_words(), other.in_words());
    Error::new(ErrorKind::Refused, message)
        .hint("nothing was changed; wait for that process to finish, or stop it, and run the command again")
}

/// Returns the claims of live processes. Removes those of dead ones.
fn others(dir: &Path) -> Result<Vec<Holder>> {
    let mut others = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| cannot(dir, "read", &e))? {
        let path = entry.map_err(|e| cannot(dir, "read", &e))?.path();
        let is_claim = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(PREFIX);
        if !path.file_name().is_some_and(is_claim) {
            continue;
        }
        let file = match File::open(&path) {
            // Its process has ended meanwhile.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            file => file.map_err(|e| cannot(&path, "open", &e))?,
        };
        // Shared: over NFS, a file opened for reading cannot be locked exclusively.
        match file.try_lock_shared() {
            Ok(()) => drop(fs::remove_file(&path)),
            Err(TryLockError::WouldBlock) => {
                let Some(json) = read(&path)? else { continue };
                let holder = serde_json::from_slice(&json).map_err(|e| unread(&path, &e))?;
                others.push(holder);
            }
            Err(TryLockError::Error(e)) => return Err(cannot(&path, "lock", &e)),
        }
    }
    Ok(others)
}

/// The file is locked, so a live process holds an unknown resource.
fn unread(path: &Path, e: &serde_json::Error) -> Error {
    let message = format!("cannot read the claims of other processes in {}: {e}", path.display());
    Error::new(ErrorKind::Refused, message).hint("wait for that process to finish, and run the command again")
}

/// Returns the name of this machine, for messages.
pub(crate) fn host_name() -> String {
    let told =
        fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| std::env::var("HOSTNAME").ok());
    told.map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "this host".to_owned())
}

#[cfg(test)]
mod tests;
