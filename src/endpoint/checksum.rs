//! Digests and checksums of bodies: MD5 for `ETags`, SHA-256 for signatures, and the five that S3 stores with an object.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::{self, Digest, hex};

/// A checksum algorithm that S3 stores with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Crc32,
    Crc32C,
    Crc64Nvme,
    Sha1,
    Sha256,
}

/// The scope of a checksum: the whole object, or the checksums of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChecksumKind {
    FullObject,
    Composite,
}

/// A checksum as stored with an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checksum {
    pub(crate) algorithm: Algorithm,
    pub(crate) kind: ChecksumKind,
    /// Base64, followed by `-N` if composite.
    pub(crate) value: String,
}

impl Algorithm {
    pub(crate) const ALL: [Self; 5] = [Self::Crc32, Self::Crc32C, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    /// Returns the name used in `x-amz-checksum-algorithm` and in listings.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32C => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// Returns the name of the header with the checksum.
    pub(crate) fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32C => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// Returns the name of the XML element with the checksum.
    pub(crate) fn element(self) -> &'static str {
        match self {
            Self::Crc32 => "ChecksumCRC32",
            Self::Crc32C => "ChecksumCRC32C",
            Self::Crc64Nvme => "ChecksumCRC64NVME",
            Self::Sha1 => "ChecksumSHA1",
            Self::Sha256 => "ChecksumSHA256",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    pub(crate) fn digest(self, body: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Crc32 => model::Algorithm::Crc32,
            Self::Crc32C => model::Algorithm::Crc32C,
            Self::Crc64Nvme => model::Algorithm::Crc64Nvme,
            Self::Sha1 => model::Algorithm::Sha1,
            Self::Sha256 => model::Algorithm::Sha256,
        };
        Digest::of(algorithm, body)
    }
}

impl Checksum {
    /// Computes the checksum of a whole object.
    pub(crate) fn of(algorithm: Algorithm, body: &[u8]) -> Self {
        Self { algorithm, kind: ChecksumKind::FullObject, value: STANDARD.encode(algorithm.digest(body)) }
    }
}

impl ChecksumKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FullObject => "FULL_OBJECT",
            Self::Composite => "COMPOSITE",
        }
    }
}

pub(crate) fn md5(body: &[u8]) -> Vec<u8> {
    Digest::of(model::Algorithm::Md5, body)
}

pub(crate) fn md5_hex(body: &[u8]) -> String {
    hex(&md5(body))
}

pub(crate) fn sha256_hex(body: &[u8]) -> String {
    hex(&Algorithm::Sha256.digest(body))
}

/// Decodes base64, as in `Content-MD5`.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests;
