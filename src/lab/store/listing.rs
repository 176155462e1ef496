//! A page of `ListObjectVersions`: its entries, in document order, and the start of the next page. By the rules of AWS,
//! or of other servers if a quirk is on.

use std::ops::Bound;

use super::super::quirks::{Grouping, Quirks};
use super::bucket::{Bucket, parse_version};
use super::version::{Entry, VersionId};
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::listing::common_prefix;

/// The parameters of a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Question<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) delimiter: &'a str,
    pub(crate) key_marker: Option<&'a str>,
    pub(crate) version_marker: Option<&'a str>,
    pub(crate) max: usize,
}

/// An entry of a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed<'a> {
    pub(crate) key: &'a str,
    pub(crate) entry: &'a Entry,
    pub(crate) latest: bool,
}

/// A page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page<'a> {
    pub(crate) entries: Vec<Listed<'a>>,
    pub(crate) prefixes: Vec<&'a str>,
    pub(crate) truncated: bool,
    /// The last key or common prefix of a truncated page.
    pub(crate) next_key: Option<String>,
    /// The version ID for that key; `None` after a common prefix.
    pub(crate) next_version: Option<String>,
}

/// The point within the key of its marker at which a page continues.
#[derive(Clone, Copy)]
enum From {
    /// With the entries older than this position.
    Below(u64),
    /// With no more entries of the key.
    Nothing,
    /// With all entries of the key.
    All,
}

/// Returns a page.
pub(crate) fn page<'a>(bucket: &'a Bucket, asked: &Question<'_>, quirks: &Quirks) -> Result<Page<'a>> {
    let start = start(bucket, asked, quirks)?;
    let max = asked.max.min(quirks.short_pages.unwrap_or(usize::MAX));
    let first = asked.key_marker.unwrap_or_default().max(asked.prefix);
    let mut page = Page::default();
    if max == 0 {
        return Ok(page);
    }
    let mut leaves_out = quirks.leaves_out_after_absent_marker
        && asked.version_marker.is_none_or(str::is_empty)
        && asked.key_marker.is_some_and(|marker| !bucket.keys.contains_key(marker));
    for (key, entries) in bucket.keys.range::<str, _>((Bound::Included(first), Bound::Unbounded)) {
        if !key.starts_with(asked.prefix) {
            break;
        }
        if let Some(common) = common_prefix(key, asked.prefix, asked.delimiter) {
            if page.prefixes.last() != Some(&common) && asked.key_marker.is_none_or(|marker| common > marker)
            {
                if page.entries.len() + page.prefixes.len() == max {
                    page.truncated = true;
                    break;
                }
                page.prefixes.push(common);
                (page.next_key, page.next_version) = (Some(common.to_owned()), None);
            }
            continue;
        }
        let from = match entries.last().filter(|_| std::mem::take(&mut leaves_out)) {
            Some(first) => From::Below(first.order),
            None if asked.key_marker == Some(key) => start,
            None => From::All,
        };
        if !page.take(key, entries, from, max, quirks.oldest_first) {
            break;
        }
    }
    page.finish(asked, quirks);
    Ok(page)
}

fn start(bucket: &Bucket, asked: &Question<'_>, quirks: &Quirks) -> Result<From> {
    let version = asked.version_marker.filter(|version| !version.is_empty());
    let Some((key, version)) = asked.key_marker.zip(version) else {
        if version.is_some() {
            let message = "A version-id marker cannot be specified without a key marker.";
            return Err(Error::new(Code::InvalidArgument, message).field("ArgumentName", "version-id-marker"));
        }
        return Ok(if quirks.inclusive_key_marker { From::All } else { From::Nothing });
    };
    let id = parse_version(version)?;
    if quirks.drops_after_null_marker && id == VersionId::Null {
        return Ok(From::Nothing);
    }
    Ok(bucket.place(key, id).map_or(From::Nothing, From::Below))
}

impl<'a> Page<'a> {
    /// Adds a key's entries; returns false if the page was full before all of them.
    fn take(
        &mut self,
        key: &'a str,
        entries: &'a [Entry],
        from: From,
        max: usize,
        oldest_first: bool,
    ) -> bool {
        let latest = entries.last().map(|entry| entry.order);
        // In the order of creation, so that a key with very many versions costs a page only the entries it lists.
        let wanted = match from {
            From::All => Some(entries),
            From::Nothing => None,
            From::Below(place) if oldest_first => {
                entries.get(entries.partition_point(|entry| entry.order <= place)..)
            }
            From::Below(place) => entries.get(..entries.partition_point(|entry| entry.order < place)),
        };
        let wanted = wanted.unwrap_or_default();
        let last = wanted.len().saturating_sub(1);
        let ordered = (0..wanted.len()).map(|index| if oldest_first { index } else { last - index });
        for entry in ordered.filter_map(|index| wanted.get(index)) {
            if self.entries.len() + self.prefixes.len() == max {
                self.truncated = true;
                return false;
            }
            self.entries.push(Listed { key, entry, latest: latest == Some(entry.order) });
            (self.next_key, self.next_version) = (Some(key.to_owned()), Some(entry.id().to_string()));
        }
        true
    }

    fn finish(&mut self, asked: &Question<'_>, quirks: &Quirks) {
        match quirks.grouped {
            Some(Grouping::VersionsFirst) => self.entries.sort_by_key(|listed| listed.entry.is_marker()),
            Some(Grouping::MarkersFirst) => self.entries.sort_by_key(|listed| !listed.entry.is_marker()),
            None => {}
        }
        if quirks.stuck_marker && asked.key_marker.is_some() {
            self.truncated = true;
            self.next_key = asked.key_marker.map(str::to_owned);
            self.next_version = asked.version_marker.map(str::to_owned);
        }
        if !self.truncated {
            (self.next_key, self.next_version) = (None, None);
        }
    }
}

#[cfg(test)]
mod tests;
