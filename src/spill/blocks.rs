//! Compressed blocks of bytes with checksums, in an unnamed file.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};

use zstd::bulk::{Compressor, Decompressor};

use crate::error::{Error, ErrorKind, Result};
use crate::limits;

/// A file of blocks. Several threads may append blocks at once.
#[derive(Debug)]
pub(super) struct Blocks {
    pub(super) file: File,
    end: AtomicU64,
}

/// The position of a block in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) packed: usize,
    bytes: usize,
}

impl Blocks {
    /// Creates a file in the system's directory for temporary files.
    pub(super) fn new() -> Result<Self> {
        let place = std::env::temp_dir();
        let file = tempfile::tempfile().map_err(|e| {
            Error::new(
                ErrorKind::Local,
                format!("cannot create a temporary file in {}: {e}", place.display()),
            )
            .hint(ROOM)
        })?;
        Ok(Self { file, end: AtomicU64::new(0) })
    }

    pub(super) fn write(&self, bytes: &[u8]) -> Result<Place> {
        let packed = CODEC.with_borrow_mut(|codec| codec.pack(bytes)).map_err(|e| full(&e))?;
        let offset = self.end.fetch_add(packed.len() as u64, Ordering::Relaxed);
        self.file.write_all_at(&packed, offset).map_err(|e| full(&e))?;
        Ok(Place { offset, packed: packed.len(), bytes: bytes.len() })
    }

    /// Reads a block, replacing the contents of `into`.
    pub(super) fn read(&self, place: Place, into: &mut Vec<u8>) -> Result<()> {
        let mut packed = vec![0; place.packed];
        self.file.read_exact_at(&mut packed, place.offset).map_err(|e| full(&e))?;
        into.clear();
        into.reserve_exact(place.bytes);
        let unpacked = CODEC.with_borrow_mut(|codec| codec.unpacker.decompress_to_buffer(&packed, into));
        if unpacked.map_err(|e| damaged().because(e))? == place.bytes { Ok(()) } else { Err(damaged()) }
    }
}

thread_local! {
    /// One per thread: creating a codec costs as much as compressing a block.
    static CODEC: RefCell<Codec> = RefCell::default();
}

#[derive(Default)]
struct Codec {
    packer: Compressor<'static>,
    unpacker: Decompressor<'static>,
}

impl Codec {
    fn pack(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        self.packer.set_compression_level(limits::SPILL_LEVEL)?;
        self.packer.include_checksum(true)?;
        self.packer.compress(bytes)
    }
}

const ROOM: &str = "set TMPDIR to a directory with more free space";

pub(super) fn full(e: &io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot write findings to a temporary file: {e}")).hint(ROOM)
}

pub(super) fn damaged() -> Error {
    Error::new(ErrorKind::Corrupt, "the temporary file of findings is damaged")
}
