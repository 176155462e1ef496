//! Events of a recovery, a drill, an abort or a mark other than its steps, and the commands they suggest.

use std::path::Path;

use super::abort::{AbortPlan, AbortedPart};
use super::marks::MarkLine;
use super::report::Event;
use super::snapshots::LooseSnapshot;
use crate::model::{Check, Instant, Location};
use crate::plan::{Sums, Warning};

/// A message to the user while a command is running.
#[derive(Debug)]
pub(crate) enum Notice<'a> {
    /// This machine's clock is this many milliseconds ahead of the server's.
    ClockSkew(i64),
    /// A caution before a database is restored.
    Caution(&'a str),
    /// A caution about a database, without its name in the words.
    Database {
        name: &'a str,
        words: &'a str,
    },
    /// A database cannot be restored to the target time yet; `latest` is the latest time it can be.
    Waiting {
        database: &'a str,
        at: Instant,
        latest: Instant,
    },
    /// A mark was killed, and may have left the application quiesced.
    KilledMark {
        killed: String,
        resumed: Resumed,
    },
    /// An earlier, unfinished recovery is resumed.
    Resuming {
        id: &'a str,
        at: Instant,
    },
    /// A resumed recovery may rewind its buckets again, after a confirmation prompt.
    MayRewind,
    /// A recovery whose state directory is lost is adopted.
    Adopting {
        id: &'a str,
        at: Instant,
    },
    /// The recovery has already finished: the command only checks that it still holds.
    HasEnded {
        id: &'a str,
        at: Instant,
        ended: Instant,
        now: Instant,
    },
    /// A recovery that was in the way of a new one has been closed.
    Closed {
        id: &'a str,
        at: Instant,
        why: &'a str,
    },
    /// The file named these other targets when the recovery began.
    OtherTargets(&'a [String]),
    /// The copies of this earlier drill are being torn down.
    TearingDown(&'a str),
    /// These copies of a drill could not be torn down.
    LeftBehind(&'a [String]),
    /// A drill's copies are kept.
    Kept {
        id: &'a str,
        places: String,
    },
    /// The recovery file of a mark has no quiesce hook.
    Unquiesced,
    /// The same, for a mark with snapshots of stores.
    CrashConsistent,
    /// The target time is that of this mark.
    Marked(&'a MarkLine),
    /// A snapshot that no mark has.
    Loose {
        snapshot: &'a LooseSnapshot,
        fate: &'a SnapshotFate,
    },
    /// The application is quiesced, and no hook resumes it.
    StillQuiesced,
    /// The plan of a recovery: its target time and its effect on each database.
    Plan {
        at: Instant,
        now: Instant,
        lines: &'a [String],
    },
    /// The changes that a recovery would make to a bucket.
    Bucket(BucketPlan<'a>),
    Abort(AbortPlan<'a>),
    /// The result of one part of an abort.
    Aborted(&'a AbortedPart),
    Step(&'a Event<'a>),
}

/// The fate of a snapshot that no mark has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SnapshotFate {
    Released,
    /// This unfinished recovery or drill restores it.
    Needed(String),
    /// It could not be released; why.
    Left(String),
    /// Its ID is unknown: the user has to look for it.
    Unknown,
}

/// The way an application that a killed mark has quiesced is resumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resumed {
    /// Now, before the next mark.
    Now,
    /// At the end of the recovery, or now with this command.
    AtTheEnd(String),
    /// By hand; this command then clears the record that it was quiesced.
    ByHand(String),
    /// By hand.
    Never,
}

#[derive(Debug)]
pub(crate) struct BucketPlan<'a> {
    /// The location whose past state is restored.
    pub location: &'a Location,
    /// The target, if not in place.
    pub to: Option<&'a Location>,
    pub at: Instant,
    pub now: Instant,
    pub checks: &'a [Check],
    pub sums: &'a Sums,
    pub warnings: Vec<Warning>,
}

/// A command to suggest next. Only the command line knows which options to repeat.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NextCommand<'a> {
    Init(&'a Path),
    Recover(&'a Path, Instant),
    /// The same, repeating the options of the command.
    Again(&'a Path, Instant),
    Adopt(&'a Path),
    Abort(&'a Path),
    /// The same, even though the application may be using the restored databases.
    AbortInUse(&'a Path),
    Recoveries,
    Mark(&'a Path),
    Drill(&'a Path, &'a str),
    Undo(&'a str),
}

/// Formats a suggested command.
pub(crate) type Suggest = fn(NextCommand<'_>) -> String;
