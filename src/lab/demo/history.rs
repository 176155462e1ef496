//! Four months in the life of a bucket: uploads, avatars and invoices are created, replaced and deleted, including some
//! keys and times that tools get wrong. Always the same for the same dates.

use std::collections::BTreeMap;

use super::super::{Lab, Put};
use crate::endpoint::time::iso;

/// The key whose history the demo shows.
pub(super) const TOLD: &str = "avatars/0042/me.png";

const AVATARS: u64 = 600;
const UPLOADS: u64 = 1_800;
const INVOICES: u64 = 500;

/// Legal keys that tools get wrong.
const ODD_KEYS: [&str; 8] = [
    "invoices/../up.txt",
    "invoices/100%.pdf",
    "invoices/Grüße/日本.pdf",
    "invoices/a b+c.pdf",
    "invoices/a?versionId=null&b#c.pdf",
    "invoices//double.pdf",
    "invoices/\"quoted\" & <tagged>.pdf",
    "invoices/\u{1}control.pdf",
];

/// A change of a key; without an object, a delete.
struct Event {
    at: i64,
    key: String,
    put: Option<Put>,
}

/// Creates the history between two times; its last changes are in the very last second.
pub(super) fn make(lab: &Lab, bucket: &str, from: i64, to: i64) {
    let mut dice = Dice(1);
    let mut events = Vec::new();
    avatars(&mut events, &mut dice, from, to);
    uploads(&mut events, &mut dice, from, to);
    invoices(&mut events, &mut dice, from, to);
    told(&mut events, from, to);
    last_second(&mut events, to);
    // Stable, so that changes of a key at the same time keep their order.
    events.sort_by_key(|event| event.at);
    for event in events {
        lab.clock().set(event.at);
        match event.put {
            Some(put) => lab.put(bucket, &event.key, put),
            None => lab.delete(bucket, &event.key),
        };
    }
}

fn avatars(events: &mut Vec<Event>, dice: &mut Dice, from: i64, to: i64) {
    for user in (0..AVATARS).filter(|user| *user != 42) {
        let key = format!("avatars/{user:04}/me.png");
        let mut at = from;
        for version in 0..=dice.below(4) {
            at = dice.between(at, to - 2_000);
            let metadata = BTreeMap::from([
                ("uploaded-by".to_owned(), format!("user-{user}")),
                ("revision".to_owned(), version.to_string()),
            ]);
            let body = dice.bytes(60);
            put(
                events,
                at,
                &key,
                Put { body, metadata, content_type: Some("image/png".to_owned()), ..Put::default() },
            );
        }
        if dice.below(12) == 0 {
            delete(events, dice.between(at, to - 1_000), &key);
        }
    }
}

fn uploads(events: &mut Vec<Event>, dice: &mut Dice, from: i64, to: i64) {
    for number in 0..UPLOADS {
        let at = dice.between(from, to - 2_000);
        let day: String =
            iso(at, false).chars().take(10).map(|char| if char == '-' { '/' } else { char }).collect();
        let key = format!("uploads/{day}/{:08x}-{number}.jpg", dice.below(1 << 32));
        let storage_class = (dice.below(10) == 0).then(|| "STANDARD_IA".to_owned());
        let content_type = Some("image/jpeg".to_owned());
        put(events, at, &key, Put { body: dice.bytes(200), content_type, storage_class, ..Put::default() });
        if dice.below(20) == 0 {
            delete(events, dice.between(at, to - 1_000), &key);
        }
    }
}

fn invoices(events: &mut Vec<Event>, dice: &mut Dice, from: i64, to: i64) {
    let numbered = (0..INVOICES).map(|number| format!("invoices/INV-{number:06}.pdf"));
    for key in numbered.chain(ODD_KEYS.map(str::to_owned)) {
        let at = dice.between(from, to - 2_000);
        let tags = BTreeMap::from([
            ("customer".to_owned(), format!("c{}", dice.below(90))),
            ("status".to_owned(), "paid & sent".to_owned()),
        ]);
        let metadata = BTreeMap::from([("checked".to_owned(), (dice.below(2) == 0).to_string())]);
        let content_type = Some("application/pdf".to_owned());
        let invoice = Put { body: dice.bytes(120), content_type, metadata, tags, ..Put::default() };
        put(events, at, &key, invoice.clone());
        if dice.below(6) == 0 {
            put(events, dice.between(at, to - 1_000), &key, Put { body: dice.bytes(120), ..invoice });
        }
    }
}

/// The key whose history is shown: created, replaced, deleted, and created again.
fn told(events: &mut Vec<Event>, from: i64, to: i64) {
    let step = (to - from) / 5;
    let avatar = |body: &'static str| {
        let metadata = BTreeMap::from([("uploaded-by".to_owned(), "user-42".to_owned())]);
        Put { metadata, content_type: Some("image/png".to_owned()), ..Put::of(body) }
    };
    put(events, from + step, TOLD, avatar("first portrait"));
    put(events, from + 2 * step, TOLD, avatar("second portrait, the beard is gone"));
    delete(events, from + 3 * step, TOLD);
    put(events, from + 4 * step, TOLD, avatar("third portrait, the beard is back"));
}

/// In the very last second, one key is created and deleted, another deleted and created. Only their order in the
/// listing distinguishes them.
fn last_second(events: &mut Vec<Event>, to: i64) {
    let (there, gone) = ("invoices/replaced-in-one-second.pdf", "invoices/withdrawn-in-one-second.pdf");
    put(events, to - 5_000, there, Put::of("draft"));
    put(events, to, gone, Put::of("sent by mistake"));
    delete(events, to, gone);
    delete(events, to, there);
    put(events, to, there, Put::of("final"));
}

fn put(events: &mut Vec<Event>, at: i64, key: &str, put: Put) {
    events.push(Event { at, key: key.to_owned(), put: Some(put) });
}

fn delete(events: &mut Vec<Event>, at: i64, key: &str) {
    events.push(Event { at, key: key.to_owned(), put: None });
}

/// A small pseudo-random sequence, the same every time.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 16) % bound
    }

    /// Returns a time between two others.
    fn between(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below(to.abs_diff(from).max(1))).unwrap_or(0)
    }

    /// Returns between one and eight times as many bytes.
    fn bytes(&mut self, least: u64) -> hyper::body::Bytes {
        let count = least + self.below(least * 7);
        (0..count).map(|_| u8::try_from(self.below(256)).unwrap_or(0)).collect()
    }
}
