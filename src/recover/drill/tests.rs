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
