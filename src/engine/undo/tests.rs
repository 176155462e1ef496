use super::*;
use crate::state::Superseded;

fn version(id: &str) -> Version {
    Version { version_id: id.to_owned(), etag: format!("etag of {id}"), ..Version::default() }
}

#[test]
fn what_may_have_been_done_is_taken_back_as_if_it_had() {
    let (v, w) = (version("v"), version("w"));
    let revert = Change::new("k", Action::Revert, Some(w.clone()), Some(v.clone()));
    let remove_markers =
        Change { markers: vec!["m".into()], ..Change::new("k", Action::Undelete, None, Some(v)) };
    let delete = Change::new("k", Action::Delete, Some(w), None);
    let failed = |over| Ending::Failed { error: String::new(), over };
    let over = Some(Box::new(Superseded { version: Some(version("x")), superseded: false }));
    for (change, ending, expected) in [
        (&revert, failed(None), Ending::Copied { version_id: None, etag: None, over: None }),
        (&revert, failed(over.clone()), Ending::Copied { version_id: None, etag: None, over }),
        (&remove_markers, failed(None), Ending::MarkersRemoved),
        (&delete, failed(None), Ending::Deleted { version_id: None, over: None }),
        (&revert, Ending::Conflict, Ending::Conflict),
    ] {
        assert_eq!(as_if_made(change, ending), expected, "{change:?}");
    }
}

#[test]
fn the_table_holds() {
    let (v, w, x, ours) = (version("v"), version("w"), version("x"), version("ours"));
    let change = |now: Option<&Version>, then: Option<&Version>| {
        Change::new("k", Action::Revert, now.cloned(), then.cloned())
    };
    let copied = |over: Option<Option<&Version>>| Ending::Copied {
        version_id: Some("ours".into()),
        etag: Some("etag of ours".into()),
        over: over.map(|version| Box::new(Superseded { version: version.cloned(), superseded: false })),
    };
    let deleted = |id: Option<&str>| Ending::Deleted { version_id: id.map(Into::into), over: None };
    let revert = |to: &Version| Change::new("k", Action::Revert, Some(ours.clone()), Some(to.clone()));
    let delete = |now: &Version| Change::new("k", Action::Delete, Some(now.clone()), None);
    let undelete = |markers: &[&str]| Change {
        markers: markers.iter().map(ToString::to_string).collect(),
        ..Change::new("k", Action::Undelete, None, Some(w.clone()))
    };
    let remove = Undelete::RemoveMarker;
    for (done, ending, how, expected) in [
        (change(Some(&w), Some(&v)), copied(None), remove, Some(revert(&w))),
        (change(Some(&w), Some(&v)), copied(Some(Some(&x))), remove, Some(revert(&x))),
        (change(Some(&w), Some(&v)), copied(Some(None)), remove, Some(delete(&ours))),
        (change(None, Some(&v)), copied(None), remove, Some(delete(&ours))),
        (change(Some(&w), None), deleted(Some("m")), remove, Some(undelete(&["m"]))),
        (change(Some(&w), None), deleted(Some("m")), Undelete::Copy, Some(undelete(&[]))),
        (change(Some(&w), None), deleted(None), remove, Some(undelete(&[]))),
        (change(None, Some(&v)), Ending::MarkersRemoved, remove, Some(delete(&v))),
        (change(Some(&w), Some(&v)), Ending::Skipped, remove, None),
        (change(Some(&w), Some(&v)), Ending::Conflict, remove, None),
        (change(Some(&w), Some(&v)), Ending::Failed { error: String::new(), over: None }, remove, None),
    ] {
        let done = back("k".into(), done.clone(), ending.clone(), how);
        assert_eq!(done, expected, "{ending:?}");
    }
}
