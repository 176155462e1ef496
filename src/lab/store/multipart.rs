//! Multipart uploads in progress, and joining their parts.

use std::collections::BTreeMap;

use hyper::body::Bytes;

use super::version::{Attributes, Labels, Object};
use crate::endpoint::checksum::{Algorithm, Checksum, ChecksumKind, md5_hex};
use crate::endpoint::error::{Code, Error, Result};

/// An upload between its creation and its completion.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) key: String,
    /// The time it was created: the date that its version will have.
    pub(crate) began: i64,
    /// The position in the order of versions, taken when it was created.
    pub(crate) order: u64,
    pub(crate) attributes: Attributes,
    pub(crate) labels: Labels,
    pub(crate) algorithm: Algorithm,
    pub(crate) kind: ChecksumKind,
    pub(crate) parts: BTreeMap<u16, Part>,
}

/// A part listed in a completion.
#[derive(Debug)]
pub(crate) struct ListedPart {
    pub(crate) number: u16,
    pub(crate) etag: String,
}

/// One uploaded part.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) body: Bytes,
    /// The MD5 of the body, in binary.
    pub(crate) md5: Vec<u8>,
    pub(crate) etag: String,
    pub(crate) modified: i64,
}

impl Upload {
    /// Joins the parts listed in a completion, in that order.
    pub(crate) fn join(&self, listed: &[ListedPart], min_part: usize) -> Result<Object> {
        if listed.is_empty() {
            return Err(Code::MalformedXML.into());
        }
        if !listed.is_sorted_by(|left, right| left.number < right.number) {
            return Err(Code::InvalidPartOrder.into());
        }
        let parts = listed.iter().map(|listed| self.part(listed)).collect::<Result<Vec<_>>>()?;
        let (_, all_but_last) = parts.split_last().ok_or(Code::MalformedXML)?;
        if let Some(small) = all_but_last.iter().find(|part| part.body.len() < min_part) {
            let proposed = small.body.len().to_string();
            return Err(Error::from(Code::EntityTooSmall).field("ProposedSize", proposed));
        }
        let body: Vec<u8> = parts.iter().flat_map(|part| part.body.iter().copied()).collect();
        let md5s: Vec<u8> = parts.iter().flat_map(|part| part.md5.iter().copied()).collect();
        let checksum = self.checksum(&parts, &body);
        Ok(Object {
            body: body.into(),
            etag: format!("{}-{}", md5_hex(&md5s), parts.len()),
            parts: parts.iter().map(|part| part.body.len()).collect(),
            attributes: self.attributes.clone(),
            checksum: Some(checksum),
        })
    }

    fn part(&self, ListedPart { number, etag }: &ListedPart) -> Result<&Part> {
        let part = self.parts.get(number).filter(|part| part.etag == etag.trim_matches('"'));
        part.ok_or_else(|| Error::from(Code::InvalidPart).field("PartNumber", number.to_string()))
    }

    fn checksum(&self, parts: &[&Part], body: &[u8]) -> Checksum {
        match self.kind {
            ChecksumKind::FullObject => Checksum::of(self.algorithm, body),
            ChecksumKind::Composite => {
                let of_parts: Vec<u8> =
                    parts.iter().flat_map(|part| self.algorithm.digest(&part.body)).collect();
                Checksum {
                    algorithm: self.algorithm,
                    kind: ChecksumKind::Composite,
                    value: format!("{}-{}", Checksum::of(self.algorithm, &of_parts).value, parts.len()),
                }
            }
        }
    }
}
