//! A page of `ListObjects`, or `ListObjectsV2`: the keys with a current version.

use std::ops::Bound;
use std::sync::Arc;

use super::bucket::Bucket;
use super::version::{Entry, Object};
use crate::endpoint::listing::{ObjectsRequest, common_prefix};

/// A page.
#[derive(Debug, Default)]
pub(crate) struct Page<'a> {
    pub(crate) objects: Vec<(&'a str, &'a Entry, &'a Arc<Object>)>,
    pub(crate) prefixes: Vec<&'a str>,
    /// The last entry, if another page follows.
    pub(crate) truncated_after: Option<&'a str>,
}

/// Returns the page after the key marker.
pub(crate) fn page<'a>(bucket: &'a Bucket, asked: &ObjectsRequest<'_>) -> Page<'a> {
    let after = &*asked.after;
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
        let common = common_prefix(key, asked.prefix, asked.delimiter);
        let shown = common.unwrap_or(key);
        if shown <= after || page.prefixes.last() == common.as_ref() && common.is_some() {
            continue;
        }
        if page.objects.len() + page.prefixes.len() == asked.max {
            page.truncated_after = Some(last);
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
