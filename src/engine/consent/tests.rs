use super::*;
use crate::model::Instant;

#[test]
fn the_table_holds() {
    for (deletes, allow_mass_delete, yes, expected) in [
        (1, false, true, Consent::Given),
        (1, true, true, Consent::Given),
        (1, false, false, Consent::Name),
        (1, true, false, Consent::Name),
        (2, true, true, Consent::Given),
        (2, true, false, Consent::Name),
        (2, false, false, Consent::Count),
        (2, false, true, Consent::Flag),
    ] {
        let plausibility = Plausibility {
            at: Instant::default(),
            oldest: Some(Instant::default()),
            present: deletes + 1,
            deletes,
        };
        let said = Said { allow_mass_delete, yes };
        assert_eq!(Consent::needed(plausibility, said), expected, "{deletes} {said:?}");
    }
}
