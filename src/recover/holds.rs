//! Checks that steps recorded as done still hold when a recovery is resumed: the journal records the past, a look at S3
//! and the databases shows what is left of it.

use super::journal::{InUse, RecoveryState, Status};
use super::steps::Step;
use crate::db::{Found, Noun};

/// The current state of the outcome of a done step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// The kind of resource, and its state at the target.
    Database(Noun, Found),
    /// This kind of database cannot report its state.
    Untold,
    /// The reason that the names of a database and its source are no longer swapped; `None` if they are.
    Swapped(Option<String>),
    /// The number of the bucket's keys that are neither as they were at T nor as this recovery left them.
    Bucket(u64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Held {
    Holds,
    /// The step holds, but keys were written since; why.
    Written(String),
    /// The step does not hold and is repeated; why.
    TakeAgain(String),
    /// The step does not hold, and the application may be using the data, so the user has to decide; why.
    Refuse(String),
}

/// Decides whether a done step still holds. `used` tells how its outcome has been used since.
///
/// | seen | used | the step |
/// |---|---|---|
/// | the database, available or restoring (settling waits for it again) | | holds |
/// | a database that cannot report its state | | holds: its own command reported success |
/// | no database, a failed one, or another one | no | is repeated |
/// | no database, a failed one, or another one | it has its source's name | refused: the source must get its name back first |
/// | no database, a failed one, or another one | written | refused: restored again, it would lack the application's writes, and be rewound with the bucket |
/// | swapped names | | holds |
/// | names no longer swapped | not written | is repeated |
/// | names no longer swapped | written | refused: someone has renamed databases that the application uses |
/// | a bucket as it was left | | holds |
/// | a bucket with other keys | not written | is repeated |
/// | a bucket with other keys | written | holds, and they are findings: the application may have written them, and a second rewind would lose objects that its rows name |
///
/// If another recovery, run or undo has overtaken the recovery, it is closed before this is called.
pub(crate) fn what_holds(seen: &Seen, used: InUse) -> Held {
    match seen {
        Seen::Database(_, Found::Available | Found::Restoring)
        | Seen::Untold
        | Seen::Swapped(None)
        | Seen::Bucket(0) => Held::Holds,
        Seen::Database(noun, found) => {
            let why = match found {
                Found::Failed(why) => format!("the restored {noun} has failed since: {why}"),
                Found::Foreign(what) => format!("another {noun} has taken its place: {what}"),
                Found::Nothing | Found::Available | Found::Restoring => {
                    format!("the restored {noun} no longer exists")
                }
            };
            if used == InUse::No { Held::TakeAgain(why) } else { Held::Refuse(why) }
        }
        Seen::Swapped(Some(why)) if used == InUse::Written => Held::Refuse(why.clone()),
        Seen::Swapped(Some(why)) => Held::TakeAgain(why.clone()),
        Seen::Bucket(keys) if used == InUse::Written => {
            Held::Written(format!("{} since it was restored, {LEFT}", written(*keys)))
        }
        Seen::Bucket(keys) => Held::TakeAgain(format!("{} since it was restored", written(*keys))),
    }
}

const LEFT: &str = "and left unchanged, since the application may have been resumed";

fn written(keys: u64) -> String {
    if keys == 1 { "1 key was changed".to_owned() } else { format!("{keys} keys were changed") }
}

/// Returns true to run a done quiesce hook again when the recovery is resumed and the steps in `again` are repeated:
///
/// | resume hook begun | repeated steps | a bucket in place is not restored yet | run again |
/// |---|---|---|---|
/// | yes | | | no: then nothing is repeated |
/// | no | a bucket in place | | yes: something is writing |
/// | no | | yes | yes: the application may have been started meanwhile |
/// | no | none, or only a database's | no | no |
///
/// It is skipped only if that is safe: the buckets were just seen as they were left, so nothing has been written.
pub(crate) fn quiesces_again(state: &RecoveryState, again: &[Step]) -> bool {
    let Some(shape) = state.shape().filter(|_| state.status(Step::Quiesce) == Some(&Status::Done)) else {
        return false;
    };
    let in_place = |n: usize| shape.in_place.get(n) == Some(&true);
    let left = (0..shape.in_place.len())
        .any(|n| in_place(n) && state.status(Step::Bucket(n)) != Some(&Status::Done));
    let bucket_again = again.iter().any(|step| matches!(step, Step::Bucket(n) if in_place(*n)));
    !state.is_resume_begun() && (bucket_again || left)
}

#[cfg(test)]
mod tests;
