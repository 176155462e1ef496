use super::*;

#[test]
fn a_file_is_replaced_as_a_whole_and_keeps_its_links_and_permissions() {
    let dir = tempfile::tempdir().unwrap();
    let (file, link) = (dir.path().join("page.html"), dir.path().join("link.html"));
    fs::write(&file, "before").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("page.html", &link).unwrap();
    can_write([link.as_path()]).unwrap();
    write(&link, "the page", "after").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&file).unwrap(), "after");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    let new = dir.path().join("new.html");
    can_write([new.as_path()]).unwrap();
    assert!(!new.exists(), "made before there is anything to write");
    write(&new, "the page", "new").unwrap();
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3);
}

#[test]
fn what_is_no_file_is_written_to_as_it_is() {
    can_write([Path::new("/dev/null")]).unwrap();
    write(Path::new("/dev/null"), "the page", "x").unwrap();
    let full = write(Path::new("/dev/full"), "the page", "x").unwrap_err();
    assert!(full.to_string().starts_with("cannot write the page /dev/full: "), "{full}");
}
