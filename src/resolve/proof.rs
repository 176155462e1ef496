//! What proves that bytes are those of an object, and the check itself while they come.
//!
//! | ETag | encrypted with S3's own keys, or not at all | stored checksum | proof |
//! |---|---|---|---|
//! | 32 hex digits | yes | any | the MD5 of the bytes is the ETag |
//! | any other | any | of the whole object | that checksum |
//! | `…-N` | any | of the parts | that checksum of the N parts' checksums |
//! | `…-N` | yes | none | the MD5 of the N parts' MD5s is the ETag |
//! | any other | any | none, or of parts and no `-N` | none but the size |
//!
//! What is "of the parts" needs their sizes, which only the server knows
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>).

use crate::model::{Algorithm, Digest, Stored};

/// What proves an object's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A digest of all of them.
    Whole {
        /// How it is made.
        algorithm: Algorithm,
        /// What it must be, as S3 writes it.
        expected: String,
    },
    /// A digest of the parts' digests.
    Parts {
        /// How both are made.
        algorithm: Algorithm,
        /// What it must be, as S3 writes it, without the number of parts.
        expected: String,
        /// How many parts there are.
        parts: u64,
    },
    /// Nothing but their number.
    Size,
}

impl Proof {
    /// The decision of the table above.
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

    /// What the listing alone gives: an ETag that looks like an MD5. Bytes with this MD5 are the object's; others may be
    /// too, if the ETag is none after all.
    pub fn of_etag(etag: &str) -> Option<Self> {
        is_md5(etag).then(|| Self::Whole { algorithm: Algorithm::Md5, expected: etag.to_ascii_lowercase() })
    }
}

/// The digest in an ETag, and the number of parts where it names one.
fn split_etag(etag: &str) -> (&str, Option<u64>) {
    let split = etag.rsplit_once('-').and_then(|(head, parts)| Some((head, parts.parse::<u64>().ok()?)));
    split.filter(|(_, parts)| *parts > 0).map_or((etag, None), |(head, parts)| (head, Some(parts)))
}

fn is_md5(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Where an object's parts end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartSizes {
    /// All parts but the last have this many bytes.
    Even(u64),
    /// Each part's.
    Each(Vec<u64>),
}

impl PartSizes {
    /// Even parts, where those of this size can be so many.
    pub fn even(first: u64, parts: u64, size: u64) -> Option<Self> {
        (first > 0 && size.div_ceil(first) == parts).then_some(Self::Even(first))
    }

    /// Parts of these sizes, where they come to the object's.
    pub fn each(sizes: Vec<u64>, size: u64) -> Option<Self> {
        (sizes.iter().sum::<u64>() == size && !sizes.contains(&0)).then_some(Self::Each(sizes))
    }

    fn at(&self, part: usize) -> u64 {
        match self {
            Self::Even(size) => *size,
            // Bytes beyond the last part belong to none: the digest cannot be right then.
            Self::Each(sizes) => sizes.get(part).copied().unwrap_or(u64::MAX),
        }
    }
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// These are the object's bytes.
    Proven,
    /// There are as many, and nothing tells more.
    Unverifiable,
    /// They are not.
    Wrong,
}

/// A check of bytes as they come.
#[derive(Debug)]
pub struct Checker {
    size: u64,
    seen: u64,
    /// How the digest is written, and what it must be; `None` where nothing is known of it.
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
    /// For an object of `size` bytes. `sizes` are those of its parts; without them, a proof by parts is none.
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

    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.seen += bytes.len() as u64;
        match &mut self.state {
            State::Size => {}
            State::Whole(digest) => digest.update(bytes),
            State::Parts(parts) => parts.update(bytes),
        }
    }

    /// What the bytes are, after the last of them.
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

/// A digest of parts' digests under way.
#[derive(Debug)]
struct Parts {
    algorithm: Algorithm,
    sizes: PartSizes,
    /// Parts that are complete, and the digest of their digests.
    done: usize,
    all: Digest,
    /// The part under way, and what it lacks.
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
