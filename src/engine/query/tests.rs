use super::*;

#[test]
fn a_place_is_not_restored_into_itself() {
    for (source, target, fine) in [
        ("s3://abc", "s3://abd", true),
        ("s3://abc", "s3://abc", false),
        ("s3://abc", "s3://abc/x", false),
        ("s3://abc/x/", "s3://abc", false),
        ("s3://abc/x/", "s3://abc/y", true),
        ("s3://abc/x", "s3://abc/xy", false),
    ] {
        assert_eq!(
            check_elsewhere(&source.parse().unwrap(), &target.parse().unwrap()).is_ok(),
            fine,
            "{source} {target}"
        );
    }
}
