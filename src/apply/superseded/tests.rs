use super::*;
use crate::model::ChecksumType;
use crate::state::Superseded;

/// An entry, named by its ID and second; a delete marker has no ETag.
#[derive(Debug, Clone, Copy)]
enum E {
    V(&'static str, i64),
    M(&'static str, i64),
}

fn version(id: &str, second: i64) -> Version {
    let last_modified = Instant::from_millis(second * 1000);
    Version { version_id: id.into(), etag: format!("etag of {id}"), last_modified, ..Version::default() }
}

fn read(reader: &BaseReader, history: &[E]) -> Base {
    read_of(reader, history, false)
}

fn read_of(reader: &BaseReader, history: &[E], order_lost: bool) -> Base {
    let mut reader = reader.clone();
    for entry in history {
        let (id, second, etag) = match entry {
            E::V(id, second) => (*id, *second, Some(format!("etag of {id}"))),
            E::M(id, second) => (*id, *second, None),
        };
        let kind = etag.as_ref().map_or(Kind::DeleteMarker, |etag| Kind::Version {
            etag,
            size: 0,
            storage_class: "",
            checksum_algorithm: "",
            checksum_type: ChecksumType::Unknown,
        });
        let last_modified = Instant::from_millis(second * 1000);
        let entry = Entry { key: "k", version_id: id, is_latest: false, last_modified, kind };
        if reader.push(&entry, order_lost) == Want::Enough {
            break;
        }
    }
    reader.finish().base
}

#[test]
fn the_table_holds() {
    use E::{M, V};
    let (v, w, x) = (version("v", 1), version("w", 5), version("x", 7));
    let revert = Change::new("k", Action::Revert, Some(w.clone()), Some(v.clone()));
    let undelete = Change::new("k", Action::Undelete, None, Some(v));
    let delete = Change::new("k", Action::Delete, Some(w), None);
    let copied = |id: Option<&str>| Ending::Copied {
        version_id: id.map(Into::into),
        etag: Some("etag of o".into()),
        over: None,
    };
    let deleted = |id: Option<&str>| Ending::Deleted { version_id: id.map(Into::into), over: None };
    let superseded = |version: &Version| Base::Superseded(Some(version.clone()));
    for (change, ending, history, base) in [
        (&revert, copied(Some("o")), &[V("o", 9), V("w", 5), V("v", 1)][..], Base::AsPlanned),
        (&revert, copied(Some("o")), &[V("z", 10), M("y", 9), V("o", 9), V("w", 5)], Base::AsPlanned),
        (&revert, copied(Some("o")), &[V("o", 9), V("x", 7), V("w", 5)], superseded(&x)),
        (&revert, copied(Some("o")), &[V("o", 9), M("m", 7), V("w", 5)], Base::Superseded(None)),
        (&revert, copied(Some("o")), &[V("o", 9), V("v", 1)], Base::AsPlanned),
        (&revert, copied(Some("o")), &[V("o", 9)], Base::AsPlanned),
        (&revert, copied(Some("o")), &[V("w", 5), V("v", 1)], Base::NotThere),
        (&revert, copied(Some("o")), &[], Base::NotThere),
        (&revert, copied(None), &[V("o", 9), V("w", 5), V("v", 1)], Base::AsPlanned),
        (&revert, copied(None), &[V("o", 9), V("x", 7), V("w", 5)], superseded(&x)),
        (&revert, copied(None), &[V("x", 7), V("w", 5), V("o", 3)], Base::NotThere),
        (&undelete, copied(Some("o")), &[V("o", 9), M("m", 7), V("v", 1)], Base::AsPlanned),
        (&undelete, copied(Some("o")), &[V("o", 9), V("v", 1)], Base::AsPlanned),
        (&undelete, copied(Some("o")), &[V("o", 9), V("x", 7), M("m", 5)], superseded(&x)),
        (&delete, deleted(Some("m")), &[M("m", 9), V("w", 5)], Base::AsPlanned),
        (&delete, deleted(Some("m")), &[M("m", 9), V("x", 7), V("w", 5)], superseded(&x)),
        (&delete, deleted(Some("m")), &[V("w", 5)], Base::NotThere),
        (&delete, deleted(None), &[M("m", 9), V("w", 5)], Base::AsPlanned),
        (&delete, deleted(None), &[V("x", 7), V("w", 5), M("m", 3)], Base::NotThere),
    ] {
        let reader = BaseReader::new(change, &ending).unwrap();
        assert_eq!(read(&reader, history), base, "{change:?} {ending:?} {history:?}");
    }
    assert!(BaseReader::new(&revert, &Ending::Skipped).is_none());
}

/// Versions first, then markers: within a second, their order is unknown.
#[test]
fn what_has_no_order_supersedes_nothing() {
    use E::{M, V};
    let (v, w, x) = (version("v", 1), version("w", 5), version("x", 7));
    let revert = Change::new("k", Action::Revert, Some(w.clone()), Some(v));
    let delete = Change::new("k", Action::Delete, Some(w), None);
    let copied = Ending::Copied { version_id: Some("o".into()), etag: None, over: None };
    let deleted = Ending::Deleted { version_id: Some("m".into()), over: None };
    for (change, ending, history, base) in [
        (&revert, &copied, &[V("o", 9), M("m", 9), V("w", 5)][..], Base::AsPlanned),
        (&revert, &copied, &[V("o", 9), M("m", 5), V("w", 5)], Base::AsPlanned),
        (&revert, &copied, &[V("o", 9), M("m", 7), V("w", 5)], Base::Superseded(None)),
        (&revert, &copied, &[V("o", 9), V("x", 9), V("w", 5)], Base::Superseded(Some(version("x", 9)))),
        (&delete, &deleted, &[M("m", 9), V("x", 9), V("w", 5)], Base::AsPlanned),
        (&delete, &deleted, &[M("m", 9), M("n", 5), V("w", 5)], Base::AsPlanned),
        (&delete, &deleted, &[M("m", 5), V("w", 5), M("n", 3)], Base::AsPlanned),
        (&delete, &deleted, &[M("m", 9), V("x", 7), V("w", 5)], Base::Superseded(Some(x.clone()))),
    ] {
        let reader = BaseReader::new(change, ending).unwrap();
        assert_eq!(read_of(&reader, history, true), base, "{change:?} {history:?}");
    }
}

/// A version found just before the change is expected below it; one found only afterwards is not.
#[test]
fn what_was_seen_to_be_overwritten_is_expected_and_what_was_not_is_reported_again() {
    use E::V;
    let x = version("x", 7);
    let revert = Change::new("k", Action::Revert, Some(version("w", 5)), Some(version("v", 1)));
    for (superseded, base) in [(false, Base::AsPlanned), (true, Base::Superseded(Some(x.clone())))] {
        let over = Some(Box::new(Superseded { version: Some(x.clone()), superseded }));
        let ending = Ending::Copied { version_id: Some("o".into()), etag: None, over };
        let reader = BaseReader::new(&revert, &ending).unwrap();
        assert_eq!(read(&reader, &[V("o", 9), V("x", 7), V("w", 5)]), base, "{superseded}");
    }
}
