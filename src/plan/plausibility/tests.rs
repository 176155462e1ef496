use super::*;

#[test]
fn the_table_holds() {
    let instant = Instant::from_millis;
    let oldest_version = instant(1000);
    let before = Warning::BeforeOldestVersion { oldest_version };
    let most = |deletes, keys| Warning::DeletesMostKeys { deletes, keys };
    for (at, oldest, present, deletes, expected) in [
        (0, None, 0, 0, vec![]),
        (0, None, 0, 5, vec![]),
        (1000, Some(oldest_version), 1, 0, vec![]),
        (1000, Some(oldest_version), 2, 1, vec![]),
        (1000, Some(oldest_version), 200, 100, vec![]),
        (1000, Some(oldest_version), 200, 101, vec![most(101, 200)]),
        (1000, Some(oldest_version), 1, 1, vec![most(1, 1)]),
        // A plan from before `present` was counted.
        (1000, Some(oldest_version), 0, 1, vec![most(1, 1)]),
        (999, Some(oldest_version), 0, 0, vec![before]),
        (999, Some(oldest_version), 1, 1, vec![before, most(1, 1)]),
        (-5, Some(oldest_version), 200, 200, vec![before, most(200, 200)]),
    ] {
        let plausibility = Plausibility { at: instant(at), oldest, present, deletes };
        assert_eq!(plausibility.warnings(), expected, "{plausibility:?}");
        let mass = expected.iter().any(|warning| matches!(warning, Warning::DeletesMostKeys { .. }));
        assert_eq!(plausibility.is_mass_delete(), mass, "{plausibility:?}");
    }
}
