//! Listings of objects: the parameters and the documents of `ListObjects` and `ListObjectsV2`.

use std::borrow::Cow;

use super::error::{Code, Error, Result};
use super::operation::Operation;
use super::request::{Request, encode_listed};
use super::time::iso;
use super::xml::Document;
use crate::model::hex;

/// The entries of a page, unless the client asks for fewer.
pub(crate) const MAX_KEYS: usize = 1_000;

/// The text format of a listing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    /// Keys are percent-encoded, because XML cannot carry every character.
    pub(crate) url: bool,
    /// Times have milliseconds.
    pub(crate) millis: bool,
}

impl Style {
    /// Returns the style that a request asks for.
    pub(crate) fn of(request: &Request) -> Result<Self> {
        let encoding = request.query.get("encoding-type");
        if encoding.is_some_and(|encoding| encoding != "url") {
            return Err(Error::new(Code::InvalidArgument, "Invalid Encoding Method specified in Request"));
        }
        Ok(Self { url: encoding.is_some(), millis: false })
    }

    /// Returns text as the listing has it.
    pub(crate) fn text(self, text: &str) -> Cow<'_, str> {
        if self.url { encode_listed(text).into() } else { text.into() }
    }

    /// Writes the delimiter and the encoding.
    pub(crate) fn echo(self, document: &mut Document, delimiter: &str) {
        if !delimiter.is_empty() {
            document.text("Delimiter", &self.text(delimiter));
        }
        document.maybe("EncodingType", self.url.then_some("url"));
    }

    /// Writes the common prefixes.
    pub(crate) fn prefixes<'a>(self, document: &mut Document, prefixes: impl IntoIterator<Item = &'a str>) {
        for prefix in prefixes {
            document.open("CommonPrefixes").text("Prefix", &self.text(prefix)).close("CommonPrefixes");
        }
    }
}

/// A request for a page of objects.
#[derive(Debug)]
pub(crate) struct ObjectsRequest<'a> {
    pub(crate) prefix: &'a str,
    /// Empty for none.
    pub(crate) delimiter: &'a str,
    /// The key or common prefix after which the page begins; empty for the first.
    pub(crate) after: Cow<'a, str>,
    /// The most entries: objects and common prefixes.
    pub(crate) max: usize,
    /// True if objects are listed with their owner.
    pub(crate) owner: bool,
    pub(crate) style: Style,
    start: Start<'a>,
}

/// The parameter that a page begins at, which its document repeats.
#[derive(Clone, Copy, Debug)]
enum Start<'a> {
    /// Of `ListObjects`.
    Marker(&'a str),
    /// Of `ListObjectsV2`.
    Token { after: Option<&'a str>, token: Option<&'a str> },
}

/// The number of entries of a page, and its last if another page follows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageEnd<'a> {
    pub(crate) entries: usize,
    /// A key, or a common prefix.
    pub(crate) truncated_after: Option<&'a str>,
}

impl<'a> ObjectsRequest<'a> {
    /// Reads the parameters of `ListObjects` or `ListObjectsV2`.
    pub(crate) fn of(request: &'a Request, operation: Operation, style: Style) -> Result<Self> {
        let query = &request.query;
        let (start, after, owner) = if operation == Operation::ListObjects {
            let marker = query.get("marker").unwrap_or_default();
            (Start::Marker(marker), Cow::Borrowed(marker), true)
        } else {
            let (after, token) = (query.get("start-after"), query.get("continuation-token"));
            let position = match token {
                Some(token) => read_token(token)?.into(),
                None => after.unwrap_or_default().into(),
            };
            (Start::Token { after, token }, position, query.get("fetch-owner") == Some("true"))
        };
        Ok(Self {
            prefix: query.get("prefix").unwrap_or_default(),
            delimiter: query.get("delimiter").unwrap_or_default(),
            after,
            max: query.number("max-keys", MAX_KEYS)?.min(MAX_KEYS),
            owner,
            style,
            start,
        })
    }

    /// Begins the document, up to its entries.
    pub(crate) fn begin(&self, bucket: &str, end: PageEnd<'_>) -> Document {
        let style = self.style;
        let mut document = Document::new("ListBucketResult");
        document.text("Name", bucket).text("Prefix", &style.text(self.prefix));
        match self.start {
            Start::Marker(marker) => {
                document.text("Marker", &style.text(marker));
                // Without a delimiter, clients continue after the last key.
                let next = end.truncated_after.filter(|_| !self.delimiter.is_empty());
                document.maybe("NextMarker", next.map(|next| style.text(next)).as_deref());
            }
            Start::Token { after, token } => {
                document.maybe("StartAfter", after.map(|key| style.text(key)).as_deref());
                document.maybe("ContinuationToken", token);
                document.maybe("NextContinuationToken", end.truncated_after.map(token_after).as_deref());
                document.plain("KeyCount", end.entries);
            }
        }
        document.plain("MaxKeys", self.max);
        style.echo(&mut document, self.delimiter);
        document.plain("IsTruncated", end.truncated_after.is_some());
        document
    }
}

/// Begins the element of an object; its other facts follow.
pub(crate) fn begin_object(document: &mut Document, key: &str, modified: i64, style: Style) {
    document
        .open("Contents")
        .text("Key", &style.text(key))
        .plain("LastModified", iso(modified, style.millis));
}

/// Returns the beginning of a key up to the delimiter after the prefix, which a listing shows instead of the key.
pub(crate) fn common_prefix<'a>(key: &'a str, prefix: &str, delimiter: &str) -> Option<&'a str> {
    if delimiter.is_empty() {
        return None;
    }
    let at = key.get(prefix.len()..)?.find(delimiter)?;
    key.get(..prefix.len() + at + delimiter.len())
}

/// Returns the continuation token of the page after a key or common prefix.
fn token_after(last: &str) -> String {
    hex(last.as_bytes())
}

/// Decodes the key or common prefix in a continuation token.
fn read_token(token: &str) -> Result<String> {
    let wrong = || Error::new(Code::InvalidArgument, "The continuation token provided is incorrect");
    let digits: Option<Vec<u8>> =
        token.chars().map(|char| char.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2)).ok_or_else(wrong)?;
    let bytes = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    String::from_utf8(bytes).map_err(|_| wrong())
}

#[cfg(test)]
mod tests;
