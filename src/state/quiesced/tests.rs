use super::*;

#[test]
fn it_is_known_until_it_is_forgotten_and_of_its_file_only() {
    let dir = tempfile::tempdir().unwrap();
    let (file, other) = (Path::new("/a.toml"), Path::new("/b.toml"));
    let quiesced = Quiesced { name: "m".into(), since: Instant::from_millis(0) };
    assert_eq!(Quiesced::find(dir.path(), file).unwrap(), None);
    quiesced.note(dir.path(), file).unwrap();
    assert_eq!(Quiesced::find(dir.path(), file).unwrap(), Some(quiesced));
    assert_eq!(Quiesced::find(dir.path(), other).unwrap(), None);
    std::fs::write(place(dir.path(), file), "torn {").unwrap();
    assert_eq!(Quiesced::find(dir.path(), file).unwrap_err().kind(), ErrorKind::Corrupt);
    Quiesced::forget(dir.path(), file).unwrap();
    assert_eq!(Quiesced::find(dir.path(), file).unwrap(), None);
    Quiesced::forget(dir.path(), file).unwrap();
}
