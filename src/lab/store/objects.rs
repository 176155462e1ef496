//! A page of `ListObjectsV2`: the keys with a current version.

use std::ops::Bound;
use std::sync::Arc;

use super::super::error::{Code, Error, Result};
use super::bucket::Bucket;
use super::listing::{Question, common_prefix};
use super::version::{Entry, Object};
use crate::model::hex;

/// A page.
#[derive(Debug, Default)]
pub(crate) struct Page<'a> {
    pub(crate) objects: Vec<(&'a str, &'a Entry, &'a Arc<Object>)>,
    pub(crate) prefixes: Vec<&'a str>,
    /// The token of the next page, if there is one.
    pub(crate) next_token: Option<String>,
}

/// Returns the page after the key marker.
pub(crate) fn page<'a>(bucket: &'a Bucket, asked: &Question<'_>) -> Page<'a> {
    let after = asked.key_marker.unwrap_or_default();
    let mut page = Page::default();
    let mut last = "";
    if asked.max == 0 {
        return page;
    }
    for key in bucket
        .keys
        .range::<str, _>((Bound::Included(after.max(asked.prefix)), Bound::Unbounded))
        .map(|(key, _)| key)
    {
        if !key.starts_with(asked.prefix) {
            break;
        }
        let Some((entry, object)) = bucket.live(key) else {
            continue;
        };
        let common = common_prefix(key, asked);
        let shown = common.unwrap_or(key);
        if shown <= after || page.prefixes.last() == common.as_ref() && common.is_some() {
            continue;
        }
        if page.objects.len() + page.prefixes.len() == asked.max {
            page.next_token = Some(hex(last.as_bytes()));
            break;
        }
        match common {
            Some(common) => page.prefixes.push(common),
            None => page.objects.push((key, entry, object)),
        }
        last = shown;
    }
    page
}

/// Decodes the key or common prefix in a continuation token.
pub(crate) fn read_token(token: &str) -> Result<String> {
    let wrong = || Error::new(Code::InvalidArgument, "The continuation token provided is incorrect");
    let digits: Option<Vec<u32>> = token.chars().map(|char| char.to_digit(16)).collect();
    let bytes = digits
        .ok_or_else(wrong)?
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit))
        .collect::<Vec<_>>();
    let bytes: std::result::Result<Vec<u8>, _> = bytes.into_iter().map(u8::try_from).collect();
    String::from_utf8(bytes.map_err(|_| wrong())?).map_err(|_| wrong())
}
