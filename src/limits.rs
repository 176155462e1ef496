//! Every bound in asof, in one place: queues, batches, retries and what is held in memory.

mod recovery;

use std::time::Duration;

pub use recovery::*;

/// Entries asked for in one ListObjectVersions page; S3 never returns more.
pub const PAGE_ENTRIES: i32 = 1000;

/// Entries asked for when one named key is looked up: few keys have more, and those page on.
pub const KEY_PAGE_ENTRIES: i32 = 100;

/// Greatest size of a listing page, in bytes. A thousand entries of the longest keys, every byte of which is
/// percent-encoded, come to about 5 MB.
pub const PAGE_BYTES: usize = 16 << 20;

/// Keys that `--keys-from` takes; above that, listing the bucket costs fewer requests than asking key by key.
pub const KEYS_FROM: usize = 1_000_000;

/// Keys whose histories are read by one walk over the listing.
pub const HISTORY_BATCH: usize = 1000;

/// Walks over the listing at once, when what a run has made is compared with the keys' histories.
pub const HISTORY_BATCHES: usize = 16;

/// Greatest size of a result whose root element may have to be renamed, in bytes: that of one listed part is below 10 KB.
pub const RESULT_BYTES: usize = 1 << 20;

/// Pairs of HEAD requests under way at once, to tell whether two versions are the same object.
pub const CONTENT_CHECKS: usize = 64;

/// The most bytes that S3 copies by one request, `CopyObject` or `UploadPartCopy`
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>).
pub const MAX_COPY_BYTES: u64 = 5 << 30;

/// Parts of one upload; S3 refuses more.
pub const MAX_PARTS: u64 = 10_000;

/// Copies from which on a diff tells of `--no-head`.
pub const WORTH_NO_HEAD: u64 = 1000;

/// Bytes of a part of a copy, where that does not make too many: small enough that a lost one costs seconds.
pub const PART_BYTES: u64 = 128 << 20;

/// Parts of one object under way at once.
pub const PARTS_AT_ONCE: usize = 32;

/// Parts of all objects under way at once.
pub const PARTS_IN_FLIGHT: usize = 128;

/// Times that an upload is abandoned whose parts still come in.
pub const ABORTS: u32 = 3;

/// Days that a thawed version stays readable, unless `--thaw-days` says otherwise.
pub const THAW_DAYS: u32 = 7;

/// Keys in one DeleteObjects request; S3 refuses more.
pub const DELETE_BATCH: usize = 1000;

/// How far this machine's clock may be behind the server's, where no reply has told: S3 refuses requests beyond that.
pub const CLOCK_SKEW: Duration = Duration::from_mins(15);

/// How far this machine's clock may be from the server's before that is said.
pub const NOTED_SKEW: Duration = Duration::from_mins(1);

/// The earliest target time, in seconds since 1970: Amazon S3 began on 2006-03-14.
pub const EARLIEST_TARGET: i64 = 1_142_294_400;

/// A bare number is not taken for seconds since 1970 from here on (2100-01-01): it counts milliseconds, or less.
pub const LATEST_EPOCH: i64 = 4_102_444_800;

/// How long lifecycle rules may still be carried out after others have taken their place; S3 says minutes
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html>).
pub const RULE_LAG: Duration = Duration::from_hours(24);

/// How old a recovery may be that is gone on with because the same was typed, where that means another time by now.
pub const SAME_COMMAND: Duration = Duration::from_hours(24);

/// Times that a copy is sent which races with another writer of its key (409 `ConditionalRequestConflict`).
pub const RACES: u32 = 5;

/// Attempts at one request, the first included.
pub const ATTEMPTS: u32 = 8;

/// Attempts at the first request of a command: a wrong address should not keep anybody waiting.
pub const FIRST_CONTACT_ATTEMPTS: u32 = 3;

/// First pause between attempts; doubles each time, with jitter.
pub const FIRST_BACKOFF: Duration = Duration::from_millis(100);

/// Longest pause between attempts.
pub const MAX_BACKOFF: Duration = Duration::from_secs(20);

/// Longest wait for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest wait for the first byte of the reply to a copy, unless `--read-timeout` is longer: one of 5 GB answers only when it
/// is done. Other requests have [`BODY_IDLE`], or `--read-timeout`.
pub const COPY_TIMEOUT: Duration = Duration::from_mins(5);

/// Longest wait, once a run stops, for the reply to a request that writes. After that its key is left for `resume`, which looks
/// at it.
pub const STOP_GRACE: Duration = Duration::from_secs(1);

/// Longest that one attempt at a listing page may take, the body included.
pub const LIST_TIMEOUT: Duration = Duration::from_mins(1);

/// Longest wait for the next byte of a reply that has begun, unless `--read-timeout` says otherwise. S3 keeps the connection
/// of a long copy alive with a byte of white space every few seconds.
pub const BODY_IDLE: Duration = Duration::from_mins(1);

/// Longest `--read-timeout`: no attempt takes longer.
pub const MAX_BODY_IDLE: Duration = ATTEMPT_TIMEOUT;

/// Longest that one attempt at a request may take, its body included unless that is an object's: a copy of 5 GB at 3 MB/s.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(30);

/// How long an idle connection is kept: less than S3 keeps it, so that none is used which the server has closed.
pub const POOL_IDLE: Duration = Duration::from_secs(15);

/// Changes of each kind that a table shows before it says how to see all.
pub const SHOWN_CHANGES: usize = 5;

/// Top-level prefixes that a table counts one by one; what lies under others is counted together.
pub const COUNTED_PREFIXES: usize = 1000;

/// Storage classes whose copies are counted one by one; S3 has fewer than ten.
pub const COUNTED_CLASSES: usize = 32;

/// Top-level prefixes that a table shows.
pub const SHOWN_PREFIXES: usize = 12;

/// Columns of the narrowest terminal that output is made to fit.
pub const LEAST_COLUMNS: usize = 20;

/// Columns of the narrowest terminal that shows counts in columns.
pub const COLUMNS_OF_COUNTS: usize = 60;

/// Columns that a shortened key has at least in a row with other facts; with less room, it gets a line of its own.
pub const LEAST_KEY: usize = 24;

/// Failed and conflicting keys that are kept for the table at the end of a restore.
pub const SHOWN_FAILURES: usize = 20;

/// Different hints that are shown for the keys that failed in a restore.
pub const SHOWN_HINTS: usize = 5;

/// Requests that write, a second, unless `--rate` says otherwise: below what one S3 prefix bears (3,500).
pub const DEFAULT_RATE: u32 = 3000;

/// Copies and deletes under way at once, unless `--concurrency` says otherwise.
pub const DEFAULT_CONCURRENCY: usize = 128;

/// Largest `--concurrency` and `--list-concurrency`.
pub const MAX_CONCURRENCY: usize = 1024;

/// Attempts to lock a run, [`LOCK_PAUSE`] apart: who lists runs has each locked for a moment.
pub const LOCK_ATTEMPTS: u32 = 10;

/// See [`LOCK_ATTEMPTS`].
pub const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// Keys that are compared at a time where two places are.
pub const JOINED: usize = 1000;

/// Bytes of entries that are written to a temporary file, and read from it, at once. Each range of a listing under way
/// holds so many.
pub const SPILL_BLOCK: usize = 32 << 10;

/// How hard they are compressed: keys that follow each other are alike, and the least effort makes them a fifth.
pub const SPILL_LEVEL: i32 = 1;

/// Listing requests under way at once, unless `--list-concurrency` says otherwise.
pub const DEFAULT_LIST_CONCURRENCY: usize = 64;

/// Longest line of a plan file: a key of 1,024 bytes, each of them escaped, and its versions, many times over.
pub const PLAN_LINE: usize = 16 << 20;

/// Times that a refused listing request is sent again, each after a pause: a server that throttles is waited for, some
/// twenty seconds for one page.
pub const REFUSALS: u32 = 30;

/// Longest pause before a refused listing request is sent again.
pub const MAX_REFUSAL_PAUSE: Duration = Duration::from_secs(1);

/// Buffers for the bodies of listing pages that are kept for the next ones.
pub const SPARE_BUFFERS: usize = 8;

/// Changes that the journal announces at once: so many may have to be looked at after a crash, and so many are carried out
/// for each wait for the disk.
pub const INTENTS: u64 = 1000;

/// Greatest length of a journal's line, in bytes: a result with a long error message is far below.
pub const JOURNAL_LINE: u64 = 1 << 20;

/// Characters of an error that a journal's line keeps: a server may send pages of them, and a line has its limit.
pub const JOURNAL_ERROR: usize = 4000;

/// How long before T an upload in parts may have been begun to be suspect, unless another length is typed.
pub const MULTIPART_WINDOW: Duration = Duration::from_hours(1);

/// The age from which a directory without a run in it is that of a process that was killed: it is filled at once.
pub const UNWRITTEN_RUN: Duration = Duration::from_mins(1);

/// Names that are tried for a new run, each with four random digits after the second it begins in.
pub const RUN_NAMES: u32 = 100;

/// Listing requests under way for each body that is read at a time: bodies that come quickly are read one after another,
/// so that few are held half read.
pub const LISTINGS_A_TURN: usize = 8;

/// How long a body may take before others are read beside it. Eight turns of it are 800 pages a second, however slow the
/// network: more than 64 requests in flight bring from S3.
pub const TURN: Duration = Duration::from_millis(10);

/// Changes that are taken from the plan and not settled yet: a delete request takes a thousand of them.
pub const CHANGES_IN_FLIGHT: usize = 8000;

/// Longest name of a file or directory, in bytes, on the file systems in use.
pub const NAME_BYTES: usize = 255;

/// Longest path, in bytes, that programs on Linux can name (`PATH_MAX` without its NUL).
pub const PATH_BYTES: usize = 4095;

/// Times that one object's download is begun: again only if what came is not what is stored.
pub const DOWNLOADS: u32 = 3;

/// Times that a body which broke off is asked for from where it ended, without a byte between, before its object fails.
pub const BODY_BREAKS: u32 = 5;

/// Pieces of a body that wait to be written to disk.
pub const PIECE_QUEUE: usize = 2;

/// Files of a directory that are listed ahead of the comparison.
pub const LEAF_QUEUE: usize = 1000;

/// Bytes of a file that are read at once.
pub const FILE_BLOCK: usize = 256 << 10;

/// Files that are compared with their objects at once.
pub const FILE_CHECKS: usize = 16;

/// Bytes of what a program prints that are read: an address, two times, one state.
pub const PROGRAM_OUTPUT: u64 = 64 << 10;

/// Characters of a program's wrong answer that an error quotes.
pub const QUOTED: usize = 200;

/// Longest that a program may take which is asked a question: a window, a state, an address.
pub const QUESTION_TIMEOUT: Duration = Duration::from_mins(5);

/// First pause before a database is asked again how far its restore is; doubles each time.
pub const FIRST_DATABASE_PAUSE: Duration = Duration::from_millis(250);

/// Longest pause before a database is asked again how far its restore is. RDS allows few describing requests a second for a
/// whole account, and a restore takes from minutes to hours.
pub const MAX_DATABASE_PAUSE: Duration = Duration::from_secs(20);

/// Longest wait for a database to reach a time that is newer than its latest one: RDS ships its logs every five minutes.
pub const DATABASE_REACH: Duration = Duration::from_mins(30);

/// Longest that the check command of a restored database may take: the application waits for it.
pub const CHECK_TIMEOUT: Duration = Duration::from_hours(1);

/// Questions about a restore that may fail in a row: some twenty minutes, in which credentials are renewed.
pub const DATABASE_FAILURES: u32 = 60;

/// How long an application stands still for a mark, unless the recovery file says otherwise.
pub const MARK_DEADLINE: Duration = Duration::from_mins(5);

/// Bins of a timeline; a span that needs more of them makes them wider.
pub const TIMELINE_BINS: i64 = 8192;

/// Seconds, each with its folders, that a timeline keeps for each kind of event.
pub const TIMELINE_SECONDS: usize = 32 << 10;

/// Events of a kind that wait to be sorted into a timeline.
pub const TIMELINE_FRESH: usize = 32 << 10;

/// Folders that a timeline knows by name.
pub const TIMELINE_PREFIXES: usize = 32 << 10;

/// Levels of folders that a timeline counts by.
pub const PREFIX_DEPTH: usize = 3;

/// Greatest length of a folder that a timeline counts by, in bytes.
pub const PREFIX_BYTES: usize = 200;

/// Seconds before and after a moment that are compared to tell how steep a change is.
pub const BURST_WINDOW: i64 = 60;

/// The least rise, in events a minute, that counts as a burst.
pub const BURST_RISE: u64 = 5;

/// Bursts that a timeline looks for, of each kind of event: runs of asof among them must not hide the others.
pub const FOUND_BURSTS: usize = 20;

/// A burst is not listed where another is more than so many times as large, in events and in rise: six deletes beside a
/// thousand are noise.
pub const MINOR_BURST: u64 = 100;

/// Newest versions of a key that a timeline compares with older ones, to tell copies of these.
pub const TRACED_VERSIONS: usize = 4;

/// Bursts that a timeline shows.
pub const SHOWN_BURSTS: usize = 5;

/// Folders that are named for one burst.
pub const BURST_PREFIXES: usize = 3;

/// The fewest and the most bars of a timeline on a screen, unless `--step` says how long they are.
pub const LEAST_BARS: usize = 12;

/// See [`LEAST_BARS`].
pub const MOST_BARS: usize = 48;

/// Bars of a timeline on a page, unless `--step` says how long they are.
pub const PAGE_BARS: usize = 400;

/// Bars of a timeline in JSON and CSV, unless `--step` says how long they are.
pub const DATA_BARS: usize = 1000;

/// Longest key that S3 takes, in bytes (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
pub const KEY_BYTES: usize = 1024;

/// Bytes of keys that are sorted in memory at once.
pub const SORT_BYTES: usize = 64 << 20;

/// Sorted runs of keys that are merged into one.
pub const SORT_RUNS: usize = 64;

/// Threads that sort keys and write them. When runs are merged, each of them holds a block of every run.
pub const SPILL_THREADS: usize = 4;

/// Fewer keys than this are sorted by one thread: to share them costs more than it saves.
pub const SORT_ALONE: usize = 4096;
