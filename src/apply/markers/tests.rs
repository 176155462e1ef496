use super::*;
use crate::model::Version;
use crate::plan::Action;

/// Without a version ID, a delete applies to the key itself.
#[test]
fn an_empty_id_names_no_delete_marker() {
    let then = Version { version_id: "v".into(), ..Version::default() };
    let change = |markers: &[&str]| Change {
        markers: markers.iter().map(ToString::to_string).collect(),
        ..Change::new("k", Action::Undelete, None, Some(then.clone()))
    };
    let place = Place::in_place("prod");
    for (markers, kind) in
        [(&[""][..], ErrorKind::Corrupt), (&["m", ""], ErrorKind::Corrupt), (&["m"], ErrorKind::Missing)]
    {
        let change = change(markers);
        assert_eq!(MarkersReader::new(&change).finish(&place).unwrap_err().kind(), kind, "{markers:?}");
    }
}
