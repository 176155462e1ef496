//! The bounds of recoveries, and of the databases in them.

use std::time::Duration;

/// Runs that one step of a recovery begins for a bucket: one more where the plan of a run that is resumed is too old.
pub const BUCKET_RUNS: usize = 2;

/// Findings that the report of a recovery names one by one; the others are counted.
pub const FINDINGS: usize = 1000;

/// Pause between two looks whether a program has been stopped.
pub const PROGRAM_PAUSE: Duration = Duration::from_secs(1);

/// Pause between two looks at the server's clock, until its second is over.
pub const CLOCK_PAUSE: Duration = Duration::from_millis(100);

/// Pause between two lines that tell how far a bucket's part in a recovery is.
pub const RECOVERY_LINE: Duration = Duration::from_secs(5);

/// Attempts that the SDK makes at one request to RDS, before asof's own patience begins.
pub const DATABASE_ATTEMPTS: u32 = 3;

/// Times that a request to RDS is made that is refused because the database is busy, requests are too many, or credentials
/// have expired: some eight minutes in all.
pub const DATABASE_REFUSALS: u32 = 30;

/// Characters that a master password of RDS has at least
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html>).
pub const MASTER_PASSWORD: usize = 8;

/// Longest that the command which prints a master password may take: it asks a secret store.
pub const PASSWORD_READ: Duration = Duration::from_mins(2);

/// Longest that RDS is given to set a master password, which takes it a minute or two.
pub const PASSWORD_SET: Duration = Duration::from_mins(30);

/// Longest that a database which is being deleted, or is too busy to be deleted, is waited for.
pub const DATABASE_GONE: Duration = Duration::from_mins(30);

/// How long RDS may know a database that is being renamed by neither of its names: a new name is said to take ten minutes
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html>).
pub const RENAMED_UNSEEN: Duration = Duration::from_mins(15);

/// How long a database keeps the name that it is to have before it counts as having it, where a request for another may have
/// been accepted: RDS shows the old name, and nothing else, for some seconds after that.
pub const RENAMED_LATE: Duration = Duration::from_secs(15);

/// How long RDS may say once more that there is no database of a name that one was seen under.
pub const RENAMED_MISSED: Duration = Duration::from_secs(30);

/// How long after a restore was asked for its database may lack its tags in RDS's answers, without being somebody else's.
pub const RESTORE_UNTAGGED: Duration = Duration::from_mins(5);

/// How long after a restore was asked for RDS may say that there is no such database, although there is one.
pub const RESTORE_UNSEEN: Duration = Duration::from_secs(30);

/// Longest that a recovery or a drill may take, unless `--deadline` or the recovery file says otherwise.
pub const RECOVERY_DEADLINE: Duration = Duration::from_hours(12);

/// Longest that a quiesce or a resume hook may take, in a recovery, a mark or an abort, unless the recovery file says otherwise:
/// whoever waits for a deployment to roll out gives up much earlier.
pub const HOOK_DEADLINE: Duration = Duration::from_hours(1);

/// Longest that a teardown command may take: the deadline of a drill does not end it.
pub const LAST_COMMAND: Duration = Duration::from_hours(1);

/// Longest that a hook or a command which is under way at the deadline is let run on.
pub const DEADLINE_GRACE: Duration = Duration::from_mins(10);

/// How old a drill's copy is before it is swept: twice as old as a drill may get by default.
pub const SWEPT_AGE: Duration = Duration::from_hours(24);

/// Tags that RDS allows of one database
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html>).
pub const DATABASE_TAGS: usize = 50;

/// Longest identifier of an instance or a cluster of RDS
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html>).
pub const DB_IDENTIFIER: usize = 63;

/// Instances of an Aurora cluster, the writer among them
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html>).
pub const CLUSTER_INSTANCES: usize = 16;

/// Pages of 100 of the ways in which RDS offers an instance class of one engine: a few hundred of all versions and storage types.
pub const DATABASE_PAGES: usize = 20;

/// A database that can be restored up to a time so long ago makes one wonder: RDS and Aurora are some five minutes behind
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html>).
pub const DATABASE_LAG: Duration = Duration::from_hours(1);
