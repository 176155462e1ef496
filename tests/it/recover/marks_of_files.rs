//! Marks belong to the recovery file with which they were made.

use super::story::Story;

/// A story whose marks file holds these lines.
async fn with_marks(lines: &[u8]) -> Story {
    let story = Story::new().await;
    let marks = story.recoveries().with_file_name("marks");
    std::fs::create_dir_all(marks.parent().unwrap()).unwrap();
    std::fs::write(&marks, lines).unwrap();
    story
}

fn line(name: &str, at: &str, file: &str) -> String {
    format!("{{\"name\":\"{name}\",\"at\":\"{at}\",\"file\":\"{file}\"}}\n")
}

/// `before-deploy` of b is another second of another database: a's recovery to it would be a recovery to the wrong time.
#[tokio::test]
async fn a_mark_of_another_file_is_not_gone_to() {
    let story = with_marks(b"").await;
    let own = story.path("recovery.toml").canonicalize().unwrap();
    let (own, at) = (own.to_str().unwrap(), story.at().to_string());
    let marks = story.recoveries().with_file_name("marks");
    let write = |lines: &[String]| std::fs::write(&marks, lines.concat()).unwrap();
    let dry = ["--at", "mark:before-deploy", "--dry-run"];

    // Only b's: refused, and the file is named.
    let other = line("before-deploy", "2024-01-01T00:00:00Z", "/etc/b.toml");
    write(std::slice::from_ref(&other));
    let run = story.asof("recover", &dry).await.expect_code(2);
    assert!(
        run.stderr.contains("has no mark before-deploy; a mark of this name was made with /etc/b.toml"),
        "{run}"
    );
    let run = story.asof("recover", &["--at", "mark:before-deploy", "--yes"]).await.expect_code(2);
    assert!(run.stderr.contains("/etc/b.toml") && story.calls("quiesce") == 0, "{run}");

    // Its own, though b's is newer in the file.
    write(&[line("before-deploy", &at, own), other.clone()]);
    let run = story.asof("recover", &dry).await.expect_code(0);
    assert!(run.stderr.contains(&format!("--at {at}")), "{run}");

    // Without a recovery file, it is ambiguous which one is meant.
    let diff = ["diff", "s3://scene", "--at", "mark:before-deploy"];
    let run = story.scene.subject.asof(&diff).await.expect_code(2);
    assert!(run.stderr.contains("several recovery files have a mark before-deploy: /etc/b.toml"), "{run}");

    // Of no file, as it may have been written before.
    write(&[line("before-deploy", &at, ""), other]);
    let run = story.asof("recover", &dry).await.expect_code(0);
    assert!(run.stderr.contains(&format!("--at {at}")), "{run}");
}

/// Each file has its own names, and replaces none of another's.
#[tokio::test]
async fn a_name_that_another_file_has_given_is_free() {
    let lines = line("before-deploy", "2024-01-01T00:00:00Z", "/etc/b.toml");
    let story = with_marks(lines.as_bytes()).await;
    story.asof("mark", &["--name", "before-deploy"]).await.expect_code(0);
    story.asof("mark", &["--name", "before-deploy"]).await.expect_code(2);
    let listed = story.scene.subject.asof(&["mark", "--list", "--json"]).await.expect_code(0);
    assert_eq!(listed.of_type("mark").len(), 2, "{listed}");
}

/// One byte that is not UTF-8 is reported, and does not hide the other marks.
#[tokio::test]
async fn a_byte_that_is_not_utf_8_spoils_one_line_alone() {
    let first = line("first", "2024-05-05T00:00:00Z", "");
    let lines = [first.as_bytes(), b"{\"name\":\"\xFF\",\"at\":\"2024-05-05T00:00:00Z\"}\n"].concat();
    let story = with_marks(&lines).await;
    let listed = story.scene.subject.asof(&["mark", "--list", "--json"]).await.expect_code(0);
    assert_eq!(listed.of_type("mark").len(), 1, "{listed}");
    assert!(listed.stderr.contains("cannot read line 2 of the marks in "), "{listed}");
    story.asof("mark", &["--name", "second"]).await.expect_code(0);
    let run = story.scene.subject.asof(&["diff", "s3://scene", "--at", "mark:second"]).await.expect_code(0);
    assert_eq!(run.stderr.matches("cannot read line 2").count(), 1, "{run}");
}
