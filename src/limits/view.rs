//! Bounds of reading the past.

use std::time::Duration;

/// Entries of a page of keys and folders at a past time: as many as S3 lists at once.
pub const VIEW_PAGE: usize = 1000;

/// Delete markers in a row, above a version, that wait until that version can be compared with the next older one.
pub const WAITING_MARKERS: usize = 1000;

/// Keys of a folder that are passed one by one before the next key is looked for.
pub const PASSED_KEYS: usize = 64;

/// Maximum size of an access key file, in bytes.
pub const ACCESS_KEY_FILE: u64 = 64 << 10;

/// Memory for the states of keys that a view keeps for the next request, in bytes: some ten thousand keys a bucket.
pub const SERVE_CACHE_BYTES: usize = 6 << 20;

/// Maximum number of connections to a view; further clients wait.
pub const SERVE_CONNECTIONS: usize = 1024;

/// Maximum number of objects that a view sends at once; further requests wait for their turn.
pub const SERVE_STREAMS: usize = 256;

/// Maximum number of listing requests of a view at once.
pub const SERVE_LOOKUPS: usize = 32;

/// Maximum size of the head of a request to a view, and of a body waiting to be sent to its client, in bytes.
pub const SERVE_BUFFER: usize = 64 << 10;

/// Longest wait for the head of a request to a view: the idle timeout of its connections.
pub const SERVE_HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest wait for a client of a view to take anything of its reply.
pub const SERVE_WRITE_IDLE: Duration = Duration::from_mins(1);

/// Maximum size of the body of a read request to a view, which needs none, in bytes.
pub const SERVE_BODY_BYTES: usize = 16 << 10;

/// Bytes that a view reads past in the body of a request that it refuses, before it cuts the connection.
pub const SERVE_DISCARDED_BYTES: usize = 16 << 20;

/// Longest wait for the body of a request to a view.
pub const SERVE_BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest time for replies being sent when a view ends.
pub const SERVE_END: Duration = Duration::from_secs(10);

/// Attempts at one request that is relayed for a client, which waits for the reply and has retries of its own.
pub const RELAY_ATTEMPTS: u32 = 3;

/// Maximum size of the buffer of a connection that objects stream through, in bytes, and of the head of a reply there.
pub const RELAY_BUFFER: usize = 32 << 10;
