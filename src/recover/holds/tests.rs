use super::super::steps::Shape;
use super::*;

#[test]
fn the_table_of_what_holds() {
    let again = |seen: Seen| {
        let held = [InUse::No, InUse::Named, InUse::Written].map(|used| what_holds(&seen, used));
        match held {
            [Held::Holds, Held::Holds, Held::Holds] => false,
            [Held::TakeAgain(one), Held::Refuse(other), Held::Refuse(third)]
                if one == other && one == third =>
            {
                true
            }
            other => panic!("{seen:?}: {other:?}"),
        }
    };
    for (found, is_taken_again) in [
        (Found::Available, false),
        (Found::Restoring, false),
        (Found::Nothing, true),
        (Found::Failed("why".into()), true),
        (Found::Foreign("what".into()), true),
    ] {
        assert_eq!(again(Seen::Database(Noun::Database, found.clone())), is_taken_again, "{found:?}");
    }
    assert!(!again(Seen::Untold) && !again(Seen::Bucket(0)) && !again(Seen::Swapped(None)));
    let renamed = Seen::Swapped(Some("why".into()));
    assert_eq!(what_holds(&renamed, InUse::Named), Held::TakeAgain("why".into()));
    assert_eq!(what_holds(&renamed, InUse::Written), Held::Refuse("why".into()));
    assert_eq!(
        what_holds(&Seen::Bucket(1), InUse::No),
        Held::TakeAgain("1 key was changed since it was restored".into())
    );
    assert_eq!(
        what_holds(&Seen::Bucket(2), InUse::Written),
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
        let state = RecoveryState::played(&shape(true, in_place), done);
        assert_eq!(quiesces_again(&state, again), expected, "{in_place} {done:?} {again:?}");
    }
    let none = RecoveryState::played(&shape(false, true), &database);
    assert!(!quiesces_again(&none, &[Bucket(0)]), "there is no hook");
}
