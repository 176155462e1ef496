use super::*;

const ONE: &str = "20251117T143005Z-7f3a";
const OTHER: &str = "20251117T143005Z-7f3b";

fn tagged(id: &str, at: Option<i64>, drill: bool) -> Carries {
    let at = at.map(Instant::from_millis);
    Carries::Tagged(Tagged { what: "instance x".to_owned(), id: id.to_owned(), at, drill })
}

#[test]
fn the_table_holds() {
    use Carries::{Nothing, Untold};
    let ours = || tagged(ONE, Some(1000), false);
    let untagged = || Carries::Untagged("the instance x".to_owned());
    for (found, typed, refused) in [
        (vec![ours()], None, None),
        (vec![ours()], Some(1000), None),
        (vec![Nothing, ours()], None, None),
        (vec![ours(), Nothing, ours()], Some(1000), None),
        (vec![ours()], Some(2000), Some("1970-01-01 00:00:01 UTC, and --at is 1970-01-01 00:00:02 UTC")),
        (vec![], None, Some("none of the databases")),
        (vec![Nothing, Nothing], Some(1000), Some("none of the databases")),
        (vec![ours(), Untold], None, Some("only RDS databases")),
        (vec![ours(), untagged()], None, Some("was not restored by asof")),
        (vec![tagged(ONE, Some(1000), true)], None, Some("a copy of the drill")),
        (vec![ours(), tagged(ONE, Some(1000), true)], None, Some("a copy of the drill")),
        (vec![tagged(ONE, None, false)], Some(1000), Some("does not carry the target time")),
        (vec![tagged("../x", Some(1000), false)], None, Some("which no recovery is called")),
        (vec![ours(), tagged(OTHER, Some(1000), false)], None, Some(OTHER)),
        (vec![ours(), tagged(ONE, Some(2000), false)], None, Some("1970-01-01 00:00:02 UTC")),
    ] {
        let named: Vec<_> = found.into_iter().map(|carries| Carrier { database: "d", carries }).collect();
        match (adoptable(&named, typed.map(Instant::from_millis)), refused) {
            (Adoption::Adopt { id, at }, None) => assert_eq!((&*id, at.millis()), (ONE, 1000)),
            (Adoption::Refuse(why), Some(words)) => assert!(why.contains(words), "{words} in {why}"),
            (decided, _) => panic!("{decided:?} of {named:?} {typed:?}"),
        }
    }
}

#[test]
fn only_a_name_that_asof_gives_becomes_a_directory() {
    assert!(is_name(ONE));
    for id in ["", "..", "r-1", "20251117T143005Z-7F3A", "20251117T143005Z-7f3a/..", "2025111T7143005Z-7f3a"]
    {
        assert!(!is_name(id), "{id}");
    }
}
