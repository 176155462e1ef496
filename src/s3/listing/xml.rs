//! An XML reader limited to S3's replies: elements, skipped attributes, text, entity references. It borrows from the
//! body and allocates nothing. CDATA and DTDs, which S3 never sends, are errors.

use memchr::{memchr, memchr2, memchr3, memmem};

/// The range of an element's text in the body, still escaped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Raw {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A decoding error: a sentence fragment, and the byte at which it was detected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    what: &'static str,
    at: usize,
}

impl DecodeError {
    pub(super) fn new(what: &'static str, at: usize) -> Self {
        Self { what, at }
    }
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the listing cannot be read: {} (at byte {})", self.what, self.at)
    }
}

impl std::error::Error for DecodeError {}

pub(in crate::s3) type Result<T> = std::result::Result<T, DecodeError>;

/// An opening tag.
#[derive(Debug, Clone, Copy)]
pub(in crate::s3) struct Tag<'a> {
    pub(in crate::s3) name: &'a [u8],
    /// The whole tag, from `<` to `>`, if it contains only the name; otherwise empty.
    plain: &'a [u8],
}

/// A position in the body.
#[derive(Debug)]
pub(in crate::s3) struct Reader<'a> {
    body: &'a [u8],
    at: usize,
    /// True if the last tag read is `<Name/>`, so that neither text nor children follow. Not part of [`Tag`], which is
    /// copied for every element: a single extra byte makes that several times slower.
    empty: bool,
}

impl<'a> Reader<'a> {
    pub(in crate::s3) fn new(body: &'a [u8]) -> Self {
        Self { body, at: 0, empty: false }
    }

    pub(super) fn error(&self, what: &'static str) -> DecodeError {
        DecodeError::new(what, self.at)
    }

    pub(super) fn fail<T>(&self, what: &'static str) -> Result<T> {
        Err(self.error(what))
    }

    /// Returns the root element, after the declaration, comments and white space.
    pub(in crate::s3) fn root(&mut self) -> Result<Tag<'a>> {
        match self.next_tag()? {
            Some(tag) => Ok(tag),
            None => self.fail("the body closes an element that was never opened"),
        }
    }

    /// Returns the next child of the open element `parent`, or `None` at its closing tag. Every child must be consumed
    /// with [`Reader::text`], [`Reader::child`] or [`Reader::skip`] before the next call.
    pub(in crate::s3) fn child(&mut self, parent: Tag<'_>) -> Result<Option<Tag<'a>>> {
        if std::mem::take(&mut self.empty) {
            return Ok(None);
        }
        if let Some(tag) = self.next_tag()? {
            return Ok(Some(tag));
        }
        self.closing(parent.name)?;
        Ok(None)
    }

    /// Advances past `tag` if the same tag follows again.
    pub(super) fn again(&mut self, tag: Tag<'_>) -> bool {
        !tag.plain.is_empty() && self.past(tag.plain)
    }

    /// Advances past these bytes if they follow.
    pub(super) fn past(&mut self, bytes: &[u8]) -> bool {
        let here = begins(self.rest(), bytes);
        self.at += if here { bytes.len() } else { 0 };
        here
    }

    /// Reads the text of a leaf element and its closing tag.
    pub(super) fn text(&mut self, tag: Tag<'_>) -> Result<Raw> {
        let start = self.at;
        if std::mem::take(&mut self.empty) {
            return Ok(Raw { start, end: start });
        }
        let end = start
            + memchr(b'<', self.rest()).ok_or(DecodeError::new("the body ends inside a text", start))?;
        self.at = end;
        if self.rest().get(1) != Some(&b'/') {
            return self.fail("an element stands where only text is expected");
        }
        self.at += 2;
        self.closing(tag.name)?;
        Ok(Raw { start, end })
    }

    /// Skips an element with its content and returns the skipped bytes. Counts the depth instead of recursing, because
    /// the sender controls it.
    pub(in crate::s3) fn skip(&mut self) -> Result<&'a [u8]> {
        let start = self.at;
        let mut depth = usize::from(!std::mem::take(&mut self.empty));
        while depth > 0 {
            self.at = self.find(b'<', "the body ends inside an element")?;
            if self.next_tag()?.is_some() {
                depth += usize::from(!std::mem::take(&mut self.empty));
            } else {
                let end = self.find(b'>', "the body ends inside a closing tag")?;
                self.at = end + 1;
                depth -= 1;
            }
        }
        Ok(self.body.get(start..self.at).unwrap_or_default())
    }

    /// Checks that nothing but white space and comments follows the root element.
    pub(in crate::s3) fn end(&mut self) -> Result<()> {
        loop {
            self.white_space();
            if self.rest().is_empty() {
                return Ok(());
            }
            if !self.aside()? {
                return self.fail("something follows the end of the document");
            }
        }
    }

    /// Returns the next opening tag, or `None` after the `</` of a closing one.
    fn next_tag(&mut self) -> Result<Option<Tag<'a>>> {
        if let Some((tag, length)) = plain_tag(self.rest()) {
            self.at += length;
            return Ok(tag);
        }
        self.any_tag()
    }

    /// Does the same for white space, attributes and comments, which S3 rarely sends.
    fn any_tag(&mut self) -> Result<Option<Tag<'a>>> {
        loop {
            self.white_space();
            let what = match self.rest() {
                [] => "the body ends early",
                [b'<'] => "the body ends inside a tag",
                [b'<', b'/', ..] => {
                    self.at += 2;
                    return Ok(None);
                }
                [b'<', b'!' | b'?', ..] if self.aside()? => continue,
                [b'<', b'!' | b'?', ..] => "a declaration of a kind that S3 does not send",
                [b'<', ..] => return self.opening().map(Some),
                _ => "text stands where an element is expected",
            };
            return self.fail(what);
        }
    }

    /// Skips a comment or a processing instruction, if one follows.
    fn aside(&mut self) -> Result<bool> {
        let (opener, closer): (&[u8], &[u8]) = match self.rest() {
            [b'<', b'?', ..] => (b"<?", b"?>"),
            [b'<', b'!', b'-', b'-', ..] => (b"<!--", b"-->"),
            _ => return Ok(false),
        };
        self.at += opener.len();
        match memmem::find(self.rest(), closer) {
            Some(end) => self.at += end + closer.len(),
            None => return self.fail("the body ends inside a comment"),
        }
        Ok(true)
    }

    fn opening(&mut self) -> Result<Tag<'a>> {
        self.at += 1;
        let start = self.at;
        let length = self
            .rest()
            .iter()
            .position(|b| matches!(b, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n'))
            .ok_or(DecodeError::new("the body ends inside a tag", start))?;
        let name = self.rest().get(..length).unwrap_or_default();
        if name.is_empty() || name.contains(&b'<') {
            return self.fail("a tag has no proper name");
        }
        self.at += length;
        // Skip attributes; a quoted value may contain `>` and `/`.
        loop {
            let stop = memchr3(b'>', b'"', b'\'', self.rest())
                .ok_or(DecodeError::new("the body ends inside a tag", start))?;
            let byte = self.rest().get(stop).copied();
            self.at += stop;
            if byte == Some(b'>') {
                self.empty = self.at > start && self.body.get(self.at - 1) == Some(&b'/');
                self.at += 1;
                return Ok(Tag { name, plain: b"" });
            }
            self.at += 1;
            let quote = byte.unwrap_or(b'"');
            self.at = self.find(quote, "the body ends inside an attribute")? + 1;
        }
    }

    /// Reads the rest of a closing tag after its `</`.
    fn closing(&mut self, name: &[u8]) -> Result<()> {
        let rest = self.rest();
        if !begins(rest, name) {
            return self.fail("a closing tag does not match its opening one");
        }
        if rest.get(name.len()) == Some(&b'>') {
            self.at += name.len() + 1;
            return Ok(());
        }
        self.at += name.len();
        self.white_space();
        if self.rest().first() != Some(&b'>') {
            return self.fail("a closing tag does not match its opening one");
        }
        self.at += 1;
        Ok(())
    }

    fn find(&self, byte: u8, or: &'static str) -> Result<usize> {
        memchr(byte, self.rest()).map(|n| self.at + n).ok_or(DecodeError::new(or, self.at))
    }

    fn white_space(&mut self) {
        while matches!(self.rest().first(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.body.get(self.at..).unwrap_or_default()
    }
}

/// `starts_with` for the few bytes of a tag: in words of eight bytes, without a call.
#[expect(
    clippy::inline_always,
    reason = "left to the compiler, it is a call for each tag: 3 % of all instructions"
)]
#[inline(always)]
fn begins(text: &[u8], with: &[u8]) -> bool {
    let Some(text) = text.get(..with.len()) else { return false };
    let (a, b) = (text.chunks_exact(8), with.chunks_exact(8));
    let tails = std::iter::zip(a.remainder(), b.remainder()).all(|(a, b)| a == b);
    let word = |bytes: &[u8]| bytes.try_into().map(u64::from_ne_bytes).unwrap_or_default();
    tails && std::iter::zip(a, b).all(|(a, b)| word(a) == word(b))
}

/// Parses a tag at this position that contains only its name, as nearly all do. Returns it with its length.
fn plain_tag(rest: &[u8]) -> Option<(Option<Tag<'_>>, usize)> {
    let inner = rest.strip_prefix(b"<")?;
    let length = inner.iter().position(|b| !b.is_ascii_alphanumeric())?;
    match inner.split_at_checked(length)? {
        ([], [b'/', ..]) => Some((None, 2)),
        (name @ [_, ..], [b'>', ..]) => {
            Some((Some(Tag { name, plain: rest.get(..length + 2)? }), length + 2))
        }
        _ => None,
    }
}

/// Appends `text` with entity references resolved.
pub(super) fn unescape(text: &[u8], at: usize, out: &mut Vec<u8>) -> Result<()> {
    let mut rest = text;
    while let Some(amp) = memchr(b'&', rest) {
        let (before, from_amp) = rest.split_at(amp);
        out.extend_from_slice(before);
        let Some(semicolon) = memchr(b';', from_amp.get(..12).unwrap_or(from_amp)) else {
            return Err(DecodeError::new("an entity reference has no end", at));
        };
        let name = from_amp.get(1..semicolon).unwrap_or_default();
        let mut utf8 = [0; 4];
        out.extend_from_slice(
            entity(name)
                .ok_or(DecodeError::new("an unknown entity reference", at))?
                .encode_utf8(&mut utf8)
                .as_bytes(),
        );
        rest = from_amp.get(semicolon + 1..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    Ok(())
}

fn entity(name: &[u8]) -> Option<char> {
    match name {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x' | b'X', hex @ ..] => char::from_u32(u32::from_str_radix(digits(hex)?, 16).ok()?),
        [b'#', decimal @ ..] => char::from_u32(digits(decimal)?.parse().ok()?),
        _ => None,
    }
}

/// Returns the digits of a character reference; `from_str_radix` would accept a sign too.
fn digits(text: &[u8]) -> Option<&str> {
    std::str::from_utf8(text).ok().filter(|t| t.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Appends `text` percent-decoded, with `+` as space, as `encoding-type=url` specifies.
pub(super) fn percent_decode(text: &[u8], at: usize, out: &mut Vec<u8>) -> Result<()> {
    let mut rest = text;
    while let Some(stop) = memchr2(b'%', b'+', rest) {
        let (before, from_stop) = rest.split_at(stop);
        out.extend_from_slice(before);
        rest = match from_stop {
            [b'+', rest @ ..] => {
                out.push(b' ');
                rest
            }
            [_, high, low, rest @ ..] => {
                let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
                let (Some(high), Some(low)) = (digit(*high), digit(*low)) else {
                    return Err(DecodeError::new("a key is not url-encoded as announced", at));
                };
                out.push(high << 4 | low);
                rest
            }
            _ => return Err(DecodeError::new("a key is not url-encoded as announced", at)),
        };
    }
    out.extend_from_slice(rest);
    Ok(())
}
