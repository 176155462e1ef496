//! Request bodies: decodes aws-chunked ones, and checks every digest sent with them.
//!
//! Chunk signatures and the trailer's signature are accepted unverified; the signature of the request's head is not.

use hyper::body::Bytes;

use super::checksum::{Algorithm, Checksum, decode_base64, md5, sha256_hex};
use super::error::{Code, Error, Result};
use super::request::{Request, Trailers};

/// Decodes and checks the raw body, and adds it to the request.
pub(crate) fn accept(request: &mut Request, raw: Bytes) -> Result<()> {
    let payload = request.header("x-amz-content-sha256").unwrap_or("UNSIGNED-PAYLOAD");
    if payload.starts_with("STREAMING-") {
        let (body, trailers) = decode_chunks(&raw).ok_or(Code::IncompleteBody)?;
        let announced = request.header("x-amz-decoded-content-length");
        if announced.is_some_and(|length| length.parse() != Ok(body.len())) {
            return Err(Code::IncompleteBody.into());
        }
        (request.body, request.trailers) = (body.into(), trailers);
    } else {
        if payload != "UNSIGNED-PAYLOAD" && payload != sha256_hex(&raw) {
            return Err(Code::XAmzContentSHA256Mismatch.into());
        }
        request.body = raw;
    }
    check_md5(request)?;
    checksum(request).map(drop)
}

/// Returns the checksum sent with a body, in a header or a trailer, after verifying it.
pub(crate) fn checksum(request: &Request) -> Result<Option<Checksum>> {
    // In the request that completes an upload, the header is the checksum of the whole object, not of this body.
    if request.query.has("uploadId") && !request.query.has("partNumber") {
        return Ok(None);
    }
    for algorithm in Algorithm::ALL {
        let Some(given) = request.header_or_trailer(algorithm.header()) else {
            continue;
        };
        let computed = Checksum::of(algorithm, &request.body);
        if computed.value != given {
            let message =
                format!("The {} you specified did not match the calculated checksum.", algorithm.name());
            return Err(Error::new(Code::BadDigest, message));
        }
        return Ok(Some(computed));
    }
    Ok(None)
}

fn check_md5(request: &Request) -> Result<()> {
    let Some(given) = request.header("content-md5") else {
        return Ok(());
    };
    let given = decode_base64(given).filter(|digest| digest.len() == 16).ok_or(Code::InvalidDigest)?;
    if given == md5(&request.body) { Ok(()) } else { Err(Code::BadDigest.into()) }
}

/// Decodes `size[;extension]CRLF data CRLF … 0 CRLF trailers CRLF` to the data and the trailers.
fn decode_chunks(mut raw: &[u8]) -> Option<(Vec<u8>, Trailers)> {
    let mut body = Vec::with_capacity(raw.len());
    loop {
        let head = line(&mut raw)?;
        let size = head.split(';').next().and_then(|size| usize::from_str_radix(size.trim(), 16).ok())?;
        if size == 0 {
            break;
        }
        let (data, rest) = raw.split_at_checked(size)?;
        body.extend_from_slice(data);
        raw = rest.strip_prefix(b"\r\n")?;
    }
    let mut trailers = Vec::new();
    while let Some(trailer) = line(&mut raw).filter(|trailer| !trailer.is_empty()) {
        let (name, value) = trailer.split_once(':')?;
        trailers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
    Some((body, trailers))
}

/// Splits one line off the front.
fn line<'a>(raw: &mut &'a [u8]) -> Option<&'a str> {
    let end = memchr::memchr(b'\n', raw)?;
    let (line, rest) = raw.split_at_checked(end)?;
    *raw = rest.get(1..)?;
    std::str::from_utf8(line).ok().map(|line| line.trim_end_matches('\r'))
}

#[cfg(test)]
mod tests;
