use super::*;

#[test]
fn the_table_holds() {
    let unknown = || Err(Error::usage("the source is gone"));
    for (is, wanted, removed) in [
        (None, Ok(None), true),
        (Some(false), unknown(), true),
        (Some(true), Ok(Some(true)), true),
        (Some(true), Ok(Some(false)), false),
        (Some(true), Ok(None), false),
        (Some(true), unknown(), false),
    ] {
        let told = format!("{is:?} {wanted:?}");
        assert_eq!(require_own(is, wanted, "by hand").is_ok(), removed, "{told}");
    }
}
