//! Comparisons with nothing to compare, and keys in a form that is unusual for S3.

use super::check::lines;
use super::references::{AT, uploads};
use super::stage::Stage;

#[test]
fn no_row_names_a_key() {
    let stage = uploads();
    let references = format!("references s3://prod-uploads {AT} --keys-from -");
    for input in ["", "\n\n"] {
        let shown = stage.asof(&references).stdin(input).changes_nothing();
        assert!(shown.starts_with("exit code 4\n"), "{shown}");
        assert!(shown.contains("nothing was compared: no row names a key\n"), "{shown}");
        let allowed = stage.asof(&format!("{references} --allow-empty")).stdin(input).changes_nothing();
        assert!(allowed.starts_with("exit code 0\n"), "{allowed}");
    }
    let healed = stage.asof(&format!("{references} --heal 30s --yes")).stdin("").changes_nothing();
    assert!(healed.starts_with("exit code 4\n"), "{healed}");
    let json = stage.asof(&format!("{references} --format json")).stdin("").changes_nothing();
    assert_eq!(lines(&json, "warning")[0]["reason"], "nothing-compared", "{json}");
    assert!(json.starts_with("exit code 4\n"), "{json}");
    let csv = stage.asof(&format!("{references} --format csv")).stdin("").changes_nothing();
    assert!(csv.ends_with("--- stderr\nnothing was compared: no row names a key\n"), "{csv}");
}

#[test]
fn a_prefix_without_keys() {
    let stage = Stage::after_incident();
    stage.file("none.txt", b"");
    stage.file("unknown.txt", b"a\nb\n");
    std::fs::create_dir(stage.path("dir")).unwrap();
    stage.lab.create_bucket("scratch");
    for (rest, why) in [
        ("s3://prod-uploads/uplaods/", "no keys under s3://prod-uploads/uplaods/, neither at T nor now"),
        ("s3://prod-uploads --include *.mp3", "no keys under s3://prod-uploads, neither at T nor now"),
        ("s3://prod-uploads --keys-from none.txt", "--keys-from has no keys"),
        ("s3://prod-uploads --keys-from unknown.txt", "none of 2 keys in --keys-from has ever existed"),
        (
            "s3://prod-uploads/uplaods/ --against ./dir",
            "no keys under s3://prod-uploads/uplaods/, neither at T nor now, and no files",
        ),
        (
            "s3://prod-uploads/uplaods/ --against s3://scratch",
            "no keys under s3://prod-uploads/uplaods/, neither at T nor now",
        ),
    ] {
        let verify = format!("verify {rest} {AT}");
        let shown = stage.asof(&verify).changes_nothing();
        assert!(shown.starts_with("exit code 4\n"), "{shown}");
        assert!(shown.contains(&format!("nothing was compared: {why}\n")), "{why}: {shown}");
        let allowed = stage.asof(&format!("{verify} --allow-empty")).changes_nothing();
        assert!(allowed.starts_with("exit code 0\n"), "{allowed}");
        let json = stage.asof(&format!("{verify} --format json")).changes_nothing();
        assert_eq!(lines(&json, "warning")[0]["reason"], "nothing-compared", "{json}");
    }
}

#[test]
fn keys_of_another_form() {
    let stage = uploads();
    for (rows, cause) in [
        ("/uploads/kept.jpg\n/uploads/late.jpg\n", "every key begins with '/'"),
        ("s3://prod-uploads/uploads/kept.jpg\n", "every key begins with s3://"),
        ("uploads/kept.jpg\r\nuploads/late.jpg\r\n", "every key ends in a carriage return"),
    ] {
        stage.file("odd", rows.as_bytes());
        let references = format!("references s3://prod-uploads {AT} --keys-from odd");
        let shown = stage.asof(&references).changes_nothing();
        assert!(shown.starts_with("exit code 4\n"), "{shown}");
        assert!(shown.contains(&format!("\n  likely cause: {cause}")), "{cause}: {shown}");
        let json = stage.asof(&format!("{references} --format json")).changes_nothing();
        let warnings = lines(&json, "warning");
        assert_eq!(warnings[0]["reason"], "unlikely-keys", "{json}");
        for command in ["diff", "verify", "restore --yes"] {
            let shown =
                stage.asof(&format!("{command} s3://prod-uploads {AT} --keys-from odd")).changes_nothing();
            assert!(shown.contains(&format!("likely cause: {cause}")), "{command}: {shown}");
        }
    }
    // One key that is right is enough to say that it is not the form.
    stage.file("odd", b"/uploads/late.jpg\nuploads/kept.jpg\n");
    let shown = stage.asof(&format!("references s3://prod-uploads {AT} --keys-from odd")).changes_nothing();
    assert!(!shown.contains("likely cause"), "{shown}");
    stage.file("odd", b"/uploads/late.jpg\n");
    let shown =
        stage.asof(&format!("references s3://prod-uploads/uploads/ {AT} --keys-from odd")).changes_nothing();
    assert!(shown.starts_with("exit code 2\n") && shown.contains("every key begins with '/'"), "{shown}");
}
