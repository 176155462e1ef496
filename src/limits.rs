//! Every bound in asof, in one place: queues, batches, retries and memory.

mod recovery;
mod state;
mod view;

use std::time::Duration;

pub use recovery::*;
pub use state::*;
pub use view::*;

/// Pause before the next connection is accepted after one could not be.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Entries requested per ListObjectVersions page; S3 never returns more.
pub const PAGE_ENTRIES: i32 = 1000;

/// Entries requested per page when one key is looked up: few keys have more, and those are paged.
pub const KEY_PAGE_ENTRIES: i32 = 100;

/// Maximum size of a listing page, in bytes. A thousand entries with keys of maximum length, every byte
/// percent-encoded, come to about 5 MB.
pub const PAGE_BYTES: usize = 16 << 20;

/// Maximum number of keys in `--keys-from`; beyond that, listing the bucket takes fewer requests than one per key.
pub const KEYS_FROM: usize = 1_000_000;

/// Keys whose histories one scan of the listing reads.
pub const HISTORY_BATCH: usize = 1000;

/// Concurrent scans of the listing when the changes of a run are compared with the keys' histories.
pub const HISTORY_BATCHES: usize = 8;

/// Maximum size, in bytes, of a result whose root element may have to be renamed; one listed part is below 10 KB.
pub const RESULT_BYTES: usize = 1 << 20;

/// Concurrent pairs of HEAD requests that tell whether two versions are the same object.
pub const CONTENT_CHECKS: usize = 64;

/// Maximum size that S3 copies with one request, `CopyObject` or `UploadPartCopy`, in bytes
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>).
pub const MAX_COPY_BYTES: u64 = 5 << 30;

/// Maximum number of parts in one upload, as set by S3.
pub const MAX_PARTS: u64 = 10_000;

/// Number of copies from which a diff suggests `--no-head`.
pub const WORTH_NO_HEAD: u64 = 1000;

/// Size of a copied part in bytes, unless the object then has too many: small enough that a lost part costs seconds.
pub const PART_BYTES: u64 = 128 << 20;

/// Concurrent parts of one object.
pub const PARTS_AT_ONCE: usize = 32;

/// Concurrent parts of all objects.
pub const PARTS_IN_FLIGHT: usize = 128;

/// Attempts to abort an upload whose parts are still arriving.
pub const ABORTS: u32 = 3;

/// Days that a thawed version stays readable; the default of `--thaw-days`.
pub const THAW_DAYS: u32 = 7;

/// Maximum number of keys in one DeleteObjects request, as set by S3.
pub const DELETE_BATCH: usize = 1000;

/// Assumed lag of this machine's clock when no reply has shown it: S3 rejects requests with a larger skew.
pub const CLOCK_SKEW: Duration = Duration::from_mins(15);

/// Clock skew from which asof warns.
pub const NOTED_SKEW: Duration = Duration::from_mins(1);

/// The earliest target time, in seconds since 1970: Amazon S3 began on 2006-03-14.
pub const EARLIEST_TARGET: i64 = 1_142_294_400;

/// Bare numbers from here on (2100-01-01) are not read as seconds since 1970, but as milliseconds or finer.
pub const LATEST_EPOCH: i64 = 4_102_444_800;

/// The time for which a replaced lifecycle configuration may still take effect; S3 says minutes
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html>).
pub const RULE_LAG: Duration = Duration::from_hours(24);

/// Maximum age of a recovery that the same command resumes although its typed time now means another second.
pub const SAME_COMMAND: Duration = Duration::from_hours(24);

/// Attempts at a copy that races with another writer of its key (409 `ConditionalRequestConflict`).
pub const RACES: u32 = 5;

/// Attempts at one request, including the first.
pub const ATTEMPTS: u32 = 8;

/// Attempts at the first request of a command, fewer so that a wrong address fails quickly.
pub const FIRST_CONTACT_ATTEMPTS: u32 = 3;

/// First pause between attempts; doubles each time, with jitter.
pub const FIRST_BACKOFF: Duration = Duration::from_millis(100);

/// Longest pause between attempts.
pub const MAX_BACKOFF: Duration = Duration::from_secs(20);

/// Longest wait for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest wait for the first byte of the reply to a copy, unless `--read-timeout` is longer: a copy of 5 GB answers
/// only when it is done. Other requests wait for [`BODY_IDLE`] or `--read-timeout`.
pub const COPY_TIMEOUT: Duration = Duration::from_mins(5);

/// Longest wait for the reply to a write once a run is stopping. After that, the key is left for `resume`, which
/// looks at it.
pub const STOP_GRACE: Duration = Duration::from_secs(1);

/// Longest wait for the message about a signal to be written, and for the metrics of an aborted command.
pub const LAST_WORDS: Duration = Duration::from_secs(1);

/// Longest duration of one attempt at a listing page, including its body.
pub const LIST_TIMEOUT: Duration = Duration::from_mins(1);

/// Longest wait for the next byte of a reply; the default of `--read-timeout`. S3 keeps the connection of a long copy
/// alive with a byte of white space every few seconds.
pub const BODY_IDLE: Duration = Duration::from_mins(1);

/// Maximum `--read-timeout`: no attempt takes longer.
pub const MAX_BODY_IDLE: Duration = ATTEMPT_TIMEOUT;

/// Longest duration of one attempt at a request, including its body unless that is an object's: a copy of 5 GB at 3
/// MB/s.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(30);

/// The time an idle connection is kept: less than S3 keeps it, so that asof never uses one that the server has closed.
pub const POOL_IDLE: Duration = Duration::from_secs(15);

/// Changes of each kind that a table shows before it says how to see them all.
pub const SHOWN_CHANGES: usize = 5;

/// Top-level prefixes that a table counts separately; the rest are counted together.
pub const COUNTED_PREFIXES: usize = 1000;

/// Storage classes whose copies are counted one by one; S3 has fewer than ten.
pub const COUNTED_CLASSES: usize = 32;

/// Top-level prefixes that a table shows.
pub const SHOWN_PREFIXES: usize = 12;

/// Shards of a plan set that a table shows before it says how to see them all.
pub const SHOWN_SHARDS: usize = 20;

/// Shards with problems that a table of a plan set's runs shows.
pub const WORST_SHARDS: usize = 20;

/// Columns of the narrowest terminal that output is made to fit.
pub const LEAST_COLUMNS: usize = 20;

/// Columns of the narrowest terminal that shows counts in columns.
pub const COLUMNS_OF_COUNTS: usize = 60;

/// Columns that a shortened key has at least in a row with other facts; with less room, it gets a line of its own.
pub const LEAST_KEY: usize = 24;

/// Failed and conflicting keys kept for the table at the end of a restore.
pub const SHOWN_FAILURES: usize = 20;

/// Distinct hints shown for the failed keys of a restore.
pub const SHOWN_HINTS: usize = 5;

/// Write requests per second; the default of `--rate`. Below the limit of one S3 prefix (3,500).
pub const DEFAULT_RATE: u32 = 3000;

/// Concurrent copies and deletes; the default of `--concurrency`.
pub const DEFAULT_CONCURRENCY: usize = 128;

/// Maximum `--lanes`: each lane keeps a reader of the plan, a third of a MiB, in memory.
pub const MAX_LANES: u32 = 32;

/// Lanes of a large plan unless `--lanes` sets their number: with more than one per partition in use, the load stays
/// even where the lanes and the partitions do not begin at the same keys.
pub const DEFAULT_LANES: u32 = 16;

/// Changes for which a plan gets one more lane.
pub const LANE_CHANGES: u64 = 4096;

/// Changes per zstd frame of a plan: reading may begin at any frame.
pub const PLAN_FRAME: u64 = 2048;

/// Frames whose beginnings are kept while a plan is read; of a plan with more, every second, every fourth, and so on.
pub const PLAN_FRAMES: usize = 1024;

/// The zstd window of a plan, as a power of two: what a reader keeps in memory. Plans are nearly as small as with a
/// larger one, because what repeats is in adjacent lines.
pub const PLAN_WINDOW_LOG: u32 = 16;

/// Bytes of a plan that a reader fetches at once.
pub const PLAN_BLOCK: usize = 16 << 10;

/// Copies and deletes in flight whose replies one thread handles: each takes about 0.1 ms over plain HTTP, and S3
/// rarely replies within 30 ms. On two CPUs, two threads took 1/2 more processor time, and were not faster.
pub const REQUESTS_PER_THREAD: usize = 256;

/// Maximum `--concurrency` and `--list-concurrency`.
pub const MAX_CONCURRENCY: usize = 1024;

/// Keys compared at a time when two places are compared.
pub const JOINED: usize = 1000;

/// Block size of temporary files, in bytes. Each range being listed holds one block.
pub const SPILL_BLOCK: usize = 32 << 10;

/// Compression level of temporary files: adjacent keys are similar, and the lowest level shrinks them to a fifth.
pub const SPILL_LEVEL: i32 = 1;

/// Concurrent listing requests; the default of `--list-concurrency`.
pub const DEFAULT_LIST_CONCURRENCY: usize = 64;

/// Longest line of a plan file, in bytes: many times a key of 1,024 bytes, each escaped, with its versions.
pub const PLAN_LINE: usize = 16 << 20;

/// Retries of a throttled request, each after a pause: asof waits some twenty seconds for one page.
pub const REFUSALS: u32 = 30;

/// Longest pause before a throttled request is sent again.
pub const MAX_REFUSAL_PAUSE: Duration = Duration::from_secs(1);

/// Buffers for the bodies of listing pages that are kept for reuse.
pub const SPARE_BUFFERS: usize = 8;

/// The age at T up to which an unfinished multipart upload is suspect; the default of the window.
pub const MULTIPART_WINDOW: Duration = Duration::from_hours(1);

/// Concurrent listing requests per body being read: bodies that arrive quickly are read one after another, so that few
/// are held half read.
pub const LISTINGS_A_TURN: usize = 8;

/// The time one body may take before others are read beside it. Eight turns of this length are 800 pages a second on
/// any network: more than 64 concurrent requests fetch from S3.
pub const TURN: Duration = Duration::from_millis(10);

/// Changes taken from the plan and not yet settled: one delete request takes a thousand of them.
pub const CHANGES_IN_FLIGHT: usize = 8000;

/// Delete markers collected until a request is full of them: each lane collects its own, so that their keys are listed
/// together.
pub const MARKERS_COLLECTED: usize = 4000;

/// Longest file or directory name on common file systems, in bytes.
pub const NAME_BYTES: usize = 255;

/// Longest path that Linux programs accept, in bytes (`PATH_MAX` without its NUL).
pub const PATH_BYTES: usize = 4095;

/// Attempts at downloading one object: repeated only if the received bytes are not the stored ones.
pub const DOWNLOADS: u32 = 3;

/// Times an interrupted body is requested from where it ended, with no byte received in between, before its object
/// fails.
pub const BODY_BREAKS: u32 = 5;

/// Pieces of a body waiting to be written to disk.
pub const PIECE_QUEUE: usize = 2;

/// Files of a directory listed ahead of the comparison.
pub const LEAF_QUEUE: usize = 1000;

/// Bytes of a file read at once.
pub const FILE_BLOCK: usize = 256 << 10;

/// Files compared with their objects concurrently.
pub const FILE_CHECKS: usize = 16;

/// Bytes read of a program's output: an address, two times, a state.
pub const PROGRAM_OUTPUT: u64 = 64 << 10;

/// Bytes of the ID of a store's snapshot.
pub const SNAPSHOT_ID: usize = 1024;

/// Characters of a program's invalid output that an error quotes.
pub const QUOTED: usize = 200;

/// Timeout of a program that answers a question: a window, a state, an address.
pub const QUESTION_TIMEOUT: Duration = Duration::from_mins(5);

/// First pause before asking for a database's restore progress again; doubles each time.
pub const FIRST_DATABASE_PAUSE: Duration = Duration::from_millis(250);

/// Longest pause before asking for a database's restore progress again. RDS allows few describe requests per second for
/// a whole account, and a restore takes from minutes to hours.
pub const MAX_DATABASE_PAUSE: Duration = Duration::from_secs(20);

/// Longest wait until a database can be restored to a target time newer than its latest: RDS ships logs every five
/// minutes.
pub const DATABASE_REACH: Duration = Duration::from_mins(30);

/// Timeout of the check command of a restored database: the application waits for it.
pub const CHECK_TIMEOUT: Duration = Duration::from_hours(1);

/// Consecutive failed progress requests tolerated: some twenty minutes, enough to renew credentials.
pub const DATABASE_FAILURES: u32 = 60;

/// The longest time an application may be quiesced for a mark; the default of the recovery file's setting.
pub const MARK_DEADLINE: Duration = Duration::from_mins(5);

/// Maximum number of bins in a timeline; longer spans get wider bins.
pub const TIMELINE_BINS: i64 = 8192;

/// Seconds, each with its folders, that a timeline keeps for each kind of event.
pub const TIMELINE_SECONDS: usize = 32 << 10;

/// Events of one kind buffered before they are sorted into a timeline.
pub const TIMELINE_FRESH: usize = 32 << 10;

/// Folders that a timeline tracks by name.
pub const TIMELINE_PREFIXES: usize = 32 << 10;

/// Folder levels that a timeline counts by.
pub const PREFIX_DEPTH: usize = 3;

/// Maximum length of a folder that a timeline counts by, in bytes.
pub const PREFIX_BYTES: usize = 200;

/// Seconds before and after a point in time that are compared to measure a rise in activity.
pub const BURST_WINDOW: i64 = 60;

/// The smallest rise, in events per minute, that counts as a burst.
pub const BURST_RISE: u64 = 5;

/// Bursts that a timeline looks for, per kind of event: asof's own runs among them must not hide the others.
pub const FOUND_BURSTS: usize = 20;

/// A burst is omitted if another is more than this many times as large, in events and in rise: six deletes beside a
/// thousand are noise.
pub const MINOR_BURST: u64 = 100;

/// Newest versions of a key that a timeline compares with older ones to recognize copies of them.
pub const TRACED_VERSIONS: usize = 4;

/// Bursts that a timeline shows.
pub const SHOWN_BURSTS: usize = 5;

/// Folders listed for one burst.
pub const BURST_PREFIXES: usize = 3;

/// The minimum number of bars in a timeline on a terminal, unless `--step` sets their length.
pub const LEAST_BARS: usize = 12;

/// The maximum number of bars in a timeline on a terminal, unless `--step` sets their length.
pub const MOST_BARS: usize = 48;

/// Characters of a key or another name in an HTML page; both ends of a longer one are shown.
pub const PAGE_NAME: usize = 96;

/// Keys of one kind that an HTML page lists.
pub const PAGE_KEYS: usize = 50;

/// Folders in the picture of an HTML page.
pub const PAGE_FOLDERS: usize = 20;

/// Bars in an HTML timeline, unless `--step` sets their length.
pub const PAGE_BARS: usize = 400;

/// Bars in a JSON or CSV timeline, unless `--step` sets their length.
pub const DATA_BARS: usize = 1000;

/// Longest key that S3 accepts, in bytes (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
pub const KEY_BYTES: usize = 1024;

/// Bytes of keys sorted in memory at once.
pub const SORT_BYTES: usize = 64 << 20;

/// Sorted runs of keys merged into one.
pub const SORT_RUNS: usize = 64;

/// Threads that sort and write keys. A merge holds one block of every run per thread.
pub const SPILL_THREADS: usize = 4;

/// Smaller sets of keys are sorted by one thread: sharing them costs more than it saves.
pub const SORT_ALONE: usize = 4096;

/// Bytes of earlier metrics that are searched for the time of the last success: metrics of a recovery have a line for
/// each step.
pub const METRICS_BYTES: u64 = 1 << 20;
