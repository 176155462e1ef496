//! Whether the steps that a recovery noted as done still hold when it is resumed: the journal says what was done, the world
//! what is left of it.

use super::journal::{InUse, RecoveryState, Status};
use super::steps::Step;
use crate::db::Found;

/// What a look at the outcome of a done step saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// What stands where the database was restored to.
    Database(Found),
    /// The database is of a kind that cannot tell.
    Untold,
    /// Why the names of a database and its source are not swapped any more, if they are not.
    Swapped(Option<String>),
    /// So many keys of the bucket are neither as they were at T nor as this recovery left them.
    Bucket(u64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Held {
    Holds,
    /// It does, and keys were written since: why that is told.
    Written(String),
    /// It does not, and the step is taken again: why.
    TakeAgain(String),
    /// It does not, and the application may be using what is there: a person has to decide. Why.
    Refuse(String),
}

/// Whether a done step still holds, by what a look saw; `used` says for what it is used since.
///
/// | seen | used | the step |
/// |---|---|---|
/// | the database, available or on the way to it (settling takes it there again) | | holds |
/// | a database that cannot tell | | holds: its own command said so |
/// | no database, a failed one, another's | no | is taken again |
/// | no database, a failed one, another's | it has its source's name | refused: that the source has another has to be taken back first |
/// | no database, a failed one, another's | written | refused: restored again, it would lack what the application has written, and be rewound with the bucket |
/// | names that are swapped | | holds |
/// | names that are not any more | not written | is taken again |
/// | names that are not any more | written | refused: a person has renamed what the application uses |
/// | a bucket as it was left | | holds |
/// | a bucket with other keys | not written | is taken again |
/// | a bucket with other keys | written | holds, and they are findings: the application may have written them, and a second rewind would lose what its rows name |
///
/// That another recovery or run, or an undo, overtook the recovery is known before this, and closes it.
pub(crate) fn what_holds(seen: &Seen, used: InUse) -> Held {
    match seen {
        Seen::Database(Found::Available | Found::Restoring)
        | Seen::Untold
        | Seen::Swapped(None)
        | Seen::Bucket(0) => Held::Holds,
        Seen::Database(found) => {
            let why = match found {
                Found::Failed(why) => format!("the restored database has failed since: {why}"),
                Found::Foreign(what) => format!("another database has taken its place: {what}"),
                Found::Nothing | Found::Available | Found::Restoring => {
                    "the restored database no longer exists".to_owned()
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

/// Whether a quiesce hook that was run is run again when the recovery is resumed, given the steps that are taken again:
///
/// | resume hook begun | taken again | a bucket in place is not restored yet | again |
/// |---|---|---|---|
/// | yes | | | no: nothing is taken again then |
/// | no | a bucket in place | | yes: somebody writes |
/// | no | | yes | yes: nobody knows whether the application was started meanwhile |
/// | no | nothing, or a database only | no | no |
///
/// Only where no time is lost by it is it left out: buckets were just seen to be as they were left, so nobody has written.
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
