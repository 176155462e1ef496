use super::*;
use crate::plan::{Action, Change};

fn item(open: bool) -> Item {
    let change = Change {
        key: "k".to_owned(),
        action: Action::Delete,
        now: None,
        then: None,
        markers: Vec::new(),
        cautions: Vec::new(),
        doubts: Vec::new(),
    };
    Item { open, ..Item::new(0, change) }
}

fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "no")
}

#[test]
fn a_key_is_looked_at_where_something_may_have_changed_it() {
    let of = |open, before: Option<ErrorKind>| Stage::of(&item(open), before.map(error));
    for (stage, looks) in [
        (of(false, None), false),
        (of(true, None), true),
        (of(false, Some(ErrorKind::Transient)), true),
        (of(true, Some(ErrorKind::Precondition)), true),
        (Stage::after(&error(ErrorKind::Throttled)), false),
        (Stage::after(&error(ErrorKind::Transient)), true),
        (Stage::after(&error(ErrorKind::Precondition)), true),
    ] {
        assert_eq!(stage.must_look(Some(true)), looks, "{stage:?}");
        assert!(
            stage.must_look(Some(false)) && stage.must_look(None),
            "{stage:?}: no condition keeps the key"
        );
    }
}

#[test]
fn the_last_error_of_a_request_is_kept_and_only_that() {
    let failure = |stage: Stage| stage.into_failure().map(|e| e.kind());
    assert_eq!(failure(Stage::of(&item(true), None)), None);
    assert_eq!(failure(Stage::of(&item(true), Some(error(ErrorKind::Missing)))), Some(ErrorKind::Missing));
    assert_eq!(failure(Stage::after(&error(ErrorKind::Throttled))), Some(ErrorKind::Throttled));
    assert_eq!(failure(Stage::after(&error(ErrorKind::Denied))), Some(ErrorKind::Denied));
}
