//! Lists buckets of many shapes in virtual time: all answers take one round. Few rounds and requests are lost.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::{Ask, Marker, Page, Ranges};

const PAGE: usize = 1000;
const SLOTS: usize = 64;
const VERSIONS: usize = 3;

/// The sorted keys of a bucket, with the same number of versions each; a key may occur more than once.
struct Bucket(Vec<String>);

/// The entries from the first to before the last.
struct Sent<'a> {
    bucket: &'a Bucket,
    from: usize,
    to: usize,
}

impl Bucket {
    fn len(&self) -> usize {
        self.0.len() * VERSIONS
    }

    fn page(&self, after: Option<&Marker>) -> Sent<'_> {
        let from = after.map_or(0, |after| match &after.version {
            Some(version) => version.parse::<usize>().unwrap() + 1,
            None => self.0.partition_point(|key| *key <= after.key) * VERSIONS,
        });
        Sent { bucket: self, from, to: self.len().min(from + PAGE) }
    }

    fn names(&self, folder: &str) -> (Vec<String>, bool) {
        let mut names: Vec<String> = Vec::new();
        let mut rest = &self.0[self.0.partition_point(|key| key.as_str() < folder)..];
        while let Some(tail) = rest.first().and_then(|key| key.strip_prefix(folder)) {
            if names.len() == PAGE {
                return (names, false);
            }
            let name = format!("{folder}{}", tail.find('/').map_or(tail, |at| &tail[..=at]));
            rest = &rest[rest.partition_point(|key| key.starts_with(&name))..];
            names.push(name);
        }
        (names, true)
    }
}

impl Page for Sent<'_> {
    fn len(&self) -> usize {
        self.to - self.from
    }
    fn key(&self, at: usize) -> Cow<'_, str> {
        Cow::Borrowed(&self.bucket.0[(self.from + at) / VERSIONS])
    }
    fn version(&self, at: usize) -> Cow<'_, str> {
        Cow::Owned((self.from + at).to_string())
    }
    fn next(&self) -> Option<Marker> {
        let more = self.to < self.bucket.len();
        let last = self.to.checked_sub(1)?;
        more.then(|| Marker { key: self.bucket.0[last / VERSIONS].clone(), version: Some(last.to_string()) })
    }
}

/// Lists a bucket; returns the number of rounds and of requests. As the lister does, it allows one request at a time
/// until the second round is answered, in which the server's markers are tested.
fn list(bucket: &Bucket) -> (usize, usize) {
    let mut plan = Ranges::new("", None, None, 1);
    let mut asks: VecDeque<Ask> = plan.ask().into_iter().collect();
    let (mut folders, mut rounds, mut requests) = (Vec::<String>::new(), 0, 1);
    while !asks.is_empty() {
        rounds += 1;
        for folder in std::mem::take(&mut folders) {
            let (names, whole) = bucket.names(&folder);
            plan.names(&folder, &names, whole);
        }
        for _ in 0..asks.len() {
            let ask = asks.pop_front().unwrap();
            plan.answer(ask.range, &bucket.page(ask.after.as_ref()));
            if rounds == 2 {
                plan.set_slots(SLOTS);
            }
            folders.extend(std::iter::from_fn(|| plan.folder()));
            asks.extend(std::iter::from_fn(|| plan.ask()));
        }
        requests += asks.len() + folders.len();
    }
    assert!(plan.is_done());
    (rounds, requests)
}

/// A pseudo-random number that is always the same for the same input.
fn mix(number: usize) -> u64 {
    let number = (number as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number ^ (number >> 31)
}

/// A few keys of a word foretold a multitude of other words: 150 requests of 200 guesses found nothing.
#[test]
fn names_made_of_words() {
    const WORDS: [&str; 12] = [
        "amber", "anchor", "apple", "beacon", "cedar", "cloud", "ember", "harbor", "island", "mosaic",
        "quartz", "zephyr",
    ];
    check("words", |n| {
        let word = |shift: u32| WORDS[usize::try_from(mix(n) >> shift & 0xffff).unwrap() % WORDS.len()];
        format!("{}-{}/{}-{}/{n:08x}.bin", word(0), word(8), word(16), word(24))
    });
}

/// Lists 200,000 keys; few rounds and requests are lost. Numbers without gaps lose most: where a range ends with a page,
/// one more request is needed to see that it ends.
fn check(shape: &str, key: impl Fn(usize) -> String) {
    let mut keys: Vec<String> = (0..200_000).map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    let bucket = Bucket(keys);
    let (rounds, requests) = list(&bucket);
    let least = bucket.len().div_ceil(PAGE);
    assert!(rounds <= least.div_ceil(SLOTS) + 12, "{shape}: {rounds} rounds");
    assert!(requests * 100 <= least * 122, "{shape}: {requests} requests instead of {least}");
}

#[test]
fn flat_buckets() {
    check("hex", |n| format!("{:016x}", mix(n)));
    check("counter", |n| format!("images/photo-{n:012}.jpg"));
    check("reversed times", |n| format!("feed/{:013}_{n:x}", 8_232_000_000_000 - mix(n) % 31_536_000_000));
}

/// No host has months from 20 on, which a cut finds out at the first; each host was asked for them anew.
#[test]
fn months_without_folders() {
    check("hosts", |n| {
        let (host, day) = (mix(n) % 40 * 23 + 7, n * 365 / 200_000);
        let (month, day, hour) = (day / 31 + 1, day % 31 + 1, mix(!n) % 24);
        format!("host-{host}.example.net/2026-{month:02}-{day:02}T{hour:02}.log.gz.{n}")
    });
}

#[test]
fn folders_that_look_alike() {
    check("digests", |n| format!("objects/{:02x}/{:014x}", mix(n) >> 56, mix(n) << 8 >> 8));
    check("tenants", |n| {
        let (tenant, at) = (mix(n) % 26, mix(!n));
        format!("tenants/{tenant:02}/{:02x}/objects/{:02x}/blob-{n:06}", at >> 56, at >> 8 & 255)
    });
    check("partitions", |n| {
        let (day, hour) = (n / 2400 + 1, n / 100 % 24);
        let (month, day) = (day / 28 + 1, day % 28 + 1);
        format!("events/dt=2026-{month:02}-{day:02}/hour={hour:02}/part-{:05}-{:016x}", n % 100, mix(n))
    });
}

#[test]
fn a_counter_that_goes_on_from_folder_to_folder() {
    check("counter in dates", |n| {
        let day = n / 600;
        format!("logs/{}/{:02}/{:02}/{n:09}.json", 2025 + day / 336, day / 28 % 12 + 1, day % 28 + 1)
    });
}

/// The large folder was thought to end as soon as the small ones do, since between the sampled keys these began and
/// ended unseen.
#[test]
fn one_folder_with_nearly_all_keys() {
    check("customers", |n| {
        let customer = if n % 10 == 0 { mix(n) % 1000 } else { 417 };
        format!("customers/{customer:05}/orders/{:016x}", mix(!n))
    });
    check("customers by hash", |n| {
        let customer = if n % 10 == 0 { mix(n % 2000) } else { 0xedc7_e16b_0000_0000 };
        format!("customers/{customer:016x}/documents/{}/{:016x}.pdf", 2015 + mix(!n) % 12, mix(n))
    });
}

/// The versions of one key are read by one request after another, and everything else meanwhile.
#[test]
fn one_key_with_half_of_all_versions() {
    let mut keys: Vec<String> = (0..100_000).map(|n| format!("{:016x}", mix(n))).collect();
    keys.extend(std::iter::repeat_n(keys[4711].clone(), 100_000));
    keys.sort_unstable();
    let (rounds, requests) = list(&Bucket(keys));
    let of_that_key = 100_000 * VERSIONS / PAGE;
    assert!(rounds <= of_that_key + 12, "{rounds} rounds, of which {of_that_key} are needed for one key");
    assert!(requests * 100 <= 2 * of_that_key * 115, "{requests} requests instead of {}", 2 * of_that_key);
}

/// Ranges go on after their estimated ends again and again: 250 rounds were lost when each step forgot that.
#[test]
fn folders_within_folders_that_have_files_too() {
    check("digits", |n| {
        let digits = std::iter::successors(Some(n), |rest| (*rest >= 9).then_some(rest / 9));
        digits.fold("a".to_owned(), |key, rest| format!("{key}/{}", rest % 9))
    });
}
