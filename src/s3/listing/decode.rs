//! The decoder of ListObjectVersions replies.
//!
//! It keeps what every generated SDK throws away: the document order of `<Version>` and `<DeleteMarker>`, which is the
//! only order there is between entries of one second
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html>, examples). And it costs a tenth: text
//! is found in place and copied once, into one string a page.

use memchr::{memchr, memchr3};

use super::order::repair_order;
use super::page::{Item, Page, Span};
use super::xml::{DecodeError, Raw, Reader, Result, Tag, percent_decode, unescape};
use crate::model::{ChecksumType, Instant};

/// An entry as it stands in the body: where its texts are.
#[derive(Debug, Default)]
struct RawEntry {
    marker: bool,
    key: Option<Raw>,
    version_id: Option<Raw>,
    is_latest: Option<bool>,
    last_modified: Option<Instant>,
    etag: Option<Raw>,
    size: Option<u64>,
    storage_class: Option<Raw>,
    checksum_algorithm: Option<Raw>,
    checksum_type: ChecksumType,
}

/// What stands in the body outside the entries.
#[derive(Debug, Default)]
struct Head {
    is_truncated: Option<bool>,
    url_encoded: bool,
    next_key_marker: Option<Raw>,
    next_version_id_marker: Option<Raw>,
}

/// Decodes one reply. A body that ends early, is not the XML it should be, or lacks a field is an error, never a short
/// page.
pub fn decode(body: &[u8]) -> Result<Page> {
    let mut reader = Reader::new(body);
    let root = reader.root()?;
    if root.name != b"ListVersionsResult" {
        return reader.fail("the body is not a ListVersionsResult");
    }
    let mut head = Head::default();
    let mut entries = Vec::with_capacity(1000);
    let mut prefixes = Vec::new();
    while let Some(tag) = reader.child(root)? {
        match tag.name {
            b"Version" => entries.push(read_entry(&mut reader, tag, body, false)?),
            b"DeleteMarker" => entries.push(read_entry(&mut reader, tag, body, true)?),
            b"CommonPrefixes" => read_prefixes(&mut reader, tag, &mut prefixes)?,
            b"IsTruncated" => head.is_truncated = Some(read_bool(&mut reader, tag, body)?),
            b"EncodingType" => head.url_encoded = slice(body, reader.text(tag)?) == b"url",
            b"NextKeyMarker" => head.next_key_marker = Some(reader.text(tag)?),
            b"NextVersionIdMarker" => head.next_version_id_marker = Some(reader.text(tag)?),
            _ => reader.skip(tag)?,
        }
    }
    reader.end()?;
    assemble(body, &head, &entries, &prefixes)
}

/// Whether a body is S3's `<Error>` document, which may come with status 200.
pub fn is_error_document(body: &[u8]) -> bool {
    Reader::new(body).root().is_ok_and(|root| root.name == b"Error")
}

fn read_entry(reader: &mut Reader<'_>, entry: Tag<'_>, body: &[u8], marker: bool) -> Result<RawEntry> {
    let mut raw = RawEntry { marker, ..RawEntry::default() };
    while let Some(tag) = reader.child(entry)? {
        match tag.name {
            b"Key" => raw.key = Some(reader.text(tag)?),
            b"VersionId" => raw.version_id = Some(reader.text(tag)?),
            b"IsLatest" => raw.is_latest = Some(read_bool(reader, tag, body)?),
            b"LastModified" => {
                let text = trimmed(slice(body, reader.text(tag)?));
                raw.last_modified = std::str::from_utf8(text).ok().and_then(Instant::parse_listed);
                if raw.last_modified.is_none() {
                    return reader.fail("a LastModified is not a time");
                }
            }
            b"ETag" => raw.etag = Some(reader.text(tag)?),
            b"Size" => {
                let text = trimmed(slice(body, reader.text(tag)?));
                raw.size = std::str::from_utf8(text).ok().and_then(|t| t.parse().ok());
                if raw.size.is_none() {
                    return reader.fail("a Size is not a number");
                }
            }
            b"StorageClass" => raw.storage_class = Some(reader.text(tag)?),
            // A version may name several; the first is enough to know that a checksum is there.
            b"ChecksumAlgorithm" if raw.checksum_algorithm.is_none() => {
                raw.checksum_algorithm = Some(reader.text(tag)?);
            }
            b"ChecksumType" => {
                raw.checksum_type = match trimmed(slice(body, reader.text(tag)?)) {
                    b"FULL_OBJECT" => ChecksumType::FullObject,
                    b"COMPOSITE" => ChecksumType::Composite,
                    _ => ChecksumType::Unknown,
                }
            }
            _ => reader.skip(tag)?,
        }
    }
    Ok(raw)
}

fn read_prefixes(reader: &mut Reader<'_>, parent: Tag<'_>, prefixes: &mut Vec<Raw>) -> Result<()> {
    while let Some(tag) = reader.child(parent)? {
        if tag.name == b"Prefix" {
            prefixes.push(reader.text(tag)?);
        } else {
            reader.skip(tag)?;
        }
    }
    Ok(())
}

fn read_bool(reader: &mut Reader<'_>, tag: Tag<'_>, body: &[u8]) -> Result<bool> {
    match trimmed(slice(body, reader.text(tag)?)) {
        b"true" => Ok(true),
        b"false" => Ok(false),
        _ => reader.fail("a truth value is neither true nor false"),
    }
}

/// Copies all texts into one string; keys last, since whether they are url-encoded may stand behind them.
fn assemble(body: &[u8], head: &Head, entries: &[RawEntry], prefixes: &[Raw]) -> Result<Page> {
    let mut texts =
        Texts { body, url_encoded: head.url_encoded, out: Vec::with_capacity(entries.len() * 128) };
    let mut items = Vec::with_capacity(entries.len());
    let mut class = (Span::default(), &b""[..]);
    for raw in entries {
        let missing = |what| DecodeError::new(what, raw.key.or(raw.version_id).map_or(0, |r| r.start));
        let key = texts.key(raw.key.ok_or_else(|| missing("an entry has no Key"))?)?;
        if key.is_empty() {
            return Err(missing("an entry has an empty Key"));
        }
        let version_id = texts.plain(raw.version_id.ok_or_else(|| missing("an entry has no VersionId"))?)?;
        let is_latest = raw.is_latest.ok_or_else(|| missing("an entry has no IsLatest"))?;
        let last_modified = raw.last_modified.ok_or_else(|| missing("an entry has no LastModified"))?;
        let mut item =
            Item { key, version_id, is_latest, last_modified, marker: raw.marker, ..Item::default() };
        if !raw.marker {
            item.etag = texts.etag(raw.etag.ok_or_else(|| missing("a version has no ETag"))?)?;
            item.size = raw.size.ok_or_else(|| missing("a version has no Size"))?;
            item.checksum_type = raw.checksum_type;
            if let Some(algorithm) = raw.checksum_algorithm {
                item.checksum_algorithm = texts.plain(algorithm)?;
            }
            if let Some(raw) = raw.storage_class {
                let text = slice(body, raw);
                if text != class.1 {
                    class = (texts.plain(raw)?, text); // Neighbours mostly share their class.
                }
                item.storage_class = class.0;
            }
        }
        items.push(item);
    }
    let prefixes = prefixes.iter().map(|raw| texts.key(*raw)).collect::<Result<Vec<_>>>()?;
    let next_key = head.next_key_marker.map(|raw| texts.key(raw)).transpose()?;
    let next_version = head.next_version_id_marker.map(|raw| texts.plain(raw)).transpose()?;
    let truncated = head.is_truncated.ok_or(DecodeError::new("the listing has no IsTruncated", 0))?;
    let text = String::from_utf8(texts.out)
        .map_err(|e| DecodeError::new("a text is not UTF-8", e.utf8_error().valid_up_to()))?;
    let mut page = Page { text, items, prefixes, truncated, next_key, next_version, order_lost: false };
    page.check_spans()?;
    repair_order(&mut page);
    Ok(page)
}

/// The string that all of a page's texts are copied into.
struct Texts<'a> {
    body: &'a [u8],
    url_encoded: bool,
    out: Vec<u8>,
}

impl Texts<'_> {
    fn plain(&mut self, raw: Raw) -> Result<Span> {
        self.copy(raw, |text, at, out| match memchr(b'&', text) {
            None => {
                out.extend_from_slice(text);
                Ok(())
            }
            Some(_) => unescape(text, at, out),
        })
    }

    fn key(&mut self, raw: Raw) -> Result<Span> {
        if !self.url_encoded {
            return self.plain(raw);
        }
        self.copy(raw, |text, at, out| {
            if memchr3(b'&', b'%', b'+', text).is_none() {
                out.extend_from_slice(text);
                return Ok(());
            }
            let mut unescaped = Vec::with_capacity(text.len());
            unescape(text, at, &mut unescaped)?;
            percent_decode(&unescaped, at, out)
        })
    }

    /// An ETag without its quotes, which come as they are or as `&quot;`.
    fn etag(&mut self, raw: Raw) -> Result<Span> {
        let text = slice(self.body, raw);
        let quoted = |quote: &[u8]| {
            let quotes = text.len() >= 2 * quote.len() && text.starts_with(quote) && text.ends_with(quote);
            quotes.then_some(quote.len())
        };
        let quote = quoted(b"&quot;").or_else(|| quoted(b"\"")).unwrap_or_default();
        self.plain(Raw { start: raw.start + quote, end: raw.end - quote })
    }

    fn copy(
        &mut self,
        raw: Raw,
        into: impl FnOnce(&[u8], usize, &mut Vec<u8>) -> Result<()>,
    ) -> Result<Span> {
        let start = self.out.len();
        into(slice(self.body, raw), raw.start, &mut self.out)?;
        Span::new(start, self.out.len()).ok_or(DecodeError::new("the page is too large", raw.start))
    }
}

fn slice(body: &[u8], raw: Raw) -> &[u8] {
    body.get(raw.start..raw.end).unwrap_or_default()
}

fn trimmed(text: &[u8]) -> &[u8] {
    text.trim_ascii()
}
