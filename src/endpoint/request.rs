//! A request as handlers see it: bucket, key, query and headers, and the body once it is checked.

use hyper::HeaderMap;
use hyper::Method;
use hyper::body::Bytes;
use hyper::http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::error::{Code, Error, Result};

/// The characters of a path or query that S3 leaves unencoded in signatures.
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const UNRESERVED_AND_SLASH: AsciiSet = UNRESERVED.remove(b'/');

/// The host name of a server on this machine; names below it lead to this machine too.
pub(crate) const LOCALHOST: &str = "localhost";

const MAX_KEY_BYTES: usize = 1024;

/// A request; the body is empty until it has been read and checked.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// As sent, still encoded.
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) bucket: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) body: Bytes,
    /// The trailers of a chunked body, names in lower case.
    pub(crate) trailers: Trailers,
}

/// The names and values sent after a chunked body.
pub(crate) type Trailers = Vec<(String, String)>;

/// The decoded names and values of a query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(pub(crate) Vec<(String, String)>);

impl Request {
    /// Reads the head of a request to a server on `localhost`.
    pub(crate) fn new(parts: Parts) -> Result<Self> {
        Self::at(parts, &[LOCALHOST])
    }

    /// Reads the head of a request to a server with these host names; a bucket may precede each.
    pub(crate) fn at(parts: Parts, hosts: &[impl AsRef<str>]) -> Result<Self> {
        let path = parts.uri.path().to_owned();
        let query = Query::parse(parts.uri.query().unwrap_or_default())?;
        let (bucket, key) = target(&path, host_bucket(&parts.headers, hosts))?;
        if key.as_ref().is_some_and(|key| key.len() > MAX_KEY_BYTES) {
            return Err(Error::from(Code::KeyTooLongError).field("MaxSizeAllowed", MAX_KEY_BYTES.to_string()));
        }
        Ok(Self {
            method: parts.method,
            path,
            query,
            headers: parts.headers,
            bucket,
            key,
            body: Bytes::new(),
            trailers: Vec::new(),
        })
    }

    /// Returns the bucket; set whenever the operation has one.
    pub(crate) fn bucket(&self) -> &str {
        self.bucket.as_deref().unwrap_or_default()
    }

    /// Returns the key; set whenever the operation has one.
    pub(crate) fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    /// Returns a header's value, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// Returns the value of a header or trailer.
    pub(crate) fn header_or_trailer(&self, name: &str) -> Option<&str> {
        let trailer = self.trailers.iter().find(|(trailer, _)| trailer == name);
        self.header(name).or_else(|| trailer.map(|(_, value)| value.as_str()))
    }

    /// Returns the `versionId` of the request.
    pub(crate) fn version(&self) -> Option<&str> {
        self.query.get("versionId")
    }
}

impl Query {
    fn parse(text: &str) -> Result<Self> {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let decoded = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode_form(name)?, decode_form(value)?))
        });
        Ok(Self(decoded.collect::<Result<_>>()?))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Returns a number, or a default if it is missing.
    pub(crate) fn number(&self, name: &'static str, default: usize) -> Result<usize> {
        let Some(text) = self.get(name).filter(|text| !text.is_empty()) else {
            return Ok(default);
        };
        text.parse().map_err(|_| {
            Error::new(
                Code::InvalidArgument,
                format!("Provided {name} not an integer or within integer range"),
            )
            .field("ArgumentName", name)
            .field("ArgumentValue", text)
        })
    }
}

/// Decodes percent escapes.
pub(crate) fn decode(text: &str) -> Result<String> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| Code::InvalidURI)?;
    Ok(decoded.into_owned())
}

/// Decodes a form value, where `+` is a space.
pub(crate) fn decode_form(text: &str) -> Result<String> {
    decode(&text.replace('+', " "))
}

/// Encodes everything except unreserved characters, as signatures require.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, &UNRESERVED).to_string()
}

/// Like [`encode`], but keeps slashes.
pub(crate) fn encode_path(text: &str) -> String {
    utf8_percent_encode(text, &UNRESERVED_AND_SLASH).to_string()
}

/// Encodes like `encoding-type=url` in listings: a space becomes `+`, slashes are kept.
pub(crate) fn encode_listed(text: &str) -> String {
    encode_path(text).replace("%20", "+").replace('~', "%7E").replace("%2A", "*")
}

/// Returns the bucket and key of a path; with a bucket in the host name, the whole path is the key.
fn target(path: &str, host_bucket: Option<String>) -> Result<(Option<String>, Option<String>)> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let some = |text: &str| (!text.is_empty()).then(|| decode(text)).transpose();
    if host_bucket.is_some() {
        return Ok((host_bucket, some(path)?));
    }
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    Ok((some(bucket)?, some(key)?))
}

/// Returns the bucket of a host such as `bucket.localhost:9000`.
fn host_bucket(headers: &HeaderMap, hosts: &[impl AsRef<str>]) -> Option<String> {
    let name = host_name(headers)?;
    let bucket = hosts.iter().find_map(|host| name.strip_suffix(host.as_ref())?.strip_suffix('.'));
    bucket.filter(|bucket| !bucket.is_empty()).map(str::to_owned)
}

/// Returns the host that a request names, without its port.
pub(crate) fn host_name(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get("host")?.to_str().ok()?;
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => Some(name),
        _ => Some(host),
    }
}

#[cfg(test)]
mod tests;
