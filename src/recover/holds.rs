//! Whether the steps that a recovery noted as done still hold when it is resumed: the journal says what was done, the world
//! what is left of it.

use super::journal::{State, Status};
use super::steps::Step;
use crate::db::Found;

/// What a look at the outcome of a done step saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// What stands where the database was restored to.
    Database(Found),
    /// The database is of a kind that cannot tell.
    Untold,
    /// So many keys of the bucket are neither as they were at T nor as this recovery left them.
    Bucket(u64),
}

/// Whether a done step still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// It does.
    Holds,
    /// It does, and keys were written since: why that is told.
    Written(String),
    /// It does not, and the step is taken again: why.
    TakeAgain(String),
    /// It does not, and the application may be using what is there: a person has to decide. Why.
    Refuse(String),
}

/// Whether a done step still holds, by what a look saw; `resumed` says that the resume hook was begun after it.
///
/// | seen | resume hook begun | the step |
/// |---|---|---|
/// | the database, available or on the way to it (settling takes it there again) | | holds |
/// | a database that cannot tell | | holds: its own command said so |
/// | no database, a failed one, another's | no | is taken again |
/// | no database, a failed one, another's | yes | refused: restored again, it would lack what the application has written, and be rewound with the bucket |
/// | a bucket as it was left | | holds |
/// | a bucket with other keys | no | is taken again |
/// | a bucket with other keys | yes | holds, and they are findings: the application may have written them, and a second rewind would lose what its rows name |
///
/// That another recovery or run, or an undo, overtook the recovery is known before this, and closes it.
pub fn what_holds(seen: &Seen, resumed: bool) -> Held {
    match seen {
        Seen::Database(Found::Available | Found::Restoring) | Seen::Untold | Seen::Bucket(0) => Held::Holds,
        Seen::Database(found) => {
            let why = match found {
                Found::Failed(why) => format!("the restored database has failed since: {why}"),
                Found::Foreign(what) => format!("another database has taken its place: {what}"),
                Found::Nothing | Found::Available | Found::Restoring => {
                    "the restored database is gone".to_owned()
                }
            };
            if resumed { Held::Refuse(why) } else { Held::TakeAgain(why) }
        }
        Seen::Bucket(keys) if resumed => {
            Held::Written(format!("{} since it was restored, {LEFT}", written(*keys)))
        }
        Seen::Bucket(keys) => Held::TakeAgain(format!("{} since it was restored", written(*keys))),
    }
}

const LEFT: &str = "and left as they are, since the application may have been resumed";

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
pub fn quiesces_again(state: &State, again: &[Step]) -> bool {
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
mod tests {
    use super::super::steps::Shape;
    use super::*;

    #[test]
    fn the_table_of_what_holds() {
        let again = |seen: Seen| match (what_holds(&seen, false), what_holds(&seen, true)) {
            (Held::Holds, Held::Holds) => false,
            (Held::TakeAgain(one), Held::Refuse(other)) if one == other => true,
            other => panic!("{seen:?}: {other:?}"),
        };
        for (found, is_taken_again) in [
            (Found::Available, false),
            (Found::Restoring, false),
            (Found::Nothing, true),
            (Found::Failed("why".into()), true),
            (Found::Foreign("what".into()), true),
        ] {
            assert_eq!(again(Seen::Database(found.clone())), is_taken_again, "{found:?}");
        }
        assert!(!again(Seen::Untold) && !again(Seen::Bucket(0)));
        assert_eq!(
            what_holds(&Seen::Bucket(1), false),
            Held::TakeAgain("1 key was changed since it was restored".into())
        );
        assert_eq!(
            what_holds(&Seen::Bucket(2), true),
            Held::Written(format!("2 keys were changed since it was restored, {LEFT}"))
        );
    }

    #[test]
    fn the_table_of_the_quiesce_hook() {
        use Step::{Bucket, Quiesce, Resume, Settle, Start, Wait};
        let shape = |quiesce, in_place| Shape {
            quiesce,
            resume: true,
            databases: 1,
            in_place: vec![in_place],
            ..Shape::default()
        };
        let database = [Start(0), Wait(0), Settle(0)];
        let before = [&[Quiesce][..], &database].concat();
        let whole = [&before[..], &[Bucket(0)]].concat();
        let resumed = [&whole[..], &[Resume]].concat();
        for (in_place, done, again, expected) in [
            (true, &resumed, &[][..], false),
            (true, &whole, &[Bucket(0)], true),
            (true, &whole, &[Start(0)], false),
            (true, &whole, &[], false),
            (true, &before, &[], true),
            (false, &before, &[], false),
            (false, &whole, &[Bucket(0)], false),
            (true, &Vec::new(), &[], false),
        ] {
            let state = State::played(&shape(true, in_place), done);
            assert_eq!(quiesces_again(&state, again), expected, "{in_place} {done:?} {again:?}");
        }
        let none = State::played(&shape(false, true), &database);
        assert!(!quiesces_again(&none, &[Bucket(0)]), "there is no hook");
    }
}
