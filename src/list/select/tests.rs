use super::*;

#[test]
fn includes_and_excludes_select_whole_keys() {
    let owned = |globs: &[&str]| globs.iter().map(ToString::to_string).collect::<Vec<_>>();
    for (include, exclude, key, expected) in [
        (&[][..], &[][..], "anything", true),
        (&["uploads/*"], &[], "uploads/2026/a.jpg", true),
        (&["uploads/*"], &[], "avatars/a.jpg", false),
        (&["*.jpg", "*.png"], &["tmp/*"], "x/y.png", true),
        (&["*.jpg", "*.png"], &["tmp/*"], "tmp/y.png", false),
        (&[], &["*~"], "a~", false),
        (&["../*"], &[], "../x", true),
        (&["/lead"], &[], "/lead", true),
        (&["*/"], &[], "folder/", true),
        (&["日*"], &[], "日本", true),
        (&[], &["caf?/*"], "café/x", false),
    ] {
        let selection = Selection::new(&owned(include), &owned(exclude)).unwrap();
        assert_eq!(selection.selects(key), expected, "{include:?} {exclude:?} {key}");
    }
    assert!(Selection::new(&owned(&["[a"]), &[]).is_err());
}

#[test]
fn the_literal_heads_of_includes_narrow_the_listing() {
    for (include, prefix, expected) in [
        (&["uploads/2026/*"][..], "", "uploads/2026/"),
        (&["uploads/2026/*"], "uploads/", "uploads/2026/"),
        (&["uploads/*", "uploads/2026/a?"], "", "uploads/"),
        (&["uploads/*", "avatars/*"], "x", "x"),
        (&["日本/*", "日木/*"], "", "日"),
        (&["*.jpg"], "a/", "a/"),
        (&["a{b,c}/*"], "", "a"),
        (&["exact"], "", "exact"),
        (&["b/*"], "a/", "a/"),
        (&[], "a/", "a/"),
    ] {
        let include: Vec<_> = include.iter().map(ToString::to_string).collect();
        assert_eq!(Selection::new(&include, &[]).unwrap().narrow(prefix), expected, "{include:?} {prefix}");
    }
}
