//! Keys that must be escaped somewhere, or that are easily confused with others.

use std::collections::BTreeSet;

use fastrand::Rng;

const ODD: [&str; 50] = [
    "plain",
    "a",
    "a b",
    " ",
    "\t \n",
    "\u{3000}",
    " lead",
    "trail ",
    "a+b",
    "+",
    "a%",
    "%20",
    "a%20b",
    "a%2Fb",
    "%",
    "a?b=c",
    "?versionId=null",
    "a#b",
    "a&b",
    "a&amp;b",
    "a\"b'c",
    "<Key>",
    "a<b>c",
    "]]>",
    "ä/ö",
    "e\u{301}",
    "\u{e9}",
    "日本/語",
    "🦀",
    "\u{202e}gpj.exe",
    "\u{feff}bom",
    "\u{ffff}",
    "..",
    ".",
    "../up",
    "down/../up",
    "./here",
    "/",
    "//",
    "/lead",
    "a//b",
    "a/",
    "a/b",
    "ctl\u{1}x",
    "\n",
    "new\nline",
    "cr\r",
    "crlf\r\nx",
    "tab\tx",
    "~*=;:@,!$()[]{}|\\^`",
];

/// Between two and twelve keys, no two the same, some the beginning of others.
pub(crate) fn some(rng: &mut Rng) -> Vec<String> {
    let mut keys = BTreeSet::<String>::new();
    let wanted = rng.usize(2..=12);
    while keys.len() < wanted {
        let key = match rng.u8(0..20) {
            0 => longest(rng),
            1..=3 => noise(rng),
            4..=7 => match rng.choice(keys.iter()) {
                Some(other) => beyond(other, rng),
                None => odd(rng),
            },
            _ => odd(rng),
        };
        if !key.is_empty() && key.len() <= LONGEST {
            keys.insert(key);
        }
    }
    let mut keys: Vec<_> = keys.into_iter().collect();
    rng.shuffle(&mut keys);
    keys
}

const LONGEST: usize = 1024;

fn odd(rng: &mut Rng) -> String {
    rng.choice(ODD).unwrap_or_default().to_owned()
}

/// As long as a key may be.
fn longest(rng: &mut Rng) -> String {
    let (unit, rest) = *rng.choice(&[("k", ""), ("é", ""), ("日", "x"), ("🦀", ""), ("%", "")]).unwrap();
    let mut key = unit.repeat((LONGEST - rest.len()) / unit.len());
    key.push_str(rest);
    key
}

fn noise(rng: &mut Rng) -> String {
    let character = |rng: &mut Rng| if rng.bool() { rng.char('!'..='~') } else { rng.char('\u{1}'..) };
    (0..rng.usize(1..8)).map(|_| character(rng)).collect()
}

/// A key that begins with another.
fn beyond(key: &str, rng: &mut Rng) -> String {
    let mut longer = key.to_owned();
    longer.push_str(rng.choice(["/", "/x", "0", " ", "\u{1}", ".", "日"]).unwrap_or_default());
    longer
}
