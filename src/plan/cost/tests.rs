use super::*;
use crate::model::Version;

fn prices() -> Prices {
    Prices::at(&crate::model::Endpoint::Aws, None).unwrap()
}

fn version(class: &str, size: u64) -> Version {
    Version { storage_class: class.to_owned(), size, ..Version::default() }
}

fn undeletes(class: &str, keys: u64, size: u64) -> Sums {
    let mut sums = Sums::default();
    add(&mut sums, class, keys, size);
    sums
}

fn add(sums: &mut Sums, class: &str, keys: u64, size: u64) {
    for n in 0..keys {
        let then = Some(version(class, size));
        sums.add(&Change::new(format!("{class}/{n}"), Action::Undelete, None, then));
    }
}

#[test]
fn requests_and_retrievals_are_billed_by_class() {
    const GB: u64 = 1 << 30;
    for (class, keys, size, usd) in [
        // A HEAD and a copy each, and one LIST.
        ("STANDARD", 1000, 7, 0.005 + 0.0004 + 0.000_005),
        ("STANDARD_IA", 1000, GB, 0.01 + 0.001 + 10.0 + 0.000_005),
        ("GLACIER_IR", 1, GB, 0.000_02 + 0.000_01 + 0.03 + 0.000_005),
        ("GLACIER", 1000, GB, 0.03 + 0.0004 + 0.000_005),
        // 48 parts of 128 MiB, to begin and to complete.
        ("STANDARD", 1, 6 * GB, 50.0 * 0.000_005 + 0.000_000_4 + 0.000_005),
    ] {
        let estimate = prices().estimate(&undeletes(class, keys, size), 1).unwrap();
        assert!((estimate.usd - usd).abs() < 1e-9, "{class}: {} is not {usd}", estimate.usd);
    }
}

#[test]
fn thawing_is_billed_by_tier() {
    let mut sums = undeletes("GLACIER", 1000, 1 << 30);
    let thaw = |sums: &Sums| prices().estimate(sums, 1).unwrap().thaw;
    let expected = [(ThawTier::Bulk, 0.0), (ThawTier::Standard, 10.05), (ThawTier::Expedited, 40.0)];
    assert_eq!(thaw(&sums), BTreeMap::from(expected));
    // DEEP_ARCHIVE has no expedited retrieval.
    add(&mut sums, "DEEP_ARCHIVE", 1000, 0);
    assert_eq!(thaw(&sums), BTreeMap::from([(ThawTier::Bulk, 0.025), (ThawTier::Standard, 10.15)]));
    assert_eq!(thaw(&undeletes("STANDARD", 1, 1)), BTreeMap::new());
}

#[test]
fn deletes_are_free_and_an_unknown_class_has_no_estimate() {
    let mut deletes = Sums::default();
    deletes.add(&Change::new("k", Action::Delete, Some(version("STANDARD", 1)), None));
    assert!(prices().estimate(&deletes, 0).unwrap().usd.abs() < 1e-12);
    assert_eq!(prices().estimate(&Sums::default(), 1), None);
    assert_eq!(prices().estimate(&undeletes("COLD", 1, 1), 1), None);
    let mut many = Sums::default();
    for n in 0..=limits::COUNTED_CLASSES {
        add(&mut many, &format!("class {n}"), 1, 1);
    }
    assert_eq!(prices().estimate(&many, 1), None);
}
