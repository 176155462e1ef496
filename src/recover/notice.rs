//! Events of a recovery, a drill, an abort or a mark beside its steps, and the commands that they suggest.

use std::path::Path;

use super::abort::{AbortPlan, AbortedPart};
use super::report::Event;
use crate::model::{Check, Instant, Location};
use crate::plan::{Sums, Warning};

/// Something that a person should know while a command goes on.
#[derive(Debug)]
pub(crate) enum Notice<'a> {
    /// This machine's clock is so many milliseconds ahead of the server's.
    ClockSkew(i64),
    /// What should be known before a database is restored.
    Caution(&'a str),
    /// The same, without the database's name in the words.
    Database {
        name: &'a str,
        words: &'a str,
    },
    /// A database cannot be restored to the target time yet, but to this one.
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
    /// A recovery that was begun before is resumed.
    Resuming {
        id: &'a str,
        at: Instant,
    },
    /// A resumed recovery may rewind its buckets once more, and somebody will be asked.
    MayRewind,
    /// A recovery whose state directory is lost is adopted.
    Adopting {
        id: &'a str,
        at: Instant,
    },
    /// The recovery has ended before: the command only looks whether it holds.
    HasEnded {
        id: &'a str,
        at: Instant,
        ended: Instant,
        now: Instant,
    },
    /// A recovery that was in the way of a new one is closed.
    Closed {
        id: &'a str,
        at: Instant,
        why: &'a str,
    },
    /// The file named these other targets when the recovery began.
    OtherTargets(&'a [String]),
    /// The copies of this earlier drill are torn down.
    TearingDown(&'a str),
    /// Copies of a drill that could not be torn down.
    LeftBehind(&'a [String]),
    /// A drill's copies are kept.
    Kept {
        id: &'a str,
        places: String,
    },
    /// A mark's file has no quiesce hook.
    Unquiesced,
    /// Nothing lets the application go on.
    StandsStill,
    /// What a recovery would do: to which time, and to each database.
    Plan {
        at: Instant,
        now: Instant,
        lines: &'a [String],
    },
    /// What a recovery would change in a bucket.
    Bucket(BucketPlan<'a>),
    Abort(AbortPlan<'a>),
    /// What became of a part of it.
    Aborted(&'a AbortedPart),
    Step(&'a Event<'a>),
}

/// When an application is resumed that a killed mark has quiesced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resumed {
    /// Before the next mark.
    Now,
    /// At the end of the recovery, or now by this command.
    AtTheEnd(String),
    /// By hand; then this command forgets that it was quiesced.
    ByHand(String),
    /// By hand.
    Never,
}

#[derive(Debug)]
pub(crate) struct BucketPlan<'a> {
    /// The place whose past is restored.
    pub location: &'a Location,
    /// Where to, if not in place.
    pub to: Option<&'a Location>,
    pub at: Instant,
    pub now: Instant,
    pub checks: &'a [Check],
    pub sums: &'a Sums,
    pub warnings: Vec<Warning>,
}

/// A command that a person may run next. Only the command line knows the options that it repeats.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NextCommand<'a> {
    Init(&'a Path),
    Recover(&'a Path, Instant),
    /// The same, with the options that say how the command goes.
    Again(&'a Path, Instant),
    Adopt(&'a Path),
    Abort(&'a Path),
    /// The same, though the application may use the restored databases.
    AbortInUse(&'a Path),
    Recoveries,
    Mark(&'a Path),
    Drill(&'a Path, &'a str),
    Undo(&'a str),
}

/// Says how such a command is typed.
pub(crate) type Suggest = fn(NextCommand<'_>) -> String;
