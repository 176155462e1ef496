use super::*;

fn mark(name: &str, file: &str, second: i64) -> MarkLine {
    let at = Instant::from_millis(second * 1000);
    MarkLine {
        name: name.into(),
        at,
        file: file.into(),
        consistency: Consistency::Quiesced,
        snapshots: Vec::new(),
    }
}

fn marks(lines: &[MarkLine]) -> Marks {
    let lines: Vec<_> = lines.iter().map(|line| serde_json::to_string(line).unwrap()).collect();
    Marks::read(lines.join("\n").as_bytes())
}

#[test]
fn a_name_that_was_given_again_is_the_newer_one() {
    let marks = marks(&[mark("a", "r.toml", 1), mark("b", "r.toml", 2), mark("a", "r.toml", 3)]);
    for file in [None, Some("r.toml")] {
        assert_eq!(marks.named("a", file), Named::Mark(mark("a", "r.toml", 3)));
        assert_eq!(marks.named("b", file), Named::Mark(mark("b", "r.toml", 2)));
        assert_eq!(marks.named("c", file), Named::Nothing);
    }
    assert_eq!(marks.listed(), [mark("b", "r.toml", 2), mark("a", "r.toml", 3)]);
}

#[test]
fn a_name_is_looked_for_among_the_marks_of_the_file() {
    let (a, b, old) = (mark("m", "a", 1), mark("m", "b", 2), mark("m", "", 3));
    let twin = mark("m", "b", 1);
    for (lines, file, named) in [
        (vec![a.clone(), b.clone()], Some("a"), Named::Mark(a.clone())),
        (vec![b.clone(), a.clone()], Some("b"), Named::Mark(b.clone())),
        (vec![b.clone()], Some("a"), Named::OfOtherFiles(vec![b.clone()])),
        (vec![a.clone(), b.clone()], Some("c"), Named::OfOtherFiles(vec![a.clone(), b.clone()])),
        (vec![old.clone()], Some("a"), Named::Mark(old.clone())),
        (vec![old.clone(), b.clone()], Some("a"), Named::Mark(old.clone())),
        (vec![a.clone(), old.clone()], Some("a"), Named::Mark(a.clone())),
        (vec![a.clone()], None, Named::Mark(a.clone())),
        (vec![a.clone(), b.clone()], None, Named::Several(vec![a.clone(), b])),
        (vec![a.clone(), twin.clone()], None, Named::Mark(twin)),
        (vec![], Some("a"), Named::Nothing),
        (vec![], None, Named::Nothing),
    ] {
        assert_eq!(marks(&lines).named("m", file), named, "{lines:?} {file:?}");
    }
}

#[test]
fn two_files_have_names_of_their_own() {
    let marks = marks(&[mark("m", "a", 1), mark("m", "b", 2)]);
    assert_eq!(marks.listed().len(), 2);
    assert_eq!(marks.own("m", "a"), Some(mark("m", "a", 1)));
    assert_eq!(marks.own("m", "c"), None);
}

#[test]
fn a_mark_of_an_older_asof_can_be_read() {
    for old in [
        r#"{"name":"a","at":"2026-11-17T14:30:05Z","file":"r.toml"}"#,
        r#"{"name":"a","at":"2026-11-17T14:30:05Z"}"#,
    ] {
        let Named::Mark(mark) = Marks::read(old.as_bytes()).named("a", Some("r.toml")) else {
            panic!("{old}")
        };
        assert_eq!(mark.consistency, Consistency::Unknown);
    }
}

#[test]
fn a_line_that_cannot_be_read_is_told_and_the_others_are_used() {
    let line = |mark: &MarkLine| serde_json::to_vec(mark).unwrap();
    let lines = [
        line(&mark("a", "r", 1)),
        b"{\"name\":\"\xFF\"}".to_vec(),
        line(&mark("b", "r", 2)),
        b"torn {".to_vec(),
    ];
    let marks = Marks::read(&lines.join(&b'\n'));
    assert_eq!(marks.unreadable, [2, 4]);
    assert_eq!(marks.listed(), [mark("a", "r", 1), mark("b", "r", 2)]);
    let ended = Marks::read(&[line(&mark("a", "r", 1)), Vec::new()].join(&b'\n'));
    assert_eq!(ended.unreadable, Vec::<usize>::new());
}
