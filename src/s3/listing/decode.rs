//! Decodes ListObjectVersions replies.
//!
//! It keeps the document order of `<Version>` and `<DeleteMarker>`, which generated SDKs discard although it is the
//! only order between entries of one second
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html>, examples). It also takes a tenth of
//! the time: text is located in place and copied once, into one string per page.

use super::order::repair_order;
use super::page::{Item, Page, Span};
use super::text::{percent_decode, unescape};
use super::xml::{DecodeError, Reader, Result, Tag, Text};
use crate::model::{ChecksumType, Instant};

/// The expected text size of an entry: a key of medium length, a version ID, an ETag.
const TEXT_OF_ENTRY: usize = 128;

const QUOTE: &[u8] = b"&quot;";

const NO_BOOL: &str = "a truth value is neither true nor false";

/// Decodes a reply. A body that ends early, is not valid, or lacks a field is an error, never a short page.
pub fn decode(body: &[u8]) -> Result<Page> {
    let mut reader = Reader::new(body);
    let root = reader.root()?;
    if root.name != b"ListVersionsResult" {
        return reader.fail("the body is not a ListVersionsResult");
    }
    let mut page = Builder::new();
    while let Some(tag) = reader.child(root)? {
        match tag.name {
            b"Version" => page.read_entry(&mut reader, tag, false)?,
            b"DeleteMarker" => page.read_entry(&mut reader, tag, true)?,
            b"CommonPrefixes" => page.read_prefixes(&mut reader, tag)?,
            b"IsTruncated" => {
                let truncated = parse_bool(reader.leaf(tag)?.bytes);
                page.truncated = Some(truncated.ok_or_else(|| reader.error(NO_BOOL))?);
            }
            b"EncodingType" => page.url_encoded = reader.leaf(tag)?.bytes == b"url",
            b"NextKeyMarker" => page.next_key = Some(page.copy(reader.leaf(tag)?)?),
            b"NextVersionIdMarker" => page.next_version = Some(page.copy(reader.leaf(tag)?)?),
            _ => reader.skip()?,
        }
    }
    reader.end()?;
    page.build()
}

/// Returns whether a body is S3's `<Error>` document, which may come with status 200.
pub fn is_error_document(body: &[u8]) -> bool {
    Reader::new(body).root().is_ok_and(|root| root.name == b"Error")
}

/// The children of an entry that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Key,
    VersionId,
    IsLatest,
    LastModified,
    ETag,
    Size,
    StorageClass,
    ChecksumAlgorithm,
    ChecksumType,
    Other,
}

impl Field {
    /// The fields that a version must have; a delete marker needs the first four.
    const REQUIRED: [(Field, &str); 6] = [
        (Field::Key, "an entry has no Key"),
        (Field::VersionId, "an entry has no VersionId"),
        (Field::IsLatest, "an entry has no IsLatest"),
        (Field::LastModified, "an entry has no LastModified"),
        (Field::ETag, "a version has no ETag"),
        (Field::Size, "a version has no Size"),
    ];

    fn of(name: &[u8]) -> Self {
        match name {
            b"Key" => Field::Key,
            b"VersionId" => Field::VersionId,
            b"IsLatest" => Field::IsLatest,
            b"LastModified" => Field::LastModified,
            b"ETag" => Field::ETag,
            b"Size" => Field::Size,
            b"StorageClass" => Field::StorageClass,
            b"ChecksumAlgorithm" => Field::ChecksumAlgorithm,
            b"ChecksumType" => Field::ChecksumType,
            _ => Field::Other,
        }
    }

    /// Returns the bit that marks the field as seen.
    fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A text of an entry, and the markup before it.
#[derive(Debug, Clone, Copy)]
struct Step<'a> {
    /// From the end of the previous text to the beginning of this one, with skipped elements. Nothing if the element is
    /// `<Name/>`, which has none.
    markup: &'a [u8],
    /// The element with the text; `None` at the end of the entry.
    child: Option<(Tag<'a>, Field)>,
}

/// A page under construction. Texts are copied once, into one string; keys are URL-decoded in place at the end, since
/// the encoding type may come after them.
struct Builder<'a> {
    text: Vec<u8>,
    items: Vec<Item>,
    prefixes: Vec<Span>,
    truncated: Option<bool>,
    url_encoded: bool,
    next_key: Option<Span>,
    next_version: Option<Span>,
    /// The storage class of the previous version: neighbors usually share it.
    class: (Span, &'a [u8]),
    /// The steps of the previous version, and of the previous delete marker. A server formats all entries of a kind
    /// alike, and usually with the same owner, so that most markup need only be compared.
    version_layout: Vec<Step<'a>>,
    marker_layout: Vec<Step<'a>>,
}

impl<'a> Builder<'a> {
    fn new() -> Self {
        Self {
            text: Vec::with_capacity(1000 * TEXT_OF_ENTRY),
            items: Vec::with_capacity(1000),
            prefixes: Vec::new(),
            truncated: None,
            url_encoded: false,
            next_key: None,
            next_version: None,
            class: (Span::default(), b""),
            version_layout: Vec::new(),
            marker_layout: Vec::new(),
        }
    }

    fn read_entry(&mut self, reader: &mut Reader<'a>, entry: Tag<'_>, marker: bool) -> Result<()> {
        let mut layout = std::mem::take(self.layout(marker));
        let mut item = Item { marker, ..Item::default() };
        let (mut seen, mut open, mut markup_at) = (0, None, reader.at());
        for n in 0.. {
            let child = match layout.get(n) {
                Some(step) if !reader.is_empty() && reader.past(step.markup) => step.child,
                _ => {
                    let step = next_step(reader, entry, open, markup_at)?;
                    layout.truncate(n);
                    layout.push(step);
                    step.child
                }
            };
            let Some((tag, field)) = child else { break };
            open = reader.enter(tag);
            let text = match open {
                Some(_) => reader.text(layout.get(n + 1).map_or(b"", |next| next.markup))?,
                None => Text::none(reader.at()),
            };
            let opened =
                field == Field::ETag && layout.get(n).is_some_and(|step| step.markup.ends_with(QUOTE));
            let text = if field == Field::ETag { unquoted(text, opened) } else { text };
            // The last quote is compared with the markup after it, as the first one was with that before.
            markup_at = if opened { text.end() } else { reader.at() };
            self.read_field(field, text, &mut item)?;
            seen |= field.bit();
        }
        *self.layout(marker) = layout;
        let required = if marker { 4 } else { Field::REQUIRED.len() };
        let missing = Field::REQUIRED.iter().take(required).find(|(field, _)| seen & field.bit() == 0);
        if let Some((_, what)) = missing {
            return reader.fail(what);
        }
        if item.key.is_empty() {
            return reader.fail("an entry has an empty Key");
        }
        if marker {
            item = Item { etag: Span::default(), storage_class: Span::default(), size: 0, ..item };
        }
        self.items.push(item);
        Ok(())
    }

    fn layout(&mut self, marker: bool) -> &mut Vec<Step<'a>> {
        if marker { &mut self.marker_layout } else { &mut self.version_layout }
    }

    fn read_field(&mut self, field: Field, text: Text<'a>, item: &mut Item) -> Result<()> {
        let wrong = |what| DecodeError::new(what, text.at);
        match field {
            Field::Key => item.key = self.copy(text)?,
            Field::VersionId => item.version_id = self.copy(text)?,
            Field::IsLatest => item.is_latest = parse_bool(text.bytes).ok_or_else(|| wrong(NO_BOOL))?,
            Field::LastModified => {
                let time = Instant::parse_listed(text.bytes.trim_ascii());
                item.last_modified = time.ok_or_else(|| wrong("a LastModified is not a time"))?;
            }
            Field::ETag => item.etag = self.copy(text)?,
            Field::Size => {
                let size = parse_size(text.bytes.trim_ascii());
                item.size = size.ok_or_else(|| wrong("a Size is not a number"))?;
            }
            Field::StorageClass => item.storage_class = self.copy_class(text)?,
            // A version may have several; the first suffices to know that there is a checksum.
            Field::ChecksumAlgorithm if item.checksum_algorithm.is_empty() => {
                item.checksum_algorithm = self.copy(text)?;
            }
            Field::ChecksumAlgorithm | Field::Other => {}
            Field::ChecksumType => {
                item.checksum_type = match text.bytes.trim_ascii() {
                    b"FULL_OBJECT" => ChecksumType::FullObject,
                    b"COMPOSITE" => ChecksumType::Composite,
                    _ => ChecksumType::Unknown,
                };
            }
        }
        Ok(())
    }

    fn copy_class(&mut self, text: Text<'a>) -> Result<Span> {
        if text.bytes != self.class.1 {
            self.class = (self.copy(text)?, text.bytes);
        }
        Ok(self.class.0)
    }

    fn read_prefixes(&mut self, reader: &mut Reader<'a>, parent: Tag<'_>) -> Result<()> {
        while let Some(tag) = reader.child(parent)? {
            if tag.name == b"Prefix" {
                let prefix = self.copy(reader.leaf(tag)?)?;
                self.prefixes.push(prefix);
            } else {
                reader.skip()?;
            }
        }
        Ok(())
    }

    fn copy(&mut self, text: Text<'_>) -> Result<Span> {
        let start = self.text.len();
        if text.escaped {
            unescape(text.bytes, text.at, &mut self.text)?;
        } else {
            self.text.extend_from_slice(text.bytes);
        }
        Span::new(start, self.text.len()).ok_or(DecodeError::new("the page is too large", text.at))
    }

    fn build(mut self) -> Result<Page> {
        let truncated = self.truncated.ok_or(DecodeError::new("the listing has no IsTruncated", 0))?;
        if self.url_encoded {
            let keys = self.items.iter_mut().map(|item| &mut item.key);
            for key in keys.chain(&mut self.prefixes).chain(&mut self.next_key) {
                decode_in_place(&mut self.text, key)?;
            }
        }
        let text = String::from_utf8(self.text)
            .map_err(|e| DecodeError::new("a text is not UTF-8", e.utf8_error().valid_up_to()))?;
        let mut page = Page {
            text,
            items: self.items,
            prefixes: self.prefixes,
            truncated,
            next_key: self.next_key,
            next_version: self.next_version,
            order_lost: false,
        };
        page.check_spans()?;
        repair_order(&mut page)?;
        Ok(page)
    }
}

/// Reads the markup up to an entry's next text. `open` is the element of the previous one, which ended at `markup_at`.
fn next_step<'a>(
    reader: &mut Reader<'a>,
    entry: Tag<'_>,
    open: Option<Tag<'_>>,
    markup_at: usize,
) -> Result<Step<'a>> {
    if let Some(open) = open {
        reader.close(open)?;
    }
    let mut child = None;
    while let Some(tag) = reader.child(entry)? {
        match Field::of(tag.name) {
            Field::Other => reader.skip()?,
            field => {
                child = Some((tag, field));
                break;
            }
        }
    }
    if reader.is_empty() {
        return Ok(Step { markup: b"", child });
    }
    // As markup, the quote before an ETag is compared with the rest.
    if let Some((_, Field::ETag)) = child {
        reader.past(QUOTE);
    }
    Ok(Step { markup: reader.since(markup_at), child })
}

/// Removes the quotes around an ETag: two literal ones, or the last reference if the first one was `opened`.
fn unquoted(text: Text<'_>, opened: bool) -> Text<'_> {
    if opened {
        return Text { bytes: text.bytes.strip_suffix(QUOTE).unwrap_or(text.bytes), ..text };
    }
    match text.bytes.strip_prefix(b"\"").and_then(|bytes| bytes.strip_suffix(b"\"")) {
        Some(bytes) => Text { bytes, at: text.at + 1, ..text },
        None => text,
    }
}

fn parse_bool(text: &[u8]) -> Option<bool> {
    match text.trim_ascii() {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}

fn parse_size(digits: &[u8]) -> Option<u64> {
    let digit = |b: &u8| b.is_ascii_digit().then(|| u64::from(b - b'0'));
    let add = |size: u64, b: &u8| size.checked_mul(10)?.checked_add(digit(b)?);
    if digits.is_empty() { None } else { digits.iter().try_fold(0, add) }
}

/// URL-decodes a key in place. Decoded text is never longer; the rest is blanked.
fn decode_in_place(text: &mut [u8], key: &mut Span) -> Result<()> {
    let at = key.start();
    let Some(encoded) = text.get_mut(key.range()) else { return Ok(()) };
    let length = percent_decode(encoded, at)?;
    encoded.get_mut(length..).unwrap_or_default().fill(b' ');
    *key = Span::new(at, at + length).ok_or(DecodeError::new("the page is too large", at))?;
    Ok(())
}
