//! Which keys a command is about.

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::error::{Error, Result};

/// `--include` and `--exclude`: globs over whole keys, `*` crossing `/`, as in the AWS CLI.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    include: Option<GlobSet>,
    exclude: Option<GlobSet>,
}

impl Selection {
    /// A key is selected if some `include` matches it, or there is none, and no `exclude` does.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self> {
        Ok(Self { include: compile("--include", include)?, exclude: compile("--exclude", exclude)? })
    }

    /// Whether the key is asked for.
    pub fn selects(&self, key: &str) -> bool {
        self.include.as_ref().is_none_or(|set| set.is_match(key))
            && !self.exclude.as_ref().is_some_and(|set| set.is_match(key))
    }
}

fn compile(option: &str, globs: &[String]) -> Result<Option<GlobSet>> {
    if globs.is_empty() {
        return Ok(None);
    }
    let wrong = |e: globset::Error| {
        Error::usage(format!("cannot read the glob of {option}: {e}"))
            .hint("write it like 'uploads/2026/*' or '*.{jpg,png}', in quotes")
    };
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        set.add(Glob::new(glob).map_err(wrong)?);
    }
    set.build().map(Some).map_err(wrong)
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
        ] {
            let selection = Selection::new(&owned(include), &owned(exclude)).unwrap();
            assert_eq!(selection.selects(key), expected, "{include:?} {exclude:?} {key}");
        }
        assert!(Selection::new(&owned(&["[a"]), &[]).is_err());
    }
}
