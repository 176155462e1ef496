use aws_sdk_rds::types::Tag;

use super::*;
use crate::db::rds::tags::{PURPOSE, TAG};

const DAY: i64 = 24 * 60 * 60 * 1000;

#[test]
fn only_what_is_old_enough_is_removed() {
    let now = Instant::from_millis(10 * DAY);
    for (created, verdict) in [
        (None, Sweep::AgeUnknown),
        (Some(10 * DAY), Sweep::TooYoung),
        (Some(9 * DAY + 1), Sweep::TooYoung),
        (Some(9 * DAY), Sweep::Remove),
        (Some(0), Sweep::Remove),
        // The creator's clock is ahead of ours.
        (Some(11 * DAY), Sweep::TooYoung),
    ] {
        assert_eq!(Sweep::of(created.map(Instant::from_millis), now), verdict, "{created:?}");
    }
}

#[test]
fn only_what_a_drill_has_made_is_a_leftover() {
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let id = "20251117T143005Z-7f3a";
    for (tags, is_left) in [
        (vec![tag(TAG, id), tag(PURPOSE, "drill")], true),
        (vec![tag(TAG, id)], false),
        (vec![tag(PURPOSE, "drill")], false),
        (vec![tag(TAG, id), tag(PURPOSE, "recover")], false),
        (vec![tag(TAG, "somebody-s"), tag(PURPOSE, "drill")], false),
        (vec![], false),
    ] {
        let instance = DbInstance::builder().db_instance_identifier("x").set_tag_list(Some(tags.clone()));
        let found = leftover(&instance.build(), &Server::default(), Instant::default());
        assert_eq!(found.is_some(), is_left, "{tags:?}");
    }
}
