use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn all(keys: &Keys) -> Vec<Vec<u8>> {
    let key = |number| {
        let mut key = Vec::new();
        keys.write(number, &mut key);
        key
    };
    (0..keys.count()).map(key).collect()
}

fn key(keys: &Keys, number: u64) -> String {
    let mut key = Vec::new();
    keys.write(number, &mut key);
    String::from_utf8(key).unwrap()
}

#[test]
fn all_keys_of_a_small_wall_are_in_order_and_legal() {
    for shape in Shape::ALL {
        for count in [0, 1, 2, 99, 1_000, 5_000] {
            let keys = all(&Keys::new(shape, count, 3));
            assert!(keys.is_sorted_by(|a, b| a < b), "{shape:?} {count}");
            for key in keys {
                let key = String::from_utf8(key).unwrap();
                assert!((1..=1024).contains(&key.len()), "{shape:?} {key}");
                // Pages are written without escaping keys.
                assert!(!key.contains(|c: char| "&<>\"".contains(c) || c.is_control()), "{shape:?} {key}");
            }
        }
    }
}

#[test]
fn samples_of_a_large_wall_are_in_order() {
    for shape in Shape::ALL {
        for (count, seed) in [(1_000_000_000, 0), (123_456_789, 5)] {
            let keys = Keys::new(shape, count, seed);
            for from in (0..keys.count()).step_by(5_555_557) {
                let to = keys.count().min(from + 20);
                let sample: Vec<String> = (from..to).map(|number| key(&keys, number)).collect();
                assert!(sample.is_sorted_by(|a, b| a < b), "{shape:?} {sample:?}");
            }
            let steps: Vec<String> = (0..keys.count()).step_by(1_234_567).map(|n| key(&keys, n)).collect();
            assert!(steps.is_sorted_by(|a, b| a < b), "{shape:?}");
        }
    }
}

#[test]
fn shapes_are_what_they_are_called() {
    let of = |shape| {
        let keys = Keys::new(shape, 10_000, 0);
        (0..keys.count()).map(|number| key(&keys, number)).collect::<Vec<_>>()
    };
    let folders = |keys: &[String], depth: usize| {
        let folder = |key: &String| key.splitn(depth + 1, '/').take(depth).collect::<Vec<_>>().join("/");
        keys.iter().map(folder).collect::<BTreeSet<_>>().len()
    };
    let hex = of(Shape::Hex);
    assert!(hex.iter().all(|key| key.len() == 32));
    assert!((600..650).contains(&hex.iter().filter(|key| key.starts_with('7')).count()));
    let dates = of(Shape::Dates);
    assert!(dates[0].starts_with("logs/2024/01/01/") && dates[9_999].starts_with("logs/2025/12/31/"));
    assert_eq!(folders(&dates, 4), 731);
    assert_eq!(of(Shape::Flat)[42], "images/photo-000000000042.jpg");
    assert_eq!(of(Shape::Hot).iter().filter(|key| key.starts_with("events/")).count(), 9_900);
    let common = &of(Shape::LongPrefix)[0][..200];
    assert!(of(Shape::LongPrefix).iter().all(|key| key.starts_with(common)));
    assert_eq!(of(Shape::LongPrefix)[0].len(), 216);
    let tenants = of(Shape::Tenants);
    assert!((60..=100).contains(&folders(&tenants, 2)));
    assert!(tenants.iter().map(|key| key.matches('/').count()).collect::<BTreeSet<_>>().len() > 3);
    assert!(of(Shape::Unicode).iter().any(|key| key.contains('🚀')));
    let nested = of(Shape::Nested);
    assert!(nested.windows(2).filter(|pair| pair[1].starts_with(&pair[0])).count() > 900);
    assert_eq!((of(Shape::Ten).len(), of(Shape::OneKey).len()), (10, 1));
}

#[test]
fn templates_are_written_as_applications_do() {
    let like = |shape, pattern: &str| {
        let keys = Keys::new(shape, 10_000, 0);
        for number in [0, 5_000, 9_999] {
            let key = key(&keys, number);
            assert!(regex::Regex::new(pattern).unwrap().is_match(&key), "{key}");
        }
    };
    like(
        Shape::Hive,
        r"^events/dt=202[45]-\d\d-\d\d/hour=[0-2]\d/part-00[01]\d\d-[0-9a-f]{8}-[0-9a-f]{12}\.c000",
    );
    let logs = r"^AWSLogs/123456789012/CloudTrail/[-a-z0-9]+/202[45]/\d\d/\d\d/123456789012_CloudTrail_\d{4}Z_\w{16}\.json";
    like(Shape::CloudTrail, logs);
    like(Shape::UuidV7, "^documents/01[89][0-9a-f]{9}-7[0-9a-f]{19}$");
    like(Shape::Ulid, "^uploads/01[HJK][0-9A-Z]{23}$");
    like(Shape::Base64, "^[-_0-9A-Za-z]{22}$");
    like(Shape::NewestFirst, r"^messages/82\d{11}-[0-9a-f]{8}$");
    like(Shape::Git, "^objects/[0-9a-f]{2}/[0-9a-f]{38}$");
    like(Shape::HashedTenants, "^tenants/[0-9a-f]/[0-9a-f]{2}/objects/[0-9a-f]{2}/blob-[0-9a-f]{24}$");
    like(Shape::Daily, r"^logs/202[45]/\d\d/\d\d/0000000\d\d\.json$");
}

#[test]
fn a_seed_makes_other_keys() {
    assert_ne!(key(&Keys::new(Shape::Hex, 100, 1), 5), key(&Keys::new(Shape::Hex, 100, 2), 5));
    assert_eq!(key(&Keys::new(Shape::Hex, 100, 1), 5), key(&Keys::new(Shape::Hex, 100, 1), 5));
}

/// Any text, or part of a key followed by any text.
fn near(keys: &Keys, number: u64, cut: usize, tail: &str) -> Vec<u8> {
    let mut text = Vec::new();
    keys.write(number % keys.count(), &mut text);
    text.truncate(cut % (text.len() + 1));
    text.extend_from_slice(tail.as_bytes());
    text
}

proptest! {
    #[test]
    fn halving_finds_what_a_scan_finds(
        shape in prop::sample::select(Shape::ALL.to_vec()),
        count in 1_u64..400,
        seed: u64,
        (number, cut, tail) in (any::<u64>(), any::<usize>(), ".{0,3}"),
    ) {
        let keys = Keys::new(shape, count, seed);
        let (all, text, scratch) = (all(&keys), near(&keys, number, cut, &tail), &mut Vec::new());
        let scan = |wanted: &dyn Fn(&Vec<u8>) -> bool| {
            all.iter().position(wanted).unwrap_or(all.len()) as u64
        };
        prop_assert_eq!(keys.from(&text, scratch), scan(&|key| *key >= text));
        prop_assert_eq!(keys.after(&text, scratch), scan(&|key| *key > text));
        prop_assert_eq!(
            keys.after_prefix(&text, scratch),
            scan(&|key| *key >= text && !key.starts_with(&text))
        );
        let found = all.iter().position(|key| *key == text).map(|number| number as u64);
        prop_assert_eq!(keys.find(&text, scratch), found);
    }
}
