//! Which keys a command is about.

use regex::RegexSet;

use super::glob::to_regex;
use crate::error::{Error, Result};
use crate::model::printable;

/// `--include` and `--exclude`: globs over whole keys, `*` crossing `/`, as in the AWS CLI.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    include: Option<RegexSet>,
    exclude: Option<RegexSet>,
    /// What every key that some `include` matches begins with.
    head: String,
}

impl Selection {
    /// A key is selected if some `include` matches it, or there is none, and no `exclude` does.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self> {
        let head =
            include.iter().map(|glob| literal_head(glob)).reduce(common).unwrap_or_default().to_owned();
        Ok(Self { include: compile("--include", include)?, exclude: compile("--exclude", exclude)?, head })
    }

    /// The longest prefix, under `prefix`, outside of which no key is asked for.
    pub fn narrow<'a>(&'a self, prefix: &'a str) -> &'a str {
        if self.head.starts_with(prefix) { &self.head } else { prefix }
    }

    /// Whether the key is asked for.
    pub fn selects(&self, key: &str) -> bool {
        self.include.as_ref().is_none_or(|set| set.is_match(key))
            && !self.exclude.as_ref().is_some_and(|set| set.is_match(key))
    }
}

/// What a glob begins with, up to its first special character.
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
            .hint("write them like 'uploads/2026/*' or '*.{jpg,png}', in quotes")
    };
    let regexes =
        globs.iter().map(|glob| to_regex(glob).map_err(|why| format!("{}: {why}", printable(glob))));
    let regexes = regexes.collect::<std::result::Result<Vec<_>, _>>().map_err(|why| wrong(&why))?;
    RegexSet::new(regexes).map(Some).map_err(|_| wrong("they are too long"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn includes_and_excludes_select_whole_keys() {
        let owned = |globs: &[&str]| globs.iter().map(ToString::to_string).collect::<Vec<_>>();
        for (include, exclude, key, expected) in [
            (&[][..], &[][..], "anything", true),
            (&["uploads/*"], &[], "uploads/2026/a.jpg", true),
            (&["uploads/*"], &[], "avatars/a.jpg", false),
            (&["*.jpg", "*.png"], &["tmp/*"], "x/y.png", true),
            (&["*.jpg", "*.png"], &["tmp/*"], "tmp/y.png", false),
            (&[], &["*~"], "a~", false),
            (&["../*"], &[], "../x", true),
            (&["/lead"], &[], "/lead", true),
            (&["*/"], &[], "folder/", true),
            (&["日*"], &[], "日本", true),
            (&[], &["caf?/*"], "café/x", false),
        ] {
            let selection = Selection::new(&owned(include), &owned(exclude)).unwrap();
            assert_eq!(selection.selects(key), expected, "{include:?} {exclude:?} {key}");
        }
        assert!(Selection::new(&owned(&["[a"]), &[]).is_err());
    }

    #[test]
    fn the_literal_heads_of_includes_narrow_the_listing() {
        for (include, prefix, expected) in [
            (&["uploads/2026/*"][..], "", "uploads/2026/"),
            (&["uploads/2026/*"], "uploads/", "uploads/2026/"),
            (&["uploads/*", "uploads/2026/a?"], "", "uploads/"),
            (&["uploads/*", "avatars/*"], "x", "x"),
            (&["日本/*", "日木/*"], "", "日"),
            (&["*.jpg"], "a/", "a/"),
            (&["a{b,c}/*"], "", "a"),
            (&["exact"], "", "exact"),
            (&["b/*"], "a/", "a/"),
            (&[], "a/", "a/"),
        ] {
            let include: Vec<_> = include.iter().map(ToString::to_string).collect();
            assert_eq!(
                Selection::new(&include, &[]).unwrap().narrow(prefix),
                expected,
                "{include:?} {prefix}"
            );
        }
    }
}
