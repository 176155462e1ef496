use std::io::Write as _;
use std::os::unix::fs::symlink;

use super::*;

fn path(key: &str) -> KeyPath {
    KeyPath::of(key).unwrap()
}

fn write(directory: &Directory, key: &str, replace: bool) -> io::Result<()> {
    let mut draft = directory.draft(&path(key))?;
    draft.file.write_all(key.as_bytes())?;
    draft.place(Instant::from_millis(1_700_000_000_123), replace)
}

#[test]
fn a_file_is_whole_and_dated_or_not_there() {
    let home = tempfile::tempdir().unwrap();
    let directory = Directory::open_to_write(&home.path().join("new/one")).unwrap();
    write(&directory, "a/b", false).unwrap();
    let Some(Found::File { size: 3, modified, .. }) = directory.find(&path("a/b")).unwrap() else {
        panic!("{:?}", directory.find(&path("a/b")));
    };
    assert_eq!(modified, Instant::from_millis(1_700_000_000_123));
    assert_eq!(write(&directory, "a/b", false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    write(&directory, "a/b", true).unwrap();
    drop(directory.draft(&path("a/c")).unwrap());
    assert_eq!(std::fs::read_dir(home.path().join("new/one/a")).unwrap().count(), 1);
    assert!(directory.find(&path("a/c")).unwrap().is_none());
    assert!(directory.find(&path("a/b/c")).unwrap().is_none());
    assert!(write(&directory, "a/b/c", false).is_err());
    assert!(write(&directory, "a", true).is_err());
}

#[test]
fn symbolic_links_are_not_followed() {
    let home = tempfile::tempdir().unwrap();
    let (inside, outside) = (home.path().join("in"), home.path().join("out"));
    std::fs::create_dir_all(&inside).unwrap();
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::write(outside.join("file"), "theirs").unwrap();
    symlink(&outside, inside.join("dir")).unwrap();
    symlink(outside.join("file"), inside.join("file")).unwrap();
    let directory = Directory::open_to_write(&inside).unwrap();
    let unfinished = &hex(&Digest::of(Algorithm::Sha256, b"x"))[..32];
    symlink(outside.join("file"), inside.join(format!("{UNFINISHED}{unfinished}"))).unwrap();
    write(&directory, "x", false).unwrap();
    assert!(write(&directory, "dir/file", true).is_err());
    assert!(write(&directory, "dir/new", true).is_err());
    assert!(directory.make_folder(&path("dir/new/")).is_err());
    assert!(write(&directory, "file", false).is_err());
    assert!(matches!(directory.find(&path("file")).unwrap(), Some(Found::Other)));
    assert!(!matches!(directory.find(&path("dir/file")).unwrap(), Some(Found::File { .. })));
    // Replaces the link, does not follow it.
    write(&directory, "file", true).unwrap();
    assert_eq!(std::fs::read_to_string(outside.join("file")).unwrap(), "theirs");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn one_run_at_a_time() {
    let home = tempfile::tempdir().unwrap();
    let first = Directory::open_to_write(home.path()).unwrap();
    assert_eq!(Directory::open_to_write(home.path()).unwrap_err().kind(), ErrorKind::Refused);
    drop(first);
    Directory::open_to_write(home.path()).unwrap();
}

#[test]
fn paths_have_room() {
    let home = tempfile::tempdir().unwrap();
    let directory = Directory::open_to_write(home.path()).unwrap();
    let key = "x/".repeat(2040) + "y";
    assert!(directory.path_of(&key, &key).unwrap_err().to_string().contains("too long"));
    assert!(directory.path_of("a/../b", "../b").unwrap_err().to_string().contains("a/../b"));
}
