use super::*;
use Action::{Delete, Revert, Undelete};

#[test]
fn the_table_holds() {
    let only = |actions: &[Action]| Only::new(actions.iter().copied());
    for (this, other, both) in [
        (only(&[]), only(&[]), Some(only(&[]))),
        (only(&[]), only(&[Revert]), Some(only(&[Revert]))),
        (only(&[Revert]), only(&[]), Some(only(&[Revert]))),
        (only(&[Revert, Undelete]), only(&[Delete, Revert]), Some(only(&[Revert]))),
        (only(&[Revert]), only(&[Delete]), None),
    ] {
        assert_eq!(this.and(&other), both, "{this:?} {other:?}");
    }
    assert!(only(&[]).has(Delete) && only(&[Delete, Delete]).has(Delete) && !only(&[Revert]).has(Delete));
}
