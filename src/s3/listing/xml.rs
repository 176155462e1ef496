//! An XML reader limited to S3's replies: elements, skipped attributes, text, entity references. It borrows from the
//! body and allocates nothing. CDATA and DTDs, which S3 never sends, are errors.

use memchr::{memchr, memchr3, memmem};

use super::text::plain_text;

/// An element's text in the body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) bytes: &'a [u8],
    /// The position of its first byte.
    pub(super) at: usize,
    /// True if it may contain entity references.
    pub(super) escaped: bool,
}

impl Text<'_> {
    /// The text of an element that has none.
    pub(super) fn none(at: usize) -> Self {
        Self { bytes: b"", at, escaped: false }
    }

    /// The position after its last byte.
    pub(super) fn end(&self) -> usize {
        self.at + self.bytes.len()
    }
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
    /// with [`Reader::leaf`], [`Reader::child`] or [`Reader::skip`] before the next call.
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

    /// Advances past these bytes if they follow. Returns false if there are none.
    pub(super) fn past(&mut self, bytes: &[u8]) -> bool {
        let here = self.is_at(bytes);
        self.at += if here { bytes.len() } else { 0 };
        here
    }

    /// Returns the bytes from a position up to here.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        self.body.get(start..self.at).unwrap_or_default()
    }

    /// Returns the position of the next byte.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Returns whether the tag just read is `<Name/>`, which has neither text nor closing tag.
    pub(super) fn is_empty(&self) -> bool {
        self.empty
    }

    /// Enters the element whose tag was just read; `None` if that is `<Name/>`.
    pub(super) fn enter<'t>(&mut self, tag: Tag<'t>) -> Option<Tag<'t>> {
        (!std::mem::take(&mut self.empty)).then_some(tag)
    }

    /// Reads the text of a leaf element and its closing tag.
    pub(super) fn leaf(&mut self, tag: Tag<'_>) -> Result<Text<'a>> {
        let Some(tag) = self.enter(tag) else { return Ok(Text::none(self.at)) };
        let text = self.text(b"")?;
        self.close(tag)?;
        Ok(text)
    }

    /// Reads the text of a leaf element up to its closing tag, or up to its first `&` if `next` begins there.
    #[expect(
        clippy::inline_always,
        reason = "left to the compiler, passing the result takes longer than reading"
    )]
    #[inline(always)]
    pub(super) fn text(&mut self, next: &[u8]) -> Result<Text<'a>> {
        let at = self.at;
        self.at += plain_text(self.rest());
        let escaped = self.rest().first() != Some(&b'<') && !self.is_at(next);
        if escaped {
            self.at = self.find(b'<', "the body ends inside a text")?;
        }
        Ok(Text { bytes: self.since(at), at, escaped })
    }

    /// Reads the closing tag of a leaf element.
    pub(super) fn close(&mut self, tag: Tag<'_>) -> Result<()> {
        if self.rest().get(1) != Some(&b'/') {
            return self.fail("an element stands where only text is expected");
        }
        self.at += 2;
        self.closing(tag.name)
    }

    /// Skips an element with its content. Counts the depth instead of recursing, because the sender controls it.
    pub(in crate::s3) fn skip(&mut self) -> Result<()> {
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
        Ok(())
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
                return Ok(Tag { name });
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

    /// Returns whether these bytes follow; false if there are none.
    fn is_at(&self, bytes: &[u8]) -> bool {
        !bytes.is_empty() && begins(self.rest(), bytes)
    }

    fn rest(&self) -> &'a [u8] {
        self.body.get(self.at..).unwrap_or_default()
    }
}

/// `starts_with` for the few bytes between two texts: in words of eight bytes, without a call.
#[expect(
    clippy::inline_always,
    reason = "left to the compiler, it is a call for each tag: 3 % of all instructions"
)]
#[inline(always)]
fn begins(text: &[u8], with: &[u8]) -> bool {
    let Some(text) = text.get(..with.len()) else { return false };
    let ((words, tail), (expected, expected_tail)) = (text.as_chunks::<8>(), with.as_chunks::<8>());
    match (text.last_chunk::<8>(), with.last_chunk::<8>()) {
        // Overlaps the word before it.
        (Some(last), Some(expected_last)) => {
            last == expected_last && std::iter::zip(words, expected).all(|(a, b)| a == b)
        }
        _ => tail == expected_tail,
    }
}

/// Parses a tag at this position that contains only its name, as nearly all do. Returns it with its length.
fn plain_tag(rest: &[u8]) -> Option<(Option<Tag<'_>>, usize)> {
    let inner = rest.strip_prefix(b"<")?;
    let length = inner.iter().position(|b| !b.is_ascii_alphanumeric())?;
    match inner.split_at_checked(length)? {
        ([], [b'/', ..]) => Some((None, 2)),
        (name @ [_, ..], [b'>', ..]) => Some((Some(Tag { name }), length + 2)),
        _ => None,
    }
}
