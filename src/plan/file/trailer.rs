//! The trailer of a plan file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crc32fast::Hasher;
use serde::{Deserialize, Serialize};

use super::{Kind, Line};
use crate::model::Instant;
use crate::plan::{Action, Sums, Tally, Uncertain};

/// The bytes after the digits of the CRC-32.
const CLOSE: &[u8] = b"\"}\n";
/// The length of the digits and the bytes after them.
const ENDING: usize = 8 + CLOSE.len();

/// The counts of a survey.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// The number of keys listed.
    pub keys: u64,
    /// The number of versions and delete markers listed.
    pub versions: u64,
}

/// The counts of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Trailer {
    /// Undeleted keys.
    pub undelete: Tally,
    /// Reverted keys.
    pub revert: Tally,
    /// Deleted keys.
    pub delete: Tally,
    /// The number of keys that need no change.
    pub unchanged: u64,
    /// The number of keys whose live version differs from the one at T but has the same content.
    pub same_content: u64,
    /// The number of changes of kinds that were not selected.
    #[serde(default)]
    pub excluded: u64,
    /// The number of reverts whose content could not be compared.
    #[serde(alias = "unproven")]
    pub unverifiable: u64,
    /// The number of keys that existed at T.
    pub existed: u64,
    /// The number of keys that existed when the bucket was listed.
    #[serde(default)]
    pub present: u64,
    /// The number of keys selected by name that have no version at all.
    pub unknown_keys: u64,
    /// Keys without a change whose state at T is uncertain.
    #[serde(default, alias = "unsure")]
    pub uncertain: Uncertain,
    /// The date of the oldest version or delete marker listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<Instant>,
    /// The number of keys listed.
    pub keys: u64,
    /// The number of versions and delete markers listed.
    pub versions: u64,
}

impl Trailer {
    /// Creates the trailer of the changes `counted`, of what else the survey `found`, and of its counts `seen`.
    pub(super) fn new(counted: &Sums, found: &Sums, seen: Seen) -> Self {
        let Seen { keys, versions } = seen;
        Self {
            undelete: counted.of(Action::Undelete),
            revert: counted.of(Action::Revert),
            delete: counted.of(Action::Delete),
            unchanged: found.unchanged,
            same_content: found.same_content,
            excluded: found.excluded,
            unverifiable: found.unverifiable,
            existed: found.existed,
            present: found.present,
            unknown_keys: found.unknown_keys,
            uncertain: found.uncertain,
            oldest: found.oldest,
            keys,
            versions,
        }
    }

    /// Returns the counts of a plan with these changes; `None` if their number differs from the trailer's.
    pub(super) fn complete(&self, mut counted: Sums) -> Option<Sums> {
        counted.unchanged = self.unchanged;
        counted.same_content = self.same_content;
        counted.excluded = self.excluded;
        counted.unverifiable = self.unverifiable;
        counted.existed = self.existed;
        counted.present = self.present;
        counted.unknown_keys = self.unknown_keys;
        counted.uncertain = self.uncertain;
        counted.oldest = self.oldest;
        let seen = Seen { keys: self.keys, versions: self.versions };
        (Self::new(&counted, &counted, seen) == *self).then_some(counted)
    }

    /// The number of all changes.
    pub(super) fn changes(&self) -> u64 {
        self.undelete.keys + self.revert.keys + self.delete.keys
    }

    /// Returns the trailer's frame. `crc` covers everything before it.
    pub(super) fn frame(&self, crc: Hasher) -> io::Result<Vec<u8>> {
        sealed(serde_json::to_vec(&Line { kind: Kind::Trailer, body: self })?, crc)
    }
}

/// Returns the frame of a line, which is a JSON object, with the CRC-32 as its last member.
pub(super) fn sealed(mut line: Vec<u8>, mut crc: Hasher) -> io::Result<Vec<u8>> {
    line.pop();
    line.extend(b",\"crc32\":\"");
    let mut frame = stored_frame(line.len() + ENDING)?;
    frame.extend(line);
    crc.update(&frame);
    frame.extend(format!("{:08x}", crc.finalize()).bytes());
    frame.extend(CLOSE);
    Ok(frame)
}

/// Returns the start of a zstd frame with one stored block of `len` bytes (RFC 8878, 3.1.1).
fn stored_frame(len: usize) -> io::Result<Vec<u8>> {
    const MAGIC: [u8; 4] = 0xfd2f_b528_u32.to_le_bytes();
    // A single segment; a content size of four bytes; no zstd checksum.
    const DESCRIPTOR: u8 = 0b1010_0000;
    // The last block, stored; the size is above these three bits. A block has at most 128 KiB.
    const LAST: u32 = 0b001;
    let size =
        u32::try_from(len).ok().filter(|size| *size <= 128 << 10).ok_or(io::ErrorKind::FileTooLarge)?;
    let [a, b, c, _] = (size << 3 | LAST).to_le_bytes();
    let mut frame = MAGIC.to_vec();
    frame.push(DESCRIPTOR);
    frame.extend(size.to_le_bytes());
    frame.extend([a, b, c]);
    Ok(frame)
}

/// Returns the digits of the CRC-32 at the end of a file, whatever they are.
pub(super) fn stated_crc32(file: &mut File) -> io::Result<String> {
    let mut ending = Vec::with_capacity(ENDING);
    let covered = file.seek(SeekFrom::End(0))?.saturating_sub(ENDING as u64);
    file.seek(SeekFrom::Start(covered))?;
    file.read_to_end(&mut ending)?;
    ending.truncate(ENDING - CLOSE.len());
    Ok(String::from_utf8_lossy(&ending).into_owned())
}

/// Finds damage at the end of a file, or a wrong CRC-32; reads the file once.
pub(super) fn damage(file: &mut File) -> io::Result<Option<&'static str>> {
    const CUT_OFF: &str = "it is truncated, or data was added to its end";
    let Some(covered) = file.seek(SeekFrom::End(0))?.checked_sub(ENDING as u64) else {
        return Ok(Some(CUT_OFF));
    };
    file.rewind()?;
    let mut crc = Hasher::new();
    let mut buffer = vec![0; 64 << 10];
    let mut rest = (&mut *file).take(covered);
    loop {
        match rest.read(&mut buffer)? {
            0 => break,
            n => crc.update(buffer.get(..n).unwrap_or_default()),
        }
    }
    let mut ending = Vec::with_capacity(ENDING);
    file.read_to_end(&mut ending)?;
    let Some(digits) = ending.strip_suffix(CLOSE) else { return Ok(Some(CUT_OFF)) };
    let altered = digits != format!("{:08x}", crc.finalize()).as_bytes();
    Ok(altered.then_some("it was altered or truncated after it was written (CRC-32 mismatch)"))
}
