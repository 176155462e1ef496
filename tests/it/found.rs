//! The failures that the model check found, one test each. On the lab.

use asof::lab::Put;

use crate::servers::Server;
use crate::support::Subject;

/// Only the tags differ: ETag, size, checksum and metadata are those of the version at T.
#[tokio::test]
async fn an_overwrite_that_changed_only_tags_is_reverted() {
    let subject = Subject::new(Server::with_lab("lab", asof::lab::Quirks::default()).await);
    let bucket = subject.bucket().await;
    let tagged = |tags: &[(&str, &str)]| Put {
        tags: tags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..Put::of("same")
    };
    let (then, other) = (tagged(&[("team", "data")]), tagged(&[("team", "web")]));
    for (key, object) in [("other", &then), ("lost", &then), ("won", &tagged(&[])), ("same", &then)] {
        subject.lab().put(&bucket.name, key, object.clone()).unwrap();
    }
    let at = subject.moment().await;
    for (key, object) in [("other", &other), ("lost", &tagged(&[])), ("won", &other), ("same", &then)] {
        subject.lab().put(&bucket.name, key, object.clone()).unwrap();
    }
    let diff = subject.diff(&bucket.url(""), at).await;
    assert_eq!(diff.keys_to("revert"), ["lost", "other", "won"], "{diff}");
    assert_eq!(diff.count("same_content"), 1, "{diff}");
    subject.restore_and_verify(&bucket.url(""), at).await;
    let live = subject.lab().live(&bucket.name);
    for (key, object) in [("other", &then), ("lost", &then), ("won", &tagged(&[])), ("same", &then)] {
        assert_eq!(live[key].content.tags, object.tags, "tags of {key}");
    }
}
