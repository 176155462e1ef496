//! Joins two spools, or two lists of keys, by key.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keys::SortedKeys;
use super::merge::Merge;
use super::spool::{Entries, Spool, parse};
use crate::error::Result;

/// The values of a key in two spools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pair<A, B> {
    /// In the first spool only.
    First(A),
    /// In the second spool only.
    Second(B),
    /// In both.
    Both(A, B),
}

/// The list that has a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnlyIn {
    /// The first list.
    First,
    /// The second list.
    Second,
}

/// Joins the entries of two spools in key order; each spool must have a key only once.
pub fn pairs<A, B>(
    first: Spool<A>,
    second: Spool<B>,
) -> Result<impl Iterator<Item = Result<Pair<A, B>>> + Send>
where
    A: Serialize + DeserializeOwned + Send + 'static,
    B: Serialize + DeserializeOwned + Send + 'static,
{
    let (first, second): (Entries<A>, Entries<B>) = (first.into_changes()?, second.into_changes()?);
    let mut merge = Merge::new([first.cursor, second.cursor]);
    Ok(std::iter::from_fn(move || next(&mut merge).transpose()))
}

/// Passes each key that only one of two lists has to `on`, in key order.
pub fn differences(first: &SortedKeys, second: &SortedKeys, mut on: impl FnMut(OnlyIn, &str)) -> Result<()> {
    let (mut first, mut second) = (first.nth(0)?, second.nth(0)?);
    loop {
        let (left, right) = (first.text()?, second.text()?);
        match (left, right) {
            (None, None) => return Ok(()),
            (Some(key), other) if other.is_none_or(|other| key < other) => {
                on(OnlyIn::First, key);
                first.advance()?;
            }
            (Some(key), Some(other)) if key == other => {
                first.advance()?;
                second.advance()?;
            }
            (_, other) => {
                on(OnlyIn::Second, other.unwrap_or_default());
                second.advance()?;
            }
        }
    }
}

fn next<A: DeserializeOwned, B: DeserializeOwned>(merge: &mut Merge) -> Result<Option<Pair<A, B>>> {
    let Some(head) = merge.head() else { return Ok(None) };
    if head.run == 1 {
        let second = parse(head.cursor.value())?;
        merge.advance()?;
        return Ok(Some(Pair::Second(second)));
    }
    let key = head.cursor.key().unwrap_or_default().to_owned();
    let first = parse(head.cursor.value())?;
    merge.advance()?;
    match merge.head() {
        Some(head) if head.run == 1 && head.cursor.key() == Some(&key) => {
            let second = parse(head.cursor.value())?;
            merge.advance()?;
            Ok(Some(Pair::Both(first, second)))
        }
        _ => Ok(Some(Pair::First(first))),
    }
}
