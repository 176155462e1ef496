//! The bounds of plan sets, workers, and the state of runs.

use std::time::Duration;

/// Attempts to lock a run, [`LOCK_PAUSE`] apart: listing runs locks each for a moment.
pub const LOCK_ATTEMPTS: u32 = 10;

/// Pause between attempts to lock a run; see [`LOCK_ATTEMPTS`].
pub const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// Maximum number of shards of a plan set: an AWS Batch array job has at most 10,000 children
/// (<https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html>).
pub const MAX_SHARDS: u32 = 10_000;

/// Requests per shard with `--shards auto`: minutes of work at the default rate, so that a lost worker costs little.
pub const SHARD_REQUESTS: u64 = 500_000;

/// The number of times a platform restarts the worker of a shard; AWS Batch allows ten attempts.
pub const WORKER_RETRIES: u32 = 5;

/// Workers at the same time that `asof jobs` describes unless told otherwise.
pub const WORKERS: u32 = 16;

/// Memory that `asof jobs` requests for each worker, in MiB: more than twice what a worker needs.
pub const WORKER_MIB: u32 = 256;

/// Maximum number of tasks in a Slurm job array unless `MaxArraySize` is set.
pub const SLURM_TASKS: u32 = 1001;

/// Maximum size of the manifest of a plan set, in bytes: twice that of [`MAX_SHARDS`] shards whose keys are as long as
/// keys can be, every byte escaped.
pub const SET_MANIFEST_BYTES: u64 = 256 << 20;

/// Attempts to lock the claims of a state directory, [`LOCK_PAUSE`] apart: hundreds of workers may begin at once, each
/// of which holds the lock while it reads the claims of the others.
pub const CLAIM_ATTEMPTS: u32 = 1500;

/// Changes that the journal announces at once: at most this many have to be checked after a crash, and this many are
/// applied per fsync.
pub const INTENTS: u64 = 1000;

/// Conditional writes of one object at once, of which a store that keeps state must accept one. In a versioned
/// bucket, Ceph RGW 16 accepts all 16.
pub const PROBE_WRITES: usize = 16;

/// Bytes per second that an upload of a plan or of state must reach.
pub const SLOWEST_UPLOAD: u64 = 1 << 20;

/// Bytes of a file that are read at once.
pub const READ_BUFFER: usize = 1 << 16;

/// Probes of a store of which each met a transient error.
pub const PROBES: u32 = 3;

/// Longest wait until all of these writes are under way.
pub const CONTEST_WAIT: Duration = Duration::from_secs(5);

/// Pause before they are completed, in which a server receives the last of them.
pub const CONTEST_PAUSE: Duration = Duration::from_millis(100);

/// Attempts to take over a run whose worker writes its journal meanwhile.
pub const TAKEOVERS: u32 = 16;

/// Objects of a journal that are read at once.
pub const STATE_READS: usize = 16;

/// Bytes of results after which the journal of a run is written to its bucket, so that little of it is lost and needs memory.
pub const JOURNAL_PIECE: u64 = 4 << 20;

/// Maximum size of an object of a journal, in bytes: many times that of [`JOURNAL_PIECE`], as one piece of work is added.
pub const JOURNAL_OBJECT: u64 = 64 << 20;

/// Maximum number of names in a folder of a bucket with plan sets or state: a run of 500 million changes has as many
/// objects of its journal.
pub const STATE_NAMES: usize = 1_000_000;

/// Maximum length of a journal line, in bytes: far above a result with a long error message.
pub const JOURNAL_LINE: u64 = 1 << 20;

/// Characters of an error message kept in a journal line: a server may send pages of text, and lines are limited.
pub const JOURNAL_ERROR: usize = 4000;

/// Age from which a run directory without a run belongs to a killed process: a live one fills it at once.
pub const UNWRITTEN_RUN: Duration = Duration::from_mins(1);

/// Names tried for a new run: the second it begins in, and four random digits.
pub const RUN_NAMES: u32 = 100;
