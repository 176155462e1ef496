//! Verifies that bytes are those of an object, in a single pass as they arrive.
//!
//! | ETag | encrypted with SSE-S3, or unencrypted | stored checksum | proof |
//! |---|---|---|---|
//! | 32 hex digits | yes | any | the MD5 of the bytes is the ETag |
//! | any other | any | of the whole object | that checksum |
//! | `…-N` | any | of the parts | that checksum of the N parts' checksums |
//! | `…-N` | yes | none | the MD5 of the N parts' MD5s is the ETag |
//! | any other | any | none, or of parts and no `-N` | none but the size |
//!
//! Proofs "of the parts" need the part sizes, which only the server knows
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>).

use crate::model::{Algorithm, Digest, Stored};

/// The proof available for an object's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A digest of the whole object.
    Whole {
        /// The digest algorithm.
        algorithm: Algorithm,
        /// The expected digest, as S3 writes it.
        expected: String,
    },
    /// A digest of the parts' digests.
    Parts {
        /// The algorithm of both digests.
        algorithm: Algorithm,
        /// The expected digest, as S3 writes it, without the number of parts.
        expected: String,
        /// The number of parts.
        parts: u64,
    },
    /// Only the size.
    Size,
}

impl Proof {
    /// Selects the proof by the table in the module docs.
    pub fn of(stored: &Stored) -> Self {
        let (head, parts) = split_etag(&stored.etag);
        let md5 = (!stored.opaque_etag && is_md5(head)).then(|| (Algorithm::Md5, head.to_ascii_lowercase()));
        match (parts, &md5, stored.whole.first(), stored.of_parts.first()) {
            (None, Some((algorithm, expected)), _, _) | (_, _, Some((algorithm, expected)), _) => {
                Self::Whole { algorithm: *algorithm, expected: expected.clone() }
            }
            (Some(parts), _, None, Some((algorithm, expected)))
            | (Some(parts), Some((algorithm, expected)), None, None) => {
                Self::Parts { algorithm: *algorithm, expected: expected.clone(), parts }
            }
            _ => Self::Size,
        }
    }

    /// Returns the proof that a listing alone gives: an ETag that looks like an MD5. A match proves the bytes; a
    /// mismatch does not refute them, since the ETag may not be an MD5.
    pub fn of_etag(etag: &str) -> Option<Self> {
        is_md5(etag).then(|| Self::Whole { algorithm: Algorithm::Md5, expected: etag.to_ascii_lowercase() })
    }
}

/// Splits an ETag into its digest and, if present, the number of parts.
fn split_etag(etag: &str) -> (&str, Option<u64>) {
    let split = etag.rsplit_once('-').and_then(|(head, parts)| Some((head, parts.parse::<u64>().ok()?)));
    split.filter(|(_, parts)| *parts > 0).map_or((etag, None), |(head, parts)| (head, Some(parts)))
}

fn is_md5(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The sizes of an object's parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartSizes {
    /// All parts but the last have this many bytes.
    Even(u64),
    /// The size of each part.
    Each(Vec<u64>),
}

impl PartSizes {
    /// Returns even parts, if this size gives this number of parts.
    pub fn even(first: u64, parts: u64, size: u64) -> Option<Self> {
        (first > 0 && size.div_ceil(first) == parts).then_some(Self::Even(first))
    }

    /// Returns parts of these sizes, if they add up to the object's size.
    pub fn each(sizes: Vec<u64>, size: u64) -> Option<Self> {
        (sizes.iter().sum::<u64>() == size && !sizes.contains(&0)).then_some(Self::Each(sizes))
    }

    fn at(&self, part: usize) -> u64 {
        match self {
            Self::Even(size) => *size,
            // Bytes beyond the last part belong to none, so the digest cannot match.
            Self::Each(sizes) => sizes.get(part).copied().unwrap_or(u64::MAX),
        }
    }
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The bytes are the object's.
    Proven,
    /// The size matches, and there is no further proof.
    Unverifiable,
    /// The bytes are not the object's.
    Wrong,
}

/// Checks bytes as they arrive.
#[derive(Debug)]
pub struct Checker {
    size: u64,
    seen: u64,
    /// The digest's algorithm and expected value; `None` if there is no digest to check.
    expected: Option<(Algorithm, String)>,
    state: State,
}

#[derive(Debug)]
enum State {
    Whole(Box<Digest>),
    Parts(Box<Parts>),
    Size,
}

impl Checker {
    /// Creates a checker for an object of `size` bytes. Without the part `sizes`, a proof by parts checks only the
    /// size.
    pub fn new(size: u64, proof: Proof, sizes: Option<PartSizes>) -> Self {
        let (expected, state) = match (proof, sizes) {
            (Proof::Whole { algorithm, expected }, _) => {
                (Some((algorithm, expected)), State::Whole(Box::new(Digest::new(algorithm))))
            }
            (Proof::Parts { algorithm, expected, .. }, Some(sizes)) => {
                (Some((algorithm, expected)), State::Parts(Box::new(Parts::new(algorithm, sizes))))
            }
            (Proof::Parts { .. }, None) | (Proof::Size, _) => (None, State::Size),
        };
        Self { size, seen: 0, expected, state }
    }

    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.seen += bytes.len() as u64;
        match &mut self.state {
            State::Size => {}
            State::Whole(digest) => digest.update(bytes),
            State::Parts(parts) => parts.update(bytes),
        }
    }

    /// Returns the verdict, after the last bytes.
    pub fn finish(self) -> Verdict {
        if self.seen != self.size {
            return Verdict::Wrong;
        }
        let Some((algorithm, expected)) = self.expected else { return Verdict::Unverifiable };
        let digest = match self.state {
            State::Size => return Verdict::Unverifiable,
            State::Whole(digest) => digest.finish(),
            State::Parts(parts) => parts.finish(),
        };
        if algorithm.written(&digest) == expected { Verdict::Proven } else { Verdict::Wrong }
    }
}

/// An incremental digest of the parts' digests.
#[derive(Debug)]
struct Parts {
    algorithm: Algorithm,
    sizes: PartSizes,
    /// The number of complete parts, and the digest of their digests.
    done: usize,
    all: Digest,
    /// The digest of the current part, and its missing bytes.
    part: Digest,
    left: u64,
}

impl Parts {
    fn new(algorithm: Algorithm, sizes: PartSizes) -> Self {
        let (all, part) = (Digest::new(algorithm), Digest::new(algorithm));
        Self { algorithm, left: sizes.at(0), sizes, done: 0, all, part }
    }

    fn update(&mut self, mut rest: &[u8]) {
        while !rest.is_empty() {
            let take = usize::try_from(self.left).map_or(rest.len(), |left| left.min(rest.len()));
            let (head, tail) = rest.split_at(take);
            self.part.update(head);
            self.left -= take as u64;
            rest = tail;
            if self.left == 0 {
                let part = std::mem::replace(&mut self.part, Digest::new(self.algorithm));
                self.all.update(&part.finish());
                self.done += 1;
                self.left = self.sizes.at(self.done);
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.left < self.sizes.at(self.done) {
            self.all.update(&self.part.finish());
        }
        self.all.finish()
    }
}

#[cfg(test)]
mod tests;
