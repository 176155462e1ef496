//! The bounds of recoveries and of their databases.

use std::time::Duration;

/// Runs that one recovery step begins for a bucket: a second one if the plan of a resumed run is too old.
pub const BUCKET_RUNS: usize = 2;

/// Findings that a recovery's report lists; the rest are only counted.
pub const FINDINGS: usize = 1000;

/// Interval between checks whether a program has been stopped.
pub const PROGRAM_PAUSE: Duration = Duration::from_secs(1);

/// Interval between checks of the server's clock until its second has passed.
pub const CLOCK_PAUSE: Duration = Duration::from_millis(100);

/// Interval between progress lines of a bucket in a recovery.
pub const RECOVERY_LINE: Duration = Duration::from_secs(5);

/// Attempts that the SDK makes at one request to RDS, below asof's own retries.
pub const DATABASE_ATTEMPTS: u32 = 3;

/// Attempts at a request to RDS that is refused because the database is busy, requests are throttled, or credentials
/// have expired: some eight minutes in all.
pub const DATABASE_REFUSALS: u32 = 30;

/// Minimum length of an RDS master password, in characters
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html>).
pub const MASTER_PASSWORD: usize = 8;

/// Timeout of the command that prints a master password: it queries a secret store.
pub const PASSWORD_READ: Duration = Duration::from_mins(2);

/// Longest wait for RDS to set a master password, which takes it a minute or two.
pub const PASSWORD_SET: Duration = Duration::from_mins(30);

/// Longest wait for a database that is being deleted, or is too busy to be deleted.
pub const DATABASE_GONE: Duration = Duration::from_mins(30);

/// The longest time RDS may know a database being renamed by neither name: AWS says that a rename takes up to ten
/// minutes (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html>).
pub const RENAMED_UNSEEN: Duration = Duration::from_mins(15);

/// The time a database must keep its intended name before the rename counts as done, if a request for another name may
/// have been accepted: RDS still shows only the old name for some seconds after that.
pub const RENAMED_LATE: Duration = Duration::from_secs(15);

/// The longest time RDS may report that a database does not exist after it was seen under that name.
pub const RENAMED_MISSED: Duration = Duration::from_secs(30);

/// The longest time after a restore request in which the database may lack its tags in RDS's answers without being
/// someone else's.
pub const RESTORE_UNTAGGED: Duration = Duration::from_mins(5);

/// The longest time after a restore request in which RDS may report that the database does not exist although it does.
pub const RESTORE_UNSEEN: Duration = Duration::from_secs(30);

/// Longest duration of a recovery or a drill; the default of `--deadline` and the recovery file's setting.
pub const RECOVERY_DEADLINE: Duration = Duration::from_hours(12);

/// Longest duration of a quiesce or resume hook, in a recovery, a mark or an abort; the default of the recovery file's
/// setting. Tools that wait for a rollout give up much earlier.
pub const HOOK_DEADLINE: Duration = Duration::from_hours(1);

/// Timeout of the command that a drill runs after its verdict: it sends a message.
pub const VERDICT_COMMAND: Duration = Duration::from_mins(5);

/// Timeout of a teardown command, which the deadline of a drill does not end.
pub const LAST_COMMAND: Duration = Duration::from_hours(1);

/// The longest time a hook or command in progress may continue past the deadline.
pub const DEADLINE_GRACE: Duration = Duration::from_mins(10);

/// Age from which a drill's copy is swept: twice the default maximum duration of a drill.
pub const SWEPT_AGE: Duration = Duration::from_hours(24);

/// Maximum number of tags on one database, as set by RDS
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html>).
pub const DATABASE_TAGS: usize = 50;

/// Longest identifier of an RDS instance or cluster, in characters
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html>).
pub const DB_IDENTIFIER: usize = 63;

/// Maximum number of instances in an Aurora cluster, including the writer
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html>).
pub const CLUSTER_INSTANCES: usize = 16;

/// Pages of 100 orderable options of an instance class for one engine: a few hundred over all versions and storage
/// types.
pub const DATABASE_PAGES: usize = 20;

/// The largest lag of a database's latest restorable time without a warning: RDS and Aurora lag some five minutes
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html>).
pub const DATABASE_LAG: Duration = Duration::from_hours(1);
