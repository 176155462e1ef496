//! Objects of asof's own in a bucket: plan sets, and the state of runs. They are small, and each is written once.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::primitives::ByteStream;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::blank_key::{KeyInPath, for_sdk};
use super::client::Client;
use super::error::{Doing, explain};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Location, printable};

/// The metadata by which a request recognizes the object that it wrote.
const WRITE: &str = "asof-write";

/// The contents of an object to be written.
#[derive(Debug, Clone, Copy)]
pub enum Contents<'a> {
    /// These bytes.
    Bytes(&'a [u8]),
    /// Those of a file.
    File(&'a Path),
}

/// A body and its checksum. Without a known checksum, the SDK would send it after the body, which not every server accepts.
struct Checked {
    body: ByteStream,
    crc32: u32,
    bytes: u64,
}

impl Contents<'_> {
    async fn read(self) -> Result<Checked> {
        let path = match self {
            Self::Bytes(bytes) => {
                let body = ByteStream::from(bytes.to_vec());
                return Ok(Checked { body, crc32: crc32fast::hash(bytes), bytes: bytes.len() as u64 });
            }
            Self::File(path) => path,
        };
        let cannot = |e: &dyn std::error::Error| {
            Error::new(ErrorKind::Local, format!("cannot read {}: {e}", path.display()))
        };
        let mut file = File::open(path).await.map_err(|e| cannot(&e))?;
        let (mut crc32, mut bytes, mut buffer) = (crc32fast::Hasher::new(), 0, vec![0; limits::READ_BUFFER]);
        loop {
            let read = file.read(&mut buffer).await.map_err(|e| cannot(&e))?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            crc32.update(buffer.get(..read).unwrap_or_default());
        }
        let body = ByteStream::from_path(path).await.map_err(|e| cannot(&e))?;
        Ok(Checked { body, crc32: crc32.finalize(), bytes })
    }
}

/// The time for a reply includes that for sending the body.
fn long_enough(bytes: u64) -> aws_sdk_s3::config::Builder {
    let wait = limits::BODY_IDLE + Duration::from_secs(bytes / limits::SLOWEST_UPLOAD);
    let timeouts = TimeoutConfig::builder().read_timeout(wait).operation_attempt_timeout(wait).build();
    aws_sdk_s3::config::Builder::new().timeout_config(timeouts)
}

/// Formats a checksum as a header has it.
pub(super) fn crc32_header(crc32: u32) -> String {
    STANDARD.encode(crc32.to_be_bytes())
}

/// The result of creating an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// It was created by this request.
    Yes,
    /// There is one already, which was not replaced.
    Exists,
}

/// The request that wrote an object.
enum Writer {
    /// There is no object.
    None,
    /// The one that gave it this name.
    Named(String),
    /// One that gave it no name.
    Unnamed,
}

/// The names directly in a folder of a bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The names of objects, in order.
    pub objects: Vec<String>,
    /// The names of folders, without their final `/`, in order.
    pub folders: Vec<String>,
}

impl Client {
    /// Writes an object unless its key has one
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>). `at` has the key as its prefix.
    ///
    /// A request whose answer was lost is sent again, and then meets its own object: it is recognized by a random number
    /// in its metadata.
    pub async fn create_object(&self, at: &Location, contents: Contents<'_>) -> Result<Created> {
        let write = unique();
        let mut pause = limits::FIRST_BACKOFF;
        for _ in 1..limits::ATTEMPTS {
            match self.put(at, contents, Some(&write)).await {
                // Another request for the key is being executed, and may yet fail.
                Err(e) if e.code() == Some("ConditionalRequestConflict") => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(limits::MAX_BACKOFF);
                }
                put => return self.judge(at, put, write).await,
            }
        }
        let put = self.put(at, contents, Some(&write)).await;
        self.judge(at, put, write).await
    }

    /// Tells an object of this write from that of another one.
    async fn judge(&self, at: &Location, put: Result<()>, write: String) -> Result<Created> {
        match put {
            Ok(()) => Ok(Created::Yes),
            Err(e) if e.kind() == ErrorKind::Precondition => match self.write_of(at).await? {
                Writer::None => Err(e),
                Writer::Named(name) if name == write => Ok(Created::Yes),
                Writer::Named(_) | Writer::Unnamed => Ok(Created::Exists),
            },
            Err(e) => Err(e),
        }
    }

    /// Writes an object, and replaces the one that its key has.
    pub async fn replace_object(&self, at: &Location, contents: Contents<'_>) -> Result<()> {
        self.put(at, contents, None).await
    }

    /// Reads an object into memory; `None` if there is none. One of more than `most` bytes is an error.
    pub async fn read_object(&self, at: &Location, most: u64) -> Result<Option<Vec<u8>>> {
        let Some(mut body) = self.open_object(at).await? else { return Ok(None) };
        let mut bytes = Vec::new();
        while let Some(chunk) = body.next(at).await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > most {
                let message = format!("cannot read {}: it has more than {most} bytes", shown(at));
                return Err(Error::new(ErrorKind::Corrupt, message));
            }
        }
        Ok(Some(bytes))
    }

    /// Reads an object into a new file; returns false if there is none.
    pub async fn download_object(&self, at: &Location, to: &Path) -> Result<bool> {
        let Some(mut body) = self.open_object(at).await? else { return Ok(false) };
        let local = |e: std::io::Error| {
            Error::new(ErrorKind::Local, format!("cannot write {}: {e}", to.display()))
                .hint("check free space and permissions, or set TMPDIR to another directory")
        };
        let mut file = File::create(to).await.map_err(local)?;
        while let Some(chunk) = body.next(at).await? {
            file.write_all(&chunk).await.map_err(local)?;
        }
        file.flush().await.map_err(local)?;
        Ok(true)
    }

    /// Lists the names in a folder that follow `after` in order. The prefix of `folder` is empty or ends in `/`.
    pub async fn names_in(&self, folder: &Location, after: Option<&str>) -> Result<Names> {
        let doing = Doing {
            what: "list",
            bucket: &folder.bucket,
            key: Some(&folder.prefix),
            permission: "s3:ListBucket",
        };
        let call = self.sdk(&folder.bucket).list_objects_v2().bucket(&folder.bucket).delimiter("/");
        let call = call.set_prefix((!folder.prefix.is_empty()).then(|| folder.prefix.clone()));
        let call = call.set_start_after(after.map(|name| format!("{}{name}", folder.prefix)));
        let mut pages = call.into_paginator().send();
        let mut names = Names::default();
        let name = |key: Option<&str>| {
            let name = key?.strip_prefix(&folder.prefix)?;
            Some(name.strip_suffix('/').unwrap_or(name).to_owned())
        };
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| explain(&e, doing, &self.place))?;
            names.objects.extend(page.contents().iter().filter_map(|object| name(object.key())));
            names.folders.extend(page.common_prefixes().iter().filter_map(|folder| name(folder.prefix())));
            if names.objects.len() + names.folders.len() > limits::STATE_NAMES {
                let message =
                    format!("cannot list {}: it has more than {} names", shown(folder), limits::STATE_NAMES);
                return Err(Error::new(ErrorKind::Corrupt, message));
            }
        }
        Ok(names)
    }

    /// Deletes an object of asof's own, if it is there. In a versioned bucket it gets a delete marker.
    pub async fn delete_object(&self, at: &Location) -> Result<()> {
        let doing = Doing {
            what: "delete",
            bucket: &at.bucket,
            key: Some(&at.prefix),
            permission: "s3:DeleteObject",
        };
        let call = self.sdk(&at.bucket).delete_object().bucket(&at.bucket).key(for_sdk(&at.prefix));
        let reply = call.customize().interceptor(KeyInPath::new(&at.prefix)).send().await;
        reply.map(drop).map_err(|e| explain(&e, doing, &self.place))
    }

    /// Writes an object; `write` makes the request conditional, and marks the object.
    async fn put(&self, at: &Location, contents: Contents<'_>, write: Option<&str>) -> Result<()> {
        let Checked { body, crc32, bytes } = contents.read().await?;
        let doing =
            Doing { what: "write", bucket: &at.bucket, key: Some(&at.prefix), permission: "s3:PutObject" };
        let mut call =
            self.sdk(&at.bucket).put_object().bucket(&at.bucket).key(for_sdk(&at.prefix)).body(body);
        call = call.checksum_crc32(crc32_header(crc32));
        if let Some(write) = write {
            call = call.if_none_match("*").metadata(WRITE, write);
        }
        let call =
            call.customize().interceptor(KeyInPath::new(&at.prefix)).config_override(long_enough(bytes));
        call.send().await.map(drop).map_err(|e| explain(&e, doing, &self.place))
    }

    /// Returns the number by which the request that wrote an object marked it.
    async fn write_of(&self, at: &Location) -> Result<Writer> {
        let call = self.sdk(&at.bucket).head_object().bucket(&at.bucket).key(for_sdk(&at.prefix));
        let reply = call.customize().interceptor(KeyInPath::new(&at.prefix)).send().await;
        let head = match reply.map_err(|e| explain(&e, reading(at), &self.place)) {
            Err(e) if e.kind() == ErrorKind::Missing => return Ok(Writer::None),
            head => head?,
        };
        let name = head.metadata().and_then(|metadata| metadata.get(WRITE));
        Ok(name.map_or(Writer::Unnamed, |name| Writer::Named(name.clone())))
    }

    async fn open_object(&self, at: &Location) -> Result<Option<OwnBody>> {
        let call = self.sdk(&at.bucket).get_object().bucket(&at.bucket).key(for_sdk(&at.prefix));
        let reply = call.customize().interceptor(KeyInPath::new(&at.prefix)).send().await;
        match reply.map_err(|e| explain(&e, reading(at), &self.place)) {
            Ok(reply) => Ok(Some(OwnBody { stream: reply.body })),
            Err(e) if e.code() == Some("NoSuchKey") => Ok(None),
            Err(e) => Err(e),
        }
    }
}

/// The body of an object being read. The SDK verifies its checksum at the end.
struct OwnBody {
    stream: ByteStream,
}

impl OwnBody {
    async fn next(&mut self, at: &Location) -> Result<Option<bytes::Bytes>> {
        self.stream.next().await.transpose().map_err(|e| {
            let message = format!("cannot read {}: the body ended early", shown(at));
            Error::new(ErrorKind::Transient, message).hint("run the command again").because(e.to_string())
        })
    }
}

fn reading(at: &Location) -> Doing<'_> {
    Doing { what: "read", bucket: &at.bucket, key: Some(&at.prefix), permission: "s3:GetObject" }
}

fn shown(at: &Location) -> String {
    format!("s3://{}/{}", at.bucket, printable(&at.prefix))
}

/// Returns a random name that no other process makes.
pub fn unique() -> String {
    let half = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", half(), half())
}
