//! The pages of `diff` and `verify`. Those of fixed data are compared and opened in a browser elsewhere.

use asof::lab::Operation;

use super::stage::Stage;

const AT: &str = "2024-05-06T07:08:09Z";

/// Runs the command with and without a page, and returns the page; nothing else may differ.
fn page(stage: &Stage, command: &str) -> String {
    let with = stage.asof(&format!("{command} --html page.html")).changes_nothing();
    assert_eq!(with, stage.asof(command).changes_nothing());
    let page = std::fs::read_to_string(stage.path("page.html")).unwrap();
    assert!(page.contains(&format!("<code>asof {command} --html page.html</code>")), "{page}");
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("href="), "{page}");
    page
}

#[test]
fn a_diff_has_its_counts_its_keys_and_the_next_step() {
    let stage = Stage::after_incident();
    stage.put("<script>alert(1)</script>\u{202e}", "x");
    let diff = format!("diff s3://prod-uploads --at {AT}");
    for command in [&diff, &format!("{diff} --format json"), &format!("{diff} --format csv")] {
        let page = page(&stage, command);
        let restore = format!("<code>asof restore s3://prod-uploads --at {AT}</code>");
        for part in
            ["&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}", "Undelete", "uploads/2024/04/", &restore]
        {
            assert!(page.to_lowercase().contains(&part.to_lowercase()), "no {part} in {page}");
        }
        assert!(!page.contains('\u{202e}'));
    }
    let versus = page(&stage, &format!("{diff} --versus 2024-05-06T07:08:11Z"));
    assert!(versus.contains("between the two times"), "{versus}");
}

#[test]
fn the_badge_of_a_verify_is_its_verdict() {
    let stage = Stage::after_incident();
    let verify = format!("verify s3://prod-uploads --at {AT}");
    assert!(page(&stage, &verify).contains(">different</span>"));
    assert!(page(&stage, &format!("{verify} --format json")).contains(">different</span>"));
    let nothing = page(&stage, &format!("verify s3://prod-uploads/none/ --at {AT}"));
    assert!(
        nothing.contains(">nothing compared</span>") && nothing.contains("nothing was compared:"),
        "{nothing}"
    );
}

#[test]
fn a_page_that_cannot_be_written_is_refused_before_the_listing() {
    let stage = Stage::after_incident();
    for command in ["diff", "verify"] {
        let ended = stage
            .asof(&format!("{command} s3://prod-uploads --at {AT} --html none/page.html"))
            .changes_nothing();
        assert!(ended.starts_with("exit code 2") && ended.contains("cannot write none/page.html"), "{ended}");
        assert_eq!(stage.lab.requests().of(Operation::ListObjectVersions), 0);
    }
}
