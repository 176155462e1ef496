use std::collections::BTreeSet;
use std::path::Path;

use super::*;

#[test]
fn every_file_is_a_topic_and_every_topic_a_file() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/manual");
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let pages = files.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let pages: BTreeSet<_> =
        pages.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let topics: BTreeSet<_> = TOPICS.iter().map(|topic| topic.name.to_owned()).collect();
    assert_eq!(topics, pages);
    assert_eq!(topics.len(), TOPICS.len(), "a topic stands twice");
}

#[test]
fn summary_is_the_sentence_below_the_title() {
    let page = find("exit-codes").unwrap();
    assert!(page.summary().ends_with('.'), "{}", page.summary());
    assert_eq!(find("exit-code"), None);
}
