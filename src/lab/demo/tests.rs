use super::*;

const AT: i64 = 1_794_925_866_000;

async fn staged() -> (Lab, BTreeMap<String, Content>, String) {
    let lab = Lab::start(Options::default()).await.unwrap();
    let mut out = Vec::new();
    let before = stage(&lab, AT, &mut out).unwrap();
    (lab, before, String::from_utf8(out).unwrap())
}

#[tokio::test]
async fn the_same_bucket_every_time_with_all_kinds_of_damage() {
    let (lab, before, told) = staged().await;
    let after = contents(&lab);
    assert!(before.len() > 2_000, "{told}");
    assert!(lab.count_versions(BUCKET) > before.len() + 1_000);
    assert!(before.keys().any(|key| !after.contains_key(key)));
    assert!(after.keys().any(|key| !before.contains_key(key)));
    assert!(before.iter().any(|(key, content)| after.get(key).is_some_and(|now| now != content)));
    assert!(before.contains_key(history::TOLD));
    assert!(before.values().any(|content| !content.tags.is_empty() && !content.metadata.is_empty()));
    let (_, again, told_again) = staged().await;
    assert_eq!((before, told), (again, told_again));
}

#[tokio::test]
async fn the_incident_begins_after_t_and_ends_before_now() {
    let (lab, before, _) = staged().await;
    let after = lab.live(BUCKET);
    let changed = after.iter().filter(|(key, live)| before.get(*key) != Some(&live.content));
    assert!(changed.clone().count() > 0);
    assert!(changed.clone().all(|(_, live)| live.last_modified >= AT + 1_000));
    assert!(changed.clone().all(|(_, live)| live.last_modified < AT + AGO));
    let unchanged = after.iter().filter(|(key, live)| before.get(*key) == Some(&live.content));
    assert!(unchanged.clone().all(|(_, live)| live.last_modified < AT + 1_000));
}

#[tokio::test]
async fn the_verdict_sees_one_byte_one_tag_and_one_key() {
    let (lab, before, _) = staged().await;
    assert!(judge(&before, &before, &mut Vec::new()).unwrap());
    assert!(!judge(&before, &contents(&lab), &mut Vec::new()).unwrap());
    let key = before.keys().next().unwrap().clone();
    let mut other = before.clone();
    other.get_mut(&key).unwrap().tags.insert("new".to_owned(), String::new());
    assert!(!judge(&before, &other, &mut Vec::new()).unwrap());
    other.remove(&key);
    assert!(!judge(&before, &other, &mut Vec::new()).unwrap());
}
