//! Digests of bytes that come piece by piece: MD5 for ETags, and the five checksums that S3 stores with an object
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::CrcAlgorithm;
use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::Sha256;

/// A way to make a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// The ETag of an object of one part, if nothing but S3's own keys encrypts it.
    Md5,
    /// CRC-32 as in zip and Ethernet.
    Crc32,
    /// CRC-32 of Castagnoli.
    Crc32C,
    /// CRC-64 as in `NVMe`: what S3 computes where the writer sent none.
    Crc64Nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    /// The name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Crc32 => "CRC32",
            Algorithm::Crc32C => "CRC32C",
            Algorithm::Crc64Nvme => "CRC64NVME",
            Algorithm::Sha1 => "SHA1",
            Algorithm::Sha256 => "SHA256",
        }
    }

    /// A digest as S3 writes it: MD5, in ETags, in hexadecimal; the others in base64.
    pub fn written(self, digest: &[u8]) -> String {
        match self {
            Algorithm::Md5 => hex(digest),
            _ => STANDARD.encode(digest),
        }
    }
}

/// A digest under way.
#[derive(Debug)]
pub struct Digest(State);

#[derive(Debug)]
enum State {
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
    Crc(crc_fast::Digest, usize),
}

impl Digest {
    /// Of no bytes yet.
    pub fn new(algorithm: Algorithm) -> Self {
        let crc = |kind, width| State::Crc(crc_fast::Digest::new(kind), width);
        Self(match algorithm {
            Algorithm::Md5 => State::Md5(Md5::new()),
            Algorithm::Sha1 => State::Sha1(Sha1::new()),
            Algorithm::Sha256 => State::Sha256(Sha256::new()),
            Algorithm::Crc32 => crc(CrcAlgorithm::Crc32IsoHdlc, 4),
            Algorithm::Crc32C => crc(CrcAlgorithm::Crc32Iscsi, 4),
            Algorithm::Crc64Nvme => crc(CrcAlgorithm::Crc64Nvme, 8),
        })
    }

    /// Of all these bytes.
    pub fn of(algorithm: Algorithm, bytes: &[u8]) -> Vec<u8> {
        let mut digest = Self::new(algorithm);
        digest.update(bytes);
        digest.finish()
    }

    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Md5(state) => state.update(bytes),
            State::Sha1(state) => state.update(bytes),
            State::Sha256(state) => state.update(bytes),
            State::Crc(state, _) => state.update(bytes),
        }
    }

    /// The digest of all bytes so far; a CRC's most significant byte comes first.
    pub fn finish(self) -> Vec<u8> {
        match self.0 {
            State::Md5(state) => state.finalize().to_vec(),
            State::Sha1(state) => state.finalize().to_vec(),
            State::Sha256(state) => state.finalize().to_vec(),
            State::Crc(state, width) => state.finalize().to_be_bytes().into_iter().skip(8 - width).collect(),
        }
    }
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests;
