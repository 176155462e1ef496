//! XML: a writer that escapes as AWS does, and a reader that keeps text exactly as it was sent.
//!
//! The reader is custom, based on quick-xml's events, because every byte of text matters: a key may be a single space.

use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::error::{Code, Error, Result};

const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// A document being written.
#[derive(Debug)]
pub(crate) struct Document {
    text: String,
    root: &'static str,
}

impl Document {
    /// Starts a document with S3's namespace.
    pub(crate) fn new(root: &'static str) -> Self {
        Self {
            text: format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"{NAMESPACE}\">"),
            root,
        }
    }

    /// Starts a document whose root has text and no elements.
    pub(crate) fn with_text(root: &'static str, text: &str) -> Self {
        let mut document = Self::new(root);
        escape(text, &mut document.text);
        document
    }

    /// Starts a document without a namespace, like errors.
    pub(crate) fn bare(root: &'static str) -> Self {
        Self { text: format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root}>"), root }
    }

    /// Adds an element with text.
    pub(crate) fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.open(name);
        escape(text, &mut self.text);
        self.close(name)
    }

    /// Adds an element with text, if there is any.
    pub(crate) fn maybe(&mut self, name: &str, text: Option<&str>) -> &mut Self {
        if let Some(text) = text {
            self.text(name, text);
        }
        self
    }

    /// Adds an element with text that needs no escaping.
    pub(crate) fn plain(&mut self, name: &str, text: impl std::fmt::Display) -> &mut Self {
        self.open(name);
        let written = write!(self.text, "{text}");
        debug_assert!(written.is_ok(), "writing to a string does not fail");
        self.close(name)
    }

    pub(crate) fn open(&mut self, name: &str) -> &mut Self {
        self.text.push('<');
        self.text.push_str(name);
        self.text.push('>');
        self
    }

    pub(crate) fn close(&mut self, name: &str) -> &mut Self {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
        self
    }

    /// Returns the text written so far, for a document whose end is written elsewhere.
    pub(crate) fn unfinished(self) -> String {
        self.text
    }

    /// Ends the document.
    pub(crate) fn end(mut self) -> String {
        let root = self.root;
        self.close(root);
        self.text
    }
}

/// Escapes text. Characters that are illegal in XML 1.0 are written as references, as AWS does.
fn escape(text: &str, out: &mut String) {
    let is_plain = |char: char| !matches!(char, '&' | '<' | '>' | '"' | '\r') && is_legal(char);
    // Copied in stretches: listings consist of keys that rarely have anything to escape.
    let mut rest = text;
    while let Some((at, char)) = rest.char_indices().find(|(_, char)| !is_plain(*char)) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            char => {
                let written = write!(out, "&#x{:x};", u32::from(char));
                debug_assert!(written.is_ok(), "writing to a string does not fail");
            }
        }
        rest = special.get(char.len_utf8()..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// Returns true if a character is legal in XML 1.0.
fn is_legal(char: char) -> bool {
    !matches!(char, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// A parsed element.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Node>,
}

impl Node {
    pub(crate) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// Parses a document with this root; anything else, or a character that is illegal in XML 1.0, is `MalformedXML`.
pub(crate) fn parse(body: &[u8], root: &str) -> Result<Node> {
    let text = std::str::from_utf8(body).map_err(|_| Code::MalformedXML)?;
    let mut reader = Reader::from_str(text);
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().map_err(|_| Code::MalformedXML)? {
            Event::Start(start) => open.push(named(start.local_name().as_ref())),
            Event::Empty(empty) => close(&mut open, named(empty.local_name().as_ref()))?,
            Event::End(_) => {
                let node = open.pop().ok_or(Code::MalformedXML)?;
                close(&mut open, node)?;
            }
            Event::Text(text) => add(&mut open, &text.xml10_content())?,
            Event::CData(data) => add(&mut open, &data.xml10_content())?,
            Event::GeneralRef(reference) => {
                let char = match reference.resolve_char_ref().map_err(|_| Code::MalformedXML)? {
                    Some(char) => char,
                    None => entity(&reference.xml10_content()).ok_or(Code::MalformedXML)?,
                };
                add(&mut open, char.encode_utf8(&mut [0; 4]))?;
            }
            Event::Eof => break,
            Event::DocType(_) => return Err(Code::MalformedXML.into()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    let mut top = open.pop().filter(|_| open.is_empty()).ok_or(Code::MalformedXML)?;
    top.children.pop().filter(|node| node.name == root).ok_or_else(|| Error::from(Code::MalformedXML))
}

fn named(name: &str) -> Node {
    Node { name: name.to_owned(), ..Node::default() }
}

fn close(open: &mut [Node], node: Node) -> Result<()> {
    let parent = open.last_mut().ok_or(Code::MalformedXML)?;
    parent.children.push(node);
    Ok(())
}

fn add(open: &mut [Node], text: &str) -> Result<()> {
    if !text.chars().all(is_legal) {
        return Err(Code::MalformedXML.into());
    }
    let node = open.last_mut().ok_or(Code::MalformedXML)?;
    node.text.push_str(text);
    Ok(())
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
