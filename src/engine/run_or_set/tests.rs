use super::*;

#[test]
fn a_run_is_told_from_a_set() {
    use RunOrSet::{Run, Set};
    for (typed, is_run, is_directory, names) in [
        ("20261117T143005Z-7f3a", true, false, Run),
        ("20261117T143005Z-7f3a", true, true, Run),
        ("20261117T143005Z-7f3a", false, false, Run),
        ("incident", false, true, Set),
        ("incident", false, false, Run),
        ("./incident", false, true, Set),
        ("/shared/incident", false, false, Set),
        ("manifest.json", false, false, Set),
        ("s3://state/incident", false, false, Set),
        ("", false, false, Set),
    ] {
        assert_eq!(RunOrSet::of(typed, is_run, is_directory), names, "{typed:?} {is_run} {is_directory}");
    }
}
