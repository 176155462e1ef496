//! A random history: the writes and their times, and the options of the restore.

use std::fmt;

use asof::lab::Put;
use fastrand::Rng;

use super::keys;

/// The start of all histories, in seconds since 1970.
const BEGINNING: i64 = 1_700_000_000;

const CLASSES: [&str; 5] = ["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "STANDARD"];

/// One thing that a writer did.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// Seconds since 1970; events may share one.
    pub(crate) second: i64,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Put {
        key: String,
        object: Put,
    },
    Delete {
        key: String,
    },
    /// A server-side copy of the live version, if there is one.
    Copy {
        from: String,
        to: String,
        class: String,
    },
    /// A multipart upload, which counts from its beginning; a write to the key may come before its end.
    Upload {
        key: String,
        object: Put,
        takes: i64,
        meanwhile: Option<Box<Put>>,
    },
}

/// A history, and the options of the commands on it.
#[derive(Debug, Clone)]
pub(crate) struct History {
    pub(crate) events: Vec<Event>,
    /// The second to restore to, and perhaps another one after that.
    pub(crate) at: Vec<i64>,
    /// The restore is of the keys that begin with this.
    pub(crate) prefix: String,
    /// A restore into another bucket under this folder comes first.
    pub(crate) to: Option<String>,
    /// Entries on a page of the listing.
    pub(crate) page: usize,
    /// True if a marker is treated as part of the page that it begins.
    pub(crate) inclusive_marker: bool,
}

impl History {
    pub(crate) fn random(seed: u64) -> Self {
        let rng = &mut Rng::with_seed(seed);
        let writer = Writer { keys: keys::some(rng), objects: objects(rng) };
        let mut events = Vec::new();
        let mut second = BEGINNING;
        for _ in 0..rng.usize(1..=40) {
            second += gap(rng);
            writer.write(second, rng, &mut events);
            second = events.iter().map(Event::ends).max().unwrap_or(second).max(second);
        }
        let at = (0..if rng.u8(0..4) == 0 { 2 } else { 1 }).map(|_| moment(&events, rng)).collect();
        let prefix =
            if rng.u8(0..5) == 0 { beginning(rng.choice(&writer.keys).unwrap(), rng) } else { String::new() };
        let to = rng.u8(0..4) == 0;
        let to = to.then(|| rng.choice(["", "restored/", "a b+%/日/"]).unwrap_or_default().to_owned());
        // A key of the greatest length has no room for a folder before it.
        let to = to.filter(|to| writer.keys.iter().all(|key| key.len() + to.len() <= 1024));
        let page = if rng.bool() { 1000 } else { rng.usize(1..8) };
        Self { events, at, prefix, to, page, inclusive_marker: rng.u8(0..4) == 0 }
    }

    /// The last second in which anything happened.
    pub(crate) fn end(&self) -> i64 {
        self.events.iter().map(Event::ends).chain(self.at.iter().copied()).max().unwrap_or(BEGINNING)
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { events, at, prefix, to, page, inclusive_marker } = self;
        for Event { second, what } in events {
            writeln!(f, "  {second} {what:?}")?;
        }
        write!(f, "  restore to {at:?}, prefix {prefix:?}, elsewhere {to:?}, ")?;
        write!(f, "pages of {page}, inclusive markers: {inclusive_marker}")
    }
}

impl Event {
    pub(crate) fn ends(&self) -> i64 {
        match self.what {
            What::Upload { takes, .. } => self.second + takes,
            _ => self.second,
        }
    }
}

struct Writer {
    keys: Vec<String>,
    objects: Vec<Put>,
}

impl Writer {
    /// One event, or several of the same second.
    fn write(&self, second: i64, rng: &mut Rng, events: &mut Vec<Event>) {
        let key = self.key(rng);
        let mut push = |what| events.push(Event { second, what });
        let delete = || What::Delete { key: key.clone() };
        match rng.u8(0..20) {
            0..=8 => push(self.put(&key, rng)),
            9..=11 => push(delete()),
            12 => [delete(), delete()].into_iter().for_each(push),
            13 => [self.put(&key, rng), delete()].into_iter().for_each(push),
            14 => [delete(), self.put(&key, rng)].into_iter().for_each(push),
            15 => (0..rng.u8(2..5)).for_each(|_| push(self.put(&key, rng))),
            16..=18 => push(What::Copy { from: self.key(rng), to: key, class: class(rng) }),
            _ => push(What::Upload {
                key,
                object: self.object(rng),
                takes: *rng.choice(&[0, 1, 600]).unwrap(),
                meanwhile: rng.bool().then(|| Box::new(self.object(rng))),
            }),
        }
    }

    fn key(&self, rng: &mut Rng) -> String {
        rng.choice(&self.keys).unwrap().clone()
    }

    fn object(&self, rng: &mut Rng) -> Put {
        rng.choice(&self.objects).unwrap().clone()
    }

    fn put(&self, key: &str, rng: &mut Rng) -> What {
        What::Put { key: key.to_owned(), object: self.object(rng) }
    }
}

/// A few objects to write again and again, so that many have the same bytes, and some differ in one attribute only.
fn objects(rng: &mut Rng) -> Vec<Put> {
    let bodies: Vec<Vec<u8>> = (0..rng.usize(1..4))
        .map(|_| {
            let size = *rng.choice(&[0, 1, 5, 5, 300]).unwrap();
            (0..size).map(|_| rng.u8(..)).collect()
        })
        .collect();
    let mut objects = Vec::new();
    for _ in 0..rng.usize(2..8) {
        let mut object = match rng.choice(&objects) {
            Some(other) if rng.bool() => Put::clone(other),
            _ => Put::of(rng.choice(&bodies).unwrap().clone()),
        };
        dress(&mut object, rng);
        objects.push(object);
    }
    objects
}

/// Changes one or two things about an object.
fn dress(object: &mut Put, rng: &mut Rng) {
    let value =
        |rng: &mut Rng| (*rng.choice(&["x", "two words", "a=b;c,d", "\"q\"", "50%+"]).unwrap()).to_owned();
    for _ in 0..rng.u8(0..3) {
        match rng.u8(0..6) {
            0 => object.content_type = Some((*rng.choice(&["text/plain", "image/png"]).unwrap()).to_owned()),
            1 => {
                let names = [
                    "cache-control",
                    "content-disposition",
                    "content-encoding",
                    "content-language",
                    "expires",
                ];
                object.system.insert((*rng.choice(&names).unwrap()).to_owned(), value(rng));
            }
            2 => drop(
                object.metadata.insert((*rng.choice(&["owner", "note-2"]).unwrap()).to_owned(), value(rng)),
            ),
            3 => object.metadata.clear(),
            4 => {
                let name = (*rng.choice(&["team", "a b", "ü/+&="]).unwrap()).to_owned();
                object.tags.insert(name, value(rng));
            }
            _ => object.storage_class = Some(class(rng)),
        }
    }
}

fn class(rng: &mut Rng) -> String {
    rng.choice(CLASSES).unwrap_or_default().to_owned()
}

/// Seconds to the next event: often none, sometimes months.
fn gap(rng: &mut Rng) -> i64 {
    *rng.choice(&[0, 0, 0, 1, 1, 2, 59, 3_600, 86_400, 5_000_000]).unwrap()
}

/// A second on, just before or just after an event, or between.
fn moment(events: &[Event], rng: &mut Rng) -> i64 {
    let event = rng.choice(events).unwrap();
    let second = if rng.bool() { event.second } else { event.ends() };
    second + rng.choice([0, 0, 0, -1, 1, 2]).unwrap()
}

/// The first characters of a key.
fn beginning(key: &str, rng: &mut Rng) -> String {
    key.chars().take(rng.usize(1..4)).collect()
}
