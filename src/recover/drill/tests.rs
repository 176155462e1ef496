use super::super::steps::Step;
use super::*;

fn file(text: &str) -> RecoveryFile {
    RecoveryFile::parse("r.toml", text).unwrap()
}

const SCRATCH: &str = "[[bucket]]\nsource = \"s3://prod\"\ntarget = \"s3://scratch/d\"\n";

#[test]
fn only_scratch_targets_are_drilled() {
    let database = |rest: &str| {
        file(&format!("{SCRATCH}[[database]]\nkind = \"command\"\nname = \"a\"\nrestore = [\"r\"]\n{rest}"))
    };
    assert!(check_drill(&file(SCRATCH), false).is_ok());
    assert!(check_drill(&file(&SCRATCH.replace("s3://scratch/d", "in-place")), false).is_err());
    let (place, teardown) = ("source = \"a\"\ntarget = \"b\"\n", "teardown = [\"t\"]\n");
    let progress = "progress = [\"p\"]\n";
    let whole = [place, progress, teardown].concat();
    assert!(check_drill(&database(&whole), false).is_ok());
    assert!(check_drill(&database(&[place, progress].concat()), true).is_ok());
    for (rest, keep) in [
        ([place, progress].concat(), false),
        ([place, teardown].concat(), true),
        (whole.replace("\"b\"", "\"a\""), false),
        (whole.replace("target = \"b\"\n", ""), true),
    ] {
        assert!(check_drill(&database(&rest), keep).is_err(), "{rest}");
    }
}

/// A view is read only: a drill can use it, unless late uploads must be written to it, and a recovery cannot.
#[test]
fn views_are_for_drills() {
    let view = SCRATCH.replace("s3://scratch/d", "view");
    assert!(check_drill(&file(&view), false).is_ok());
    assert!(check_recovery(&file(SCRATCH)).is_ok());
    let refused = check_recovery(&file(&view)).unwrap_err().to_string();
    assert!(refused.contains("the target of the bucket s3://prod is a view"), "{refused}");
    let references = "[references]\ncommand = [\"keys\"]\nbucket = \"s3://prod\"\n";
    assert!(check_drill(&file(&format!("{view}{references}")), false).is_ok());
    let heal = format!("{references}heal = \"30s\"\n");
    assert!(check_drill(&file(&format!("{SCRATCH}{heal}")), false).is_ok());
    let refused = check_drill(&file(&format!("{view}{heal}")), false).unwrap_err().to_string();
    assert!(refused.contains("a view of it cannot be written"), "{refused}");
}

#[test]
fn a_drill_verifies_copies_and_runs_its_check_last() {
    let check = "[drill]\ncheck = [\"smoke-test\"]\n";
    let steps = |text: &str| drill_shape(&file(&format!("{text}{check}"))).steps();
    assert_eq!(steps(SCRATCH), [Step::Bucket(0), Step::Verify(0), Step::DrillCheck]);
    assert_eq!(steps(&SCRATCH.replace("s3://scratch/d", "view")), [Step::Bucket(0), Step::DrillCheck]);
    let recovered = file(&format!("{SCRATCH}{check}")).shape().steps();
    assert!(!recovered.contains(&Step::DrillCheck), "{recovered:?}");
}

#[test]
fn a_folder_is_one_drills_and_no_others() {
    for (target, prefix) in [("s3://abc", "asof-drill-t/"), ("s3://abc/d", "d/asof-drill-t/")] {
        let place = scratch(&target.parse().unwrap(), "t");
        assert_eq!(place.prefix, prefix);
        assert!(is_scratch_of(&place, "t"));
        for other in ["", "x", "t/", "drill-t"] {
            assert!(!is_scratch_of(&place, other), "{other}");
        }
    }
    for place in ["s3://abc", "s3://abc/d/", "s3://abc/xasof-drill-t/", "s3://abc/asof-drill-t"] {
        assert!(!is_scratch_of(&place.parse().unwrap(), "t"), "{place}");
    }
}
