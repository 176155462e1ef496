//! `GetObjectAttributes`: the facts about an object that a client asks for by name, as a document.

use super::error::{Code, Error, Result};
use super::request::Request;
use super::xml::Document;
use crate::model::ObjectAttributes;

/// The names that a client may ask for, in the order of the document.
const NAMES: [&str; 5] = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

/// Returns the names that a request asks for.
pub(crate) fn asked(request: &Request) -> Result<Vec<&'static str>> {
    let values = request.headers.get_all("x-amz-object-attributes").iter();
    let text: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    let given: Vec<&str> =
        text.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|name| !name.is_empty()).collect();
    if given.is_empty() || given.iter().any(|name| !NAMES.contains(name)) {
        return Err(Error::new(Code::InvalidArgument, "Invalid attribute name specified.")
            .field("ArgumentName", "x-amz-object-attributes"));
    }
    Ok(NAMES.into_iter().filter(|name| given.contains(name)).collect())
}

/// Writes the facts with these names.
pub(crate) fn document(object: &ObjectAttributes, names: &[&str]) -> Document {
    let mut document = Document::new("GetObjectAttributesResponse");
    for name in names {
        match *name {
            "ETag" => drop(document.text("ETag", &object.etag)),
            "Checksum" if !object.checksums.is_empty() => {
                document.open("Checksum");
                for (element, value) in &object.checksums {
                    document.text(element, value);
                }
                document.maybe("ChecksumType", object.checksum_type.as_deref()).close("Checksum");
            }
            "ObjectParts" => {
                if let Some(parts) = object.parts {
                    document.open("ObjectParts").plain("PartsCount", parts).close("ObjectParts");
                }
            }
            "StorageClass" => drop(document.text("StorageClass", &object.storage_class)),
            "ObjectSize" => drop(document.plain("ObjectSize", object.size)),
            _ => {}
        }
    }
    document
}
#[cfg(test)]
mod tests;
