//! The keys of the simpler shapes. A larger point always results in a greater key.

use super::text::{decimal, hex, mix, scale};

/// Distributes numbers over all of `u64`: evenly, but not in a grid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evenly {
    stride: u64,
    seed: u64,
}

impl Evenly {
    pub(super) fn new(count: u64, seed: u64) -> Self {
        Self { stride: u64::MAX / count.max(1), seed: mix(seed) }
    }

    /// Returns the point of a number; neighbours are at least half a stride apart.
    pub(super) fn point(&self, number: u64) -> u64 {
        number.wrapping_mul(self.stride).wrapping_add(scale(self.stride / 2, self.noise(number)))
    }

    /// Returns a pseudo-random number.
    pub(super) fn noise(&self, number: u64) -> u64 {
        mix(number ^ self.seed)
    }
}

/// `logs/2024/01/31/12-34-56-89abcdef.json.gz`, over two years.
pub(super) mod date {
    use super::super::text::{Calendar, decimal, hex, scale};

    /// 2024-01-01T00:00:00Z
    pub(in super::super) const FIRST: u64 = 1_704_067_200;
    /// Two years.
    pub(in super::super) const DAYS: u64 = 731;
    pub(in super::super) const SECONDS: u64 = DAYS * 86_400;

    pub(in super::super) fn calendar() -> Calendar {
        Calendar::new(FIRST.cast_signed(), (FIRST + SECONDS).cast_signed())
    }

    pub(in super::super) fn write(point: u64, calendar: &Calendar, out: &mut Vec<u8>) {
        let (date, second) = calendar.date(FIRST + scale(SECONDS, point));
        let fraction = hex(point.wrapping_mul(SECONDS));
        out.extend_from_slice(b"logs/");
        out.extend(date.map(|char| if char == b'-' { b'/' } else { char }));
        for (mark, number) in [(b'/', second / 3_600), (b'-', second / 60 % 60), (b'-', second % 60)] {
            out.push(mark);
            out.extend_from_slice(&decimal::<2>(number));
        }
        out.push(b'-');
        out.extend_from_slice(fraction.first_chunk::<8>().unwrap_or(b"00000000"));
        out.extend_from_slice(b".json.gz");
    }
}

/// `events/…` for most, `archive/xx/…` and `users/xx/…` for the rest.
pub(super) mod hot {
    use super::super::text::{hex, mix};

    pub(in super::super) fn hot(point: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(b"events/");
        out.extend_from_slice(&hex(point));
        out.extend_from_slice(&hex(mix(point)));
    }

    pub(in super::super) fn cold(folder: &[u8], point: u64, out: &mut Vec<u8>) {
        let digits = hex(point);
        let (first, rest) = digits.split_first_chunk::<2>().unwrap_or((b"00", &[]));
        out.extend_from_slice(folder);
        out.extend_from_slice(first);
        out.push(b'/');
        out.extend_from_slice(rest);
    }
}

/// 200 characters.
pub(super) const LONG_PREFIX: &str = "a-department-with-a-long-name/a-team-with-an-even-longer-name/environments/\
    production/regions/eu-central-1/services/document-storage/tenants/00000000-0000-0000-0000-000000000001/\
    objects/by-digest-sha/";

/// In byte order: five of one byte, ten of two, twelve of three, five of four.
const LETTERS: [char; 32] = [
    '0', 'A', 'Z', 'm', 'z', 'ß', 'é', 'ñ', 'ø', 'ü', 'Ж', 'д', 'я', 'א', 'ع', 'अ', 'ก', 'ა', 'あ', 'の',
    'ア', '中', '日', '本', '語', '글', '한', '𐍈', '🌍', '🎉', '😀', '🚀',
];

/// `写真/xx/xxxxxxxxxx`, with 32 letters.
pub(super) fn in_unicode(point: u64, out: &mut Vec<u8>) {
    out.extend_from_slice("写真/".as_bytes());
    for place in 0..12 {
        let letter = (point >> (59 - 5 * place)) & 31;
        let letter = LETTERS.get(letter as usize).copied().unwrap_or('0');
        out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        if place == 1 {
            out.push(b'/');
        }
    }
}

/// A tree in which every node is a key and the prefix of the keys below it; four levels of equal fan-out.
#[derive(Debug)]
pub(super) struct Nest {
    /// The number of nodes of a subtree with its root on the n-th level.
    sizes: [u64; 4],
}

impl Nest {
    const MARKS: [&[u8]; 4] = [b"n", b"/", b"-", b""];

    pub(super) fn new(count: u64) -> Self {
        let sizes = |fan: u64| {
            let mut below = 0;
            let mut sizes = [0; 4];
            for size in sizes.iter_mut().rev() {
                *size = 1 + fan * below;
                below = *size;
            }
            (sizes, fan * below)
        };
        let fits = (1..=count.max(1)).map(sizes).find(|(_, all)| *all >= count);
        Self { sizes: fits.map(|(sizes, _)| sizes).unwrap_or_default() }
    }

    /// Writes a key of the tree, numbered in pre-order.
    pub(super) fn write(&self, mut number: u64, out: &mut Vec<u8>) {
        for (mark, size) in Self::MARKS.iter().zip(self.sizes) {
            out.extend_from_slice(mark);
            out.extend_from_slice(&decimal::<4>(number / size.max(1)));
            match (number % size.max(1)).checked_sub(1) {
                Some(below) => number = below,
                None => return,
            }
        }
    }
}

/// `customers/00417/orders/xxxxxxxxxxxxxxxx` for nine keys of ten, and other customers for the rest.
#[derive(Debug)]
pub(super) struct OneCustomer {
    /// The keys of the customers before.
    before: Evenly,
    /// The number of the large one's first key, …
    first: u64,
    large: Evenly,
    /// … and of the first one after it.
    end: u64,
    after: Evenly,
}

impl OneCustomer {
    const CUSTOMERS: u64 = 1_000;
    const LARGE: u64 = 417;

    pub(super) fn new(count: u64, seed: u64) -> Self {
        let small = count / 10;
        let first = small * Self::LARGE / Self::CUSTOMERS;
        let end = first + count - small;
        Self {
            before: Evenly::new(first, seed),
            first,
            large: Evenly::new(end - first, mix(seed)),
            end,
            after: Evenly::new(count - end, mix(!seed)),
        }
    }

    pub(super) fn write(&self, number: u64, out: &mut Vec<u8>) {
        let among = |customers: u64, point: u64| (scale(customers, point), point.wrapping_mul(customers));
        let (customer, order) = if number < self.first {
            among(Self::LARGE, self.before.point(number))
        } else if number < self.end {
            (Self::LARGE, self.large.point(number - self.first))
        } else {
            let others = Self::CUSTOMERS - Self::LARGE - 1;
            let (nth, order) = among(others, self.after.point(number - self.end));
            (Self::LARGE + 1 + nth, order)
        };
        out.extend_from_slice(b"customers/");
        out.extend_from_slice(&decimal::<5>(customer));
        out.extend_from_slice(b"/orders/");
        out.extend_from_slice(&hex(order));
    }
}

/// Ten keys.
pub(super) const TEN: [&str; 10] = [
    "README.md",
    "a",
    "a/b",
    "a/b/c.txt",
    "ab",
    "config/app.toml",
    "data.csv",
    "images/logo.png",
    "logs/",
    "z",
];
