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

/// The link to a pipe, as /dev/stdout is one, was replaced by a file.
#[test]
fn a_link_to_a_pipe_is_written_through() {
    use std::io::Read as _;
    use std::os::fd::AsRawFd as _;
    let dir = tempfile::tempdir().unwrap();
    let link = dir.path().join("stdout");
    let (mut reader, writer) = io::pipe().unwrap();
    std::os::unix::fs::symlink(format!("/proc/self/fd/{}", writer.as_raw_fd()), &link).unwrap();
    can_write([link.as_path()]).unwrap();
    write(&link, "the page", "page").unwrap();
    drop(writer);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "page");
}

#[test]
fn a_link_that_leads_nowhere_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let link = dir.path().join("page.html");
    std::os::unix::fs::symlink("missing/page.html", &link).unwrap();
    can_write([link.as_path()]).unwrap_err();
    write(&link, "the page", "page").unwrap_err();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[test]
fn what_is_no_file_is_written_to_as_it_is() {
    can_write([Path::new("/dev/null")]).unwrap();
    write(Path::new("/dev/null"), "the page", "x").unwrap();
    let full = write(Path::new("/dev/full"), "the page", "x").unwrap_err();
    assert!(full.to_string().starts_with("cannot write the page /dev/full: "), "{full}");
}
