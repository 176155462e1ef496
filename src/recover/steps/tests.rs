use proptest::prelude::*;

use super::super::shapes::shapes;
use super::*;

fn shape(quiesce: bool) -> Shape {
    Shape {
        quiesce,
        resume: true,
        references: true,
        databases: 1,
        in_place: vec![true, false],
        ..Shape::default()
    }
}

#[test]
fn a_bucket_in_place_waits_for_the_database_unless_writers_stand_still() {
    use Step::{Bucket, Configure, Quiesce, References, Resume, Settle, Start, Wait};
    let ready = |quiesce: bool, done: &[Step]| {
        let shape = shape(quiesce);
        let state = RecoveryState::played(&shape, done);
        shape.ready(&state)
    };
    assert_eq!(ready(true, &[]), [Quiesce]);
    assert_eq!(ready(true, &[Quiesce]), [Start(0), Bucket(0), Bucket(1)]);
    assert_eq!(ready(false, &[]), [Start(0), Bucket(1)]);
    assert_eq!(ready(false, &[Start(0), Bucket(1), Wait(0)]), [Settle(0)]);
    assert_eq!(ready(false, &[Start(0), Bucket(1), Wait(0), Settle(0)]), [Bucket(0)]);
    let restored = [Start(0), Wait(0), Settle(0), Bucket(0), Bucket(1)];
    assert_eq!(ready(false, &restored), [References]);
    assert_eq!(ready(false, &[&restored[..], &[References]].concat()), [Resume]);
    assert_eq!(ready(false, &[&restored[..], &[References, Resume]].concat()), [Configure(0)]);
}

#[test]
fn an_application_runs_until_what_is_restored_beside_is_there() {
    use Step::{AfterDatabase, Bucket, Quiesce, Settle, Start, Wait};
    let shape = Shape { databases: 2, beside: vec![true, false], after_database: true, ..shape(true) };
    let ready = |done: &[Step]| shape.ready(&RecoveryState::played(&shape, done));
    assert_eq!(ready(&[]), [Start(0), Bucket(1)]);
    assert_eq!(ready(&[Bucket(1), Start(0), Wait(0)]), [Settle(0)]);
    let settled = [Bucket(1), Start(0), Wait(0), Settle(0)];
    assert_eq!(ready(&settled), [Quiesce]);
    let quiesced = [&settled[..], &[Quiesce]].concat();
    assert_eq!(ready(&quiesced), [Start(1), Bucket(0)]);
    let restored = [&quiesced[..], &[Start(1), Wait(1), Settle(1)]].concat();
    assert_eq!(ready(&restored), [Bucket(0), AfterDatabase]);
}

#[test]
fn names_are_swapped_when_everything_is_proven_and_before_the_application_goes_on() {
    use Step::{Bucket, Check, Configure, Quiesce, References, Resume, Settle, Start, Swap, Wait};
    let swaps = vec![true, false];
    let checks = vec![false, true];
    let shape = Shape { databases: 2, swaps, checks, ..shape(true) };
    let ready = |done: &[Step]| shape.ready(&RecoveryState::played(&shape, done));
    let restored =
        [Quiesce, Start(0), Wait(0), Settle(0), Start(1), Wait(1), Settle(1), Bucket(0), Bucket(1)];
    assert_eq!(ready(&restored), [Check(1), References]);
    let proven = [&restored[..], &[Check(1), References]].concat();
    assert_eq!(ready(&proven), [Swap(0)]);
    assert_eq!(ready(&[&proven[..], &[Swap(0)]].concat()), [Resume]);
    assert_eq!(ready(&[&proven[..], &[Swap(0), Resume]].concat()), [Configure(0), Configure(1)]);
    // Without a quiesce hook, the application may write once the names are swapped.
    for (quiesce, lets_go) in [(true, false), (false, true)] {
        assert_eq!(Shape { quiesce, ..shape.clone() }.lets_go(Swap(0)), lets_go);
    }
}

#[test]
fn stores_are_restored_in_their_order() {
    use Step::{AfterDatabase, Bucket, Check, Quiesce, References, Resume, Settle, Start, Wait};
    let orders = vec![Order::BeforeBuckets, Order::With, Order::AfterBuckets, Order::AfterReferences];
    let checks = vec![false, false, false, true];
    let beside = vec![false, true, true, true];
    let shape = Shape { databases: 4, orders, checks, beside, after_database: true, ..shape(true) };
    let store = |n: usize| [Start(n), Wait(n), Settle(n)];
    let ready = |done: &[Step]| shape.ready(&RecoveryState::played(&shape, done));
    // The store that comes after the buckets does not keep the application from being quiesced for them.
    let mut done = Vec::new();
    for (then, next) in [
        (&store(1)[..], vec![Start(1)]),
        (&[Quiesce], vec![Quiesce]),
        (&store(0), vec![Start(0)]),
        (&[Bucket(0)], vec![Bucket(0), Bucket(1)]),
        (&[Bucket(1)], vec![Bucket(1)]),
        (&store(2), vec![Start(2)]),
        (&[AfterDatabase], vec![AfterDatabase]),
        (&[References], vec![References]),
        (&store(3), vec![Start(3)]),
        (&[Check(3)], vec![Check(3)]),
        (&[Resume], vec![Resume]),
    ] {
        assert_eq!(ready(&done), next, "{done:?}");
        done.extend(then);
    }
}

/// A search index is built from the buckets, or from the rows: restored again, they make it stale.
#[test]
fn a_store_is_restored_again_with_what_it_waits_for() {
    use Step::{AfterDatabase, Bucket, References, Resume, Settle, Start, Wait};
    let shape = Shape { databases: 2, after_database: true, ..shape(true) };
    let again = |order: Order, step: Step| {
        let shape = Shape { orders: vec![Order::With, order], ..shape.clone() };
        crate::recover::rests::rests_on(&shape, step)
    };
    let store = [Start(1), Wait(1), Settle(1)];
    let with = |more: &[Step]| [more, &[Resume]].concat();
    assert_eq!(again(Order::With, Bucket(0)), with(&[References]));
    assert_eq!(
        again(Order::AfterBuckets, Bucket(0)),
        with(&[&store[..], &[AfterDatabase, References]].concat())
    );
    assert_eq!(again(Order::AfterReferences, Bucket(0)), with(&[&[References], &store[..]].concat()));
    let database = with(&[&[Wait(0), Settle(0), AfterDatabase, References], &store[..]].concat());
    let again_with_database = again(Order::AfterReferences, Start(0));
    assert_eq!(again_with_database[..database.len()], database, "and its settings are applied again");
    let own = again(Order::AfterReferences, Wait(1));
    assert_eq!(own, [Settle(1), Resume, Step::Configure(1)]);
}

proptest! {
    /// All steps of any shape can be taken, each once; after resume, databases are configured and nothing else is done;
    /// and names are swapped just before it.
    #[test]
    fn every_step_is_reached(shape in shapes()) {
        let mut done = Vec::new();
        loop {
            let ready = shape.ready(&RecoveryState::played(&shape, &done));
            let Some(step) = ready.first() else { break };
            done.push(*step);
        }
        let mut all = shape.steps();
        let last = done.iter().rfind(|step| !matches!(step, Step::Configure(_)));
        prop_assert_eq!(last == Some(&Step::Resume), shape.resume);
        prop_assert!(done.iter().rev().take(shape.databases).all(|step| matches!(step, Step::Configure(_))));
        let later = |step: &&Step| matches!(step, Step::Swap(_) | Step::Resume | Step::Configure(_));
        let first = done.iter().position(|step| matches!(step, Step::Swap(_)));
        prop_assert!(done[first.unwrap_or(done.len())..].iter().all(|step| later(&step)));
        all.sort();
        done.sort();
        prop_assert_eq!(done, all);
    }
}
