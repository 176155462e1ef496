use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use super::*;
use crate::error::ErrorKind;
use crate::recover::{Step, StepResult};
use crate::state::frame::to_line;

const NOW: Instant = Instant::from_millis(1_763_389_805_000);
const FILE: &str = "/etc/asof/recovery.toml";

fn begin(state_dir: &Path, file: &Path) -> Result<Recovery> {
    let told = RecoveryManifest::new(Purpose::Recover, file, Vec::new(), "latest", NOW, NOW);
    let text = "[[bucket]]\nsource = \"s3://prod\"\ntarget = \"in-place\"\n";
    Recovery::create(
        state_dir,
        told,
        RecoveryFile::parse("r.toml", text).unwrap().shape(),
        &ServerClock::default(),
    )
}

fn take_up(state_dir: &Path) -> Result<Option<Recovery>> {
    Recovery::take_up(state_dir, Purpose::Recover, Path::new(FILE), |_| true, &ServerClock::default())
}

#[test]
fn a_path_that_cannot_be_noted_is_refused_before_anything_is_begun() {
    let dir = tempfile::tempdir().unwrap();
    let told = begin(dir.path(), Path::new(OsStr::from_bytes(b"/etc/asof/\xFF.toml"))).unwrap_err();
    assert_eq!(told.kind(), ErrorKind::Usage, "{told}");
    assert!(!recoveries(dir.path()).exists());
}

/// Applies `change` to the manifest of an unfinished or `ended` recovery; returns whether it is refused then.
fn is_refused(ended: bool, file: &str, change: impl Fn(String) -> String) -> bool {
    let dir = tempfile::tempdir().unwrap();
    let recovery = begin(dir.path(), Path::new(file)).unwrap();
    if ended {
        let (step, at, result) = (Step::Bucket(0), NOW, StepResult::default());
        recovery.note(|_| Record::Begun { step, at }).unwrap();
        recovery.note(|_| Record::Done { step, at, result }).unwrap();
        recovery.note(|at| Record::Ended { at }).unwrap();
    }
    let path = recovery.place.dir.join(MANIFEST);
    drop(recovery);
    fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
    match take_up(dir.path()) {
        Ok(None) => false,
        Ok(Some(_)) => panic!("taken up"),
        Err(e) => {
            assert_eq!(e.kind(), ErrorKind::Usage, "{e}");
            true
        }
    }
}

/// If it were skipped, the same command would start another recovery next to it.
#[test]
fn what_cannot_be_read_is_refused_unless_it_has_ended() {
    let newer = |told: String| told.replace(&format!("\"format\": {FORMAT}"), "\"format\": 99");
    assert!(is_refused(false, FILE, newer));
    assert!(is_refused(false, FILE, |_| String::new()));
    assert!(!is_refused(false, "/etc/asof/other.toml", newer));
    assert!(!is_refused(true, FILE, newer));
    assert!(!is_refused(true, FILE, |_| String::new()));
}

/// An older asof recorded neither its resources nor that it had checked them.
#[test]
fn a_recovery_of_the_first_format_is_taken_up() {
    let dir = tempfile::tempdir().unwrap();
    let recovery = begin(dir.path(), Path::new(FILE)).unwrap();
    let (told, journal) = (recovery.place.dir.join(MANIFEST), recovery.place.dir.join(JOURNAL));
    drop(recovery);
    let mut old: serde_json::Value = serde_json::from_slice(&fs::read(&told).unwrap()).unwrap();
    let fields = old.as_object_mut().unwrap();
    fields.insert("format".into(), 1.into());
    assert!(fields.remove("holds").is_some());
    fs::write(&told, serde_json::to_vec(&old).unwrap()).unwrap();
    let shape = r#"{"quiesce":false,"resume":false,"after_database":false,"references":false,"verify":false,"databases":0,"in_place":[true]}"#;
    let started = format!(r#"{{"type":"started","format":1,"at":"2025-11-17T14:30:05Z","shape":{shape}}}"#);
    let started: Record = serde_json::from_str(&started).unwrap();
    fs::write(&journal, to_line(&started).unwrap()).unwrap();
    let recovery = take_up(dir.path()).unwrap().unwrap();
    assert!(recovery.is_taken_up() && recovery.manifest().holds.is_empty());
    assert_eq!(recovery.state().shape().unwrap().in_place, [true]);
}

/// Closed by the operation that has overtaken it, it is neither resumed nor in the way.
#[test]
fn a_recovery_that_was_overtaken_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    drop(begin(dir.path(), Path::new(FILE)).unwrap());
    let open = Recovery::list(dir.path()).unwrap().remove(0);
    assert!(open.state.is_open() && !open.running);
    Recovery::close(dir.path(), &open, &Overtaker::Run("why".into()), &ServerClock::default()).unwrap();
    let closed = Recovery::list(dir.path()).unwrap().remove(0);
    assert_eq!((closed.state.is_open(), closed.state.overtaken()), (false, Some("why")));
    assert!(take_up(dir.path()).unwrap().is_none());
    Recovery::close(dir.path(), &closed, &Overtaker::Run("again".into()), &ServerClock::default()).unwrap();
}

/// A recovery killed before its journal began can be adopted again; a known one cannot.
#[test]
fn an_adopted_recovery_has_its_name_and_may_have_asked_for_each_database() {
    const ID: &str = "20251117T143005Z-7f3a";
    let dir = tempfile::tempdir().unwrap();
    let adopt = |id: &str| {
        let told = RecoveryManifest::new(Purpose::Recover, Path::new(FILE), Vec::new(), "latest", NOW, NOW);
        let text = "[[database]]\nkind = \"rds\"\nsource = \"a\"\ntarget = \"b\"\n";
        let shape = RecoveryFile::parse("r.toml", text).unwrap().shape();
        Recovery::adopt(dir.path(), id, told, shape, &ServerClock::default())
    };
    let place = recoveries(dir.path()).join(ID);
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join(MANIFEST), "torn").unwrap();
    assert!(!Recovery::is_known(dir.path(), ID).unwrap());
    let recovery = adopt(ID).unwrap();
    assert_eq!((recovery.id(), recovery.state().asked_for(0)), (ID, Some(NOW)));
    drop(recovery);
    assert!(Recovery::is_known(dir.path(), ID).unwrap());
    let taken_up = take_up(dir.path()).unwrap().unwrap();
    assert!(taken_up.id() == ID && taken_up.state().was_asked_for(0));
    taken_up.overtake(&Overtaker::Run("a test".into())).unwrap();
    drop(taken_up);
    assert_eq!(adopt(ID).unwrap_err().kind(), ErrorKind::Refused);
    assert_eq!(adopt("20251117T143005Z-7f3b").unwrap().id(), "20251117T143005Z-7f3b");
}
