//! A page of versions, written directly into the body of its reply.

use std::sync::Arc;

use memchr::memmem;

use super::super::handler::bucket::OWNER;
use super::super::handler::list::{Next, begin};
use super::super::store::bucket::parse_version;
use super::super::store::listing::Question;
use super::super::store::version::VersionId;
use super::history::{Entry, Histories};
use super::keys::Keys;
use super::pool::Pool;
use super::text::push_decimal;
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::listing::Style;

/// The maximum size of a page's head without the texts of the request: its elements, and the next markers.
const HEAD: usize = 8_192;
/// The maximum size of a byte of text, escaped.
const ESCAPED: usize = 6;

/// The data that all pages are computed from.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) keys: Keys,
    pub(super) histories: Histories,
}

/// A page being written.
struct Writer<'a> {
    source: &'a Source,
    asked: &'a Question<'a>,
    url: bool,
    out: Vec<u8>,
    /// Common prefixes, which follow the entries.
    prefixes: Vec<u8>,
    entries: usize,
    listed: usize,
    truncated: bool,
    last: Last,
    scratch: Vec<u8>,
}

/// The last item listed.
enum Last {
    Nothing,
    Entry(u64, [u8; 33]),
    Prefix(Vec<u8>),
}

/// An entry, by the number of its key and its position in that key's history.
#[derive(Clone, Copy)]
struct Place {
    key: u64,
    entry: u64,
}

/// Returns the body of a page and the number of its entries.
pub(super) fn page(
    source: &Source,
    bucket: &str,
    asked: &Question<'_>,
    style: Style,
    pool: &Arc<Pool>,
) -> Result<(hyper::body::Bytes, usize)> {
    let texts =
        [Some(bucket), Some(asked.prefix), Some(asked.delimiter), asked.key_marker, asked.version_marker];
    let room = HEAD + ESCAPED * texts.iter().flatten().map(|text| text.len()).sum::<usize>();
    let mut scratch = Vec::new();
    let place = source.start(asked, &mut scratch)?;
    let end = source.keys.after_prefix(asked.prefix.as_bytes(), &mut scratch);
    let mut out = pool.take();
    out.resize(room, 0);
    let mut writer = Writer {
        source,
        asked,
        url: style.url,
        out,
        prefixes: Vec::new(),
        entries: 0,
        listed: 0,
        truncated: false,
        last: Last::Nothing,
        scratch,
    };
    if asked.max > 0 {
        writer.fill(place, end);
    }
    let (next_key, next_version) = writer.next();
    let next = Next { key: next_key.as_deref(), version: next_version.as_deref() };
    let head = begin(bucket, asked, style, next, writer.truncated).unfinished();
    let Writer { mut out, prefixes, entries, .. } = writer;
    out.extend_from_slice(&prefixes);
    out.extend_from_slice(b"</ListVersionsResult>");
    // The head is known last but comes first: it is written into the space reserved for it.
    let begin = room.saturating_sub(head.len());
    out.splice(begin..room, head.into_bytes());
    Ok((pool.fill(out, begin), entries))
}

impl Source {
    /// Returns the start of a page.
    fn start(&self, asked: &Question<'_>, scratch: &mut Vec<u8>) -> Result<Place> {
        let version = asked.version_marker.filter(|version| !version.is_empty());
        let first = self.keys.from(asked.prefix.as_bytes(), scratch);
        let Some(key) = asked.key_marker else {
            return match version {
                None => Ok(Place { key: first, entry: 0 }),
                Some(_) => Err(Error::new(
                    Code::InvalidArgument,
                    "A version-id marker cannot be specified without a key marker.",
                )
                .field("ArgumentName", "version-id-marker")),
            };
        };
        let inside = match version.map(parse_version).transpose()? {
            Some(VersionId::Numbered(number)) => self.keys.find(key.as_bytes(), scratch).and_then(|key| {
                let entry = self.histories.place(key, number)? + 1;
                Some(Place { key, entry })
            }),
            _ => None,
        };
        let after =
            inside.unwrap_or_else(|| Place { key: self.keys.after(key.as_bytes(), scratch), entry: 0 });
        Ok(if after.key < first { Place { key: first, entry: 0 } } else { after })
    }
}

impl Writer<'_> {
    /// Lists entries until the page is full or the key `end` is reached.
    fn fill(&mut self, mut place: Place, end: u64) {
        let source = self.source;
        let (mut key, mut name) = (Vec::new(), Vec::new());
        while place.key < end {
            source.keys.write(place.key, &mut key);
            if let Some(common) = self.common_prefix(&key) {
                if !self.push_prefix(common) {
                    return;
                }
                place = Place { key: source.keys.after_prefix(common, &mut self.scratch), entry: 0 };
                continue;
            }
            name.clear();
            push_key(&key, self.url, &mut name);
            if !self.push_entries(place, &name) {
                return;
            }
            place = Place { key: place.key + 1, entry: 0 };
        }
    }

    /// Returns the common prefix of a key, if it has one: everything up to and including the delimiter after the
    /// prefix.
    fn common_prefix<'k>(&self, key: &'k [u8]) -> Option<&'k [u8]> {
        let (prefix, delimiter) = (self.asked.prefix.len(), self.asked.delimiter.as_bytes());
        if delimiter.is_empty() {
            return None;
        }
        let at = memmem::find(key.get(prefix..)?, delimiter)?;
        key.get(..prefix + at + delimiter.len())
    }

    /// Lists a common prefix, unless the marker is past it; returns false if the page was full.
    fn push_prefix(&mut self, common: &[u8]) -> bool {
        if self.asked.key_marker.is_some_and(|marker| common <= marker.as_bytes()) {
            return true;
        }
        if self.is_full() {
            return false;
        }
        self.prefixes.extend_from_slice(b"<CommonPrefixes><Prefix>");
        push_key(common, self.url, &mut self.prefixes);
        self.prefixes.extend_from_slice(b"</Prefix></CommonPrefixes>");
        self.listed += 1;
        self.last = Last::Prefix(common.to_vec());
        true
    }

    /// Lists the entries of a key from a position; returns false if the page was full before all of them.
    fn push_entries(&mut self, from: Place, name: &[u8]) -> bool {
        let source = self.source;
        let history = source.histories.of(from.key);
        for place in from.entry..history.entries {
            if self.is_full() {
                return false;
            }
            let entry = source.histories.entry(history, place);
            push_entry(&entry, name, &source.histories.listed(&entry), &mut self.out);
            self.listed += 1;
            self.entries += 1;
            if self.listed == self.asked.max {
                self.last = Last::Entry(from.key, entry.id);
            }
        }
        true
    }

    /// Returns true if there is no room for another item; called only if there is one.
    fn is_full(&mut self) -> bool {
        self.truncated = self.listed == self.asked.max;
        self.truncated
    }

    /// Returns the markers of the next page, if there is one.
    fn next(&mut self) -> (Option<String>, Option<String>) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match &self.last {
            Last::Entry(key, id) if self.truncated => {
                self.source.keys.write(*key, &mut self.scratch);
                (Some(text(&self.scratch)), Some(text(id)))
            }
            Last::Prefix(common) if self.truncated => (Some(text(common)), None),
            _ => (None, None),
        }
    }
}

fn push_entry(entry: &Entry, name: &[u8], modified: &[u8; 24], out: &mut Vec<u8>) {
    out.extend_from_slice(if entry.marker { b"<DeleteMarker><Key>" } else { b"<Version><Key>" });
    out.extend_from_slice(name);
    out.extend_from_slice(b"</Key><VersionId>");
    out.extend_from_slice(&entry.id);
    out.extend_from_slice(if entry.latest {
        b"</VersionId><IsLatest>true</IsLatest><LastModified>"
    } else {
        b"</VersionId><IsLatest>false</IsLatest><LastModified>"
    });
    out.extend_from_slice(modified);
    if entry.marker {
        out.extend_from_slice(b"</LastModified><Owner><ID>");
        out.extend_from_slice(OWNER.as_bytes());
        out.extend_from_slice(b"</ID></Owner></DeleteMarker>");
        return;
    }
    out.extend_from_slice(b"</LastModified><ETag>&quot;");
    out.extend_from_slice(entry.etag().as_flattened());
    out.extend_from_slice(
        b"&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>",
    );
    push_decimal(entry.size(), out);
    out.extend_from_slice(b"</Size><StorageClass>STANDARD</StorageClass><Owner><ID>");
    out.extend_from_slice(OWNER.as_bytes());
    out.extend_from_slice(b"</ID></Owner></Version>");
}

/// Appends a key or prefix: URL-encoded, or unchanged, because no key has a character that XML escapes.
fn push_key(key: &[u8], url: bool, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-._*".contains(byte);
    if !url || key.iter().all(plain) {
        out.extend_from_slice(key);
        return;
    }
    for byte in key {
        if plain(byte) {
            out.push(*byte);
        } else {
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
            out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}
