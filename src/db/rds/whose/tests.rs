use super::*;
use crate::db::rds::tags::PURPOSE;

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}

#[test]
fn nothing_is_foreign_by_one_answer_without_tags() {
    let untagged = || Whose::Foreign(Other::Untagged(None));
    let recovery = || Whose::Foreign(Other::Recovery("r-2".to_owned()));
    let of_drill = || Whose::Foreign(Other::Drill("r-2".to_owned()));
    let (ours, theirs, plain) = (tag(TAG, "r-1"), tag(TAG, "r-2"), tag("team", "r-1"));
    let (lately, long_ago) = (Some(Duration::from_secs(1)), Some(limits::RESTORE_UNTAGGED));
    let drill = [theirs.clone(), tag(PURPOSE, "drill")];
    for (made, described, listed, age, expected) in [
        (None, vec![ours.clone()], None, None, Whose::Ours),
        (None, vec![], Some(vec![ours.clone()]), None, Whose::Ours),
        (Some("db-A"), vec![], None, lately, Whose::Ours),
        (Some("db-A"), vec![], None, long_ago, Whose::Ours),
        (Some("db-B"), vec![ours], None, None, Whose::Ours),
        (None, vec![theirs.clone()], None, lately, recovery()),
        (None, vec![], Some(vec![theirs]), lately, recovery()),
        (None, drill.to_vec(), None, lately, of_drill()),
        (None, vec![plain.clone()], None, lately, Whose::AskTags),
        (None, vec![], None, None, Whose::AskTags),
        (None, vec![plain], Some(vec![]), lately, Whose::Unknown),
        (None, vec![], Some(vec![]), lately, Whose::Unknown),
        (None, vec![], Some(vec![]), long_ago, untagged()),
        (None, vec![], Some(vec![]), None, untagged()),
        (Some("db-B"), vec![], None, lately, Whose::AskTags),
        (Some("db-B"), vec![], Some(vec![]), lately, untagged()),
    ] {
        let request = RestoreRequest {
            made: made.map(str::to_owned),
            ..RestoreRequest::new(crate::model::Instant::default(), "r-1")
        };
        let decided =
            whose(Seen { resource_id: Some("db-A"), tags: &described }, listed.as_deref(), &request, age);
        assert_eq!(decided, expected, "{made:?} {described:?} {listed:?} {age:?}");
    }
}
