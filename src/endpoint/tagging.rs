//! The tags of an object as a document.

use super::xml::Document;

/// Writes tags.
pub(crate) fn document<'a>(tags: impl IntoIterator<Item = (&'a String, &'a String)>) -> Document {
    let mut document = Document::new("Tagging");
    document.open("TagSet");
    for (name, value) in tags {
        document.open("Tag").text("Key", name).text("Value", value).close("Tag");
    }
    document.close("TagSet");
    document
}
