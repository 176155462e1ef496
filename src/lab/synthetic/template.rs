//! Keys as applications name them, by templates: fixed text, and fields that take the digits of a point from the highest on,
//! so that a larger point results in a greater key.

use super::forms::date::{DAYS, FIRST, SECONDS, calendar};
use super::text::{Calendar, DAY, mix, scale};

const DECIMAL: &[u8] = b"0123456789";
const HEX: &[u8] = b"0123456789abcdef";
const BASE32: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE64: &[u8] = b"-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const REGIONS: &[&str] =
    &["ap-southeast-2", "eu-central-1", "eu-west-1", "sa-east-1", "us-east-1", "us-west-2"];

const MILLIS: u64 = SECONDS * 1_000;
/// The number from which the time is subtracted where the newest key is to be the first.
const END_OF_TIME: u64 = 9_999_999_999_999;

/// A piece of a key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece {
    Text(&'static str),
    /// One of these, which are in byte order.
    Name(&'static [&'static str]),
    /// A day of two years, with this byte between year, month and day.
    Day(u8),
    /// One of `count` numbers from `from` on, with leading zeros.
    Number {
        alphabet: &'static [u8],
        places: usize,
        from: u64,
        count: u64,
    },
    /// Any digits.
    Digits {
        alphabet: &'static [u8],
        places: usize,
    },
    /// Digits that do not depend on the order of keys.
    Noise {
        alphabet: &'static [u8],
        places: usize,
    },
}

use Piece::{Day, Digits, Name, Noise, Number, Text};

const fn decimal(places: usize, count: u64) -> Piece {
    Number { alphabet: DECIMAL, places, from: 0, count }
}

const fn hex(places: usize) -> Piece {
    Digits { alphabet: HEX, places }
}

/// `events/dt=2024-05-14/hour=07/part-00017-….snappy.parquet`
pub(super) const HIVE: &[Piece] = &[
    Text("events/dt="),
    Day(b'-'),
    Text("/hour="),
    decimal(2, 24),
    Text("/part-"),
    decimal(5, 200),
    Text("-"),
    hex(8),
    Text("-"),
    Noise { alphabet: HEX, places: 12 },
    Text(".c000.snappy.parquet"),
];

/// `AWSLogs/123456789012/CloudTrail/eu-west-1/2024/05/14/123456789012_CloudTrail_0735Z_….json.gz`
pub(super) const CLOUD_TRAIL: &[Piece] = &[
    Text("AWSLogs/123456789012/CloudTrail/"),
    Name(REGIONS),
    Text("/"),
    Day(b'/'),
    Text("/123456789012_CloudTrail_"),
    decimal(2, 24),
    decimal(2, 60),
    Text("Z_"),
    Digits { alphabet: BASE62, places: 6 },
    Noise { alphabet: BASE62, places: 10 },
    Text(".json.gz"),
];

/// `documents/018cc251f400-…`: the time in milliseconds, then random digits.
pub(super) const UUID_V7: &[Piece] = &[
    Text("documents/"),
    Number { alphabet: HEX, places: 12, from: FIRST * 1_000, count: MILLIS },
    Text("-7"),
    hex(4),
    Noise { alphabet: HEX, places: 15 },
];

/// `uploads/01HK153X00…`: the time in milliseconds, then random digits.
pub(super) const ULID: &[Piece] = &[
    Text("uploads/"),
    Number { alphabet: BASE32, places: 10, from: FIRST * 1_000, count: MILLIS },
    Digits { alphabet: BASE32, places: 4 },
    Noise { alphabet: BASE32, places: 12 },
];

/// 22 digits, `-` and `_` among them.
pub(super) const RANDOM_BASE64: &[Piece] =
    &[Digits { alphabet: BASE64, places: 10 }, Noise { alphabet: BASE64, places: 12 }];

/// `messages/8236641599999-…`: the newest first.
pub(super) const NEWEST_FIRST: &[Piece] = &[
    Text("messages/"),
    Number { alphabet: DECIMAL, places: 13, from: END_OF_TIME - FIRST * 1_000 - MILLIS, count: MILLIS },
    Text("-"),
    hex(4),
    Noise { alphabet: HEX, places: 4 },
];

/// `objects/ab/cdef…`
pub(super) const GIT: &[Piece] =
    &[Text("objects/"), hex(2), Text("/"), hex(12), Noise { alphabet: HEX, places: 26 }];

/// `tenants/a/3f/objects/9c/blob-…`
pub(super) const HASHED_TENANTS: &[Piece] = &[
    Text("tenants/"),
    hex(1),
    Text("/"),
    hex(2),
    Text("/objects/"),
    hex(2),
    Text("/blob-"),
    hex(9),
    Noise { alphabet: HEX, places: 15 },
];

/// A template, with what it takes to write its keys.
#[derive(Debug)]
pub(super) struct Template {
    pieces: &'static [Piece],
    calendar: Calendar,
}

impl Template {
    pub(super) fn new(pieces: &'static [Piece]) -> Self {
        Self { pieces, calendar: calendar() }
    }

    pub(super) fn write(&self, point: u64, out: &mut Vec<u8>) {
        let (mut rest, mut noise) = (point, mix(point));
        for piece in self.pieces {
            match *piece {
                Text(text) => out.extend_from_slice(text.as_bytes()),
                Name(names) => {
                    out.extend_from_slice(choose(&mut rest, names).unwrap_or_default().as_bytes());
                }
                Day(between) => push_day(take(&mut rest, DAYS), between, &self.calendar, out),
                Number { alphabet, places, from, count } => {
                    push_number(from + take(&mut rest, count), alphabet, places, out);
                }
                Digits { alphabet, places } => push_digits(&mut rest, alphabet, places, out),
                Noise { alphabet, places } => {
                    for _ in 0..places {
                        noise = mix(noise);
                        push_digits(&mut noise.clone(), alphabet, 1, out);
                    }
                }
            }
        }
    }
}

/// `logs/2024/05/14/000133333.json`: every day counts from 0.
#[derive(Debug)]
pub(super) struct Daily {
    calendar: Calendar,
    /// The number of keys a day.
    keys: u64,
}

impl Daily {
    pub(super) fn new(count: u64) -> Self {
        Self { calendar: calendar(), keys: count.div_ceil(DAYS).max(1) }
    }

    pub(super) fn write(&self, number: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(b"logs/");
        push_day(number / self.keys, b'/', &self.calendar, out);
        out.push(b'/');
        push_number(number % self.keys, DECIMAL, 9, out);
        out.extend_from_slice(b".json");
    }
}

/// Returns one of `options` numbers, and leaves the rest of the point, a fraction of 2^64, for the next field.
fn take(rest: &mut u64, options: u64) -> u64 {
    let taken = scale(options, *rest);
    *rest = rest.wrapping_mul(options);
    taken
}

fn choose<T: Copy>(rest: &mut u64, all: &[T]) -> Option<T> {
    usize::try_from(take(rest, all.len() as u64)).ok().and_then(|n| all.get(n)).copied()
}

fn push_day(day: u64, between: u8, calendar: &Calendar, out: &mut Vec<u8>) {
    let (date, _) = calendar.date(FIRST + day * DAY);
    out.extend(date.map(|byte| if byte == b'-' { between } else { byte }));
}

fn push_digits(rest: &mut u64, alphabet: &[u8], places: usize, out: &mut Vec<u8>) {
    for _ in 0..places {
        out.extend(choose(rest, alphabet));
    }
}

fn push_number(mut number: u64, alphabet: &[u8], places: usize, out: &mut Vec<u8>) {
    let (start, base) = (out.len(), alphabet.len() as u64);
    for _ in 0..places {
        out.extend(usize::try_from(number % base).ok().and_then(|digit| alphabet.get(digit)));
        number /= base;
    }
    if let Some(digits) = out.get_mut(start..) {
        digits.reverse();
    }
}
