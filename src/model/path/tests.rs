use proptest::prelude::*;

use super::*;

#[test]
fn the_table_holds() {
    let long = "x".repeat(255);
    for (key, parents, name, folder) in [
        ("a", &[][..], Some("a"), false),
        ("a/b.jpg", &["a"], Some("b.jpg"), false),
        ("a/b/", &["a"], Some("b"), true),
        ("", &[], None, true),
        ("...", &[], Some("..."), false),
        ("..a/b..", &["..a"], Some("b.."), false),
        ("C:\\x\\..\\y", &[], Some("C:\\x\\..\\y"), false),
        ("日本/語 \u{1}\n", &["日本"], Some("語 \u{1}\n"), false),
        (&long, &[], Some(long.as_str()), false),
    ] {
        let path = KeyPath::of(key).unwrap();
        let (found, found_name) = path.split();
        assert_eq!((found.collect::<Vec<_>>(), found_name), (parents.to_vec(), name), "{key:?}");
        assert_eq!(path.is_folder(), folder, "{key:?}");
    }
    let (long, part) = ("x".repeat(256), format!("a/{UNFINISHED}x"));
    for key in [
        "/",
        "//",
        "/a",
        "/etc/passwd",
        "a//b",
        "a//",
        "..",
        "../x",
        "../../x",
        "a/..",
        "a/../b",
        "../",
        ".",
        "./a",
        "a/./b",
        "a/.",
        "\0",
        "a\0b",
        "a/b\0/c",
        &long,
        &part,
    ] {
        assert!(KeyPath::of(key).is_err(), "{key:?}");
    }
}

#[test]
fn what_lies_under_a_file_is_found_in_one_pass() {
    let mut overlaps = Overlaps::default();
    for (key, under) in [
        ("a", None),
        ("a-1", None),
        ("a-1/x", Some("a-1")),
        ("a.b", None),
        ("a/", Some("a")),
        ("a/b", Some("a")),
        ("a/b/c", Some("a")),
        ("ab", None),
        ("ab/", Some("ab")),
        ("b/", None),
        ("b/c", None),
        ("b/c/d", Some("b/c")),
        ("日", None),
        ("日本", None),
        ("日本/x", Some("日本")),
    ] {
        assert_eq!(overlaps.under(&KeyPath::of(key).unwrap()), under, "{key}");
    }
}

#[test]
fn what_differs_in_case_only_is_found() {
    let mut names = CaseFold::default();
    for (path, free) in [("Case", true), ("case", false), ("a/É", true), ("A/é", false), ("a/e", true)] {
        assert_eq!(names.take(path), free, "{path}");
    }
}

proptest! {
    #[test]
    fn a_path_tells_its_key_and_stays_beneath(key in "[a./\0\u{e9}-]{0,9}") {
        if let Ok(path) = KeyPath::of(&key) {
            let (parents, name) = path.split();
            let names: Vec<_> = parents.chain(name).collect();
            prop_assert!(names.iter().all(|name| !matches!(*name, "" | "." | "..") && !name.contains(['/', '\0'])));
            let back = names.join("/") + if path.is_folder() && !names.is_empty() { "/" } else { "" };
            prop_assert_eq!(back, key);
        }
    }

    #[test]
    fn overlaps_are_those_that_a_look_at_all_pairs_finds(keys in prop::collection::btree_set("[a/-]{1,6}", 0..12)) {
        let paths: Vec<_> = keys.iter().filter_map(|key| KeyPath::of(key).ok()).collect();
        let mut overlaps = Overlaps::default();
        for path in &paths {
            let slashed = format!("{}/", path.text());
            let is_under = |file: &&KeyPath| !file.is_folder()
                && (path.text().starts_with(&format!("{}/", file.text())) || path.is_folder() && slashed == format!("{}/", file.text()));
            prop_assert_eq!(overlaps.under(path).is_some(), paths.iter().any(|file| is_under(&file)));
        }
    }
}
