use super::*;

fn file(path: &str) -> Vec<Resource> {
    vec![Resource::File { path: path.into() }]
}

#[test]
fn what_is_worked_on_is_refused_with_who_works_on_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut claim = Claim::take(dir.path(), "recovery", file("/a")).unwrap();
    Claim::take(dir.path(), "recovery", file("/b")).unwrap();
    claim.tell(dir.path(), "20251117T143005Z-7f3a", Some(Instant::from_millis(0))).unwrap();
    let told = Claim::take(dir.path(), "mark", file("/a")).unwrap_err();
    assert_eq!(told.kind(), ErrorKind::Refused);
    let pid = std::process::id();
    let expected = format!(
        "another process is working on the recovery file /a: the recovery 20251117T143005Z-7f3a to \
             1970-01-01 00:00:00 UTC (PID {pid} on {})",
        host_name()
    );
    assert_eq!(told.to_string(), expected);
    drop(claim);
    Claim::take(dir.path(), "mark", file("/a")).unwrap();
}

/// A killed process leaves its file; the kernel has released the lock.
#[test]
fn what_a_killed_process_has_left_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let claims = dir.path().join("claims");
    fs::create_dir(&claims).unwrap();
    fs::write(claims.join("claim-dead"), "torn {").unwrap();
    let claim = Claim::take(dir.path(), "recovery", file("/a")).unwrap();
    assert!(!claims.join("claim-dead").exists());
    drop(claim);
    let left = |name: std::ffi::OsString| name.to_string_lossy().starts_with(PREFIX);
    assert!(!fs::read_dir(&claims).unwrap().any(|entry| left(entry.unwrap().file_name())));
}
