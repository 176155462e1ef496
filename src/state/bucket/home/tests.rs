use std::time::{Duration, SystemTime};

use super::*;

/// Copies of killed processes are removed; those in use, new ones, and anything else stay.
#[test]
fn abandoned_copies_are_removed() {
    let place = tempfile::tempdir().unwrap();
    let make = |name: &str| {
        let dir = place.path().join(name);
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("lock"), "").unwrap();
        fs::write(dir.join("run.json"), "{}").unwrap();
        dir
    };
    let [abandoned, used, new, other, unlocked] =
        ["asof-state-a", "asof-state-b", "asof-state-c", "other", "asof-state-d"].map(make);
    fs::remove_file(unlocked.join("lock")).unwrap();
    let held = lock(&used, "copy").unwrap();
    let past = SystemTime::now() - limits::UNWRITTEN_RUN - Duration::from_secs(5);
    for dir in [&abandoned, &used, &other, &unlocked] {
        fs::File::open(dir).unwrap().set_modified(past).unwrap();
    }
    remove_abandoned(place.path());
    let left = [&abandoned, &used, &new, &other, &unlocked].map(|dir| dir.exists());
    assert_eq!(left, [false, true, true, true, true]);
    drop(held);
    remove_abandoned(place.path());
    assert!(!used.exists());
}
