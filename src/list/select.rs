//! Selects the keys of a command.

use regex::RegexSet;

use super::glob::to_regex;
use crate::error::{Error, Result};
use crate::model::printable;

/// `--include` and `--exclude`: globs over whole keys, where `*` matches `/` too, as in the AWS CLI.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    include: Option<RegexSet>,
    exclude: Option<RegexSet>,
    /// The common prefix of all keys that any `include` matches.
    head: String,
}

impl Selection {
    /// Compiles the globs. A key is selected if some `include` matches it, or there is none, and no `exclude` does.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self> {
        let head =
            include.iter().map(|glob| literal_head(glob)).reduce(common).unwrap_or_default().to_owned();
        Ok(Self { include: compile("--include", include)?, exclude: compile("--exclude", exclude)?, head })
    }

    /// Returns the longest prefix, at or below `prefix`, that contains all selected keys.
    pub fn narrow<'a>(&'a self, prefix: &'a str) -> &'a str {
        if self.head.starts_with(prefix) { &self.head } else { prefix }
    }

    /// Returns whether the key is selected.
    pub fn selects(&self, key: &str) -> bool {
        self.include.as_ref().is_none_or(|set| set.is_match(key))
            && !self.exclude.as_ref().is_some_and(|set| set.is_match(key))
    }
}

/// Returns the literal start of a glob, up to its first special character.
fn literal_head(glob: &str) -> &str {
    glob.find(['*', '?', '[', ']', '{', '}', '\\']).and_then(|end| glob.get(..end)).unwrap_or(glob)
}

pub(super) fn common<'a>(a: &'a str, b: &'a str) -> &'a str {
    let length: usize = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    a.get(..length).unwrap_or_default()
}

fn compile(option: &str, globs: &[String]) -> Result<Option<RegexSet>> {
    if globs.is_empty() {
        return Ok(None);
    }
    let wrong = |why: &str| {
        Error::usage(format!("cannot read the globs of {option}: {why}"))
            .hint("write them as 'uploads/2026/*' or '*.{jpg,png}', in quotes")
    };
    let regexes =
        globs.iter().map(|glob| to_regex(glob).map_err(|why| format!("{}: {why}", printable(glob))));
    let regexes = regexes.collect::<std::result::Result<Vec<_>, _>>().map_err(|why| wrong(&why))?;
    RegexSet::new(regexes).map(Some).map_err(|_| wrong("they are too long"))
}

#[cfg(test)]
mod tests;
