//! References of more than one store: rows and messages beside a bucket, and beside each other.

use serde_json::{Value, json};

use super::story::{Story, report, states};
use crate::faults::scene::BUCKET;

/// Rows and messages name objects, and each message a row; the messages hold URLs.
async fn story() -> Story {
    let story = Story::new().await;
    let file = story.read("recovery.toml");
    let start = file.find("[references]").unwrap();
    let end = file.find("[hooks]").unwrap();
    let list = |name: &str, more: &str| {
        let keys = story.path(name);
        format!("[[references]]\nname = \"{name}\"\ncommand = [\"cat\", \"{}\"]\n{more}", keys.display())
    };
    let bucket = format!("bucket = \"s3://{BUCKET}\"\n");
    let between = |names: &str| format!("[[references]]\nbetween = [{names}]\n");
    let several = [
        list("orders", &bucket),
        list("messages", &format!("strip-prefix = \"https://cdn/\"\n{bucket}")),
        between(r#""messages", "orders""#),
        between(r#""orders", "messages""#),
        list("thumbnails", "null = true\n"),
        format!("{}name = \"made\"\norphans = true\n", between(r#""thumbnails", "orders""#)),
    ];
    story.write("recovery.toml", &format!("{}{}{}", &file[..start], several.concat(), &file[end..]));
    story.write("orders", "kept/0000\nover/0001\ngone/0002\n");
    story.write("messages", "https://cdn/gone/0002\nhttps://cdn/kept/0000\nhttps://cdn/over/0001\n");
    story.write("thumbnails", "gone/0002\0kept/0000\0over/0001\0");
    story
}

fn step(report: &Value) -> &Value {
    let mut steps = report["steps"].as_array().unwrap().iter();
    steps.find(|step| step["step"] == "references").unwrap()
}

fn findings(report: &Value) -> Vec<String> {
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let one =
        |finding: &Value| ["references", "finding", "place", "key"].map(|name| text(finding, name)).join(" ");
    report["findings"].as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn rows_and_messages_that_agree_are_consistent() {
    let story = story().await;
    let told = report(&story.recover().await.expect_code(0));
    assert_eq!((&told["ending"], findings(&told)), (&json!("done"), vec![]), "{told:#}");
    let compared = step(&told)["comparisons"].as_array().unwrap().clone();
    let with: Vec<_> = compared.iter().map(|one| (one["name"].as_str(), one["with"].as_str())).collect();
    let bucket = format!("s3://{BUCKET}");
    let expected = [
        ("orders", &*bucket),
        ("messages", &bucket),
        ("messages in orders", "orders"),
        ("orders in messages", "messages"),
        ("made", "orders"),
    ];
    assert_eq!(with, expected.map(|(name, with)| (Some(name), Some(with))), "{told:#}");
    assert!(compared.iter().all(|one| one["counts"]["keys"] == 3), "{told:#}");
    assert_eq!(step(&told)["counts"]["keys"], 15, "{told:#}");
    story.assert_recovered("rows and messages");
}

#[tokio::test]
async fn each_difference_is_found_and_told_with_the_name_of_its_references() {
    let story = story().await;
    story.write("orders", "kept/0000\nover/0001\ngone/0002\nnever/row\n");
    story.write("messages", "https://cdn/kept/0000\nhttps://cdn/over/0001\nhttps://cdn/kept/0001\n");
    story.write("thumbnails", "gone/0002\0kept/0000\0over/0001\0lone\u{7}\0");
    let page = story.path("page.html");
    let more = ["--at", &story.at().to_string(), "--yes", "--html", page.to_str().unwrap()];
    let run = story.asof("recover", &more).await.expect_code(4);
    let told = report(&run);
    let bucket = format!("s3://{BUCKET}");
    let expected = [
        &format!("orders dangling {bucket} never/row"),
        "messages in orders dangling orders kept/0001",
        "orders in messages dangling messages gone/0002",
        "orders in messages dangling messages never/row",
        "made dangling orders lone\u{7}",
        "made orphan orders never/row",
    ];
    assert_eq!(
        (&told["ending"], findings(&told)),
        (&json!("inconsistent"), expected.map(str::to_owned).to_vec())
    );
    let counts: Vec<_> =
        step(&told)["comparisons"].as_array().unwrap().iter().map(|one| &one["counts"]).collect();
    let dangling: Vec<_> = counts.iter().map(|counts| counts["dangling"].as_u64().unwrap()).collect();
    assert_eq!((dangling, &counts[4]["orphans"]), (vec![1, 0, 1, 2, 1], &json!(1)), "{told:#}");
    assert_eq!((&step(&told)["counts"]["dangling"], story.calls("resume")), (&json!(5), 1), "{told:#}");
    assert!(run.stderr.contains("restore late uploads with asof references --heal"), "{run}");
    let page = std::fs::read_to_string(page).unwrap();
    for part in [
        "orders in messages: 2 dangling, 4 keys",
        "is missing from messages (references orders in messages)",
        "is not named by thumbnails (references made)",
    ] {
        assert!(page.contains(part) && !page.contains('\u{7}'), "no {part} in {page}");
    }
}

/// Late uploads have nothing to do with messages that name no row.
#[tokio::test]
async fn healing_is_not_suggested_where_only_lists_differ() {
    let story = story().await;
    story.write("thumbnails", "lone\0");
    let run = story.recover().await.expect_code(4);
    assert!(run.stderr.contains("dangling references: their keys are in the report\n"), "{run}");
    assert!(!run.stderr.contains("--heal"), "{run}");
}

/// A pipe hides a failure of its first command: two empty lists agree, and prove nothing.
#[tokio::test]
async fn empty_lists_are_not_taken_for_consistent() {
    let story = story().await;
    for list in ["orders", "messages", "thumbnails"] {
        story.write(list, "");
    }
    let run = story.recover().await.expect_code(4);
    let told = report(&run);
    let found = findings(&told);
    assert!(found.len() == 5 && found.iter().all(|found| found.contains("nothing-compared")), "{told:#}");
    assert_eq!(
        told["findings"][2]["detail"],
        "the command of the references messages printed no keys, so nothing was compared"
    );
    assert!(run.stderr.contains("nothing was compared for the references orders, messages, "), "{run}");

    let file = story.read("recovery.toml");
    let allowed = file.replace("between = ", "allow-empty = true\nbetween = ");
    story.write("recovery.toml", &allowed.replace("bucket = ", "allow-empty = true\nbucket = "));
    std::fs::remove_file(story.path("restored")).unwrap();
    let told = report(&story.recover().await);
    assert_eq!(told["ending"], "done", "{told:#}");
}

/// The first list is complete, so the missing second one is not taken for agreement even if it may be empty.
#[tokio::test]
async fn an_empty_second_list_lacks_every_key() {
    let story = story().await;
    story.write("messages", "");
    let file = story.read("recovery.toml").replace("between = ", "allow-empty = true\nbetween = ");
    story.write("recovery.toml", &file);
    let told = report(&story.recover().await.expect_code(4));
    let found = findings(&told);
    assert_eq!(
        found.iter().filter(|found| found.starts_with("orders in messages dangling")).count(),
        3,
        "{told:#}"
    );
}

#[tokio::test]
async fn a_command_that_fails_is_named_and_gone_on_with() {
    let story = story().await;
    std::fs::rename(story.path("messages"), story.path("away")).unwrap();
    let run = story.recover().await.expect_code(3);
    let told = report(&run);
    assert!(states(&told).contains(&"failed references".to_owned()), "{told:#}");
    assert!(
        run.stderr.contains("references: the command of the references messages (cat) failed: "),
        "{run}"
    );
    assert_eq!(story.calls("resume"), 0);

    std::fs::rename(story.path("away"), story.path("messages")).unwrap();
    story.recover().await.expect_code(0);
    story.assert_recovered("once the command works");
}

#[tokio::test]
async fn a_line_without_the_text_to_strip_is_told() {
    let story = story().await;
    story.write("messages", "https://cdn/kept/0000\nkept/0001\n");
    let run = story.recover().await.expect_code(3);
    let told = "kept/0001 in the command of the references messages is not a key after https://cdn/";
    assert!(run.stderr.contains(told), "{run}");
}

#[tokio::test]
async fn references_that_cannot_be_are_refused_before_anything_is_done() {
    let story = story().await;
    let (file, versions) = (story.read("recovery.toml"), story.scene.versions());
    for (was, is, told) in [
        ("name = \"messages\"", "name = \"orders\"", "two references have the name orders"),
        (
            "between = [\"messages\", \"orders\"]",
            "between = [\"queue\", \"orders\"]",
            "between names queue, which no ",
        ),
        (
            "between = [\"messages\", \"orders\"]",
            "between = [\"messages\", \"orders\", \"made\"]",
            "between takes two names of [[references]], not 3",
        ),
    ] {
        story.write("recovery.toml", &file.replacen(was, is, 1));
        for command in [&["recover"][..], &["drill"]] {
            let yes: &[&str] = if command == ["recover"] { &["--yes"] } else { &[] };
            let at = story.at().to_string();
            let run = story.asof(command[0], &[&["--at", &*at], yes].concat()).await.expect_code(2);
            assert!(run.stderr.contains(told), "{told}: {run}");
        }
    }
    assert_eq!((story.order(), story.scene.versions()), (vec![], versions));
    assert!(story.newest().is_none());
}
