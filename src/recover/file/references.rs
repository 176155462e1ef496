//! The references of a recovery file: the keys that commands print, and the places where these keys must exist.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::{Bucket, length};
use crate::model::{Location, printable};
use crate::program::Program;

/// The key lists of a recovery file, and the comparisons of each with a bucket or with another list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct References {
    pub lists: Vec<KeyList>,
    pub comparisons: Vec<Comparison>,
}

/// Keys that a command prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyList {
    /// Missing only if the file has no other references.
    pub name: Option<String>,
    pub command: Program,
    /// True if keys end in NUL instead of a line feed.
    pub null: bool,
    /// The text before every key.
    pub strip_prefix: String,
    /// The location that every key must be under; a list that is compared with other lists only has none.
    pub bucket: Option<Location>,
}

/// A comparison of the keys of a list with a place where they must exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// Missing only if the file has no other references.
    pub name: Option<String>,
    /// The number of the list.
    pub list: usize,
    pub with: ComparedWith,
    /// True to look for orphans too.
    pub orphans: bool,
    /// True if there may be no keys: comparing nothing is then not a finding.
    pub allow_empty: bool,
}

/// The place where keys must exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ComparedWith {
    /// The source of a bucket.
    Bucket {
        location: Location,
        /// Also restore objects that arrived within this time after T.
        heal: Option<Duration>,
    },
    /// The number of another list.
    List(usize),
}

impl KeyList {
    /// The command in messages.
    pub(crate) fn label(&self) -> String {
        match &self.name {
            None => "the references' command".to_owned(),
            Some(name) => format!("the command of the references {}", printable(name)),
        }
    }
}

impl References {
    /// Returns true if no keys are compared.
    pub(crate) fn is_empty(&self) -> bool {
        self.comparisons.is_empty()
    }

    /// Each comparison in words, by which a later version of the file is told from this one.
    pub(crate) fn labels(&self) -> Vec<String> {
        let name = |n: usize| self.lists.get(n).and_then(|list| list.name.as_deref()).unwrap_or_default();
        let label = |comparison: &Comparison| match &comparison.with {
            ComparedWith::Bucket { location, .. } => format!("{} in {location}", name(comparison.list)),
            ComparedWith::List(n) => format!("{} in {}", name(comparison.list), name(*n)),
        };
        self.comparisons.iter().map(|comparison| label(comparison).trim_start().to_owned()).collect()
    }

    /// Returns true if the comparison of this name is one with a bucket, where late uploads can be healed.
    pub(crate) fn is_with_bucket(&self, name: &str) -> bool {
        let named = |comparison: &&Comparison| comparison.name.as_deref() == Some(name);
        let found = self.comparisons.iter().find(named);
        found.is_some_and(|comparison| matches!(comparison.with, ComparedWith::Bucket { .. }))
    }
}

/// References as written: `[references]`, or `[[references]]` several times.
pub(super) enum Written {
    One(Box<Entry>),
    Many(Vec<Spanned<Entry>>),
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table [references], or [[references]] several times")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Written, A::Error> {
                Entry::deserialize(MapAccessDeserializer::new(map)).map(|entry| Written::One(Box::new(entry)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Written, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Written::Many)
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

/// An entry as written: keys that a command prints, or two lists of such keys to compare.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Entry {
    name: Option<String>,
    command: Option<Program>,
    bucket: Option<Location>,
    strip_prefix: Option<String>,
    between: Option<Vec<String>>,
    null: Option<bool>,
    #[serde(default, deserialize_with = "length")]
    heal: Option<Duration>,
    orphans: Option<bool>,
    allow_empty: Option<bool>,
}

/// An entry and its byte offset in the file.
struct Placed {
    at: usize,
    entry: Entry,
    name: Option<String>,
}

/// An error at a byte offset in the file.
pub(super) struct Wrong {
    pub(super) at: usize,
    pub(super) why: String,
}

impl References {
    /// Resolves the names and locations of the written references.
    pub(super) fn of(written: Option<Spanned<Written>>, buckets: &[Spanned<Bucket>]) -> Result<Self, Wrong> {
        let entries = placed(written)?;
        let mut references = Self::default();
        // Lists come first: a comparison may stand before the lists that it names.
        for Placed { at, entry, name } in &entries {
            let list = entry.list(name.as_deref(), buckets).map_err(|why| Wrong { at: *at, why })?;
            references.lists.extend(list);
        }
        let mut next = 0..references.lists.len();
        for Placed { at, entry, name } in &entries {
            let compared = match (&entry.between, &entry.bucket) {
                (Some(names), _) => references.between(names).map_err(|why| Wrong { at: *at, why })?,
                (None, Some(location)) => next.next().map(|list| Compared {
                    list,
                    with: ComparedWith::Bucket { location: location.clone(), heal: entry.heal },
                }),
                (None, None) => {
                    next.next();
                    None
                }
            };
            references.comparisons.extend(compared.map(|Compared { list, with }| Comparison {
                name: name.clone(),
                list,
                with,
                orphans: entry.orphans.unwrap_or_default(),
                allow_empty: entry.allow_empty.unwrap_or_default(),
            }));
        }
        for (n, list) in references.lists.iter().enumerate() {
            let is_compared = |c: &Comparison| c.list == n || c.with == ComparedWith::List(n);
            if !references.comparisons.iter().any(is_compared) {
                let named = list.name.as_deref();
                let at = entries.iter().find(|placed| placed.name.as_deref() == named).map_or(0, |p| p.at);
                let why = format!(
                    "{} are compared with nothing: add bucket, or another [[references]] with between",
                    the_references(named)
                );
                return Err(Wrong { at, why });
            }
        }
        Ok(references)
    }

    /// The lists with these names, of which the first names keys of the second.
    fn between(&self, names: &[String]) -> Result<Option<Compared>, String> {
        let [first, second] = names else {
            return Err(format!("between takes two names of [[references]], not {}", names.len()));
        };
        if first == second {
            return Err(format!("between names {} twice", printable(first)));
        }
        let number = |name: &String| {
            let found = self.lists.iter().position(|list| list.name.as_ref() == Some(name));
            found.ok_or_else(|| {
                format!(
                    "between names {}, which no [[references]] with a command has as its name",
                    printable(name)
                )
            })
        };
        Ok(Some(Compared { list: number(first)?, with: ComparedWith::List(number(second)?) }))
    }
}

/// The lists or the location of a comparison.
struct Compared {
    list: usize,
    with: ComparedWith,
}

/// The entries with their names, which must differ.
fn placed(written: Option<Spanned<Written>>) -> Result<Vec<Placed>, Wrong> {
    let Some(written) = written else { return Ok(Vec::new()) };
    let start = written.span().start;
    let entries = match written.into_inner() {
        Written::One(entry) => vec![Placed::of(start, *entry)],
        Written::Many(entries) => {
            entries.into_iter().map(|entry| Placed::of(entry.span().start, entry.into_inner())).collect()
        }
    };
    let is_alone = entries.len() == 1;
    let mut names = BTreeSet::new();
    for Placed { at, name, entry } in &entries {
        let why = match name {
            None if is_alone || entry.between.is_some() => continue,
            None => "each of several [[references]] needs a name".to_owned(),
            Some(name) if name.is_empty() => "the name of the references is empty".to_owned(),
            Some(name) if name.chars().any(char::is_control) => {
                format!("the name {} has control characters", printable(name))
            }
            Some(name) if !names.insert(name) => format!("two references have the name {}", printable(name)),
            Some(_) => continue,
        };
        return Err(Wrong { at: *at, why });
    }
    Ok(entries)
}

impl Placed {
    fn of(at: usize, entry: Entry) -> Self {
        let described = || match entry.between.as_deref() {
            Some([first, second]) => Some(format!("{first} in {second}")),
            _ => None,
        };
        Self { at, name: entry.name.clone().or_else(described), entry }
    }
}

impl Entry {
    /// The list of the entry's command; `None` for a comparison of other lists.
    fn list(&self, name: Option<&str>, buckets: &[Spanned<Bucket>]) -> Result<Option<KeyList>, String> {
        let references = the_references(name);
        let of_command = [
            ("command", self.command.is_some()),
            ("bucket", self.bucket.is_some()),
            ("strip-prefix", self.strip_prefix.is_some()),
            ("null", self.null.is_some()),
            ("heal", self.heal.is_some()),
        ];
        let of_comparison = [
            ("heal", self.heal.is_some()),
            ("orphans", self.orphans.is_some()),
            ("allow-empty", self.allow_empty.is_some()),
        ];
        let given =
            |fields: &[(&'static str, bool)]| fields.iter().find(|(_, given)| *given).map(|(f, _)| *f);
        if self.between.is_some() {
            return match given(&of_command) {
                None => Ok(None),
                Some(field) => Err(format!("{references} have between, so they have no {field}")),
            };
        }
        let Some(command) = &self.command else {
            return Err(format!("{references} have no command"));
        };
        match (&self.bucket, given(&of_comparison)) {
            (Some(bucket), _) if !buckets.iter().any(|other| other.get_ref().source == *bucket) => {
                return Err(format!("{references} use {bucket}, which is not the source of any [[bucket]]"));
            }
            (None, Some(field)) => {
                return Err(format!("{references} have no bucket, so they have no {field}"));
            }
            _ => {}
        }
        Ok(Some(KeyList {
            name: name.map(str::to_owned),
            command: command.clone(),
            null: self.null.unwrap_or_default(),
            strip_prefix: self.strip_prefix.clone().unwrap_or_default(),
            bucket: self.bucket.clone(),
        }))
    }
}

fn the_references(name: Option<&str>) -> String {
    name.map_or_else(|| "the references".to_owned(), |name| format!("the references {}", printable(name)))
}

#[cfg(test)]
mod tests;
