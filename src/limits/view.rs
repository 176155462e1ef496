//! Bounds of reading the past.

/// Entries of a page of keys and folders at a past time: as many as S3 lists at once.
pub const VIEW_PAGE: usize = 1000;

/// Delete markers in a row, above a version, that wait until that version can be compared with the next older one.
pub const WAITING_MARKERS: usize = 1000;

/// Keys of a folder that are passed one by one before the next key is looked for.
pub const PASSED_KEYS: usize = 64;

/// Maximum size of an access key file, in bytes.
pub const ACCESS_KEY_FILE: u64 = 64 << 10;
